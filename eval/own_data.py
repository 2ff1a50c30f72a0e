"""A user's own sentences and labels from a CSV file, as a sample like any other."""

import csv
import io
import logging
from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from onrecord.article import decode
from onrecord.data.annotated import AnnotatedArticle, AnnotatedSentence
from onrecord.errors import DataError
from onrecord.eval.samples import Sample
from onrecord.labels import LABELS, STANDINGS, Label, Sourcing

log = logging.getLogger(__name__)


def load_csv(path: Path, text_column: str, label_column: str, document_column: str | None = None) -> Sample:
    """Read sentences and labels; rows with an unknown label or no text are left out, and how many is logged.

    :param document_column: names the article of each row. Rows of one article that follow each other are shown
        together; without it every row is an article of its own.
    :raises DataError: the file or a column is not there, or no row can be used.
    """
    rows = _read_rows(path, [column for column in (text_column, label_column, document_column) if column])
    usable, unknown, empty = [], Counter[str](), 0
    for number, row in enumerate(rows):
        text, label = row[text_column] or "", _as_label(row[label_column] or "")
        if label is None:
            unknown[row[label_column] or ""] += 1
        elif not text.strip():
            empty += 1
        else:
            usable.append((row[document_column] or "" if document_column else str(number), text, label))
    _say(path, len(rows), unknown, empty)
    if not usable:
        known = ", ".join(LABELS)
        raise DataError(f"{path} has no row with a text and a known label in column {label_column}; labels are {known}")
    articles = [_article(document, group) for document, group in groupby(usable, lambda row: row[0])]
    sample = Sample.of(path.name, articles, labels_only=True)
    for remark in remarks(sample):
        log.warning("%s: %s", path, remark)
    return sample


def remarks(sample: Sample) -> list[str]:
    """What limits the scores of a sample: labels that do not occur, a single document."""
    absent = [label.value for label in STANDINGS if LABELS.index(label) not in sample.labels]
    found = []
    if absent:
        found.append(f"no sentence is labelled {', '.join(absent)}; macro-F1 is over the other labels")
    if len(set(sample.documents.tolist())) == 1:
        found.append("all sentences are of one document, so there is nothing to resample and scores have no interval")
    return found


def _read_rows(path: Path, columns: list[str]) -> list[dict[str, str | None]]:
    try:
        content = decode(path.read_bytes(), str(path))
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}") from error
    reader = csv.DictReader(io.StringIO(content, newline=""))
    try:
        there, rows = list(reader.fieldnames or ()), list(reader)
    except csv.Error as error:
        raise DataError(f"{path} is not a CSV file: {error}") from error
    missing = [column for column in columns if column not in there]
    if missing:
        raise DataError(f"{path} has no column {', '.join(missing)}; its columns are {', '.join(there) or 'none'}")
    return rows


def _as_label(value: str) -> Label | None:
    """The label meant, however its words are joined and cased; ``None`` if there is no such label."""
    name = "_".join(value.lower().replace("-", " ").replace("_", " ").split())
    return Label(name) if name in set(LABELS) else None


def _say(path: Path, rows: int, unknown: Counter[str], empty: int) -> None:
    if unknown:
        found = ", ".join(f"{label!r} ({count})" for label, count in unknown.most_common(10))
        log.warning(
            "%s: %d of %d rows left out, their labels are unknown: %s; labels are %s",
            *(path, unknown.total(), rows, found, ", ".join(LABELS)),
        )
    if empty:
        log.warning("%s: %d of %d rows left out, they have no text", path, empty, rows)


def _article(document: str, rows: Iterable[tuple[str, str, Label]]) -> AnnotatedArticle:
    sentences = tuple(
        AnnotatedSentence(index, text, label, Sourcing.NONE, None, None, True, None)
        for index, (_, text, label) in enumerate(rows)
    )
    return AnnotatedArticle("csv", document, "", "unknown", None, sentences)
