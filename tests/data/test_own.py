"""Training sentences of our own load whole, keep to the codebook and stay out of all evaluation sets.

Run: pytest tests/data/test_own.py
"""

import json
from collections import defaultdict
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from onrecord.data import own
from onrecord.data.own import load_own, load_own_headlines
from onrecord.errors import DataError
from onrecord.eval.framing_cases import HALVES, controlled_cases
from onrecord.labels import Label, Sourcing

CONTRAST = Path(__file__).parents[2] / "eval" / "contrast"
CLAIM = {
    "text": "Mayor Ina Dorrit said it was safe.",
    "label": "attributed_claim",
    "sourcing": "named",
    "source": "Mayor Ina Dorrit",
    "cue": "said",
}
FACT = {"text": "The bridge reopened.", "label": "reported_fact", "sourcing": "none", "source": "", "cue": ""}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(own, "FOLDER", tmp_path)
    return tmp_path


def _write(folder: Path, *sentences: dict[str, str], headline: dict[str, str] | None = None) -> None:
    passage: dict[str, Any] = {"id": "bridge", "kind": "news", "headline": headline, "sentences": sentences}
    (folder / "passages.jsonl").write_text(json.dumps(passage) + "\n", encoding="utf-8")


def test_a_passage_keeps_its_headline_and_its_order(folder: Path) -> None:
    _write(folder, FACT, CLAIM, headline={**FACT, "text": "Bridge reopens"})
    (article,) = load_own()
    assert [(s.index, s.text) for s in article.all_sentences] == [
        (-1, "Bridge reopens"),
        (0, "The bridge reopened."),
        (1, "Mayor Ina Dorrit said it was safe."),
    ]
    assert article.headline is article.all_sentences[0]
    assert article.sentences[1].source == (0, 16) and article.sentences[1].cue == (17, 21)


def test_a_passage_may_have_no_headline(folder: Path) -> None:
    _write(folder, FACT, CLAIM)
    (article,) = load_own()
    assert article.headline is None and len(article.all_sentences) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"source": "Mayor Ina Dorritt"},
        {"sourcing": "none", "source": ""},
        {"label": "speculation"},
        {"label": "analyst_opinion", "sourcing": "none"},
        {"label": "reported_fact", "sourcing": "none", "source": ""},
    ],
    ids=["span not there", "claim of nobody", "sourced speculation", "source without sourcing", "fact with a cue"],
)
def test_a_contradiction_is_refused(folder: Path, change: dict[str, str]) -> None:
    _write(folder, FACT, {**CLAIM, **change})
    with pytest.raises(DataError, match="Dorrit"):
        load_own()


def test_the_shipped_sentences_load_and_cover_every_label_in_body_and_headline() -> None:
    articles = load_own()
    assert {article.headline.label for article in articles if article.headline} == set(Label)
    assert {sentence.label for article in articles for sentence in article.sentences} == set(Label)


def test_what_a_hedge_or_an_opinion_turns_on_is_marked() -> None:
    for sentence in chain.from_iterable(article.all_sentences for article in load_own()):
        assert sentence.cue or sentence.label not in (Label.SPECULATION, Label.ANALYST_OPINION), sentence.text


def test_twins_differ_in_words_and_agree_in_labels() -> None:
    twins = defaultdict(list)
    for article in load_own():
        if article.document.startswith("twin-"):
            twins[article.document.split("/")[0]].append(article)
    assert len(twins) >= 35
    for variants in twins.values():
        assert len(variants) > 1
        assert len({tuple(s.text for s in article.all_sentences) for article in variants}) == len(variants)
        assert len({tuple((s.label, s.sourcing) for s in article.all_sentences) for article in variants}) == 1


def test_no_sentence_is_in_a_contrast_set_or_twice() -> None:
    articles = [article for article in load_own() if not article.document.startswith("twin-")]
    texts = [sentence.text for article in articles for sentence in article.all_sentences]
    assert len(set(texts)) == len(texts)
    tested = {
        text
        for path in CONTRAST.glob("*.jsonl")
        for pair in map(json.loads, path.read_text(encoding="utf-8").splitlines()[1:])
        for side in (pair["a"], pair["b"])
        for text in (side["text"], side["headline"], *side["context"])
    }
    ours = [*load_own(), *load_own_headlines()]
    assert not tested & {sentence.text for article in ours for sentence in article.all_sentences}


def test_an_article_stands_under_each_of_its_headlines(folder: Path) -> None:
    article = {
        "id": "pier",
        "kind": "news",
        "sentences": ["The pier is shut.", "It may fall, Ina Dorrit said."],
        "labels": ["F-", "An"],
        "headlines": {"same": ["Pier closed", "F-"], "hardened": ["Pier falls", "F-"]},
        "evidence": {"same": [0], "hardened": [1]},
    }
    (folder / "headlines").mkdir()
    path = folder / "headlines" / "some.jsonl"
    path.write_text(json.dumps(article) + "\n", encoding="utf-8")
    same, hardened = load_own_headlines()
    assert [article.headline.text for article in (same, hardened) if article.headline] == ["Pier closed", "Pier falls"]
    assert [sentence.carries_headline for sentence in same.sentences] == [True, False]
    assert [sentence.carries_headline for sentence in hardened.sentences] == [False, True]
    assert (hardened.sentences[1].label, hardened.sentences[1].sourcing) == (Label.ATTRIBUTED_CLAIM, Sourcing.NAMED)
    path.write_text(json.dumps({**article, "labels": ["F-"]}) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match="2 sentences and 1 labels"):
        load_own_headlines()


def test_no_headline_of_ours_is_measured_with() -> None:
    ours = {sentence.text for article in load_own_headlines() for sentence in article.all_sentences}
    assert ours
    for half in HALVES:
        for case in controlled_cases(half):
            assert not ours & {case.passage.headline, *case.passage.sentences}
