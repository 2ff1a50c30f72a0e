"""A pool of one short article of our own, for tests of annotations that are joined to the pool."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

TITLE, TEXT = "Bridge to close", "Velmark will close its old bridge.\n\nIt may reopen\nin 2031."


def write_pool(folder: Path, text: str, doc: str = "bell") -> Path:
    """Write it to ``folder``; return that."""
    row = {
        "corpus": "abp",
        "doc": doc,
        "outlet": "The Velmark Bell",
        "title": TITLE,
        "date": "2030-05-01",
        "text": text,
    }
    pq.write_table(pa.Table.from_pylist([row]), folder / "news.parquet")
    return folder
