"""The later rounds of annotation: stretches of pool articles, labelled like the first round's.

Two rounds are for training. ``dev_pool`` is held out of it: a dev set fourteen times as large, for small differences.
Where a stretch of the second round is the beginning of its article, the sentences that carry the headline's claim are
marked, and the headline's relation to the body is named. Only part of a round may have sources and cues.

``python -m onrecord.data.later_rounds FOLDER`` counts their labels, given the folder that holds the pool.
"""

import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa

from onrecord.data.annotated import COLUMNS, AnnotatedArticle, AnnotatedSentence, describe, span
from onrecord.data.pool import annotated_documents, check_unchanged, document_keys
from onrecord.data.standoff import ANNOTATIONS, collapse_blanks, read_rows
from onrecord.errors import DataError
from onrecord.labels import Label, Sourcing
from onrecord.windows import HEADLINE

TRAINING_ROUNDS = ("second_round", "third_round")
DEV_POOL = "dev_pool"
ROUNDS = (*TRAINING_ROUNDS, DEV_POOL)
SCHEMA = pa.schema(
    {
        "corpus": pa.string(),
        "doc": pa.string(),
        "stretch": pa.int32(),  # an article may have two
        "idx": pa.int32(),  # number of the sentence in its document's first sentences; -1 is the headline
        "start": pa.int32(),  # offsets in the document's text in the pool; a headline's are those in the headline
        "end": pa.int32(),
        "hash": pa.string(),
        "label": pa.string(),
        "sourcing": pa.string(),
        "sure": pa.bool_(),
        "has_spans": pa.bool_(),  # false where nobody looked for source and cue
        "source_start": pa.int32(),  # as in the first round
        "source_end": pa.int32(),
        "cue_start": pa.int32(),
        "cue_end": pa.int32(),
        "carries_headline": pa.bool_(),  # null where nobody asked
        "relation": pa.string(),  # of the headline to the body, in the headline's row only
    }
)


def load_later_rounds(folder: Path, annotations: Path = ANNOTATIONS) -> list[AnnotatedArticle]:
    """The second and the third round, to train on; else like :func:`load_round`."""
    return _load(TRAINING_ROUNDS, folder, annotations)


def load_round(name: str, folder: Path, annotations: Path = ANNOTATIONS) -> list[AnnotatedArticle]:
    """Join the labels of one of ``ROUNDS`` to the text of the pool.

    :param folder: holds ``news.parquet``, the pool.
    :raises DataError: the pool is missing, or lacks or changes a document that was annotated.
    """
    return _load((name,), folder, annotations)


def documents_of(name: str) -> set[tuple[str, str]]:
    """Corpus and document of the articles of one of ``ROUNDS``."""
    return document_keys(read_rows(ANNOTATIONS / f"{name}.parquet", ["corpus", "doc"]))


def _load(names: Sequence[str], folder: Path, annotations: Path) -> list[AnnotatedArticle]:
    rounds = [read_rows(annotations / f"{name}.parquet") for name in names]
    documents = annotated_documents(folder, set().union(*map(document_keys, rounds)))
    return [
        _article(documents[key[:2]], list(group))
        for rows in rounds
        for key, group in groupby(rows, lambda row: (row["corpus"], row["doc"], row["stretch"]))
    ]


def _article(document: dict[str, Any], rows: list[dict[str, Any]]) -> AnnotatedArticle:
    sentences = [_sentence(document, row) for row in rows]
    return AnnotatedArticle.of(document["corpus"], document["doc"], document["outlet"], "", sentences)


def _sentence(document: dict[str, Any], row: dict[str, Any]) -> AnnotatedSentence:
    whole = document["title"] if row["idx"] == HEADLINE else document["text"]
    text = collapse_blanks(whole[row["start"] : row["end"]])
    check_unchanged(text, row)
    return AnnotatedSentence(
        row["idx"],
        text,
        Label(row["label"]),
        Sourcing(row["sourcing"]),
        source=span(row["source_start"], row["source_end"]),
        cue=span(row["cue_start"], row["cue_end"]),
        sure=row["sure"],
        second_label=None,
        has_spans=row["has_spans"],
        carries_headline=row["carries_headline"],
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m onrecord.data.later_rounds FOLDER (that holds the pool, news.parquet)")
    try:
        counts = [describe(name, load_round(name, Path(sys.argv[1]))) for name in ROUNDS]
        print(COLUMNS, *counts, sep="\n")
    except DataError as error:
        sys.exit(str(error))
