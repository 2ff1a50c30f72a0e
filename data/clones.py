"""The text of the annotated documents, found in clones of the public repositories that hold it."""

import csv
import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from onrecord.article import decode
from onrecord.data.standoff import collapse_blanks, text_hash
from onrecord.errors import DataError
from onrecord.windows import HEADLINE

_VISIBLE = re.compile(r"\S")


@dataclass(frozen=True)
class SourceDocument:
    """A document as its repository holds it: its headline, if it has one, and its text."""

    headline: str | None
    text: str

    def find(self, rows: Iterable[dict[str, Any]]) -> Iterator[tuple[int, str]]:
        """Yield ``(idx, text)`` of each standoff row, in document order, that can be found; blanks are collapsed.

        A sentence is looked for at its offsets, then by its hash in the text after the one found so before it.
        Nothing is yielded whose hash differs.
        """
        words = collapse_blanks(html.unescape(self.text))
        cursor = 0
        for row in rows:
            exact = self.headline if row["idx"] == HEADLINE else self.text[row["start"] : row["end"]]
            for sentence in (exact or "", html.unescape(exact or "")):
                if text_hash(sentence) == row["hash"]:
                    yield row["idx"], collapse_blanks(sentence)
                    break
            else:
                length = row["end"] - row["start"]
                position = _search(words, length, row["hash"], cursor)
                if position is not None:
                    cursor = position + length
                    yield row["idx"], words[position:cursor]


def find_clones(documents: Iterable[dict[str, Any]], folder: Path) -> dict[str, Path]:
    """The clone of every repository (``owner/name@commit``) that the documents name, as OWNER/NAME or NAME.

    :raises DataError: a clone is missing; the message says how to make it.
    """
    clones, missing = {}, []
    for repository in sorted({document["repository"] for document in documents}):
        name = repository.partition("@")[0]
        candidates = [folder / name, folder / name.partition("/")[2]]
        found = next((path for path in candidates if path.is_dir()), None)
        if found is None:
            missing.append(repository)
        else:
            clones[repository] = found
    if missing:
        commands = "\n".join(f"  {_clone_command(repository)}" for repository in missing)
        raise DataError(f"{folder} lacks repositories that hold the annotated text; there, run\n{commands}")
    return clones


def read_document(clone: Path, path: str | None, stand_in: str | None) -> SourceDocument | None:
    """Read a document: a JSON file, a row of a CSV file (``path#row``) or a text file; ``None`` if it is not there.

    :param path: the document's path in the clone; ``None`` where it is unknown.
    :param stand_in: the headline that was annotated where the document has none of its own.
    :raises DataError: the file is there but is not of the form it had at the commit annotated.
    """
    name, _, row = (path or "").partition("#")
    file = clone / name
    if not file.is_file():
        return None
    try:
        if row:
            content = _csv_rows(file)[int(row)]
            return SourceDocument(content["title"], content["text"])
        if file.suffix == ".json":
            content = json.loads(file.read_text(encoding="utf-8"))
            return SourceDocument(content["title"], content["content_original"])
    except (ValueError, LookupError) as error:
        raise DataError(f"{file} is not the file annotated; check out the commit named in data/README.md") from error
    return SourceDocument(stand_in, decode(file.read_bytes(), str(file)))


def _clone_command(repository: str) -> str:
    name, _, commit = repository.partition("@")
    return f"git clone https://github.com/{name} && git -C {name.partition('/')[2]} checkout {commit}"


@cache
def _csv_rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _search(words: str, length: int, digest: str, cursor: int) -> int | None:
    """Where, from ``cursor`` on, the first ``length`` characters with this hash start in ``words``."""
    for character in _VISIBLE.finditer(words, cursor):
        start = character.start()
        if text_hash(words[start : start + length]) == digest:
            return start
    return None
