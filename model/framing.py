"""Labelled article → what it does with its claims."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from onrecord.labels import STANDINGS, Flag, Label

if TYPE_CHECKING:
    from onrecord.labelled import LabelledSentence


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
        counted = Counter(sentence.label for sentence in sentences)
        flags = Counter(sentence.flag for sentence in sentences)
        counts = {label: counted[label] for label in STANDINGS}
        total = sum(counts.values()) or 1
        shares = {label: count / total for label, count in counts.items()}
        return cls(len(sentences), counts, shares, flags[Flag.UNSOURCED], flags[Flag.VAGUE_SOURCE])

    def to_dict(self) -> dict[str, Any]:
        """A plain dictionary, for JSON."""
        content = asdict(self)
        content["counts"] = {label.value: count for label, count in self.counts.items()}
        content["shares"] = {label.value: round(share, 4) for label, share in self.shares.items()}
        return content
