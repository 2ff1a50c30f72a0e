"""Files of many articles, read record by record: JSON, JSONL, CSV, TSV and Parquet.

A reader yields an :class:`~onrecord.article.Article` for every record, or a :class:`Reject` in its place. It holds one
record at a time (of a Parquet file 64), whatever the size of the file.
"""

import codecs
import csv
import io
import json
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, TextIO, cast

from onrecord.article import Article
from onrecord.errors import InputError

MOST_CHARACTERS = 1_000_000
"""The longest article: some 170,000 words. What is longer is a file gone wrong."""
MOST_BYTES = 16 * MOST_CHARACTERS
"""The longest record or page, markup and other fields counted in."""

_CHUNK = 1 << 20
_UNDECODABLE = re.compile("[\udc80-\udcff]")
_BETWEEN_VALUES = re.compile(r"[\s,]*")


@dataclass(frozen=True, slots=True)
class Columns:
    """The fields of a record that hold an article. One that is named must be in every record; null is no headline.

    :ivar text: by default ``text``.
    :ivar headline: by default ``headline`` or ``title``, if the record has it.
    :ivar id: by default ``id``, if the record has it; else an article goes by its file and number, from 1.
    """

    text: str | None = None
    headline: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Reject:
    """An article, or a file, that cannot be used: its name and what is wrong with it."""

    article: str
    reason: str


@dataclass
class OpenFile:
    """A file being read: its name, its bytes (decompressed) and the file on disk under them.

    :ivar share: how much of the file is read, where that does not follow from the place on disk.
    """

    name: str
    stream: BinaryIO
    raw: BinaryIO
    share: float | None = None

    def position(self, size: int) -> int:
        """How many of the ``size`` bytes on disk are read."""
        if self.share is not None:
            return int(size * self.share)
        return min(size, self.raw.tell()) if size else 0


def article_of(record: Any, name: str, columns: Columns) -> Article:
    """The article in a record.

    :param name: what the article is called if the record has no id.
    :raises InputError: the record has no text, or text of the wrong type or of absurd size.
    """
    if not isinstance(record, Mapping):
        raise InputError(f"is {type(record).__name__}, not a record with a field for the text")
    text = _field(record, columns.text or "text", ())
    headline = _field(record, columns.headline, ("headline", "title"))
    key = _field(record, columns.id, ("id",))
    for what, value in (("text", text), ("headline", headline)):
        if value is not None and not isinstance(value, str):
            raise InputError(f"has a {what} of type {type(value).__name__}, not a string")
    if text is None or not text.strip():
        raise InputError("has no text")
    for what, value in (("", text), (" in its headline", headline or "")):
        if len(value) > MOST_CHARACTERS:
            raise InputError(f"has {len(value):,} characters{what}; the most is {MOST_CHARACTERS:,}")
    name = name if key in (None, "") else str(key)
    return Article(_writable(text), headline and _writable(headline), _writable(name))


def _writable(text: str) -> str:
    """The text with "?" for what no output can hold: lone surrogates, escaped in JSON or in the name of a file."""
    return text.encode("utf-8", "replace").decode()


def _field(record: Mapping[str, Any], named: str | None, usual: Sequence[str]) -> Any:
    if named is None:
        return next((record[name] for name in usual if record.get(name) is not None), None)
    if named not in record:
        fields = ", ".join(map(str, record)) or "no field at all"
        raise InputError(f"has no {named!r} but {fields}; name the fields with --text-column, --headline-column")
    return record[named]


def item_of(record: Any, name: str, columns: Columns) -> Article | Reject:
    """The article in a record, or what is wrong with it."""
    try:
        return article_of(record, name, columns)
    except InputError as error:
        return Reject(name, str(error))


def read_jsonl(file: OpenFile, columns: Columns) -> Iterator[Article | Reject]:
    """One object a line, in UTF-8; empty lines are passed over."""
    for number, line in enumerate(_lines(file.stream), 1):
        name = f"{file.name}#{number}"
        if line is None:
            yield Reject(name, f"is a line of more than {MOST_BYTES:,} bytes")
        elif line.strip():
            try:
                record = json.loads(line.decode("utf-8-sig"))
            except UnicodeDecodeError as error:
                yield Reject(name, f"is not UTF-8 (byte {error.start} of the line); convert the file to UTF-8")
            except (ValueError, RecursionError) as error:
                yield Reject(name, f"is not JSON: {error}")
            else:
                yield item_of(record, name, columns)


def _lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """Lines of a file; ``None`` for a line that is too long to be held."""
    while line := stream.readline(MOST_BYTES):
        too_long = len(line) == MOST_BYTES and not line.endswith(b"\n")
        while too_long and line and not line.endswith(b"\n"):
            line = stream.readline(MOST_BYTES)
        yield None if too_long else line


def read_json(file: OpenFile, columns: Columns) -> Iterator[Article | Reject]:
    """An array of objects, or objects one after another, in UTF-8 or UTF-16."""
    with _decoded(file.stream, errors="strict") as text:
        for number, record in enumerate(_json_values(text), 1):
            yield item_of(record, f"{file.name}#{number}", columns)


