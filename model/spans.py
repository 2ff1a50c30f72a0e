"""Which words name the source and which are the cue: scores of runs of tokens → spans of whole words."""

import re

import numpy as np

from onrecord.article import Sentence
from onrecord.labelled import Span
from onrecord.labels import CUED, SPANS, Label, Sourcing
from onrecord.windows import TokenizedSentence

_WORD = re.compile(r"\w+(?:['’-]\w+)*|\W")  # every character is in one


def source_and_cue(
    scores: np.ndarray, tokens: TokenizedSentence, sentence: Sentence, label: Label, sourcing: Sourcing
) -> tuple[Span | None, Span | None]:
    """Source and cue of a sentence with this label and sourcing.

    :param scores: what each token is worth as start, end and part of a span of each kind. *Shape:* (token, 12)
    """
    has_source, has_cue = sourcing is not Sourcing.NONE, label in CUED
    if not len(scores) or not (has_source or has_cue):
        return None, None
    words = _words(sentence.text, tokens.offsets)
    first = np.array([token for token, _, _ in words])
    last = np.append(first[1:], len(scores)) - 1

    def best(kind: str, surely: bool) -> Span | None:
        start, end, part = scores.reshape(len(scores), len(SPANS), 3)[:, SPANS.index(kind)].T
        found = best_run(start, end, part, first, last, surely)
        return None if found is None else _span(sentence, words[found[0]][1], words[found[1]][2])

    surely = label is not Label.ATTRIBUTED_CLAIM  # a quotation that runs on has no cue of its own
    return best("source", False) if has_source else None, best(f"cue of {label.value}", surely) if has_cue else None


def _words(text: str, offsets: list[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """The first token of every word that has one, and where the word starts and ends."""
    words = []
    spans = (word.span() for word in _WORD.finditer(text))
    end = 0
    for token, (start, _) in enumerate(offsets):
        if start >= end:
            start, end = next(span for span in spans if span[1] > start)
            words.append((token, start, end))
    return words


def best_run(
    start: np.ndarray, end: np.ndarray, part: np.ndarray, first: np.ndarray, last: np.ndarray, surely: bool
) -> tuple[int, int] | None:
    """The first and the last word of the run of words that scores most, as in ``SpanHead``.

    *Shapes:* ``start``, ``end``, ``part`` (token,), ``first`` and ``last`` tokens (word,).

    :param surely: there is one, even if no run would score more.
    """
    so_far = np.cumsum(part)
    opened = (start - so_far + part)[first]  # what a run that starts with the word has, but for its end
    scores = np.maximum.accumulate(opened) + (end + so_far)[last]
    final = int(scores.argmax())
    if scores[final] <= 0 and not surely:
        return None
    return int(opened[: final + 1].argmax()), final


def _span(sentence: Sentence, start: int, end: int) -> Span:
    return Span(sentence.start + start, sentence.start + end, sentence.text[start:end])
