"""Labelled articles → the bytes of an output file, in blocks that can simply be written one behind the other.

JSONL and CSV are such files. A Parquet file is not: until the run is done its rows lie in an Arrow stream, which is.
"""

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol

from onrecord.errors import InputError
from onrecord.formats import FIELDS, flat, to_rows
from onrecord.framing.profile import MEASURES
from onrecord.labelled import LabelledArticle
from onrecord.labels import LABELS, STANDINGS

PER = ("sentence", "article")
"""What a row of the output is."""

ARTICLE_FIELDS = ("id", "text", "headline", "sentences", "profile", "framing")
"""The fields of a record with ``--per article``."""

_ROW_GROUP = 4 << 20  # bytes of a Parquet row group before it is encoded: what finishing a file holds in memory


class Sink(Protocol):
    """Encodes labelled articles for one kind of output file."""

    def header(self) -> bytes:
        """What the file begins with."""
        ...

    def encode(self, articles: Iterable[LabelledArticle]) -> bytes:
        """What is written for some articles; the same whatever was written before."""
        ...

    def finish(self, written: Path, output: Path) -> None:
        """Turn the header and all that was encoded, in the file ``written``, into the output, in one step."""
        ...


def sink_for(output: Path, per: str) -> Sink:
    """The sink for a file's suffix; a row is a sentence or an article.

    :raises InputError: the suffix is unknown, or writing such a file takes a package that is missing.
    """
    sinks: dict[str, Callable[[str], Sink]] = {".jsonl": JsonlSink, ".csv": CsvSink, ".parquet": ParquetSink}
    if output.suffix.lower() not in sinks:
        raise InputError(f"cannot write {output}: name a file that ends in {', '.join(sinks)}")
    return sinks[output.suffix.lower()](per)


class JsonlSink:
    """One JSON object a line."""

    def __init__(self, per: str) -> None:
        self._per = per

    def header(self) -> bytes:
        """Nothing."""
        return b""

    def encode(self, articles: Iterable[LabelledArticle]) -> bytes:
        """Lines."""
        return b"".join(
            json.dumps(record, ensure_ascii=False).encode() + b"\n" for record in records(articles, self._per)
        )

    def finish(self, written: Path, output: Path) -> None:
        """What was written is the output."""
        written.replace(output)


class CsvSink:
    """Rows under a header. Of an article's row, all that is nested is JSON; of a sentence's, only the probabilities."""

    def __init__(self, per: str) -> None:
        self._per = per
        self._fields = FIELDS if per == "sentence" else ARTICLE_FIELDS

    def header(self) -> bytes:
        """The names of the columns."""
        return ",".join(self._fields).encode() + b"\n"

    def encode(self, articles: Iterable[LabelledArticle]) -> bytes:
        """Rows."""
        flatten = flat if self._per == "sentence" else _nested_as_json
        return to_rows(self._fields, map(flatten, records(articles, self._per))).encode()

    def finish(self, written: Path, output: Path) -> None:
        """What was written is the output."""
        written.replace(output)


class ParquetSink:
    """Typed rows; what is nested in a record is nested in the row."""

    def __init__(self, per: str) -> None:
        self._per = per
        self._schema = parquet_schema(per)
        self._looked_up = ["article" if per == "sentence" else "id"]

    def header(self) -> bytes:
        """The beginning of an Arrow stream."""
        return self._schema.serialize().to_pybytes()

    def encode(self, articles: Iterable[LabelledArticle]) -> bytes:
        """A record batch."""
        import pyarrow

        batch = pyarrow.RecordBatch.from_pylist(list(records(articles, self._per)), self._schema)
        return batch.serialize().to_pybytes()

    def finish(self, written: Path, output: Path) -> None:
        """Gather the batches into row groups."""
        import pyarrow.ipc
        import pyarrow.parquet

        aside = output.with_name(f"{output.name}.new")
        with (
            pyarrow.OSFile(str(written)) as stream,
            # Of every row group the writer holds a description until the end; statistics are the bulk of it.
            pyarrow.parquet.ParquetWriter(aside, self._schema, write_statistics=self._looked_up) as writer,
        ):
            waiting: list[Any] = []
            size = 0
            for batch in pyarrow.ipc.open_stream(stream):
                waiting.append(batch)
                size += batch.nbytes
                if size >= _ROW_GROUP:
                    writer.write_table(pyarrow.Table.from_batches(waiting))
                    waiting, size = [], 0
            if waiting:
                writer.write_table(pyarrow.Table.from_batches(waiting))
        with aside.open("rb") as file:
            os.fsync(file.fileno())
        aside.replace(output)
        written.unlink()


