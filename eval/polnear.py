"""PolNeAR: articles in which people marked every attribution, cut into our sentences."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from onrecord.article import Article, Sentence
from onrecord.data.external import AttributedArticle, Attribution, load_polnear
from onrecord.eval import metrics
from onrecord.eval.bootstrap import Bootstrap
from onrecord.eval.passages import Passage, Predictions
from onrecord.eval.samples import number
from onrecord.eval.spans import Spans, several, span_terms, token_f1
from onrecord.eval.tables import Cell
from onrecord.labels import SOURCINGS, Sourcing

OWN_MARKS = "F1 of its own marks, one a sourced sentence"
_SOURCED_FROM = 0.5  # share of a sentence's characters inside content spans


@dataclass(frozen=True)
class AttributionSample:
    """Sentences of PolNeAR: is each sourced, and which of its words are in a source, in a cue."""

    passages: tuple[Passage, ...]
    texts: tuple[str, ...]
    sourced: tuple[bool, ...]
    sources: tuple[Spans, ...]
    cues: tuple[Spans, ...]


@cache  # two tables are made of it, and cutting it takes seconds
def polnear_sample(folder: Path) -> AttributionSample:
    """Read the corpus; an article read by several annotators occurs with each one's marks.

    :raises DataError: the corpus is not in ``folder``.
    """
    return cut(load_polnear(folder))


def cut(articles: list[AttributedArticle]) -> AttributionSample:
    """Bring the attributions of articles to their sentences."""
    passages, texts, sourced, sources, cues = [], [], [], [], []
    for article in articles:
        sentences = Article(article.text).sentences
        passages.append(Passage(article.document, tuple(sentence.text for sentence in sentences)))
        parts = {name: _all_spans(article.attributions, name) for name in ("source", "cue", "content")}
        for sentence in sentences:
            texts.append(sentence.text)
            covered = _covered(sentence, parts["content"])
            sourced.append(covered >= _SOURCED_FROM * len(sentence.text))
            sources.append(_within(sentence, parts["source"]))
            cues.append(_within(sentence, parts["cue"]))
    return AttributionSample(tuple(passages), tuple(texts), tuple(sourced), tuple(sources), tuple(cues))


def polnear_span_rows(sample: AttributionSample, found: Predictions) -> list[list[Cell]]:
    """Precision, recall and F1 over the words of sources and of cues; the F1 of the corpus's own marks.

    A cue counts where ``found`` takes the sentence for sourced: another is no mark of attribution. Of the corpus's own
    marks the longest of each sourced sentence counts: that is all that a faultless answer of our form would give.
    """
    bootstrap = Bootstrap(number(passage.document for passage in sample.passages for _ in passage.texts))
    rows: list[list[Cell]] = []
    sourced = found.sourcing != SOURCINGS.index(Sourcing.NONE)
    for name, wanted, given in (("source", sample.sources, found.sources), ("cue", sample.cues, found.cues)):
        counted = [span if counts else None for span, counts in zip(given or (), sourced, strict=True)]
        terms = span_terms(sample.texts, wanted, [several(span) for span in counted])
        longest = [max(spans, key=lambda span: span[1] - span[0], default=None) for spans in wanted]
        kept = [several(span) if counts else () for span, counts in zip(longest, sample.sourced, strict=True)]
        rows.append(
            [
                name,
                sum(map(bool, wanted)),
                bootstrap.estimate(terms, lambda sums: metrics.ratio(sums[..., 0], sums[..., 2])),
                bootstrap.estimate(terms, lambda sums: metrics.ratio(sums[..., 0], sums[..., 1])),
                bootstrap.estimate(terms, token_f1),
                bootstrap.estimate(span_terms(sample.texts, wanted, kept), token_f1),
            ]
        )
    return rows


def _all_spans(attributions: tuple[Attribution, ...], part: str) -> Spans:
    return tuple(span for attribution in attributions for span in getattr(attribution, part))


def _covered(sentence: Sentence, spans: Spans) -> int:
    """How many characters of the sentence lie in some span."""
    inside = np.zeros(len(sentence.text), dtype=bool)
    for start, end in _within(sentence, spans):
        inside[start:end] = True
    return int(inside.sum())


def _within(sentence: Sentence, spans: Spans) -> Spans:
    """The parts of spans that lie in the sentence, as offsets in it."""
    return tuple(
        (max(start, sentence.start) - sentence.start, min(end, sentence.end) - sentence.start)
        for start, end in spans
        if start < sentence.end and end > sentence.start
    )
