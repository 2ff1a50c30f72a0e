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
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from onrecord.article import HTML_SUFFIXES, Article, decode, standard_input
from onrecord.batch.records import MOST_BYTES, READERS, Columns, OpenFile, Reject, article_of
from onrecord.errors import InputError

STDIN = "-"
KINDS = {
    ".txt": "txt",
    ".md": "txt",
    **dict.fromkeys(HTML_SUFFIXES, "html"),
    ".json": "json",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
}
"""What files of each suffix hold; ``.gz``, ``.xz`` or ``.zst`` may follow the suffix."""

_COMPRESSED = (".gz", ".xz", ".zst")
_ONE_ARTICLE = ("txt", "html")
_COMPRESSED_PIECE = 4096  # bytes; few, because some can hold a thousand times as many
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
        from onrecord.page.webpage import decode_html, read_html

        with _unnamed(self.name):
            page = read_html(decode_html(self.content, self.name), self.name)
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
    :param exclude: files that are no input though a folder or pattern has them: the run's own output. Each file is
        read once, however many of the names lead to it.
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
        self._exclude = {_real(path) for path in exclude}
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
                size, changed = _status(path)
                self.size += size
                seen.update(f"{path}\0{size}\0{changed}\n".encode(errors="surrogateescape"))
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
            size, _ = _status(path)
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
        done: set[Path] = set()  # the files and folders that were named, as far as they are read
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
                    resolved = _real(path)
                    if resolved in self._exclude and path == name:
                        raise InputError(f"{path} is the output too; name another output, so that it is not lost")
                    if resolved in self._exclude or _is_read(resolved, done):
                        continue
                    source = _source(path)
                    if source is None and path == match:
                        known = f"{', '.join(KINDS)}, also with {' '.join(_COMPRESSED)}"
                        raise InputError(f"{path} is of no known kind; these are read: {known}")
                    yield path, source
                done.add(_real(match))


def _status(path: str) -> tuple[int, int]:
    """Bytes of a file, and when it changed; 0 for standard input, and for what is not there and will be rejected."""
    try:
        status = Path(path).stat()
    except OSError:
        return 0, 0
    return status.st_size, status.st_mtime_ns


def _real(path: str | Path) -> Path:
    """Where a path leads. (``Path.resolve`` raises where a link leads to itself.)"""
    return Path(os.path.realpath(path))


def _is_read(path: Path, done: set[Path]) -> bool:
    """Whether a file, or a folder that it is read with, is among those that are done."""
    if path in done:
        return True
    above = next((folder for folder in path.parents if folder in done), None)
    return above is not None and not any(part.startswith(".") for part in path.relative_to(above).parts)


def _walk(folder: str) -> Iterator[str]:
    """The files below a folder, in order of their names, without hidden ones; and the folders that cannot be read."""
    unreadable: list[OSError] = []
    walked = set()
    for parent, folders, files in os.walk(folder, onerror=unreadable.append, followlinks=True):
        if _real(parent) in walked:  # links may lead round and round
            folders.clear()
            continue
        walked.add(_real(parent))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (str(Path(parent, name)) for name in sorted(files) if not name.startswith("."))
    yield from sorted(error.filename for error in unreadable)


def _source(name: str) -> Source | None:
    path = Path(name.lower())
    compression = path.suffix if path.suffix in _COMPRESSED else ""
    kind = KINDS.get(Path(path.stem).suffix if compression else path.suffix)
    if kind is None and Path(name).is_dir():  # one that cannot be read: opening it will say why
        kind, compression = _ONE_ARTICLE[0], ""
    return Source(name, kind, compression) if kind else None


def _read(source: Source, size: int, columns: Columns) -> Iterator[tuple[Item, int]]:
    """Yield each item and how many of the file's bytes are read by then; damage ends the file with a reject."""
    with ExitStack() as stack:
        try:
            raw: Any = standard_input() if source.name == STDIN else stack.enter_context(Path(source.name).open("rb"))
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
            with _unnamed(file.name):
                text = decode(content, file.name)
            yield article_of({"text": text}, file.name, Columns())
        except InputError as error:
            yield Reject(file.name, str(error))


@contextmanager
def _unnamed(name: str) -> Iterator[None]:
    """Errors without the file's name before them: a reject has it already."""
    try:
        yield
    except InputError as error:
        raise InputError(str(error).removeprefix(f"{name} ")) from None


def _decompress(raw: BinaryIO, suffix: str) -> BinaryIO:
    if suffix == ".gz":
        return cast(BinaryIO, gzip.open(raw))
    if suffix == ".xz":
        return cast(BinaryIO, lzma.open(raw))
    return io.BufferedReader(_Zstandard(raw))


class _Zstandard(io.RawIOBase):
    """Reads Zstandard with the standard library (Python 3.14) or the package ``zstandard``; damage is a ValueError.

    Frame by frame, because the package's own reader takes a file that is cut off for one that ends.
    """

    def __init__(self, raw: BinaryIO) -> None:
        module = _zstandard()
        self._new = module.ZstdDecompressor
        if module.__name__ == "zstandard":
            self._new = module.ZstdDecompressor().decompressobj
        self._error = module.ZstdError
        self._raw = raw
        self._frame: Any = None
        self._behind = b""  # what was read behind the end of a frame
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._ready:
            try:
                self._ready = memoryview(self._decompress())
            except self._error as error:
                raise ValueError(str(error)) from None
        chunk, self._ready = self._ready[: len(buffer)], self._ready[len(buffer) :]
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def _decompress(self) -> bytes:
        """What the next piece of the file holds; nothing at its end."""
        while piece := self._behind or self._raw.read(_COMPRESSED_PIECE):
            self._frame = self._frame or self._new()
            content: bytes = self._frame.decompress(piece)
            self._behind = b""
            if self._frame.eof:
                self._behind, self._frame = self._frame.unused_data, None
            if content:
                return content
        if self._frame is not None:
            raise EOFError("Compressed file ended before the end-of-stream marker was reached")
        return b""


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
