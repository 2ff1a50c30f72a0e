"""Sentences → how alike they are in what they claim: by meaning and by words, names and numbers.

Everything is read once per sentence; what is compared are rows of matrices. Meaning is measured against the article's
own spread: sentences of one article are all somewhat alike, and how much depends on the weights.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from onrecord.labelled import LabelledArticle

_WORD = re.compile(r"\d[\d.,]*\d|\d|[^\W\d_]+(?:\.[^\W\d_])+|[^\W\d_]+")
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


@dataclass(frozen=True)
class Claims:
    """What the sentences of an article claim, ready to be compared.

    :ivar terms: which of the article's terms (stems, names, numbers) a sentence has. *Shape:* (sentence, term).
    :ivar weights: what a term tells: little if most sentences have it. *Shape:* (term,)
    :ivar vectors: the sentences' vectors, or ``None``. *Shape:* (sentence, vector_size)
    """

    terms: np.ndarray
    weights: np.ndarray
    vectors: np.ndarray | None

    @classmethod
    def of(cls, article: "LabelledArticle") -> "Claims":
        """Read the headline, if there is one, and the sentences, in the order of ``article.all_sentences``."""
        return cls.read([sentence.text for sentence in article.all_sentences], article.vectors)

    @classmethod
    def read(cls, texts: Sequence[str], vectors: np.ndarray | None = None) -> "Claims":
        """Read sentences of one article. *Shape:* ``vectors`` (sentence, vector_size), rows of length 1."""
        tokens = [_WORD.findall(text) for text in texts]
        found = [_terms(sentence) for sentence in tokens]
        columns = {term: column for column, term in enumerate(dict.fromkeys(term for terms in found for term in terms))}
        matrix = np.zeros((len(texts), len(columns)), dtype=np.float32)
        for row, terms in enumerate(found):
            matrix[row, [columns[term] for term in terms]] = 1
        weights = np.log((1 + len(texts)) / (0.5 + matrix.sum(0)))
        return cls(matrix, weights.astype(np.float32), vectors)

    @cached_property
    def meaning(self) -> np.ndarray:
        """How alike sentences are in meaning, in standard deviations above the mean pair of this article.

        All zero without vectors. *Shape:* (sentence, sentence), symmetric.
        """
        count = len(self.terms)
        if self.vectors is None or count < 3:
            return np.zeros((count, count), dtype=np.float32)
        cosines = self.vectors @ self.vectors.T
        pairs = cosines[np.triu_indices(count, 1)]
        return (cosines - pairs.mean()) / max(float(pairs.std()), 1e-6)

    @cached_property
    def words(self) -> np.ndarray:
        """Share of the weight of row's terms that column's sentence has too: 1 where all are there.

        *Shape:* (sentence, sentence), not symmetric: a long sentence covers a short one, not the reverse.
        """
        return self.covered(self.terms)

    def covered(self, terms: np.ndarray) -> np.ndarray:
        """Share of the weight of each sentence's terms that are among other terms.

        :param terms: which terms to look among. *Shape:* (set, term).
        :returns: *Shape:* (sentence, set); 0 for a sentence without terms.
        """
        weighted = self.terms * self.weights
        return (weighted @ terms.T) / np.maximum(weighted.sum(1, keepdims=True), 1e-6)


def stem(word: str) -> str:
    """The part of a lower-case word that its forms have in common, roughly."""
    cut = _SUFFIX.sub("", word)
    return (cut if len(cut) >= 3 else word)[:_LONGEST_STEM]


def _terms(tokens: Sequence[str]) -> set[str]:
    """The terms of one sentence: stems of content words, numbers without commas, initials of long names."""
    terms: set[str] = set()
    initials = ""
    for token in [*tokens, "."]:
        lower = token.casefold()
        if token[0].isupper() and lower not in _STOP_WORDS:
            initials += token[0].casefold()
        elif lower not in ("of", "and", "the", "for"):
            if len(initials) > 1:
                terms.add(initials)
            initials = ""
        word = token.replace(",", "").rstrip(".") if token[0].isdigit() else lower.replace(".", "")
        if word in _NUMBERS or word[:1].isdigit():
            terms.add(_NUMBERS.get(word, word))
        elif token.replace(".", "") == "US" or (len(word) > 1 and word not in _STOP_WORDS):
            terms.add(_SHORT_FORMS.get(word, stem(word)))
    return terms
