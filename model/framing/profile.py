"""Labelled article → what it is made of, counted, and how usual that is for its kind of article."""

import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onrecord.labels import STANDINGS, Flag, Label

if TYPE_CHECKING:
    from onrecord.labelled import LabelledSentence

REFERENCE = Path(__file__).parent / "reference.json"
LEAST_SENTENCES = 8
"""An article in which fewer sentences state something has no kind: its shares say too little."""
OPINION_SHARE = 0.4
"""An article is an opinion piece if more than this share of its statements is opinion in the outlet's own voice."""
PARTS = 5
"""Into so many parts of equally many statements an article is cut to see where each label occurs."""
MEASURES: tuple[str, ...] = tuple(item.value for item in (*STANDINGS, *Flag))
"""What is compared with other articles: the shares of the four labels and of the two flags."""


class Kind(StrEnum):
    """The kinds of article that have a reference; told from the labels alone, so that any article has its kind."""

    NEWS_REPORT = "news_report"
    OPINION_PIECE = "opinion_piece"

    @property
    def plural(self) -> str:
        """The kind as a reader would say it: ``"news reports"``."""
        return f"{self.value.replace('_', ' ')}s"


@dataclass(frozen=True, slots=True)
class Profile:
    """How an article's sentences stand; sentences that state nothing are in no count but ``sentences``.

    :ivar sentences: all sentences, the headline left out.
    :ivar counts: sentences per label, of the four that state something.
    :ivar shares: the same as shares of their sum; all zero where nothing is stated.
    :ivar unsourced: with ``vague_source``: sentences with that flag.
    """

    sentences: int
    counts: dict[Label, int]
    shares: dict[Label, float]
    unsourced: int
    vague_source: int

    @classmethod
    def of(cls, sentences: "Sequence[LabelledSentence]") -> "Profile":
        """Count the labels of an article's sentences."""
        counts, flags = _count(sentences), Counter(sentence.flag for sentence in sentences)
        return cls(len(sentences), counts, _shares(counts), flags[Flag.UNSOURCED], flags[Flag.VAGUE_SOURCE])

    def to_dict(self) -> dict[str, Any]:
        """A plain dictionary, for JSON."""
        content = asdict(self)
        content["counts"] = {label.value: count for label, count in self.counts.items()}
        content["shares"] = _plain(self.shares)
        return content


@dataclass(frozen=True, slots=True)
class Composition:
    """What an article is made of, and how usual that is. All shares are of its statements: the sentences with one of
    the four labels.

    :ivar kind: a news report or an opinion piece; ``None`` with fewer than ``LEAST_SENTENCES`` statements.
    :ivar shares: of each label, by sentences; ``word_shares``: by words.
    :ivar unsourced_share: with ``vague_source_share``: of the statements with that flag.
    :ivar positions: the shares of each label in each of ``PARTS`` parts of the article, first to last.
    :ivar percentiles: for each of ``MEASURES``, how many in a hundred reference articles of the same kind have a
        smaller share (at least, from 0 to 99); ``None`` without a kind.
    """

    kind: Kind | None
    shares: dict[Label, float]
    word_shares: dict[Label, float]
    unsourced_share: float
    vague_source_share: float
    positions: tuple[dict[Label, float], ...]
    percentiles: dict[str, int] | None

    @classmethod
    def of(cls, sentences: "Sequence[LabelledSentence]") -> "Composition":
        """Measure an article's sentences and compare them with the shipped reference."""
        statements = [sentence for sentence in sentences if sentence.label in STANDINGS]
        measured = measure(statements)
        kind = kind_of(statements)
        words: Counter[Label | None] = Counter()
        for sentence in statements:
            words[sentence.label] += len(sentence.text.split())
        return cls(
            kind,
            {label: measured[label] for label in STANDINGS},
            _shares({label: words[label] for label in STANDINGS}),
            measured[Flag.UNSOURCED],
            measured[Flag.VAGUE_SOURCE],
            tuple(_shares(_count(part)) for part in parts(statements)),
            percentiles(measured, kind) if kind else None,
        )

    def to_dict(self) -> dict[str, Any]:
        """A plain dictionary, for JSON."""
        return {
            "kind": self.kind and self.kind.value,
            "shares": _plain(self.shares),
            "word_shares": _plain(self.word_shares),
            "unsourced_share": round(self.unsourced_share, 4),
            "vague_source_share": round(self.vague_source_share, 4),
            "positions": [_plain(part) for part in self.positions],
            "percentiles": self.percentiles,
        }


def measure(statements: "Sequence[LabelledSentence]") -> dict[str, float]:
    """The share of each of ``MEASURES`` in the statements of an article; all zero if there are none."""
    flags = Counter(sentence.flag for sentence in statements)
    counts: dict[str, int] = {str(label): count for label, count in _count(statements).items()}
    counts |= {str(flag): flags[flag] for flag in Flag}
    return {name: counts[name] / max(1, len(statements)) for name in MEASURES}


def kind_of(statements: "Sequence[LabelledSentence]") -> Kind | None:
    """An article's kind, from the share of its statements that is opinion in the outlet's own voice."""
    if len(statements) < LEAST_SENTENCES:
        return None
    own = sum(sentence.label is Label.ANALYST_OPINION and sentence.flag is Flag.UNSOURCED for sentence in statements)
    return Kind.OPINION_PIECE if own > OPINION_SHARE * len(statements) else Kind.NEWS_REPORT


def parts(statements: "Sequence[LabelledSentence]") -> "list[list[LabelledSentence]]":
    """An article's statements in ``PARTS`` parts, as equal as can be; of fewer statements, some parts are empty."""
    cut: list[list[LabelledSentence]] = [[] for _ in range(PARTS)]
    for number, sentence in enumerate(statements):
        cut[PARTS * number // len(statements)].append(sentence)
    return cut


def percentiles(measured: Mapping[str, float], kind: Kind) -> dict[str, int]:
    """For each measure, how many in a hundred reference articles of a kind have a smaller share, rounded down."""
    points = reference()["kinds"][kind]["percentiles"]
    return {name: bisect_left(points[name], round(measured[name], 4)) for name in MEASURES}


@cache
def reference() -> dict[str, Any]:
    """The shipped reference: ``provenance``; for each of ``kinds`` the number of ``articles`` and, for each of
    ``MEASURES``, the 99 ``percentiles`` of their shares. ``onrecord.training.reference`` makes it."""
    content: dict[str, Any] = json.loads(REFERENCE.read_text(encoding="utf-8"))
    return content


def _count(statements: "Sequence[LabelledSentence]") -> dict[Label, int]:
    counted = Counter(sentence.label for sentence in statements)
    return {label: counted[label] for label in STANDINGS}


def _shares(counts: Mapping[Label, int]) -> dict[Label, float]:
    total = sum(counts.values()) or 1
    return {label: count / total for label, count in counts.items()}


def _plain(shares: Mapping[Label, float]) -> dict[str, float]:
    return {label.value: round(share, 4) for label, share in shares.items()}
