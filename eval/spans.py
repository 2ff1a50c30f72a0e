"""Source and cue spans, scored in words.

A word is a run of letters and digits with the apostrophes and hyphens inside it; a word is in a span if they overlap.
Token F1 is over all words of all sentences. Exact match is over the sentences where the annotation or the system has a
span: the share where both have the same words.
"""

import re
from collections.abc import Sequence

import numpy as np

from onrecord.eval.metrics import ratio
from onrecord.eval.passages import Offsets

Spans = tuple[Offsets, ...]
"""Spans of one kind in one sentence."""

_WORD = re.compile(r"\w+(?:['’-]\w+)*")


def span_terms(texts: Sequence[str], gold: Sequence[Spans], predicted: Sequence[Spans]) -> np.ndarray:
    """Per sentence: words in both spans, in the gold one, in the predicted one; same words; any span at all.

    *Shape:* (sentence, 5).
    """
    rows = []
    for text, wanted, found in zip(texts, gold, predicted, strict=True):
        ours, theirs = _words(text, found), _words(text, wanted)
        rows.append(
            (len(ours & theirs), len(theirs), len(ours), bool(ours or theirs) and ours == theirs, bool(ours or theirs))
        )
    return np.array(rows, dtype=float).reshape(-1, 5)


def token_f1(terms: np.ndarray) -> np.ndarray:
    """F1 over words. *Shape:* (…, 5) → (…)."""
    return ratio(2 * terms[..., 0], terms[..., 1] + terms[..., 2])


def exact_match(terms: np.ndarray) -> np.ndarray:
    """Share of the sentences with a span where both agree on its words. *Shape:* (…, 5) → (…)."""
    return ratio(terms[..., 3], terms[..., 4])


def several(span: Offsets | None) -> Spans:
    """One span, or none, as spans."""
    return () if span is None else (span,)


def _words(text: str, spans: Spans) -> set[int]:
    """Start offsets of the words that some span overlaps."""
    words = _WORD.finditer(text) if spans else ()
    return {word.start() for word in words if any(word.start() < end and word.end() > start for start, end in spans)}