def parquet_schema(per: str) -> Any:
    """The Arrow schema of records, one a sentence or one an article.

    :raises InputError: pyarrow is not installed.
    """
    try:
        import pyarrow as pa
    except ImportError:
        raise InputError("writing .parquet takes pyarrow; run: pip install 'onrecord[batch]'") from None

    span = pa.struct({"start": pa.int32(), "end": pa.int32(), "text": pa.string()})
    sentence = {
        "index": pa.int32(),
        "start": pa.int32(),
        "end": pa.int32(),
        "text": pa.string(),
        "label": pa.string(),
        "confidence": pa.float64(),
        "probabilities": pa.struct({label.value: pa.float64() for label in LABELS}),
        "sourcing": pa.string(),
        "source": span,
        "cue": span,
        "flag": pa.string(),
    }
    if per == "sentence":
        return pa.schema({"article": pa.string(), **sentence})
    shares = pa.struct({label.value: pa.float64() for label in STANDINGS})
    profile = {
        "sentences": pa.int32(),
        "counts": pa.struct({label.value: pa.int32() for label in STANDINGS}),
        "shares": shares,
        "unsourced": pa.int32(),
        "vague_source": pa.int32(),
    }
    return pa.schema(
        {
            "id": pa.string(),
            "text": pa.string(),
            "headline": pa.struct(sentence),
            "sentences": pa.list_(pa.struct(sentence)),
            "profile": pa.struct(profile),
            "framing": pa.struct(_framing_schema(pa, shares)),
        }
    )


def _framing_schema(pa: Any, shares: Any) -> dict[str, Any]:
    """The types of ``Framing.to_dict``. Numbers of sentences are lists; what there is none of is null or empty."""
    numbers = pa.list_(pa.int32())
    lost_attribution = {
        "attributed": pa.int32(),
        "flat": pa.int32(),
        "distance": pa.int32(),
        "order": pa.string(),
        "confidence": pa.float64(),
    }
    source = {
        "name": pa.string(),
        "named": pa.bool_(),
        "mentions": pa.list_(pa.string()),
        "sentences": numbers,
        "share": pa.float64(),
    }
    profile = {
        "kind": pa.string(),
        "shares": shares,
        "word_shares": shares,
        "unsourced_share": pa.float64(),
        "vague_source_share": pa.float64(),
        "positions": pa.list_(shares),
        "percentiles": pa.struct({name: pa.int32() for name in MEASURES}),
    }
    return {
        "headline": pa.struct({"relation": pa.string(), "confidence": pa.float64(), "evidence": numbers}),
        "lost_attributions": pa.list_(pa.struct(lost_attribution)),
        "sources": pa.list_(pa.struct(source)),
        "single_source": pa.bool_(),
        "unnamed_share": pa.float64(),
        "unanswered": pa.int32(),
        "profile": pa.struct(profile),
        "findings": pa.list_(pa.struct({"rule": pa.string(), "text": pa.string(), "evidence": numbers})),
    }


def records(articles: Iterable[LabelledArticle], per: str) -> Iterable[dict[str, Any]]:
    """One dictionary a sentence or an article."""
    for article in articles:
        if per == "sentence":
            yield from article.records()
        else:
            yield article.to_dict()


def _nested_as_json(record: dict[str, Any]) -> dict[str, Any]:
    nested = {name: json.dumps(record[name], ensure_ascii=False) for name in ARTICLE_FIELDS[2:]}
    return {**record, **nested, "headline": nested["headline"] if record["headline"] else ""}
