"""The labeller on the shipped weights, by the behaviour that users rely on.

Run: pytest tests/model/test_labeller.py
"""

import itertools
import math
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import onrecord
from onrecord import Article, InputError, Label, Labeller, Sourcing

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "data" / "demo.md"


@pytest.fixture(scope="module")
def labeller() -> Labeller:
    return Labeller.from_pretrained()


def test_plain_cases_are_labelled_as_the_codebook_says(labeller: Labeller) -> None:
    cases = {
        "The council of Haldersea approved the budget on Monday by 14 votes to 9.": Label.REPORTED_FACT,
        "“We will not raise the fare,” Mayor Ina Dorrit said on Friday.": Label.ATTRIBUTED_CLAIM,
        "The ferry company could cancel the night service as early as next week.": Label.SPECULATION,
        "The mayor’s plan is a triumph of vanity over common sense.": Label.ANALYST_OPINION,
        "Read also: Five things to know about the ferry": Label.NONE,
    }
    for text, label in cases.items():
        (sentence,) = labeller.label_sentences([text])
        assert sentence.label is label, text


def test_source_and_cue_are_words_of_the_article(labeller: Labeller) -> None:
    text = "It rained all night. The bridge is unsafe, according to the engineer Tomas Rell."
    claim = labeller.label_article(text).sentences[1]
    assert claim.sourcing is Sourcing.NAMED
    assert claim.source is not None and "Rell" in claim.source.text
    assert claim.cue is not None and claim.cue.text == "according to"
    for span in (claim.source, claim.cue):
        assert text[span.start : span.end] == span.text


def test_flags_follow_from_label_and_sourcing(labeller: Labeller) -> None:
    for sentence in labeller.label_article(DEMO.read_text(encoding="utf-8")).sentences:
        own_voice = sentence.sourcing is Sourcing.NONE
        unsourced = own_voice and sentence.label in (Label.SPECULATION, Label.ANALYST_OPINION)
        vague = sentence.sourcing is Sourcing.UNNAMED
        assert sentence.flag == ("unsourced" if unsourced else "vague_source" if vague else None)


def test_every_sentence_of_the_demo_is_labelled_once(labeller: Labeller) -> None:
    article = Article.from_file(DEMO)
    labelled = labeller.label_article(article)
    assert [(s.start, s.end, s.text) for s in labelled.sentences] == [
        (s.start, s.end, s.text) for s in article.sentences
    ]
    assert [s.index for s in labelled.sentences] == list(range(len(article.sentences)))
    for sentence in labelled.sentences:
        assert math.isclose(sum(sentence.probabilities.values()), 1)
        assert sentence.confidence == max(sentence.probabilities.values())


def test_headline_is_labelled_and_left_out_of_the_sentences(labeller: Labeller) -> None:
    article = labeller.label_article("The gates stood open. Nobody knew why.", headline="Director denies order")
    assert article.headline is not None and article.headline.index == -1
    assert article.headline.text == "Director denies order"
    assert len(article.sentences) == 2


def test_the_sentence_that_carries_the_headline_is_known(labeller: Labeller) -> None:
    text = "Gulls watched the harbour. The dredger Amalia sank there on Friday. The port was founded in 1802."
    article = labeller.label_article(text, headline="Dredger Amalia sinks in harbour")
    assert article.carries is not None
    assert article.carries.shape == (3,)
    assert article.carries.argmax() == 1
    assert labeller.label_article(text).carries is None


@pytest.mark.parametrize("threads", [1, 2])
def test_labels_do_not_depend_on_threads_or_neighbours(labeller: Labeller, threads: int) -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests" / "fixtures").iterdir())]
    alone = [labeller.label_article(text).to_dict() for text in texts]
    together = list(Labeller.from_pretrained(threads=threads).label_articles(texts * 3))
    assert [article.to_dict() for article in together] == alone * 3


def test_label_articles_streams(labeller: Labeller) -> None:
    endless = (Article(f"The vote is on day {number}.", id=str(number)) for number in itertools.count())
    first = list(itertools.islice(labeller.label_articles(endless), 5))
    assert [article.id for article in first] == ["0", "1", "2", "3", "4"]


def test_label_sentences_gives_one_result_each(labeller: Labeller) -> None:
    sentences = ["One vote was missing.", "", "  ", "It may fail; it may not. Who knows?"]
    labelled = labeller.label_sentences(sentences, headline="A vote")
    assert [sentence.text for sentence in labelled] == sentences
    assert labeller.label_sentences([]) == []


def test_label_is_the_short_way() -> None:
    first, second = onrecord.label("Officials said the bridge is safe. It may reopen on Monday.")
    assert (first.label, second.label) == ("attributed_claim", "speculation")


def test_abstaining_gives_no_label_but_keeps_the_confidence() -> None:
    (sentence,) = Labeller.from_pretrained(abstain_below=1.0).label_sentences(["It may rain."])
    assert sentence.label is None and sentence.flag is None
    assert 0 < sentence.confidence < 1
    assert sentence.to_dict()["label"] is None


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_text_is_labelled(labeller: Labeller, text: str) -> None:
    article = labeller.label_article(text, headline=text[:40])
    assert [sentence.text for sentence in article.sentences] == [sentence.text for sentence in Article(text).sentences]
    for sentence in article.sentences:
        for span in (sentence.source, sentence.cue):
            assert span is None or text[span.start : span.end] == span.text


