"""A spaCy component: ``nlp.add_pipe("onrecord")`` sets ``span._.onrecord`` on every sentence of ``doc.sents``.

The value is a :class:`~onrecord.labelled.LabelledSentence` whose offsets are those in ``doc.text``. It is kept in the
document's user data as plain values, so it outlives ``doc.to_bytes()`` and processes.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import islice
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span

import onrecord
from onrecord.article import SplitArticle
from onrecord.errors import InputError
from onrecord.labelled import LabelledSentence
from onrecord.labeller import Labeller
from onrecord.labels import Flag, Label, Sourcing

_KEY = "onrecord"


class OnrecordComponent:
    """Labels the sentences of documents, those of a batch together."""

    def __init__(self, weights: str | None, threads: int | None) -> None:
        self._weights = weights
        self._threads = threads

    @cached_property
    def _labeller(self) -> Labeller:
        # Loaded at the first document: by then spaCy has made the processes it wants.
        return Labeller.from_pretrained(self._weights, threads=self._threads)

    def __call__(self, doc: Doc) -> Doc:
        """Label one document."""
        return next(self.pipe([doc]))

    def pipe(self, docs: Iterable[Doc], batch_size: int = 64) -> Iterator[Doc]:
        """Label documents, ``batch_size`` at a time."""
        stream = iter(docs)
        while batch := list(islice(stream, batch_size)):
            articles = self._labeller.label_articles(map(_article, batch))
            for doc, article in zip(batch, articles, strict=True):
                doc.user_data[_KEY] = {
                    f"{span.start_char}-{span.end_char}": sentence.to_dict()
                    for span, sentence in zip(doc.sents, article.sentences, strict=True)
                }
                yield doc


@Language.factory("onrecord", default_config={"weights": None, "threads": None}, requires=["doc.sents"])
def make_component(nlp: Language, name: str, weights: str | None, threads: int | None) -> OnrecordComponent:
    """Make the component.

    :param weights: a folder of weights or a hub id; by default the weights that onrecord ships.
    :param threads: how many cores to use; by default all.
    """
    return OnrecordComponent(weights, threads)


def _article(doc: Doc) -> SplitArticle:
    if not doc.has_annotation("SENT_START"):
        raise InputError("the document has no sentences; add a parser or nlp.add_pipe('sentencizer') before onrecord")
    return SplitArticle(doc.text, bounds=tuple((span.start_char, span.end_char) for span in doc.sents))


def _labelled(span: Span) -> LabelledSentence | None:
    """What was found out about a sentence; ``None`` for a span that is none."""
    record = span.doc.user_data.get(_KEY, {}).get(f"{span.start_char}-{span.end_char}")
    return _sentence(record) if record else None


def _sentence(record: dict[str, Any]) -> LabelledSentence:
    spans = {name: onrecord.Span(**record[name]) if record[name] else None for name in ("source", "cue")}
    return LabelledSentence(
        **{
            **record,
            **spans,
            "label": Label(record["label"]) if record["label"] else None,
            "probabilities": {Label(name): value for name, value in record["probabilities"].items()},
            "sourcing": Sourcing(record["sourcing"]),
            "flag": Flag(record["flag"]) if record["flag"] else None,
        }
    )


Span.set_extension("onrecord", getter=_labelled, force=True)
