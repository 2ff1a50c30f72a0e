"""The annotated articles: the shipped standoff labels joined to the text in a folder of the user's.

``python -m onrecord.data.annotated FOLDER`` says how many sentences of each split it finds, and counts their labels.
"""

import logging
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from onrecord.data.clones import find_clones, read_document
from onrecord.data.standoff import ANNOTATIONS, SPLITS, collapse_blanks, read_rows, text_hash
from onrecord.errors import DataError
from onrecord.labels import LABELS, Label, Sourcing
from onrecord.windows import HEADLINE

log = logging.getLogger(__name__)

Key = tuple[str, str, int]
"""A sentence's corpus, document and number."""


@dataclass(frozen=True, slots=True)
class AnnotatedSentence:
    """A sentence, its labels, and the code-point offsets of its source and cue in ``text``; ``index`` -1: a headline.

    ``second_label`` is that of an independent second pass, which only dev and test have. ``has_spans`` is false where
    nobody looked for source and cue; ``carries_headline`` is ``None`` where nobody asked.
    """

    index: int
    text: str
    label: Label
    sourcing: Sourcing
    source: tuple[int, int] | None
    cue: tuple[int, int] | None
    sure: bool
    second_label: Label | None
    has_spans: bool = True
    carries_headline: bool | None = None


@dataclass(frozen=True)
class AnnotatedArticle:
    """The annotated stretch of one article: its headline and some two dozen sentences, in document order."""

    corpus: str
    document: str
    outlet: str
    kind: str
    headline: AnnotatedSentence | None
    sentences: tuple[AnnotatedSentence, ...]

    @classmethod
    def of(
        cls, corpus: str, document: str, outlet: str, kind: str, sentences: Sequence[AnnotatedSentence]
    ) -> "AnnotatedArticle":
        """The article of these sentences, among which its headline may be."""
        headline = next((sentence for sentence in sentences if sentence.index == HEADLINE), None)
        body = tuple(sentence for sentence in sentences if sentence.index != HEADLINE)
        return cls(corpus, document, outlet, kind, headline, body)

    @property
    def all_sentences(self) -> list[AnnotatedSentence]:
        """The headline, if there is one, and the sentences."""
        return [*([self.headline] if self.headline else []), *self.sentences]


def load_annotated(split: str, folder: Path, annotations: Path = ANNOTATIONS) -> list[AnnotatedArticle]:
    """Join the labels of a split to their text.

    Sentences whose text is not found, or differs, are left out; how many is logged as a warning.

    :param split: one of ``standoff.SPLITS``.
    :param folder: holds either ``<split>.parquet`` with the columns corpus, doc, idx and text, or clones of the
        repositories named in ``documents.parquet``.
    :raises DataError: the split is unknown, the folder holds neither, or none of its text is the text annotated.
    """
    if split not in SPLITS:
        raise DataError(f"there is no split {split!r}; the splits are {', '.join(SPLITS)}")
    rows = read_rows(annotations / f"{split}.parquet")
    in_parquet = (folder / f"{split}.parquet").is_file()
    texts = _texts_of_parquet(split, folder) if in_parquet else _texts_of_clones(split, rows, folder, annotations)
    found: list[dict[str, Any]] = []
    lost: list[dict[str, Any]] = []
    for row in rows:
        (found if text_hash(texts.get(_key(row), "")) == row["hash"] else lost).append(row)
    if not found:
        raise DataError(f"{folder} has none of the text of {split}; give the text that was annotated, unchanged")
    _report(f"{split}: {len(found)} of {len(rows)} sentences found in {folder}", lost, texts)
    return [
        _article([(row, texts[_key(row)]) for row in group])
        for _, group in groupby(found, key=lambda row: (row["corpus"], row["doc"]))
    ]


def _key(row: dict[str, Any]) -> Key:
    return row["corpus"], row["doc"], row["idx"]


def _texts_of_parquet(split: str, folder: Path) -> dict[Key, str]:
    rows = read_rows(folder / f"{split}.parquet", ["corpus", "doc", "idx", "text"])
    return {_key(row): collapse_blanks(row["text"]) for row in rows}


def _texts_of_clones(split: str, rows: list[dict[str, Any]], folder: Path, annotations: Path) -> dict[Key, str]:
    documents = [row for row in read_rows(annotations / "documents.parquet") if row["split"] == split]
    clones = find_clones(documents, folder)
    by_document = {(row["corpus"], row["doc"]): row for row in documents}
    texts = {}
    for (corpus, doc), group in groupby(rows, key=lambda row: (row["corpus"], row["doc"])):
        document = by_document[corpus, doc]
        source = read_document(clones[document["repository"]], document["path"], document["stand_in"])
        for index, text in source.find(group) if source else ():
            texts[corpus, doc, index] = text
    return texts


def _report(summary: str, lost: list[dict[str, Any]], texts: dict[Key, str]) -> None:
    if not lost:
        log.info(summary)
        return
    different = sum(_key(row) in texts for row in lost)
    documents = Counter(f"{row['corpus']}/{row['doc']}" for row in lost)
    log.warning(
        "%s; left out: %d not there, %d whose text differs; documents concerned: %s",
        *(summary, len(lost) - different, different),
        ", ".join(f"{name} ({count})" for name, count in documents.items()),
    )


def _article(pairs: list[tuple[dict[str, Any], str]]) -> AnnotatedArticle:
    sentences = [_sentence(row, text) for row, text in pairs]
    first = pairs[0][0]
    return AnnotatedArticle.of(first["corpus"], first["doc"], first["outlet"], first["kind"], sentences)


def _sentence(row: dict[str, Any], text: str) -> AnnotatedSentence:
    return AnnotatedSentence(
        row["idx"],
        text,
        Label(row["label"]),
        Sourcing(row["sourcing"]),
        span(row["source_start"], row["source_end"]),
        span(row["cue_start"], row["cue_end"]),
        row["sure"],
        Label(row["second_label"]) if row["second_label"] else None,
    )


def span(start: int | None, end: int | None) -> tuple[int, int] | None:
    """The span of two columns, if there is one."""
    return None if start is None or end is None else (start, end)


_NAMES = ("split", "articles", "sentences", *LABELS, "named", "unnamed", "source spans", "cue spans")
COLUMNS = f"| {' | '.join(_NAMES)} |\n|{' --- |' * len(_NAMES)}"
"""The head of the data card's table, whose rows ``describe`` gives."""


def describe(split: str, articles: list[AnnotatedArticle]) -> str:
    """A row of the data card's table: articles, sentences, each label, named and unnamed sources, spans."""
    sentences = [sentence for article in articles for sentence in article.all_sentences]
    labels = Counter(sentence.label for sentence in sentences)
    sourcing = Counter(sentence.sourcing for sentence in sentences)
    numbers = [
        len(articles),
        len(sentences),
        *(labels[label] for label in LABELS),
        *(sourcing[value] for value in (Sourcing.NAMED, Sourcing.UNNAMED)),
        sum(sentence.source is not None for sentence in sentences),
        sum(sentence.cue is not None for sentence in sentences),
    ]
    return f"| {split} | {' | '.join(f'{number:,}' for number in numbers)} |"


def main(folder: Path) -> None:
    """Print the data card's table of what is found in ``folder``."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    rows = [describe(split, load_annotated(split, folder)) for split in SPLITS]
    print(COLUMNS, *rows, sep="\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m onrecord.data.annotated FOLDER (of annotated text, or of clones)")
    try:
        main(Path(sys.argv[1]))
    except DataError as error:
        sys.exit(str(error))
