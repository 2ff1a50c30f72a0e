"""Labelled article → whether its headline gives its claim the standing that the body gives it.

How likely does each body sentence carry the headline's claim? Does it assert it, in the outlet's own voice and without
a hedge? Does the headline? From the three follow the scores of the relations.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from onrecord.framing.matching import Claims, named, stems
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
    r"\b(?:may|might|could|perhaps|maybe|possibl[ey]|probabl[ey]|likely|appears?|seems?|apparently|reportedly|allegedly|"
    r"(?:said|believed|thought|expected) to|feared|suspected|fears?|hints?)\b|\?\W*$",
    re.IGNORECASE,
)
_SPEECH = (
    "(?:says?|said|claims?|warns?|finds?|suggests?|reports?|insists?|alleges?|tells?|shows?|argues?|admits?|denies|"
    "vows?|believes?|concludes?|reveals?)"
)
_KICKER = "(?i:analysis|breaking|exclusive|live|opinion|revealed|update|video|watch)"  # before a colon, no speaker
_SPEAKER = re.compile(
    rf"^(?!{_KICKER}\b)[A-Z][\w.'’-]*(?:\s[\w.'’-]+){{0,3}}:\s"  # «Police: blaze was set on purpose»
    rf"|[,–—-]\s*(?:[\w.'’-]+\s){{0,4}}{_SPEECH}(?:\s[\w.'’-]+){{0,4}}\s*$"  # «…, study finds», «…, says Ana Ruiz»
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
    scores = _scores(
        headline,
        carried=float(_chance(odds[best[0]] - _CARRIED)),
        anywhere=float(1 - np.prod(1 - carries * clears)),
        there=float(nearness @ asserts[best] / nearness.sum()),
    )
    relation = max(scores, key=lambda name: scores[name])
    evidence = best[nearness >= _EVIDENCE] if relation not in (Relation.ABSENT, Relation.TOPIC) else ()
    return HeadlineDrift(relation, scores[relation], tuple(article.sentences[number].index for number in evidence))


def _scores(headline: "LabelledSentence", carried: float, anywhere: float, there: float) -> dict[Relation, float]:
    """A score for every relation; they sum to 1.

    :param carried: how likely any sentence carries the claim.
    :param anywhere: how likely the claim is somewhere asserted by the outlet, or by who did it: enough to clear a flat
        headline.
    :param there: how far the best matches assert it: what a guarded headline takes back.
    """
    states = 1 - headline.probabilities[Label.NONE]
    flat = 1 - guarded(headline)
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


def guarded(headline: "LabelledSentence") -> float:
    """How surely the headline hands its claim to somebody or hedges it: by its label, or by marks of headline style."""
    chances = [headline.probabilities[label] for label in (Label.ATTRIBUTED_CLAIM, Label.SPECULATION)]
    if headline.sourcing is not Sourcing.NONE:
        chances.append(headline.probabilities[Label.ANALYST_OPINION])
    chance = sum(chances)
    text = headline.text[:_LONGEST]
    if _HEDGE.search(text) or _SPEAKER.search(text):
        chance = max(chance, _MARKED)
    elif _QUOTATION.search(text):
        chance = max(chance, _QUOTED)
    return min(chance, 1.0)


def _chance(odds: np.ndarray) -> np.ndarray:
    """The probabilities that belong to log-odds."""
    return 1 / (1 + np.exp(-odds))