@pytest.mark.parametrize(
    "text",
    ["word " * 5000, "x" * 100_000, "“" * 3000, "אבג דהו. זחט? " * 50, "e\u0301\u0302 " * 400, "\x00\x00 \ud800."],
    ids=["5,000 words", "one long word", "quotes", "right to left", "combining", "NUL and surrogate"],
)
def test_ugly_text_keeps_its_offsets(labeller: Labeller, text: str) -> None:
    sentences = labeller.label_article(text).sentences
    assert all(text[sentence.start : sentence.end] == sentence.text for sentence in sentences)
    assert "".join("".join(sentence.text.split()) for sentence in sentences) == "".join(text.split())


def test_a_long_headline_is_labelled_whole(labeller: Labeller) -> None:
    article = labeller.label_article("It rained.", headline="It rained and " * 300)
    assert article.headline is not None and article.headline.label is not None


def test_wrong_types_are_refused(labeller: Labeller) -> None:
    with pytest.raises(InputError, match="list of sentences"):
        labeller.label_sentences("One sentence.")
    with pytest.raises(InputError, match="must be a string"):
        labeller.label_sentences([None])  # type: ignore[list-item]
    with pytest.raises(InputError, match="must be a string"):
        labeller.label_article(None)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="between 0 and 1"):
        Labeller.from_pretrained(abstain_below=90)
    with pytest.raises(InputError, match="at least 1"):
        Labeller.from_pretrained(threads=0)


def test_labelling_imports_nothing_heavy() -> None:
    code = (
        "import sys, onrecord; onrecord.label('It may rain.');"
        "print([m for m in ('torch', 'transformers', 'pandas', 'sklearn', 'datasets', 'fastapi') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


@pytest.mark.parametrize("threads", [1, 2])
def test_articles_before_the_input_breaks_off_are_given(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def articles() -> Iterator[Article]:
        yield from (Article(f"Pier {number} is shut.", id=str(number)) for number in range(5))
        raise OSError("the disk is gone")

    monkeypatch.setattr("onrecord.labeller._WINDOWS_AT_ONCE", 3)
    found = []
    with pytest.raises(OSError, match="the disk is gone"):
        for article in Labeller.from_pretrained(threads=threads).label_articles(articles()):
            found.append(article.id)
    assert found == ["0", "1", "2", "3", "4"]


def test_any_iterable_of_sentences_will_do(labeller: Labeller) -> None:
    sentences = ["He said so.", "It may rain."]
    assert labeller.label_sentences(iter(sentences)) == labeller.label_sentences(sentences)


@pytest.mark.parametrize(
    "wrong", ["He said so.", b"He said so.", None, Article("He said so."), {"text": "He said so."}, 5]
)
def test_what_is_not_many_texts_is_refused_at_once(labeller: Labeller, wrong: Any) -> None:
    with pytest.raises(InputError, match="label_articles takes many articles"):
        labeller.label_articles(wrong)
    with pytest.raises(InputError, match="label_sentences takes a list of sentences"):
        labeller.label_sentences(wrong)
    with pytest.raises(InputError, match="batched=True"):
        labeller({"text": wrong})


def test_a_table_is_not_a_list_of_texts(labeller: Labeller) -> None:
    frame = pandas.DataFrame({"text": ["He said so."]})
    with pytest.raises(InputError, match="a DataFrame is a table; give its column"):
        labeller.label_articles(frame)
    assert len(list(labeller.label_articles(frame["text"]))) == 1


def test_a_blank_headline_is_none(labeller: Labeller) -> None:
    assert labeller.label_article("He said so.", headline=" \n").headline is None


def test_a_labeller_that_was_used_works_in_a_forked_process(labeller: Labeller) -> None:
    text = DEMO.read_text(encoding="utf-8")
    labels = [sentence.label for sentence in labeller.label_article(text).sentences]
    script = f"""
import multiprocessing, onrecord, pathlib
labeller = onrecord.Labeller.from_pretrained(threads=2)
text = pathlib.Path({str(DEMO)!r}).read_text(encoding="utf-8")
def count(text): return len(labeller.label_article(text).sentences)
here = count(text)
with multiprocessing.get_context("fork").Pool(1) as pool:
    assert pool.map_async(count, [text]).get(60) == [here]
print(here)
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=True)
    assert int(ran.stdout) == len(labels)


def test_the_headline_of_an_article_can_be_given_beside_it(labeller: Labeller) -> None:
    labelled = labeller.label_article(Article("He said so.", "Old"), headline="New")
    assert labelled.headline is not None and labelled.headline.text == "New"


def test_articles_without_a_sentence_are_not_waited_for(labeller: Labeller) -> None:
    read = []
    blank = (read.append(number) or " " for number in range(5000))  # type: ignore[func-returns-value]
    next(labeller.label_articles(blank))
    assert len(read) < 1000
