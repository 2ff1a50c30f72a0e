"""Which words name the source and which are the cue: token scores → spans of whole words."""

import re

import numpy as np

from onrecord.article import Sentence
from onrecord.calibration import softmax
from onrecord.labelled import Span
from onrecord.labels import SPANS, Label, Sourcing
from onrecord.windows import TokenizedSentence

_WORD = re.compile(r"\w+(?:['’-]\w+)*|\W")  # every character is in one
_LIKELY = 0.3  # the likeliest word of a span is at least so likely; chosen on dev, dev_dense and dev_pool


def source_and_cue(
    logits: np.ndarray, tokens: TokenizedSentence, sentence: Sentence, label: Label, sourcing: Sourcing
) -> tuple[Span | None, Span | None]:
    """Source and cue of a sentence with this label and sourcing. *Shape:* ``logits`` (token, 3)."""
    has_source, has_cue = sourcing is not Sourcing.NONE, label not in (Label.REPORTED_FACT, Label.NONE)
    if not len(logits) or not (has_source or has_cue):
        return None, None
    words = _words(sentence.text, tokens.offsets)
    first = np.array([*(token for token, _, _ in words), len(logits)])
    likely = np.add.reduceat(softmax(logits), first[:-1]) / (first[1:] - first[:-1])[:, None]

    def best(kind: str, at_least: float) -> Span | None:
        return _best_span(likely[:, SPANS.index(kind)].tolist(), words, sentence, at_least)

    always = label is not Label.ATTRIBUTED_CLAIM  # a quotation that runs on has no cue of its own
    source = best("source", _LIKELY) if has_source else None
    return source, best("cue", 0.0 if always else _LIKELY) if has_cue else None


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


def _best_span(
    likely: list[float], words: list[tuple[int, int, int]], sentence: Sentence, at_least: float
) -> Span | None:
    """The likeliest word with the words beside it that are at least half as likely.

    :param likely: of each word, the mean of its tokens.
    :param at_least: ``None`` is returned if the likeliest word is less likely than this.
    """
    highest = max(likely)
    if highest < at_least:
        return None
    first = last = likely.index(highest)
    while first > 0 and likely[first - 1] >= highest / 2:
        first -= 1
    while last + 1 < len(likely) and likely[last + 1] >= highest / 2:
        last += 1
    start, end = words[first][1], words[last][2]
    return Span(sentence.start + start, sentence.start + end, sentence.text[start:end])
