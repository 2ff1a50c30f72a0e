"""The pool of whole, unlabelled articles for masked-language-model adaptation."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from onrecord.article import Article
from onrecord.data.standoff import read_rows, text_hash
from onrecord.errors import DataError


def load_pool(folder: Path) -> Iterator[Article]:
    """Read the articles of ``folder/news.parquet`` one after another; each one's ``id`` is ``corpus/doc``.

    :raises DataError: the file is not there.
    """
    path = folder / "news.parquet"
    if not path.is_file():
        raise DataError(f"there is no {path}; give the folder that holds news.parquet")
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(256, columns=["corpus", "doc", "title", "text"]):
            for row in batch.to_pylist():
                yield Article(row["text"], row["title"] or None, f"{row['corpus']}/{row['doc']}")


def document_keys(rows: Iterable[dict[str, Any]]) -> set[tuple[str, str]]:
    """Corpus and document that rows of annotations name."""
    return {(row["corpus"], row["doc"]) for row in rows}


def annotated_documents(folder: Path, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], dict[str, Any]]:
    """The rows of the pool with the corpora and documents wanted.

    :raises DataError: the pool is missing, or lacks one of them.
    """
    rows = read_rows(folder / "news.parquet", ["corpus", "doc", "outlet", "title", "text"])
    documents = {key: row for row in rows if (key := (row["corpus"], row["doc"])) in wanted}
    if missing := wanted - documents.keys():
        raise DataError(f"{folder / 'news.parquet'} lacks {len(missing)} documents that were annotated; fetch it anew")
    return documents


def check_unchanged(text: str, row: dict[str, Any]) -> None:
    """:raises DataError: the text is not the one that the row's ``hash`` was taken of."""
    if text_hash(text) != row["hash"]:
        raise DataError(
            f"the text of {row['corpus']}/{row['doc']} is not the one that was annotated; fetch the pool anew"
        )
