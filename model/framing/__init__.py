"""Labelled article → what it does with its claims, from the headline to the last sentence."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from onrecord.framing.attributions import LostAttribution, lost_attributions
from onrecord.framing.findings import Finding, findings
from onrecord.framing.headline import HeadlineDrift, headline_drift
from onrecord.framing.profile import Composition, Profile
from onrecord.framing.rules import Material
from onrecord.framing.sources import Voices, voices

if TYPE_CHECKING:
    from onrecord.labelled import LabelledArticle

__all__ = ["Composition", "Finding", "Framing", "HeadlineDrift", "LostAttribution", "Profile", "Voices"]


@dataclass(frozen=True, slots=True)
class Framing:
    """What an article does with its claims.

    :ivar headline: whether the headline gives its claim the standing that the body gives it; ``None`` without one.
    :ivar lost_attributions: claims that have a source or a hedge in one place and none in another.
    :ivar voices: who gets to speak, and how much.
    :ivar profile: what it is made of, against other articles of its kind.
    :ivar findings: what stands out in all of that, one line each.
    """

    headline: HeadlineDrift | None
    lost_attributions: tuple[LostAttribution, ...]
    voices: Voices
    profile: Composition
    findings: tuple[Finding, ...]

    @classmethod
    def of(cls, article: "LabelledArticle") -> "Framing":
        """Look at an article's labels and spans; the network is not asked again."""
        parts = (
            headline_drift(article),
            lost_attributions(article),
            voices(article),
            Composition.of(article.sentences),
        )
        return cls(*parts, findings(Material(article, *parts)))

    def to_dict(self) -> dict[str, Any]:
        """A plain dictionary, for JSON; sentences by their numbers, from 0."""
        return {
            "headline": self.headline and self.headline.to_dict(),
            "lost_attributions": [lost.to_dict() for lost in self.lost_attributions],
            **self.voices.to_dict(),
            "profile": self.profile.to_dict(),
            "findings": [finding.to_dict() for finding in self.findings],
        }
