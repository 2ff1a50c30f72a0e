"""A second round of annotation: stretches of pool articles, with what each sentence has to do with the headline.

Labels and sourcing as in the first round, but no spans. Where the stretch is the beginning of its article, the
sentences that carry the headline's claim are marked, and the headline's relation to the body is named.

``python -m onrecord.data.second_round FOLDER`` counts its labels, given the folder that holds the pool.
"""

import sys
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa

from onrecord.data.annotated import COLUMNS, AnnotatedArticle, AnnotatedSentence, describe
from onrecord.data.standoff import ANNOTATIONS, collapse_blanks, read_rows, text_hash
from onrecord.errors import DataError
from onrecord.labels import Label, Sourcing
from onrecord.windows import HEADLINE

FILE = "second_round.parquet"
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
        "carries_headline": pa.bool_(),  # null where the stretch is not the beginning
        "relation": pa.string(),  # of the headline to the body, in the headline's row only
    }
)


def load_second_round(folder: Path, annotations: Path = ANNOTATIONS) -> list[AnnotatedArticle]:
    """Join the second round's labels to the text of the pool.

    :param folder: holds ``news.parquet``, the pool.
    :raises DataError: the pool is missing, or lacks or changes a document that was annotated.
    """
    rows = read_rows(annotations / FILE)
    wanted = {(row["corpus"], row["doc"]) for row in rows}
    pool = read_rows(folder / "news.parquet", ["corpus", "doc", "outlet", "title", "text"])
    documents = {key: row for row in pool if (key := (row["corpus"], row["doc"])) in wanted}
    missing = wanted - documents.keys()
    if missing:
        raise DataError(f"{folder / 'news.parquet'} lacks {len(missing)} documents that were annotated; fetch it anew")
    return [
        _article(documents[key[:2]], list(group))
        for key, group in groupby(rows, lambda row: (row["corpus"], row["doc"], row["stretch"]))
    ]


def _article(document: dict[str, Any], rows: list[dict[str, Any]]) -> AnnotatedArticle:
    sentences = [_sentence(document, row) for row in rows]
    return AnnotatedArticle.of(document["corpus"], document["doc"], document["outlet"], "", sentences)


def _sentence(document: dict[str, Any], row: dict[str, Any]) -> AnnotatedSentence:
    whole = document["title"] if row["idx"] == HEADLINE else document["text"]
    text = collapse_blanks(whole[row["start"] : row["end"]])
    if text_hash(text) != row["hash"]:
        raise DataError(
            f"the text of {row['corpus']}/{row['doc']} is not the one that was annotated; fetch the pool anew"
        )
    return AnnotatedSentence(
        row["idx"],
        text,
        Label(row["label"]),
        Sourcing(row["sourcing"]),
        source=None,
        cue=None,
        sure=row["sure"],
        second_label=None,
        has_spans=False,
        carries_headline=row["carries_headline"],
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m onrecord.data.second_round FOLDER (that holds the pool, news.parquet)")
    try:
        print(COLUMNS, describe("second round", load_second_round(Path(sys.argv[1]))), sep="\n")
    except DataError as error:
        sys.exit(str(error))
