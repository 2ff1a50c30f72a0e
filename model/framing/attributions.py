"""Labelled article → claims that have a source or a hedge in one place and neither in another.

Precision comes first: two sentences count as one claim only if one has most of the flat one's words, and they share
most of what both say, the same numbers and the same negation. What stands near a source is left alone: a lead whose
source follows, and what goes on in the vein of a speaker just quoted, is how news is written.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from onrecord.framing.matching import Claims
from onrecord.labels import Label

if TYPE_CHECKING:
    from onrecord.labelled import LabelledArticle, LabelledSentence

# Chosen on pool articles, whose hits were read one by one; to be chosen anew with other weights.
_SURE = 0.7  # probability from which a sentence surely stands as it is labelled
_SAME_WORDS = 0.56  # share of their words that two sentences with the same claim have in common
_CARRIED = 0.65  # share of the flat sentence's words that the other has
_COMMON_TERMS = 4  # words in common, at least: short sentences say too little to be recognised
_NEAR = 2  # sentences before and after that may lend theirs a source,
_NEAR_WORDS = 0.25  # if they share so many words
_APART = 4  # sentences from one to the other, at least
_CONFIDENT = 0.5  # confidence of a pair, at least

_NEGATION = "no not never none nobody nothing neither nor without cannot denied denies deny refused"
_PLAN = "will would shall plans planned wants wanted hopes hoped intends vowed promised pledged"
_SPOKEN_OR_HEDGED = """
said says say saying told tells according reported reportedly reports allegedly alleged claims claimed announced
believed believes expected suspected accused characterized described noted indicated ruled declared
likely possible possibly potential potentially
i i'd i'll i'm i've me my
"""
_NEGATIONS, _PLANS, _NOT_FLAT = (frozenset(words.split()) for words in (_NEGATION, _PLAN, _SPOKEN_OR_HEDGED))
_MARKS = '“”"'
_AROUND_WORDS = ".,;:!?()[]—–-'’‘“”\""


@dataclass(frozen=True, slots=True)
class LostAttribution:
    """Two sentences with the same claim, one that attributes or hedges it and one that states it flatly.

    :ivar attributed: number of the sentence that attributes or hedges the claim; ``flat``: of the one that does not.
    :ivar distance: sentences from one to the other.
    :ivar order: ``dropped``: attributed first, flat later; ``late``: flat first, attributed only far below.
    :ivar confidence: how surely both stand as labelled and claim the same, from 0.5, below which none is
        reported, to 1. Not calibrated.
    """

    attributed: int
    flat: int
    distance: int
    order: Literal["dropped", "late"]
    confidence: float

    def to_dict(self) -> dict[str, Any]:
        """A plain dictionary, for JSON."""
        return {**asdict(self), "confidence": round(self.confidence, 4)}


def lost_attributions(article: "LabelledArticle") -> tuple[LostAttribution, ...]:
    """Find the claims that lose, or only later get, their source or hedge: each sentence in one pair at most."""
    sentences = article.sentences
    facts = np.array([sentence.probabilities[Label.REPORTED_FACT] for sentence in sentences])
    handed = np.array([_handed_over(sentence) for sentence in sentences])
    flat = np.array([n for n in np.flatnonzero(facts >= _SURE).tolist() if _in_own_voice(sentences, n)], dtype=int)
    attributed = np.flatnonzero(handed >= _SURE)
    if not len(flat) or not len(attributed):
        return ()
    alike, shared = _alike(article, flat, attributed)
    apart = np.abs(np.subtract.outer(flat, attributed))
    covered = ((apart <= _NEAR) & (shared >= _NEAR_WORDS)).any(axis=1, keepdims=True)
    found = []
    for row, column in zip(*np.nonzero(alike & (apart >= _APART) & ~covered), strict=True):
        here, there = int(flat[row]), int(attributed[column])
        if _compatible(sentences[here], sentences[there]):
            confidence = float(facts[here] * handed[there] * shared[row, column])
            order: Literal["dropped", "late"] = "dropped" if there < here else "late"
            found.append(LostAttribution(there, here, abs(here - there), order, confidence))
    return _one_each([lost for lost in found if lost.confidence >= _CONFIDENT])


def _handed_over(sentence: "LabelledSentence") -> float:
    """How surely a sentence attributes or hedges what it says."""
    return sentence.probabilities[Label.ATTRIBUTED_CLAIM] + sentence.probabilities[Label.SPECULATION]


def _in_own_voice(sentences: Sequence["LabelledSentence"], number: int) -> bool:
    """Whether a reported fact quotes nobody, has no word that reports or hedges, and follows no neighbour's source."""
    text = sentences[number].text
    if any(mark in text for mark in _MARKS) or not _NOT_FLAT.isdisjoint(_words(text)):
        return False
    around = [sentences[n].label is Label.ATTRIBUTED_CLAIM for n in (number - 1, number + 1) if 0 <= n < len(sentences)]
    return len(around) < 2 or not all(around)


def _alike(article: "LabelledArticle", flat: np.ndarray, attributed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whether pairs of sentences are alike enough to make the same claim, and what share of their words they share.

    *Shape:* both (flat sentence, attributed sentence).
    """
    claims = Claims.read([_content(sentence) for sentence in article.sentences])
    carried, back = claims.words(flat, attributed), claims.words(attributed, flat).T
    shared = 2 * carried * back / np.maximum(carried + back, 1e-6)
    common = claims.terms[flat] @ claims.terms[attributed].T
    return (carried >= _CARRIED) & (common >= _COMMON_TERMS) & (shared >= _SAME_WORDS), shared


def _content(sentence: "LabelledSentence") -> str:
    """A sentence without the words that name its source and those that hand over or hedge what it says."""
    text = sentence.text
    for span in (sentence.source, sentence.cue):
        if span is not None:
            start, end = span.start - sentence.start, span.end - sentence.start
            text = text[:start] + " " * (end - start) + text[end:]  # as long as before: the other span still fits
    return text


def _compatible(flat: "LabelledSentence", attributed: "LabelledSentence") -> bool:
    """Whether nothing in the words keeps two like sentences from making one claim: numbers, a negation, a plan."""
    here, there = _words(flat.text), _words(attributed.text)
    numbers, others = _numbers(here), _numbers(there)
    if numbers - others and others - numbers:
        return False
    if here.isdisjoint(_NEGATIONS) != there.isdisjoint(_NEGATIONS):
        return False
    planned = attributed.label is Label.ATTRIBUTED_CLAIM and not there.isdisjoint(_PLANS)
    return not (planned and here.isdisjoint(_PLANS)) and flat.text not in attributed.text


def _words(text: str) -> set[str]:
    """The words in lower case, "not" for every "n't"."""
    words = {word.strip(_AROUND_WORDS) for word in text.casefold().replace("’", "'").split()}
    return words | {"not" for word in words if word.endswith("n't")}


def _numbers(words: set[str]) -> set[str]:
    return {word.strip("$£€%").replace(",", "") for word in words if any(letter.isdigit() for letter in word)}


def _one_each(found: Sequence[LostAttribution]) -> tuple[LostAttribution, ...]:
    """The surest pairs, no sentence in two of them, in the order of the article."""
    taken: set[int] = set()
    kept = []
    for lost in sorted(found, key=lambda lost: -lost.confidence):
        if taken.isdisjoint((lost.attributed, lost.flat)):
            taken |= {lost.attributed, lost.flat}
            kept.append(lost)
    return tuple(sorted(kept, key=lambda lost: min(lost.attributed, lost.flat)))