def _json_values(text: TextIO) -> Iterator[Any]:
    """The elements of top-level arrays, one at a time; any other values as they are.

    :raises ValueError: this is not JSON, or a value is too long.
    """
    decoder = json.JSONDecoder()
    buffer, position, in_array, empty = "", 0, False, True
    while True:
        position = _BETWEEN_VALUES.match(buffer, position).end()  # type: ignore[union-attr]  # matches anywhere
        if position == len(buffer):
            buffer, position = text.read(_CHUNK), 0
            if not buffer and (in_array or empty):
                raise ValueError("it ends inside an array" if in_array else "it is empty")
            if not buffer:
                return
            continue
        empty = False
        if buffer[position] == ("]" if in_array else "["):
            in_array, position = not in_array, position + 1
            continue
        try:
            value, position = decoder.raw_decode(buffer, position)
        except ValueError:  # cut off by the end of the buffer, or wrong
            begun = buffer[position:]
            more = text.read(max(_CHUNK, len(begun)))  # twice as much each time, so that a long value is read in few
            if not more or len(begun) > MOST_BYTES:
                raise
            buffer, position = begun + more, 0
            continue
        yield value


def read_csv(file: OpenFile, columns: Columns) -> Iterator[Article | Reject]:
    """Comma-separated values under a header, in UTF-8 or UTF-16."""
    return _read_table(file, columns, _csv_rows)


def read_tsv(file: OpenFile, columns: Columns) -> Iterator[Article | Reject]:
    """Tab-separated values under a header, in UTF-8 or UTF-16; fields are quoted as in CSV, or not at all."""
    return _read_table(file, columns, _tsv_rows)


def _csv_rows(text: TextIO) -> Iterator[list[str] | str]:
    """The rows; in the place of one whose quotation marks do not fit, what is wrong with it."""
    rows = csv.reader(text, strict=True)
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            if "field limit" in str(error):
                raise
            yield f"is not CSV ({error}): a field with quotation marks is put in such marks, and its own are doubled"


def _tsv_rows(text: TextIO) -> Iterator[list[str]]:
    """The rows. Where quotation marks are not those of quoted fields, they are text and a line is a row."""
    taken: list[str] = []

    def lines() -> Iterator[str]:
        for line in text:
            taken.append(line)
            yield line

    rows = csv.reader(lines(), "excel-tab", strict=True)
    while True:
        taken.clear()
        try:
            yield next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield from [line.rstrip("\r\n").split("\t") for line in taken]


def _read_table(
    file: OpenFile, columns: Columns, read: Callable[[TextIO], Iterator[list[str] | str]]
) -> Iterator[Article | Reject]:
    csv.field_size_limit(MOST_BYTES)  # ends the hunt for a quotation mark that is never closed
    with _decoded(file.stream, errors="surrogateescape") as text:
        rows = read(text)
        header = next(rows, [])
        if isinstance(header, str):
            yield Reject(file.name, f"has a header that {header}")
            return
        problem = header_problem(header, columns)
        if problem:
            yield Reject(file.name, problem)
            return
        for number, row in enumerate((row for row in rows if row), 1):
            name = f"{file.name}#{number}"
            if isinstance(row, str):
                yield Reject(name, row)
            elif len(row) != len(header):
                yield Reject(name, f"has {len(row)} fields under a header of {len(header)}; is a comma not quoted?")
            elif any(map(_UNDECODABLE.search, row)):
                yield Reject(name, "is not UTF-8; convert the file to UTF-8")
            else:
                yield item_of(dict(zip(header, row, strict=True)), name, columns)


def read_parquet(file: OpenFile, columns: Columns) -> Iterator[Article | Reject]:
    """The rows of a Parquet file; only the columns that are needed are read."""
    import pyarrow.parquet

    source: Any = file.stream
    if file.stream is not file.raw or not file.stream.seekable():  # its table of contents is at the end
        source = tempfile.TemporaryFile()  # noqa: SIM115
        while chunk := file.stream.read(_CHUNK):
            source.write(chunk)
    with pyarrow.parquet.ParquetFile(source, pre_buffer=False, buffer_size=_CHUNK) as table:
        problem = header_problem(table.schema_arrow.names, columns)
        if problem:
            yield Reject(file.name, problem)
            return
        wanted = {columns.text or "text", columns.headline or "headline", columns.headline or "title"}
        wanted = (wanted | {columns.id or "id"}) & set(table.schema_arrow.names)
        number = 0
        for batch in table.iter_batches(batch_size=64, columns=sorted(wanted)):
            for record in batch.to_pylist():
                number += 1
                file.share = number / table.metadata.num_rows
                yield item_of(record, f"{file.name}#{number}", columns)


def header_problem(header: Sequence[str], columns: Columns) -> str | None:
    """What a table lacks as a whole, so that not every row of it is rejected."""
    for named in (columns.text or "text", columns.headline, columns.id):
        if named is not None and named not in header:
            found = ", ".join(header) or "no column at all"
            return (
                f"has no column {named!r} but {found}; name columns with --text-column, --headline-column, --id-column"
            )
    return None


def _decoded(stream: BinaryIO, errors: str) -> TextIO:
    """Text of a byte stream whose byte-order mark, if it has one, says what it is encoded in; else UTF-8."""
    buffered = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(cast(io.RawIOBase, stream))
    mark = buffered.peek(2)[:2]
    encoding = "utf-16" if mark in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"
    return io.TextIOWrapper(buffered, encoding, errors=errors, newline="")


READERS: dict[str, Callable[[OpenFile, Columns], Iterator[Article | Reject]]] = {
    "json": read_json,
    "jsonl": read_jsonl,
    "csv": read_csv,
    "tsv": read_tsv,
    "parquet": read_parquet,
}
