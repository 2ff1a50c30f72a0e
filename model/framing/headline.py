"""Labelled article → whether its headline gives its claim the standing that the body gives it.

How likely does each body sentence carry the headline's claim? Does it assert it, in the outlet's own voice and without
a hedge? Does the headline? From the three follow the scores of the relations.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from onrecord.framing.matching import Claims, all_stems, named, stems
from onrecord.labels import Label, Sourcing

if TYPE_CHECKING:
    from onrecord.labelled import LabelledArticle, LabelledSentence

# Log-odds of carrying the headline's claim, and weights of the columns of `match`: a logistic regression of "annotated
# as evidence" over pairs of headline and sentence, to be fitted anew with other weights:
# `python -m onrecord.eval.headline_fit` prints them.
_WITH_NETWORK = -1.19, (0.61, 0.13, 3.11, 1.75, 3.24, -0.35)
_WORDS_ALONE = -3.17, (0.0, 0.0, 7.56, 3.30, 3.81, -2.39)  # where no network was asked

# Chosen on the same headlines: the best with no more than three false alarms on the news.
_CARRIED = -2.25  # log-odds of the best sentence from which the claim is in the body at all
_BURDEN = -1.3  # log-odds from which an asserting sentence clears a flat headline; lower suspects fewer headlines
_STEEPNESS = 1.5  # of that clearing in the log-odds, so that many weak matches do not add up to one good one
_OWN_ACT = 0.5  # how far a source that the headline names clears it: more often than not it speaks of an act of its own
_READ = 4  # the best matches, of which the evidence is taken
_EVIDENCE = 0.25  # a sentence is evidence if its odds are such a part of the best one's

_THE_HEADLINE = slice(0, 1)  # among an article's sentences
_LONGEST = 500  # characters of a headline that are searched for marks; on endless ones the patterns take for ever
_MARKED = 0.9  # how surely words that hedge or name a speaker in a headline say that it does not assert
_QUOTED = 0.7  # the same of quotation marks, which may also be around a name or mock a word
_HEDGE = re.compile(
    r"\b(?:(?<!\b(?:in|of|on|by)\s)may(?!\s\d)|might|could|perhaps|maybe|possibl[ey]|probabl[ey]|likely|appears?|seems?|apparently|reportedly|allegedly|"
    r"(?:said|believed|thought|expected) to|feared|suspected|fears?|hints?)\b|\?\W*$",
    re.IGNORECASE,
)
_SPEECH = (
    "(?:says?|said|claims?|warns?|finds?|suggests?|reports?|insists?|alleges?|tells?|shows?|argues?|admits?|denies|"
    "vows?|believes?|concludes?|reveals?)"
)
_KICKER = "(?i:analysis|breaking|exclusive|live|opinion|revealed|update|video|watch)"  # before a colon, no speaker
_BEFORE_COLON = re.compile(  # «Police: blaze was set on purpose», but also «Velmark blaze: police look for witnesses»
    rf"^(?!{_KICKER}\b)([A-Z][\w.'’-]*(?:\s[\w.'’-]+){{0,3}}):\s"
)
_SPEAKER_AT_END = re.compile(  # «…, study finds», «…, says Ana Ruiz»
    rf"[,–—-]\s*(?:[\w.'’-]+\s){{0,4}}{_SPEECH}(?:\s[\w.'’-]+){{0,4}}\s*$"
)
_QUOTATION = re.compile(  # of two words or more: one word in quotation marks is a name or a scare quote
    r"[\"“][^\"“”]+\s[^\"“”]+[\"”]|(?<!\w)['‘][^'‘’]*\s(?:[^'‘’]|['’](?=\w))*['’](?!\w)"
)


class Relation(StrEnum):
    """How the headline's claim stands in the headline, against how it stands in the body."""

    SAME = "same"
    HARDENED = "hardened"
    SOFTENED = "softened"
    ABSENT = "absent"
    TOPIC = "topic"


@dataclass(frozen=True, slots=True)
class HeadlineDrift:
    """What became of the headline's claim.

    :ivar relation: ``hardened``: stated as settled above a body that attributes it (to somebody whom the headline does
        not name, as a rule), hedges or argues it; ``softened``: the reverse; ``absent``: no sentence carries it;
        ``topic``: the headline claims nothing.
    :ivar confidence: the relation's score, from 0 to 1; all relations' scores sum to 1. Not calibrated.
    :ivar evidence: the numbers of the sentences that carry the claim, best match first; empty for ``absent`` and
        ``topic``.
    """

    relation: Relation
    confidence: float
    evidence: tuple[int, ...]

    def to_dict(self) -> dict[str, Any]:
        """A plain dictionary, for JSON."""
        return {
            "relation": self.relation.value,
            "confidence": round(self.confidence, 4),
            "evidence": list(self.evidence),
        }


def headline_drift(article: "LabelledArticle") -> HeadlineDrift | None:
    """Compare the headline with the sentences that carry its claim; ``None`` without a headline or without a body."""
    headline = article.headline
    if headline is None or not article.sentences:
        return None
    odds = _odds(article)
    best = np.argsort(-odds, kind="stable")[:_READ]
    nearness = np.exp(odds[best] - odds[best[0]])
    asserts = np.array([_asserts(sentence) for sentence in article.sentences])
    subjects = stems(headline.text)
    own_acts = [one.source is not None and named(one.source.text, subjects) for one in article.sentences]
    clears = np.maximum(asserts, _OWN_ACT * np.array(own_acts))
    carries = _chance(_STEEPNESS * (odds - _BURDEN))
    plainly = np.array([_asserts_plainly(article.sentences[number], headline) for number in best])
    scores = _scores(
        headline,
        flat=1 - guarded(headline, article.sentences),
        carried=float(_chance(odds[best[0]] - _CARRIED)),
        anywhere=float(1 - np.prod(1 - carries * clears)),
        there=float(nearness @ plainly / nearness.sum()),
    )
    relation = max(scores, key=lambda name: scores[name])
    evidence = best[nearness >= _EVIDENCE] if relation not in (Relation.ABSENT, Relation.TOPIC) else ()
    return HeadlineDrift(relation, scores[relation], tuple(article.sentences[number].index for number in evidence))


