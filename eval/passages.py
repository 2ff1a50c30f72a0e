"""Passages, and what a system predicts for their sentences: the one form in which everything is evaluated."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Protocol

import numpy as np

from onrecord.article import SplitArticle
from onrecord.labelled import LabelledSentence, Span
from onrecord.labeller import Labeller
from onrecord.labels import LABELS, SOURCINGS

Offsets = tuple[int, int]
"""First and last (exclusive) code point of a span in its sentence."""


@dataclass(frozen=True)
class Passage:
    """Sentences that follow each other in one document, and the headline above them if there is one."""

    document: str
    sentences: tuple[str, ...]
    headline: str | None = None

    @property
    def article(self) -> SplitArticle:
        """The article that a passage is taken for: a sentence a line."""
        starts = accumulate((len(text) + 1 for text in self.sentences), initial=0)
        bounds = tuple((start, start + len(text)) for start, text in zip(starts, self.sentences, strict=False))
        return SplitArticle("\n".join(self.sentences), self.headline, self.document, bounds)

    @property
    def texts(self) -> tuple[str, ...]:
        """All that is to be labelled: the headline, if there is one, then the sentences."""
        return self.sentences if self.headline is None else (self.headline, *self.sentences)


@dataclass(frozen=True)
class Predictions:
    """What a system says of the texts of some passages, one after another.

    *Shapes:* ``probabilities`` (text, 5) in the order of ``LABELS``, ``sourcing`` (text,), numbers in ``SOURCINGS``.

    :ivar sources: with ``cues``: one span or ``None`` a text; ``None`` altogether for a system that gives no spans.
    """

    probabilities: np.ndarray
    sourcing: np.ndarray
    sources: tuple[Offsets | None, ...] | None = None
    cues: tuple[Offsets | None, ...] | None = None

    @property
    def labels(self) -> np.ndarray:
        """Number in ``LABELS`` of the most probable label. *Shape:* (text,)."""
        return self.probabilities.argmax(-1)


class System(Protocol):
    """Something that labels sentences: onrecord or a baseline."""

    name: str

    def predict(self, passages: Sequence[Passage]) -> Predictions:
        """Label all texts of all passages."""
        ...


class Onrecord:
    """The labeller, over the sentences as they are given, each among its neighbours and under its headline."""

    def __init__(self, labeller: Labeller, name: str = "onrecord") -> None:
        self.name = name
        self._labeller = labeller

    def predict(self, passages: Sequence[Passage]) -> Predictions:
        """Label all texts of all passages."""
        articles = (passage.article for passage in passages)
        labelled = [
            sentence for article in self._labeller.label_articles(articles) for sentence in article.all_sentences
        ]
        return Predictions(
            np.array([[sentence.probabilities[label] for label in LABELS] for sentence in labelled]).reshape(-1, 5),
            np.array([SOURCINGS.index(sentence.sourcing) for sentence in labelled], dtype=int),
            tuple(_offsets(sentence, sentence.source) for sentence in labelled),
            tuple(_offsets(sentence, sentence.cue) for sentence in labelled),
        )


class Isolated:
    """A system that is shown every text alone, without neighbours or headline."""

    def __init__(self, system: System) -> None:
        self.name = f"{system.name}, sentence alone"
        self._system = system

    def predict(self, passages: Sequence[Passage]) -> Predictions:
        """Label all texts of all passages."""
        return self._system.predict([Passage(p.document, (text,)) for p in passages for text in p.texts])


def _offsets(sentence: LabelledSentence, span: Span | None) -> Offsets | None:
    return None if span is None else (span.start - sentence.start, span.end - sentence.start)
