"""What labelling gives: sentences with their labels, and the article that they make up."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from onrecord.framing import Framing, Profile
from onrecord.labels import Flag, Label, Sourcing


@dataclass(frozen=True, slots=True)
class Span:
    """Some words of an article (or headline): code-point offsets ``start``, ``end`` (exclusive), and the words."""

    start: int
    end: int
    text: str

    def to_dict(self) -> dict[str, Any]:
        """A plain dictionary, for JSON."""
        return {"start": self.start, "end": self.end, "text": self.text}


@dataclass(frozen=True, slots=True)
class LabelledSentence:
    """A sentence, on whose word it stands, and how sure that is.

    :ivar index: number of the sentence in the article, from 0; -1 for the headline.
    :ivar start: with ``end``: code-point offsets in the article's text (in the headline, for the headline).
    :ivar label: ``None`` only where the labeller was told to abstain and did.
    :ivar confidence: calibrated probability of the best label.
    :ivar probabilities: of all labels; they sum to 1.
    :ivar source: the words that name who the content is handed to, if the sentence has them.
    :ivar cue: the words that decided the label, if there are such.
    """

    index: int
    start: int
    end: int
    text: str
    label: Label | None
    confidence: float
    probabilities: dict[Label, float]
    sourcing: Sourcing
    source: Span | None
    cue: Span | None
    flag: Flag | None

    def to_dict(self) -> dict[str, Any]:
        """A plain dictionary, for JSON."""
        return {
            "index": self.index,
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "label": self.label and self.label.value,
            "confidence": round(self.confidence, 4),
            "probabilities": {label.value: round(value, 4) for label, value in self.probabilities.items()},
            "sourcing": self.sourcing.value,
            "source": self.source and self.source.to_dict(),
            "cue": self.cue and self.cue.to_dict(),
            "flag": self.flag and self.flag.value,
        }


@dataclass(frozen=True)
class LabelledArticle:
    """An article whose every sentence is labelled.

    :ivar carries: the log-odds, as the network sees them, of carrying the headline's claim; ``None`` without a
        headline, or without a network. *Shape:* (sentence,), in the order of ``sentences``.
    """

    text: str
    headline: LabelledSentence | None
    sentences: tuple[LabelledSentence, ...]
    id: str | None = None
    carries: np.ndarray | None = field(default=None, repr=False, compare=False)

    @property
    def all_sentences(self) -> list[LabelledSentence]:
        """The headline, if there is one, and the sentences."""
        return [*([self.headline] if self.headline else []), *self.sentences]

    @cached_property
    def flagged(self) -> tuple[LabelledSentence, ...]:
        """The sentences that nobody, or nobody identifiable, vouches for."""
        return tuple(sentence for sentence in self.sentences if sentence.flag)

    @cached_property
    def profile(self) -> Profile:
        """Counts and shares of labels and flags."""
        return Profile.of(self.sentences)

    @cached_property
    def framing(self) -> Framing:
        """What the article does with its claims; worked out when it is first asked for."""
        return Framing.of(self)

    def records(self) -> list[dict[str, Any]]:
        """One dictionary a sentence, the headline first with index -1, each naming the article."""
        return [{"article": self.id, **sentence.to_dict()} for sentence in self.all_sentences]

    def to_html(self) -> str:
        """A self-contained page with every sentence marked, for the browser."""
        from onrecord.page.highlight import to_html

        return to_html(self)

    def to_dict(self) -> dict[str, Any]:
        """A plain dictionary, for JSON."""
        return {
            "id": self.id,
            "text": self.text,
            "headline": self.headline and self.headline.to_dict(),
            "sentences": [sentence.to_dict() for sentence in self.sentences],
            "profile": self.profile.to_dict(),
            "framing": self.framing.to_dict(),
        }
