"""Corpora annotated by others, and the headline pairs: for evaluation alone; no weight is trained or tuned on them.

Only the constants of headline drift were fitted on the headline pairs.

Every loader takes the folder that holds its file, and raises ``DataError`` that names the file if it is not there.
Labels are the corpus's own, except those of the headline pairs. Spans are code-point offsets ``(start, end)``.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from onrecord.data.standoff import read_rows
from onrecord.labels import Label

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Attribution:
    """One attribution in an article: each part is the spans of its pieces, empty if it is not in the text."""

    source: Spans
    cue: Spans
    content: Spans


@dataclass(frozen=True)
class AttributedArticle:
    """An article of PolNeAR as one annotator read it; a few articles were read by several."""

    document: str
    annotator: str
    text: str
    attributions: tuple[Attribution, ...]


@dataclass(frozen=True, slots=True)
class DiscourseSentence:
    """A sentence of NewsDiscourse: its role (``Main``, ``Distant_Evaluation``, …), and whether it is speech."""

    text: str
    role: str
    speech: bool


@dataclass(frozen=True)
class DiscourseArticle:
    """An article of NewsDiscourse, its sentences in order."""

    document: str
    sentences: tuple[DiscourseSentence, ...]


@dataclass(frozen=True, slots=True)
class EditorialSentence:
    """A sentence of an editorial, and the ``(text, kind)`` of each argument unit in it (``assumption``, …)."""

    text: str
    units: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Editorial:
    """An editorial of the Webis corpus, its title and sentences in order."""

    document: str
    sentences: tuple[EditorialSentence, ...]


@dataclass(frozen=True, slots=True)
class LoneSentence:
    """A sentence without its context, the corpus's label for it, and its article, where the corpus names that."""

    text: str
    label: str
    document: str | None = None


@dataclass(frozen=True, slots=True)
class StanceHeadline:
    """A headline about a rumour, and its stance to it: ``for``, ``against`` or ``observing``."""

    headline: str
    stance: str
    claim: str


@dataclass(frozen=True)
class HeadlinePair:
    """A headline, the sentences under it, and how its main claim stands against them.

    ``relation`` is ``same``, ``hardened``, ``softened``, ``absent`` or ``topic``; ``evidence`` are the numbers of the
    sentences that tell, from 0; ``evidence_label`` is their label, ``None`` where there is no evidence.
    """

    document: str
    headline: str
    sentences: tuple[str, ...]
    relation: str
    sure: bool
    evidence: tuple[int, ...]
    headline_label: Label
    evidence_label: Label | None


def load_polnear(folder: Path) -> list[AttributedArticle]:
    """PolNeAR 1.0, its development part: news articles with human attributions."""
    return [
        AttributedArticle(row["doc"], row["annotator"], row["text"], _attributions(row["spans"]))
        for row in _development_rows(folder / "polnear.parquet", ["doc", "annotator", "text", "spans"])
    ]


def load_newsdiscourse(folder: Path) -> list[DiscourseArticle]:
    """NewsDiscourse, its development part: the role of each sentence in its article."""
    rows = _development_rows(folder / "newsdiscourse.parquet", ["doc", "idx", "text", "role", "speech"])
    return [
        DiscourseArticle(doc, tuple(DiscourseSentence(row["text"], row["role"], row["speech"]) for row in group))
        for doc, group in _by_document(rows)
    ]


def load_editorials(folder: Path) -> list[Editorial]:
    """Webis editorials: the argument units of each sentence."""
    rows = read_rows(folder / "webis_editorials.parquet", ["doc", "idx", "text", "units"])
    return [
        Editorial(doc, tuple(EditorialSentence(row["text"], _units(row["units"])) for row in group))
        for doc, group in _by_document(rows)
    ]


def load_checkthat(folder: Path) -> list[LoneSentence]:
    """CheckThat! subjectivity, English, its development part: ``OBJ`` or ``SUBJ``."""
    rows = _development_rows(folder / "checkthat_subjectivity.parquet", ["text", "label"])
    return [LoneSentence(row["text"], row["label"]) for row in rows]


def load_babe(folder: Path) -> list[LoneSentence]:
    """BABE, its experts' opinion label: ``Entirely factual``, ``Expresses writer's opinion``, …"""
    rows = read_rows(folder / "babe.parquet", ["text", "opinion", "doc"])
    return [LoneSentence(row["text"], row["opinion"], row["doc"]) for row in rows]


def load_hedges(folder: Path) -> list[LoneSentence]:
    """Wikipedia sentences of the CoNLL-2010 shared task: ``certain`` or ``uncertain``."""
    rows = read_rows(folder / "conll2010_wiki_hedges.parquet", ["text", "certain"])
    return [LoneSentence(row["text"], row["certain"]) for row in rows]


def load_emergent(folder: Path) -> list[StanceHeadline]:
    """Emergent: headlines about rumours."""
    columns = ["headline", "stance", "claim"]
    return [StanceHeadline(**row) for row in read_rows(folder / "emergent_headlines.parquet", columns)]


def load_headline_pairs(folder: Path) -> list[HeadlinePair]:
    """The headlines of ``dev.parquet`` with their articles, labelled by this project."""
    letters = {
        "F": Label.REPORTED_FACT,
        "A": Label.ATTRIBUTED_CLAIM,
        "S": Label.SPECULATION,
        "O": Label.ANALYST_OPINION,
        "N": Label.NONE,
    }
    columns = ["doc", "headline", "sentences", "relation", "sure", "evidence", "headline_label", "evidence_label"]
    return [
        HeadlinePair(
            row["doc"],
            row["headline"],
            tuple(row["sentences"]),
            row["relation"],
            row["sure"],
            tuple(row["evidence"]),
            letters[row["headline_label"]],
            letters[row["evidence_label"]] if row["evidence_label"] else None,
        )
        for row in read_rows(folder / "dev.parquet", columns)
    ]


def _attributions(spans: list[dict[str, Any]]) -> tuple[Attribution, ...]:
    parts: dict[int, dict[str, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
    for span in spans:
        parts[span["attribution"]][span["role"]].append((span["start"], span["end"]))
    return tuple(
        Attribution(*(tuple(sorted(roles[role])) for role in ("source", "cue", "content"))) for roles in parts.values()
    )


def _by_document(rows: list[dict[str, Any]]) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    return groupby(sorted(rows, key=itemgetter("doc", "idx")), key=itemgetter("doc"))


def _units(content: str) -> tuple[tuple[str, str], ...]:
    return tuple((text, kind) for text, kind in json.loads(content))


def _development_rows(path: Path, columns: list[str]) -> list[dict[str, Any]]:
    """The rows of the corpus's own development part, on which others report."""
    return [row for row in read_rows(path, [*columns, "split"]) if row["split"] == "dev"]
