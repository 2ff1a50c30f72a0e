"""Inputs → articles: files, folders, globs and standard input, read lazily, always in the same order.

A file holds one article (text, Markdown, HTML) or many (JSON, JSONL, CSV, TSV, Parquet). What cannot be read comes out
as a :class:`~onrecord.batch.records.Reject` in its place, and reading goes on behind it.
"""

import csv
import glob
import gzip
import hashlib
import importlib
import io
import lzma
import os
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from onrecord.article import Article, decode
from onrecord.batch.records import MOST_BYTES, READERS, Columns, OpenFile, Reject, article_of
from onrecord.errors import InputError

STDIN = "-"
KINDS = {
    ".txt": "txt",
    ".md": "txt",
    ".html": "html",
    ".htm": "html",
    ".json": "json",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
}
"""What files of each suffix hold; ``.gz``, ``.xz`` or ``.zst`` may follow the suffix."""

_COMPRESSED = (".gz", ".xz", ".zst")
_ONE_ARTICLE = ("txt", "html")
# What reading a file that is damaged, or not what its suffix says, raises; pyarrow's errors are among these classes.
_DAMAGE = (OSError, EOFError, ValueError, NotImplementedError, RecursionError, csv.Error, zlib.error, lzma.LZMAError)


@dataclass(frozen=True, slots=True)
class Page:
    """A web page as it was saved. It is reduced to its article where it is labelled, as that takes as long."""

    name: str
    content: bytes

    def article(self) -> Article:
        """The page's article and title.

        :raises InputError: nothing in the page looks like an article.
        """
        from onrecord.page.webpage import read_html

        page = read_html(decode(self.content, "it"))
        return article_of({"text": page.text, "headline": page.headline}, self.name, Columns())


