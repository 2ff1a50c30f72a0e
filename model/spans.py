"""Which words name the source and which are the cue: token scores → spans of whole words."""

import re

import numpy as np

from onrecord.article import Sentence
from onrecord.calibration import softmax
from onrecord.labelled import Span
from onrecord.labels import SPANS, Label, Sourcing
from onrecord.windows import TokenizedSentence

_WORD = re.compile(r"\w+(?:['’-]\w+)*|\W")  # every character is in one


def source_and_cue(
    logits: np.ndarray, tokens: TokenizedSentence, sentence: Sentence, label: Label, sourcing: Sourcing
) -> tuple[Span | None, Span | None]:
    """Source and cue of a sentence with this label and sourcing. *Shape:* ``logits`` (token, 3)."""
    has_source, has_cue = sourcing is not Sourcing.NONE, label not in (Label.REPORTED_FACT, Label.NONE)
    if not len(logits) or not (has_source or has_cue):
        return None, None
    bounds = np.array([word.span() for word in _WORD.finditer(sentence.text)])
    word_of_token = np.searchsorted(bounds[:, 0], [start for start, _ in tokens.offsets], side="right") - 1
    first = np.flatnonzero(np.diff(word_of_token, prepend=-1))  # the first token of every word that has one
    bounds = bounds[word_of_token[first]]
    lengths = np.diff(first, append=len(logits))
    likely = np.add.reduceat(softmax(logits), first) / lengths[:, None]

    def best(kind: str, at_least: float) -> Span | None:
        return _best_span(likely[:, SPANS.index(kind)], bounds, sentence, at_least)

    always = label is not Label.ATTRIBUTED_CLAIM  # a quotation that runs on has no cue of its own
    return best("source", 0.5) if has_source else None, best("cue", 0.0 if always else 0.5) if has_cue else None


def _best_span(likely: np.ndarray, bounds: np.ndarray, sentence: Sentence, at_least: float) -> Span | None:
    """The likeliest word with the words beside it that are at least half as likely.

    *Shapes:* ``likely`` (word,), each word's the mean of its tokens'; ``bounds`` (word, 2).

    :param at_least: ``None`` is returned if the likeliest word is less likely than this.
    """
    best = int(likely.argmax())
    if likely[best] < at_least:
        return None
    apart = np.flatnonzero(likely < likely[best] / 2)
    first = apart[apart < best].max(initial=-1) + 1
    last = apart[apart > best].min(initial=len(likely)) - 1
    start, end = int(bounds[first, 0]), int(bounds[last, 1])
    return Span(sentence.start + start, sentence.start + end, sentence.text[start:end])
