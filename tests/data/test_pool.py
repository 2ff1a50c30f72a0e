"""The pool of unlabelled articles: read one after another, each with its headline and name."""

from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from onrecord.article import Article
from onrecord.data.pool import load_pool
from onrecord.errors import DataError


def test_articles_come_in_order_with_headline_and_name(tmp_path: Path) -> None:
    rows = [
        {"corpus": "bell", "doc": str(number), "title": title, "text": f"Bell {number} rang."}
        for number, title in enumerate(["Bells ring", "", None] * 100)
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "news.parquet")
    articles = list(load_pool(tmp_path))
    assert articles[0] == Article("Bell 0 rang.", "Bells ring", "bell/0")
    assert articles[1].headline is articles[2].headline is None
    assert [article.text for article in articles] == [row["text"] for row in rows]


def test_a_missing_pool_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"news\.parquet"):
        next(load_pool(tmp_path))


def test_the_shared_pool_reads(shared: Path) -> None:
    assert all(article.text and article.id for article in islice(load_pool(shared / "pool"), 300))