Item = Article | Page | Reject


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read: its name, what it holds (see ``KINDS``), and the suffix of what compressed it."""

    name: str
    kind: str
    compression: str = ""


class Inputs:
    """All the inputs of a run.

    :param names: files, folders (read to the bottom), glob patterns, or ``-`` for standard input.
    :param columns: where records keep text, headline and id.
    :param stdin_kind: what standard input holds, one of the values of ``KINDS``.
    :param exclude: files that are no input though a folder or pattern has them: the run's own output.
    :ivar position: how many bytes of the files are read, of ``size`` in all.
    :ivar size: with ``others``, the number of files in folders that are of a kind that cannot be read: what a survey
        found.
    """

    def __init__(
        self, names: Sequence[str], columns: Columns, stdin_kind: str = "jsonl", exclude: Sequence[Path] = ()
    ) -> None:
        self._names = names
        self._columns = columns
        self._stdin_kind = stdin_kind
        self._exclude = {_absolute(str(path)) for path in exclude}
        self.position = 0
        self.size = self.others = 0

    def survey(self) -> str:
        """Look at every file without reading it; return a hash of their names, sizes and times.

        :raises InputError: an input is not there or of no known kind, or reading it takes a package that is missing.
        """
        self.size = self.others = 0
        seen = hashlib.sha256()
        needs = set()
        for path, source in self._found():
            if source is None:
                self.others += 1
                continue
            needs |= {source.kind, source.compression}
            if path != STDIN:
                status = Path(path).stat()
                self.size += status.st_size
                seen.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode(errors="surrogateescape"))
        if not needs:
            raise InputError(f"no article in {', '.join(self._names)}; the files read are {', '.join(KINDS)}")
        _check_packages(needs)
        return seen.hexdigest()

    def read(self, skip: int = 0) -> Iterator[Item]:
        """Yield what the inputs hold, in order, without the first ``skip`` items."""
        before = 0
        for path, source in self._found():
            if source is None:
                continue
            size = _size(path)
            if skip and source.kind in _ONE_ARTICLE:
                skip -= 1
            else:
                for item, position in _read(source, size, self._columns):
                    if skip:
                        skip -= 1
                        continue
                    self.position = before + position
                    yield item
            before += size

    def _found(self) -> Iterator[tuple[str, Source | None]]:
        """The files of all inputs, in order, and what they are: ``None`` for a file in a folder of another kind."""
        for name in self._names:
            if name == STDIN:
                yield name, Source(name, self._stdin_kind)
                continue
            # Path.glob takes no absolute patterns.
            matches = [name] if os.path.lexists(name) else sorted(glob.glob(name, recursive=True))  # noqa: PTH207
            if not matches:
                raise InputError(f"there is no {name}; name files, folders, a pattern that matches some, or -")
            for match in matches:
                for path in _walk(match) if Path(match).is_dir() else [match]:
                    if _absolute(path) in self._exclude:
                        continue
                    source = _source(path)
                    if source is None and path == match:
                        known = f"{', '.join(KINDS)}, also with {' '.join(_COMPRESSED)}"
                        raise InputError(f"{path} is of no known kind; these are read: {known}")
                    yield path, source


def _size(path: str) -> int:
    """Bytes of a file; 0 for standard input, and for what is gone since the survey and will be rejected."""
    return Path(path).stat().st_size if Path(path).exists() else 0


def _absolute(path: str) -> Path:
    return Path(path).absolute()


def _walk(folder: str) -> Iterator[str]:
    """The files below a folder, in order of their names, without hidden ones."""
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (str(Path(parent, name)) for name in sorted(files) if not name.startswith("."))


def _source(name: str) -> Source | None:
    path = Path(name.lower())
    compression = path.suffix if path.suffix in _COMPRESSED else ""
    kind = KINDS.get(Path(path.stem).suffix if compression else path.suffix)
    return Source(name, kind, compression) if kind else None


def _read(source: Source, size: int, columns: Columns) -> Iterator[tuple[Item, int]]:
    """Yield each item and how many of the file's bytes are read by then; damage ends the file with a reject."""
    with ExitStack() as stack:
        try:
            raw: Any = sys.stdin.buffer if source.name == STDIN else stack.enter_context(Path(source.name).open("rb"))
            stream = stack.enter_context(_decompress(raw, source.compression)) if source.compression else raw
            file = OpenFile(source.name, stream, raw)
            items = _whole(file, source.kind) if source.kind in _ONE_ARTICLE else READERS[source.kind](file, columns)
            for item in items:
                yield item, file.position(size)
        except _DAMAGE as error:
            yield Reject(source.name, f"cannot be read on from here: {_reason(error)}"), size


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _whole(file: OpenFile, kind: str) -> Iterator[Item]:
    """The one article of a file."""
    content = file.stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        yield Reject(file.name, f"has more than {MOST_BYTES:,} bytes, as no article has")
    elif kind == "html":
        yield Page(file.name, content)
    else:
        try:
            yield article_of({"text": decode(content, "it")}, file.name, Columns())
        except InputError as error:
            yield Reject(file.name, str(error))


def _decompress(raw: BinaryIO, suffix: str) -> BinaryIO:
    if suffix == ".gz":
        return cast(BinaryIO, gzip.open(raw))
    if suffix == ".xz":
        return cast(BinaryIO, lzma.open(raw))
    return io.BufferedReader(_Zstandard(raw))


class _Zstandard(io.RawIOBase):
    """Reads Zstandard with the standard library (Python 3.14) or the package ``zstandard``; damage is a ValueError."""

    def __init__(self, raw: BinaryIO) -> None:
        module = _zstandard()
        if module.__name__ == "zstandard":
            self._stream = module.ZstdDecompressor().stream_reader(raw, read_across_frames=True, closefd=False)
        else:
            self._stream = module.open(raw)
        self._error = module.ZstdError

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            chunk = self._stream.read(len(buffer))
        except self._error as error:
            raise ValueError(str(error)) from None
        buffer[: len(chunk)] = chunk
        return len(chunk)


def _zstandard() -> Any:
    for name in ("compression.zstd", "zstandard"):
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError:
            continue
    raise InputError("reading .zst takes Python 3.14 or the package zstandard; run: pip install 'onrecord[batch]'")


def _check_packages(needs: set[str]) -> None:
    """Fail before the first article rather than at the millionth."""
    for need, module, extra in (("parquet", "pyarrow", "batch"), ("html", "trafilatura", "html")):
        if need in needs:
            try:
                importlib.import_module(module)
            except ImportError as error:
                missing = error.name or module
                raise InputError(f"reading .{need} takes {missing}; run: pip install 'onrecord[{extra}]'") from None
    if ".zst" in needs:
        _zstandard()
