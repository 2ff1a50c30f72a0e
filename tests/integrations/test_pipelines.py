"""onrecord in other people's pipelines: spaCy, datasets, pandas, polars; with the shipped weights."""

import pickle

import pytest

from onrecord import Labeller
from onrecord.errors import InputError

TEXTS = [
    "The Velmark pier is closed. Mayor Ana Orlov said it may open in May.",
    "It rained.",
    "",
    "A welcome step for the port 🎉. Insiders expect 400 new jobs.",
]


@pytest.fixture(scope="module")
def labeller() -> Labeller:
    return Labeller.from_pretrained(threads=1)


def test_a_labeller_is_pickled_as_what_it_was_loaded_with(labeller: Labeller) -> None:
    again = pickle.loads(pickle.dumps(labeller))
    assert again.label_article(TEXTS[0]) == labeller.label_article(TEXTS[0])


def test_a_labeller_made_by_hand_is_not_pickled(labeller: Labeller) -> None:
    made = Labeller(labeller._engine, labeller._packer, labeller._calibration)
    with pytest.raises(InputError, match="made with from_pretrained"):
        pickle.dumps(made)


class TestDatasets:
    """``dataset.map(labeller, batched=True)``."""

    datasets = pytest.importorskip("datasets")

    @pytest.mark.parametrize("options", [{"batch_size": 1}, {"batch_size": 3, "num_proc": 2}])
    def test_map_adds_sentences_and_profile(self, labeller: Labeller, options: dict[str, int]) -> None:
        dataset = self.datasets.Dataset.from_dict({"text": TEXTS, "title": ["Pier", None, None, "Port"]})
        mapped = dataset.map(labeller, batched=True, **options)
        assert mapped["text"] == TEXTS
        for row in mapped:
            article = labeller.label_article(row["text"], row["title"])
            records = article.records()
            assert [each["text"] for each in row["sentences"]] == [each["text"] for each in records]
            assert [each["label"] for each in row["sentences"]] == [each["label"] for each in records]
            assert [each["flag"] for each in row["sentences"]] == [each["flag"] or "" for each in records]
            assert row["profile"] == article.profile.to_dict()

    def test_a_missing_column_is_named(self, labeller: Labeller) -> None:
        with pytest.raises(InputError, match="no column 'text' but body"):
            labeller({"body": TEXTS})


class TestSpacy:
    """``nlp.add_pipe("onrecord")``."""

    spacy = pytest.importorskip("spacy")

    @pytest.fixture
    def nlp(self):  # type: ignore[no-untyped-def]
        import onrecord.integrations.spacy  # noqa: F401

        nlp = self.spacy.blank("en")
        nlp.add_pipe("sentencizer")
        nlp.add_pipe("onrecord", config={"threads": 1})
        return nlp

    def test_sentences_carry_their_label(self, nlp, labeller: Labeller) -> None:  # type: ignore[no-untyped-def]
        doc = nlp(TEXTS[0])
        sentences = list(doc.sents)
        expected = labeller.label_article(TEXTS[0]).sentences
        assert [sentence._.onrecord.text for sentence in sentences] == [sentence.text for sentence in sentences]
        assert [sentence._.onrecord.label for sentence in sentences] == [each.label for each in expected]
        assert [sentence._.onrecord.cue for sentence in sentences] == [each.cue for each in expected]
        assert doc[0:2]._.onrecord is None

    def test_pipe_gives_the_same_as_one_by_one_in_order(self, nlp) -> None:  # type: ignore[no-untyped-def]
        piped = [[sentence._.onrecord for sentence in doc.sents] for doc in nlp.pipe(TEXTS * 3, batch_size=5)]
        assert piped == [[sentence._.onrecord for sentence in nlp(text).sents] for text in TEXTS * 3]

    def test_labels_outlive_bytes(self, nlp) -> None:  # type: ignore[no-untyped-def]
        doc = nlp(TEXTS[3])
        again = self.spacy.tokens.Doc(nlp.vocab).from_bytes(doc.to_bytes())
        assert [s._.onrecord for s in again.sents] == [s._.onrecord for s in doc.sents]
        assert all(s._.onrecord for s in again.sents)

    def test_a_document_without_sentences_is_refused(self) -> None:
        import onrecord.integrations.spacy  # noqa: F401

        nlp = self.spacy.blank("en")
        nlp.add_pipe("onrecord")
        with pytest.raises(InputError, match="sentencizer"):
            nlp(TEXTS[0])


def test_pandas(labeller: Labeller) -> None:
    pandas = pytest.importorskip("pandas")
    news = pandas.DataFrame({"text": TEXTS})
    sentences = pandas.DataFrame(
        record for article in labeller.label_articles(news["text"]) for record in article.records()
    )
    assert list(sentences["text"])[-1] == "Insiders expect 400 new jobs."
    assert sentences["confidence"].between(0, 1).all()


def test_polars(labeller: Labeller) -> None:
    polars = pytest.importorskip("polars")
    news = polars.DataFrame({"text": TEXTS})
    records = [record for article in labeller.label_articles(news["text"]) for record in article.records()]
    sentences = polars.DataFrame(records, infer_schema_length=None)
    assert sentences["text"].to_list() == [record["text"] for record in records]
    assert sentences["probabilities"].struct.unnest().sum_horizontal().round(2).to_list() == [1.0] * len(records)