def _scores(
    headline: "LabelledSentence", flat: float, carried: float, anywhere: float, there: float
) -> dict[Relation, float]:
    """A score for every relation; they sum to 1.

    :param flat: how likely the headline neither hands its claim to anybody nor hedges it.
    :param carried: how likely any sentence carries the claim.
    :param anywhere: how likely the claim is somewhere asserted by the outlet, or by who did it: enough to clear a flat
        headline.
    :param there: how far the best matches assert it: what a guarded headline takes back.
    """
    states = 1 - headline.probabilities[Label.NONE]
    found = states * carried
    return {
        Relation.SAME: found * (flat * anywhere + (1 - flat) * (1 - there)),
        Relation.HARDENED: found * flat * (1 - anywhere),
        Relation.SOFTENED: found * (1 - flat) * there,
        Relation.ABSENT: states * (1 - carried),
        Relation.TOPIC: 1 - states,
    }


def match(article: "LabelledArticle") -> np.ndarray:
    """What tells whether a body sentence carries the headline's claim. *Shape:* (sentence, 6)

    The network's log-odds and how far they are behind the best sentence's; the share of the headline's words, and how
    far behind; the words that the sentence before adds; how surely the sentence states nothing.
    """
    claims = Claims.read([sentence.text for sentence in article.all_sentences])
    body = claims.terms[1:]
    before = np.concatenate([np.zeros_like(body[:1]), body[:-1]])
    words = claims.words(_THE_HEADLINE)[0, 1:]
    added = claims.covered(_THE_HEADLINE, np.maximum(body, before))[0] - words
    nothing = np.array([sentence.probabilities[Label.NONE] for sentence in article.sentences])
    seen = np.zeros_like(words) if article.carries is None else article.carries
    return np.stack([seen, seen - seen.max(), words, words - words.max(), added, nothing], axis=1)


def _odds(article: "LabelledArticle") -> np.ndarray:
    """The log-odds of each body sentence to carry the headline's claim. *Shape:* (sentence,)"""
    base, weights = _WITH_NETWORK if article.carries is not None else _WORDS_ALONE
    return base + match(article) @ np.array(weights)


def _asserts(sentence: "LabelledSentence") -> float:
    """How surely the outlet itself vouches for the sentence, without a hedge."""
    opinion = sentence.probabilities[Label.ANALYST_OPINION] if sentence.sourcing is Sourcing.NONE else 0.0
    return sentence.probabilities[Label.REPORTED_FACT] + opinion


def _asserts_plainly(sentence: "LabelledSentence", headline: "LabelledSentence") -> float:
    """The same, but less surely if the sentence shares the words by which the headline hands over or hedges."""
    marks = [headline.cue.text if headline.cue else "", *_HEDGE.findall(headline.text[:_LONGEST])]
    chance = _asserts(sentence)
    if all_stems(" ".join(marks)).isdisjoint(all_stems(sentence.text)):
        return chance
    asserted, guarded = chance * (1 - _MARKED), (1 - chance) * _MARKED
    return asserted / (asserted + guarded)


def guarded(headline: "LabelledSentence", body: Sequence["LabelledSentence"] = ()) -> float:
    """How surely the headline hands its claim to somebody or hedges it: by its label, or by marks of headline style.

    :param body: tells who is a speaker: somebody to whom it hands something too. Without one, whoever stands before a
        colon; and words in quotation marks are somebody's unless the body uses them in its own voice.
    """
    chances = [headline.probabilities[label] for label in (Label.ATTRIBUTED_CLAIM, Label.SPECULATION)]
    if headline.sourcing is not Sourcing.NONE:
        chances.append(headline.probabilities[Label.ANALYST_OPINION])
    chance = sum(chances)
    text = headline.text[:_LONGEST]
    if _HEDGE.search(text) or _SPEAKER_AT_END.search(text) or _speaks_before_colon(text, body):
        chance = max(chance, _MARKED)
    elif _is_quoted(text, body):
        chance = max(chance, _QUOTED)
    return min(chance, 1.0)


def _speaks_before_colon(headline: str, body: Sequence["LabelledSentence"]) -> bool:
    speaker = _BEFORE_COLON.search(headline)
    if speaker is None or not body:
        return speaker is not None
    heard = " ".join(sentence.source.text for sentence in body if sentence.source)
    return not stems(speaker[1]).isdisjoint(stems(heard))


def _is_quoted(headline: str, body: Sequence["LabelledSentence"]) -> bool:
    quotation = _QUOTATION.search(headline)
    if quotation is None:
        return False
    words = _bare(quotation[0])
    found = [sentence for sentence in body if words in _bare(sentence.text)]
    return not found or any(sentence.sourcing is not Sourcing.NONE for sentence in found)


def _bare(text: str) -> str:
    """The words alone, to find a quotation whatever marks and capitals it has."""
    return re.sub(r"\W+", " ", text).strip().casefold()


def _chance(odds: np.ndarray) -> np.ndarray:
    """The probabilities that belong to log-odds."""
    return 1 / (1 + np.exp(-odds))
