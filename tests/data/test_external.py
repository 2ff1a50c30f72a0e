"""The loaders of corpora for evaluation: what stands in a file comes out typed, in order, grouped by document."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from onrecord.data import external
from onrecord.data.external import Attribution, DiscourseSentence, EditorialSentence, LoneSentence, StanceHeadline
from onrecord.errors import DataError
from onrecord.labels import Label

# Each loader, its file, and how many records the shared file makes.
LOADERS = [
    (external.load_polnear, "external/polnear.parquet", 94),
    (external.load_newsdiscourse, "external/newsdiscourse.parquet", 100),
    (external.load_editorials, "external/webis_editorials.parquet", 266),
    (external.load_checkthat, "external/checkthat_subjectivity.parquet", 462),
    (external.load_babe, "external/babe.parquet", 1898),
    (external.load_hedges, "external/conll2010_wiki_hedges.parquet", 3000),
    (external.load_emergent, "external/emergent_headlines.parquet", 524),
    (external.load_headline_pairs, "headlines/dev.parquet", 120),
]


@pytest.mark.parametrize(("load", "file", "count"), LOADERS)
def test_a_missing_file_is_named(load: Callable[[Path], list[Any]], file: str, count: int, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=Path(file).name):
        load(tmp_path)


@pytest.mark.parametrize(("load", "file", "count"), LOADERS)
def test_the_shared_files_load(load: Callable[[Path], list[Any]], file: str, count: int, shared: Path) -> None:
    assert len(load((shared / file).parent)) == count


def test_polnear_attributions_are_put_together_from_their_pieces(tmp_path: Path) -> None:
    text = "“No,” Orlov said, “never.”"
    pieces = [
        (0, "content", 18, 26),
        (0, "content", 0, 5),
        (0, "cue", 12, 16),
        (0, "source", 6, 11),
        (7, "cue", 12, 16),
    ]
    spans = [dict(zip(("attribution", "role", "start", "end"), piece, strict=True)) for piece in pieces]
    pq.write_table(
        pa.Table.from_pylist([{"doc": "a", "split": "dev", "annotator": "x", "text": text, "spans": spans}]),
        tmp_path / "polnear.parquet",
    )
    (article,) = external.load_polnear(tmp_path)
    assert article.attributions == (
        Attribution(source=((6, 11),), cue=((12, 16),), content=((0, 5), (18, 26))),
        Attribution(source=(), cue=((12, 16),), content=()),
    )


def test_newsdiscourse_sentences_are_in_order_in_their_document(tmp_path: Path) -> None:
    rows = [
        {"doc": "b", "idx": 0, "text": "The fair moved.", "role": "Main", "speech": False},
        {"doc": "c", "idx": 0, "text": "It is for training.", "role": "Main", "speech": False, "split": "train"},
        {"doc": "a", "idx": 10, "text": "“It is tired.”", "role": "Cause_General", "speech": True},
        {"doc": "a", "idx": 2, "text": "The bridge closed.", "role": "Main", "speech": False},
    ]
    rows = [{"split": "dev", **row} for row in rows]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "newsdiscourse.parquet")
    first, second = external.load_newsdiscourse(tmp_path)
    assert (first.document, second.document) == ("a", "b")
    assert first.sentences == (
        DiscourseSentence("The bridge closed.", "Main", False),
        DiscourseSentence("“It is tired.”", "Cause_General", True),
    )


def test_editorials_keep_the_units_of_each_sentence(tmp_path: Path) -> None:
    units = [["The bridge must go", "assumption"], [".", "no-unit"]]
    row = {"doc": "a", "idx": 0, "text": "The bridge must go.", "units": json.dumps(units)}
    pq.write_table(pa.Table.from_pylist([row]), tmp_path / "webis_editorials.parquet")
    (editorial,) = external.load_editorials(tmp_path)
    assert editorial.sentences == (
        EditorialSentence("The bridge must go.", (("The bridge must go", "assumption"), (".", "no-unit"))),
    )


@pytest.mark.parametrize(
    ("load", "file", "column", "label", "document"),
    [
        (external.load_checkthat, "checkthat_subjectivity", "label", "SUBJ", None),
        (external.load_babe, "babe", "opinion", "Entirely factual", "bridge"),
        (external.load_hedges, "conll2010_wiki_hedges", "certain", "uncertain", None),
    ],
)
def test_lone_sentences_carry_the_label_of_their_corpus(
    load: Callable[[Path], list[LoneSentence]], file: str, column: str, label: str, document: str | None, tmp_path: Path
) -> None:
    row = {"text": "The bridge may go.", column: label, "biased": "Biased", "split": "dev", "doc": "bridge"}
    pq.write_table(pa.Table.from_pylist([row]), tmp_path / f"{file}.parquet")
    assert load(tmp_path) == [LoneSentence("The bridge may go.", label, document)]


def test_emergent_headlines_carry_their_stance(tmp_path: Path) -> None:
    row = {"stance": "observing", "headline": "Bridge gone, say locals", "claim": "The bridge is gone"}
    pq.write_table(pa.Table.from_pylist([row]), tmp_path / "emergent_headlines.parquet")
    assert external.load_emergent(tmp_path) == [
        StanceHeadline("Bridge gone, say locals", "observing", "The bridge is gone")
    ]


def test_headline_pairs_carry_our_labels(tmp_path: Path) -> None:
    row = {
        "doc": "a",
        "headline": "Bridge unsafe",
        "sentences": ["It is old.", "It is unsafe, Orlov said."],
        "relation": "hardened",
        "sure": True,
        "evidence": [1],
        "headline_label": "F",
        "evidence_label": "A",
    }
    topic = {**row, "relation": "topic", "evidence": [], "headline_label": "N", "evidence_label": ""}
    pq.write_table(pa.Table.from_pylist([row, topic]), tmp_path / "dev.parquet")
    pair, bare = external.load_headline_pairs(tmp_path)
    assert (pair.headline_label, pair.evidence_label) == (Label.REPORTED_FACT, Label.ATTRIBUTED_CLAIM)
    assert [pair.sentences[number] for number in pair.evidence] == ["It is unsafe, Orlov said."]
    assert (bare.headline_label, bare.evidence_label, bare.evidence) == (Label.NONE, None, ())
