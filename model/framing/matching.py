"""Sentences → how alike they are in what they claim, by words, names and numbers.

Everything is read once per sentence; what is compared are rows of a matrix.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

_WORD = re.compile(r"\d[\d.,]*\d|\d|[^\W\d_]+(?:\.[^\W\d_])+|[^\W\d_]+")
_NAME = re.compile(r"[^\W\d_]{3,}")
_LONGEST_STEM = 6  # "closure" and "closed", "resigns" and "resignation" share so many letters or fewer
_SUFFIX = re.compile(r"(?:ations?|itions?|ions?|ments?|ings?|ies|ied|ers?|ors?|ures?|ness|ed|es|ly|al|e|s|y)$")
_FUNCTION_WORDS = """
a about above after again against all also although am an and any are as at be because been before being below
between both but by can cannot could did do does doing don down during each either else even ever every few for
from further get gets got had has have having he her here hers him his how however i if in into is it its itself
just least less like ll many may me might more most much must my nor not now of off on once one only onto or other
our out over own per rather re s same shall she should since so some still such t than that the their them
themselves then there these they this those though through to too under until up upon us ve very was we were what when
where whether which while who whom whose why will with within without would yet you your
"""
_FRAME_WORDS = """
according add added adds allegedly alleged announced appears asked believe believed claim claimed claims expected
likely perhaps possible possibly reported reportedly said say saying says seems set told
"""
_STOP_WORDS = frozenset((_FUNCTION_WORDS + _FRAME_WORDS).split())
"""What does not tell one claim from another: grammar, and who vouches for the claim and how surely."""
_COUNTING = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBERS = {word: str(number) for number, word in enumerate(_COUNTING, start=2)}
_SHORT_FORMS = {
    "dem": "democr",
    "eu": "europ",
    "gop": "republ",
    "govt": "govern",
    "uk": "britai",
    "us": "americ",
    "usa": "americ",
}
"""What headlines abbreviate, with the stem of the full form; names made of initials are found in the article."""

Some = slice | np.ndarray
"""Which sentences: a slice, or their numbers."""
_ALL = slice(None)


@dataclass(frozen=True)
class Claims:
    """What the sentences of an article claim, ready to be compared.

    :ivar terms: which of the terms that sentences share (stems, names, numbers) a sentence has. *Shape:* (sentence,
        term).
    :ivar weights: what a term tells: little if most sentences have it. *Shape:* (term,)
    :ivar totals: the weight of all of a sentence's terms, shared or not. *Shape:* (sentence,)
    """

    terms: np.ndarray
    weights: np.ndarray
    totals: np.ndarray

    @classmethod
    def read(cls, texts: Sequence[str]) -> "Claims":
        """Read sentences of one article."""
        found = [terms_of(text) for text in texts]
        counts = Counter(term for terms in found for term in terms)
        weight = {term: math.log((1 + len(texts)) / (0.5 + count)) for term, count in counts.items()}
        shared = [term for term, count in counts.items() if count > 1]  # the others would fill most of the matrix
        columns = {term: column for column, term in enumerate(shared)}
        matrix = np.zeros((len(texts), len(shared)), dtype=np.float32)
        for row, terms in enumerate(found):
            matrix[row, [columns[term] for term in terms if term in columns]] = 1
        weights = np.array([weight[term] for term in shared], dtype=np.float32)
        alone = [sum(weight[term] for term in terms if term not in columns) for terms in found]
        totals = (matrix * weights).sum(1) + np.array(alone, dtype=np.float32)
        return cls(matrix, weights, totals)

    def words(self, rows: Some = _ALL, columns: Some = _ALL) -> np.ndarray:
        """Share of the weight of row's terms that column's sentence, another one, has too: 1 where all are there.

        *Shape:* (row, column), not symmetric: a long sentence covers a short one, not the reverse.
        """
        return self.covered(rows, self.terms[columns])

    def covered(self, rows: Some, terms: np.ndarray) -> np.ndarray:
        """Share of the weight of each row's terms that are among other terms.

        :param terms: which terms to look among. *Shape:* (set, term).
        :returns: *Shape:* (row, set); 0 for a sentence without terms.
        """
        return ((self.terms[rows] * self.weights) @ terms.T) / np.maximum(self.totals[rows, np.newaxis], 1e-6)


def stem(word: str) -> str:
    """The part of a lower-case word that its forms have in common, roughly."""
    cut = _SUFFIX.sub("", word)
    return (cut if len(cut) >= 3 else word)[:_LONGEST_STEM]


def all_stems(text: str) -> set[str]:
    """The stems of a text's words of three letters or more."""
    return {stem(word) for word in _NAME.findall(text.casefold())}


def stems(text: str) -> set[str]:
    """The stems of a text's words, but for those of grammar and those that hand over or hedge."""
    return all_stems(text) - _STOP_WORDS


def named(source: str, among: set[str]) -> bool:
    """Whether a capitalised word of a source is among a text's stems: "Velmia" names "a Velmian official"."""
    return any(word[0].isupper() and stem(word.casefold()) in among for word in _NAME.findall(source))


@lru_cache(maxsize=1 << 10)  # an article's sentences are asked for more than once
def terms_of(text: str) -> frozenset[str]:
    """The terms of one sentence: stems of content words, numbers without commas, initials of long names."""
    terms: set[str] = set()
    initials = ""
    for term, initial in map(_read, _WORD.findall(text)):
        if term:
            terms.add(term)
        if initial:
            initials += initial
        elif initial is None:
            if len(initials) > 1:
                terms.add(initials)
            initials = ""
    if len(initials) > 1:
        terms.add(initials)
    return frozenset(terms)


@lru_cache(maxsize=1 << 16)
def _read(token: str) -> tuple[str, str | None]:
    """The term that a word is, if any, and what it adds to a name's initials: ``None`` ends the name."""
    lower = token.casefold()
    initial = None if lower not in ("of", "and", "the", "for") else ""
    if token[0].isupper() and lower not in _STOP_WORDS:
        initial = token[0].casefold()
    word = token.replace(",", "").rstrip(".") if token[0].isdigit() else lower.replace(".", "")
    if word in _NUMBERS or word[:1].isdigit():
        return _NUMBERS.get(word, word), initial
    if token.replace(".", "") == "US" or (len(word) > 1 and word not in _STOP_WORDS):
        return _SHORT_FORMS.get(word, stem(word)), initial
    return "", initial
