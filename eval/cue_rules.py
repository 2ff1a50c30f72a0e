"""A labeller made of word lists: the codebook's marks, in the codebook's order of deciding."""

import re
from collections.abc import Sequence

import numpy as np

from onrecord.eval.passages import Offsets, Passage, Predictions
from onrecord.labels import LABELS, SOURCINGS, Label, Sourcing


def _pattern(*phrases: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(phrases)})\b", re.IGNORECASE)


_HEADING = re.compile(
    r"^\s*(?:#|by [A-Z]|read (?:also|more|next)|related:|advertisement|photo|file photo|image|copyright|©|subscribe|"
    r"sign up|follow us|share this|watch:|the writer is|editor's note)",
    re.IGNORECASE,
)
_SAYING = _pattern(
    r"said|says|saying|told|tells|wrote|writes|tweeted|claim(?:s|ed|ing)?|den(?:y|ies|ied|ying)|warn(?:s|ed|ing)?",
    r"announc(?:es|ed|ing)|promis(?:es|ed|ing)|according to|in the words of|add(?:s|ed) that|argu(?:es|ed|ing)",
    r"insist(?:s|ed|ing)?|accus(?:es|ed|ing)|acknowledg(?:es|ed)|admit(?:s|ted)|explain(?:s|ed)|stated|noted",
    r"testified|alleg(?:es|ed|ing)|call(?:s|ed) for|call(?:s|ed) on|demand(?:s|ed)|urg(?:es|ed|ing)|vow(?:s|ed)",
    r"suggest(?:s|ed)|predict(?:s|ed)|concluded|found that|shows? that|wants?|hop(?:es|ed)|fears?|plans? to",
    r"believ(?:es|ed)|thinks?|tells|asked|complain(?:s|ed)|replied|recalled|describ(?:es|ed)",
)
_HEARSAY = _pattern(
    "reportedly|allegedly|(?:is|are|was|were) said to|(?:is|are|was|were) believed to|it is understood",
    "rumou?red|purportedly|supposedly",
)
_QUOTATION = re.compile(r"[\"“][^\"“”]{12,}|^[^\"“]{12,}[\"”]")
_INTERPRETERS = _pattern(
    "analysts?|experts?|economists?|academics?|observers?|critics?|commentators?|pundits?|scholars?|strategists?",
    "historians?|professors?|political scientists?|think[- ]tanks?|fellow at",
)
_UNNAMED = _pattern(
    "sources|officials|insiders|analysts|critics|experts|economists|observers|residents|witnesses|aides|supporters",
    "some|many|others|people familiar with the matter|lawmakers|investors|activists|reports",
)
_JUDGEMENT = _pattern(
    "should|must|ought|underscores?|signals?|reveals?|represents?|alarming|welcome|woeful(?:ly)?|disgrace(?:ful)?",
    "shameful|remarkabl[ey]|stunning|stark|troubling|dangerous(?:ly)?|absurd|ridiculous|clearly|obviously",
    "unfortunately|of course|simply|best|worst|most (?:important|serious)|failed to|nothing (?:less|short)|means that",
    "the (?:point|problem|truth|question|irony|reality|fact) is|hypocri(?:sy|tical)|i think|in my view|perhaps the",
)
_HEDGE = _pattern(
    "may|might|could|would likely|likely|unlikely|set to|expected to|appears?|seems?|perhaps|possibly|probably",
    r"risks?|threatens? to|remains? (?:unclear|to be seen)|unclear|raises? the prospect|if|whether|potential(?:ly)?",
    "will",
)


class CueRules:
    """The first list with a hit decides. Its words are the cue; it gives no source."""

    name = "cue rules"

    def predict(self, passages: Sequence[Passage]) -> Predictions:
        """Label every text by itself: one hit in a list, all of the probability."""
        decided = [decide(text) for passage in passages for text in passage.texts]
        labels = [LABELS.index(label) for label, _, _ in decided]
        return Predictions(
            np.eye(len(LABELS))[np.array(labels, dtype=int)],
            np.array([SOURCINGS.index(sourcing) for _, sourcing, _ in decided], dtype=int),
            cues=tuple(cue for _, _, cue in decided),
        )


def decide(text: str) -> tuple[Label, Sourcing, Offsets | None]:
    """Label, sourcing and cue of one sentence."""
    if _HEADING.search(text):
        return Label.NONE, Sourcing.NONE, None
    saying = _HEARSAY.search(text) or _SAYING.search(text)
    if saying or _QUOTATION.search(text):
        cue = saying.span() if saying else None
        interpreter = _INTERPRETERS.search(text)
        sourcing = Sourcing.UNNAMED if _HEARSAY.search(text) or _UNNAMED.search(text) else Sourcing.NAMED
        return (Label.ANALYST_OPINION if interpreter else Label.ATTRIBUTED_CLAIM), sourcing, cue
    for label, words in ((Label.ANALYST_OPINION, _JUDGEMENT), (Label.SPECULATION, _HEDGE)):
        if found := words.search(text):
            return label, Sourcing.NONE, found.span()
    if len(text.split()) < 4 or (not text.rstrip().endswith((".", "!", "?", "”", '"', "’")) and len(text.split()) < 8):
        return Label.NONE, Sourcing.NONE, None
    return Label.REPORTED_FACT, Sourcing.NONE, None
