"""The pool of whole, unlabelled articles for masked-language-model adaptation."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

from onrecord.article import Article
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
