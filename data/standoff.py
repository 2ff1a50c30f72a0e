"""The annotations without the text: labels, offsets and a short hash of each sentence, as they are shipped.

``python -m onrecord.data.standoff FOLDER`` writes ``data/annotations/`` anew from a folder of annotated text.
"""

import hashlib
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from onrecord.errors import DataError
from onrecord.windows import HEADLINE

ANNOTATIONS = Path(__file__).parent / "annotations"
SPLITS = ("train", "dev", "test", "dev_dense", "test_dense")

SENTENCES = pa.schema(
    {
        "corpus": pa.string(),
        "doc": pa.string(),
        "idx": pa.int32(),  # number of the sentence in its document; -1 is the headline
        "start": pa.int32(),  # offsets in the document's text; a headline's are those in the headline itself
        "end": pa.int32(),
        "hash": pa.string(),
        "label": pa.string(),
        "sourcing": pa.string(),
        "sure": pa.bool_(),
        "source_start": pa.int32(),  # spans are offsets in the sentence, its blanks collapsed; null where there is none
        "source_end": pa.int32(),
        "cue_start": pa.int32(),
        "cue_end": pa.int32(),
        "second_label": pa.string(),
        "kind": pa.string(),
        "outlet": pa.string(),
    }
)
DOCUMENTS = pa.schema(
    {
        "corpus": pa.string(),
        "doc": pa.string(),
        "split": pa.string(),
        "outlet": pa.string(),
        "date": pa.string(),
        "sentences": pa.int32(),
        "repository": pa.string(),  # owner/name@commit
        "path": pa.string(),  # in the repository; path#row (from 0) for a row of a CSV file; null where unknown
        "stand_in": pa.string(),  # our description, annotated as the headline of a document that has none
    }
)
_WITHOUT_HEADLINES = ("fed", "beige")  # corpora of reports: their headlines are descriptions made by this project


def collapse_blanks(text: str) -> str:
    """The text with every run of white space as one blank, none around it."""
    return " ".join(text.split())


def text_hash(text: str) -> str:
    """Twelve hexadecimal digits that tell a sentence from others, however its blanks run."""
    return hashlib.sha256(collapse_blanks(text).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def find_span(text: str, words: str) -> tuple[int, int] | None:
    """Code-point offsets of the first ``words`` in ``text``, as whole words if they occur so; ``None`` if empty.

    :raises DataError: the words are not in the text.
    """
    if not words:
        return None
    first = start = text.find(words)
    if first < 0:
        raise DataError(f"the span «{words}» is not in its sentence; spans must be copied exactly")
    while start >= 0 and not _is_whole(text, start, start + len(words)):
        start = text.find(words, start + 1)
    start = first if start < 0 else start
    return start, start + len(words)


def _is_whole(text: str, start: int, end: int) -> bool:
    return not text[max(0, start - 1) : start].isalnum() and not text[end : end + 1].isalnum()


def read_rows(path: Path, columns: list[str] | None = None) -> list[dict[str, Any]]:
    """The rows of a parquet file as dictionaries.

    :raises DataError: the file is missing, is not parquet or lacks a column.
    """
    if not path.is_file():
        raise DataError(f"there is no {path}; give the folder that holds {path.name}")
    try:
        table = pq.read_table(path)
    except pa.ArrowException as error:
        raise DataError(f"{path} is not a parquet file: {error}") from error
    missing = set(columns or ()) - set(table.column_names)
    if missing:
        raise DataError(f"{path} lacks the column(s) {', '.join(sorted(missing))}")
    rows: list[dict[str, Any]] = (table.select(columns) if columns else table).to_pylist()
    return rows


def write_standoff(annotated: Path, output: Path = ANNOTATIONS) -> None:
    """Write the standoff files of all splits, and of the documents, from the text and labels in ``annotated``.

    :raises DataError: a file is missing, or a span is not in its sentence.
    """
    output.mkdir(parents=True, exist_ok=True)
    stand_ins = {}
    for split in SPLITS:
        rows = read_rows(annotated / f"{split}.parquet")
        _write([_standoff_row(row) for row in rows], SENTENCES, output / f"{split}.parquet")
        stand_ins.update({row["doc"]: row["text"] for row in rows if _is_stand_in(row)})
    documents = read_rows(annotated / "documents.parquet")
    _write(
        [{**row, "stand_in": stand_ins.get(row["doc"])} for row in documents], DOCUMENTS, output / "documents.parquet"
    )


def _is_stand_in(row: dict[str, Any]) -> bool:
    return row["idx"] == HEADLINE and row["corpus"] in _WITHOUT_HEADLINES


def _standoff_row(row: dict[str, Any]) -> dict[str, Any]:
    text = collapse_blanks(row["text"])
    source_start, source_end = find_span(text, collapse_blanks(row["source"])) or (None, None)
    cue_start, cue_end = find_span(text, collapse_blanks(row["cue"])) or (None, None)
    offsets = {"start": 0, "end": len(text)} if row["idx"] == HEADLINE else {}
    spans = {"source_start": source_start, "source_end": source_end, "cue_start": cue_start, "cue_end": cue_end}
    return {**row, **offsets, **spans, "hash": text_hash(text)}


def _write(rows: list[dict[str, Any]], schema: pa.Schema, path: Path) -> None:
    columns = [{name: row[name] for name in schema.names} for row in rows]
    pq.write_table(pa.Table.from_pylist(columns, schema), path, compression="zstd")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m onrecord.data.standoff FOLDER (of annotated text, such as ../shared/annotated)")
    try:
        write_standoff(Path(sys.argv[1]))
    except DataError as error:
        sys.exit(str(error))
