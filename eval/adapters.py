"""Adapters: one row for each question that is put to a corpus annotated by others."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from onrecord.data import external
from onrecord.eval.passages import Passage, Predictions
from onrecord.eval.polnear import polnear_sample
from onrecord.labels import LABELS, SOURCINGS, Label, Sourcing


@dataclass(frozen=True)
class Asked:
    """Passages of a corpus and the corpus's answer for each of their texts; -1 where it gives none."""

    passages: list[Passage]
    answers: list[int]


@dataclass(frozen=True)
class Adapter:
    """How one corpus is asked one question, to be answered with yes (1) or no (0).

    :ivar load: reads the corpus from a folder.
    :ivar answer: what a prediction says. *Shape:* (text,).
    :ivar mapping: corpus's value ↔ ours, for the reader.
    :ivar reached: what others reach at it, and where that figure is from.
    """

    corpus: str
    question: str
    mapping: str
    load: Callable[[Path], Asked]
    answer: Callable[[Predictions], np.ndarray]
    reached: str = "–"


def is_label(*labels: Label) -> Callable[[Predictions], np.ndarray]:
    """Whether the label is one of ``labels``."""
    return lambda found: np.isin(found.labels, [LABELS.index(label) for label in labels])


def is_sourced(found: Predictions) -> np.ndarray:
    """Whether the content is handed to anybody."""
    return found.sourcing != SOURCINGS.index(Sourcing.NONE)


def is_hedged(found: Predictions) -> np.ndarray:
    """Whether the sentence is speculation, or its source cannot be identified."""
    return is_label(Label.SPECULATION)(found) | (found.sourcing == SOURCINGS.index(Sourcing.UNNAMED))


def _discourse(positive: Callable[[external.DiscourseSentence], bool]) -> Callable[[Path], Asked]:
    def load(folder: Path) -> Asked:
        articles = external.load_newsdiscourse(folder)
        passages = [Passage(article.document, tuple(s.text for s in article.sentences)) for article in articles]
        return Asked(passages, [int(positive(s)) for article in articles for s in article.sentences])

    return load


def _editorials(kinds: set[str]) -> Callable[[Path], Asked]:
    def load(folder: Path) -> Asked:
        editorials = external.load_editorials(folder)
        passages = [Passage(editorial.document, tuple(s.text for s in editorial.sentences)) for editorial in editorials]
        return Asked(passages, [_unit_answer(s, kinds) for editorial in editorials for s in editorial.sentences])

    return load


def _unit_answer(sentence: external.EditorialSentence, kinds: set[str]) -> int:
    """Whether the longest argument unit of the sentence is of ``kinds``; -1 if it has none."""
    units = [(len(text), kind) for text, kind in sentence.units if kind not in ("no-unit", "title")]
    return int(max(units)[1] in kinds) if units else -1


def _alone(rows: Sequence[external.LoneSentence], answers: Mapping[str, int]) -> Asked:
    """Sentences without context; each a document of its own where the corpus does not say which it is from."""
    passages = [Passage(row.document or str(number), (row.text,)) for number, row in enumerate(rows)]
    return Asked(passages, [answers.get(row.label, -1) for row in rows])


def _checkthat(folder: Path) -> Asked:
    return _alone(external.load_checkthat(folder), {"SUBJ": 1, "OBJ": 0})


def _babe(folder: Path) -> Asked:
    return _alone(external.load_babe(folder), {"Expresses writer's opinion": 1, "Entirely factual": 0})


def _hedges(folder: Path) -> Asked:
    return _alone(external.load_hedges(folder), {"uncertain": 1, "certain": 0})


def _emergent(folder: Path) -> Asked:
    rows = external.load_emergent(folder)
    passages = [Passage(row.claim, (), row.headline) for row in rows]
    return Asked(passages, [int(row.stance == "observing") for row in rows])


def _polnear(folder: Path) -> Asked:
    sample = polnear_sample(folder)
    return Asked(list(sample.passages), [int(sourced) for sourced in sample.sourced])


_SHARED_README = "README of the development data"

ADAPTERS = (
    Adapter(
        "PolNeAR",
        "Is the sentence sourced?",
        "half of the sentence or more in a content span ↔ sourcing is not none",
        _polnear,
        is_sourced,
        f"people among themselves: accuracy 0.908, κ 0.81 ({_SHARED_README})",
    ),
    Adapter(
        "NewsDiscourse", "Is it speech?", "Speech ↔ sourcing is not none", _discourse(lambda s: s.speech), is_sourced
    ),
    Adapter(
        "NewsDiscourse",
        "Is it evaluation?",
        "Distant_Evaluation ↔ analyst_opinion",
        _discourse(lambda s: s.role == "Distant_Evaluation"),
        is_label(Label.ANALYST_OPINION),
    ),
    Adapter(
        "NewsDiscourse",
        "Is it expectation?",
        "Distant_Expectations_Consequences ↔ speculation",
        _discourse(lambda s: s.role == "Distant_Expectations_Consequences"),
        is_label(Label.SPECULATION),
    ),
    Adapter(
        "CheckThat! subjectivity",
        "Is it subjective?",
        "SUBJ ↔ analyst_opinion",
        _checkthat,
        is_label(Label.ANALYST_OPINION),
        f"trained on the task, on the lab's own tests: macro-F1 0.744 (2024), 0.81 (2025) ({_SHARED_README})",
    ),
    Adapter(
        "BABE",
        "Does it express the writer's opinion?",
        "expresses writer's opinion against entirely factual ↔ analyst_opinion; other answers left out",
        _babe,
        is_label(Label.ANALYST_OPINION),
    ),
    Adapter(
        "CoNLL-2010 Wikipedia",
        "Is it hedged?",
        "uncertain ↔ speculation, or sourcing unnamed",
        _hedges,
        is_hedged,
        f"on the task's own test: F1 0.628 with a cue list, 0.702 best ({_SHARED_README})",
    ),
    Adapter(
        "Webis editorials",
        "Is it an assumption?",
        "longest unit is assumption ↔ analyst_opinion or speculation",
        _editorials({"assumption"}),
        is_label(Label.ANALYST_OPINION, Label.SPECULATION),
    ),
    Adapter(
        "Webis editorials",
        "Is it testimony?",
        "longest unit is testimony ↔ attributed_claim",
        _editorials({"testimony"}),
        is_label(Label.ATTRIBUTED_CLAIM),
    ),
    Adapter(
        "Emergent headlines",
        "Does the headline stand back from the rumour?",
        "observing against for, against ↔ attributed_claim or speculation",
        _emergent,
        is_label(Label.ATTRIBUTED_CLAIM, Label.SPECULATION),
    ),
)
