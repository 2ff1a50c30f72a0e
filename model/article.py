"""Article → sentences: text as it was given in, sentences with offsets into it out.

Sentence boundaries are sentencex's, found paragraph by paragraph. The text is never normalised: for every sentence
``article.text[sentence.start:sentence.end] == sentence.text``, and every character that is not white space belongs
to exactly one sentence.
"""

import hashlib
import logging
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from sentencex import get_sentence_boundaries

from onrecord.errors import InputError

log = logging.getLogger(__name__)

LANGUAGE = "en"
HTML_SUFFIXES = (".html", ".htm", ".xhtml")  # of files that are reduced to the article on them

_LINE_BREAK = re.compile(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_LINE_MARK = re.compile(r"\s*(?:#{1,6}|[-*+•]|>|\d{1,3}[.)])\s")
_WRAP_WIDTHS = range(40, 101)  # a file wrapped by hand or by an editor has its longest line in this range
_CONTROLS = frozenset(map(chr, (*range(9), *range(14, 27), *range(28, 32), 127)))  # not: white space, escape
_SURROGATE = re.compile("[\ud800-\udfff]")

# «"Why now?"» | «Dr. Ruiz said.»: a quotation that ends in ? or ! and the words that hand it to its speaker.
_QUOTATION_END = re.compile(r"[?!…,—–-][\"”’»']+\s*$")
_OPENING_MARK = re.compile(r"\S\s[\"“‘«]$")
_SPEECH = (
    r"(?:said|says|asked|asks|told|tells|wrote|writes|added|adds|replied|replies|shouted|tweeted|wondered|continued|"
    r"explained|recalled|joked|declared|insisted|demanded|exclaimed|warned)"
)
_SPEECH_TAG = re.compile(rf"(?:{_SPEECH}\s+)?(?:[^\s\"“”.?!]+\.?\s+){{1,6}}?(?:{_SPEECH}\b)|{_SPEECH}\s")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A stretch of an article: code-point offsets ``start`` and ``end`` (exclusive), and the text between them."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Article:
    """An article as it was given: its text, its headline if known (blank is none), and the caller's name for it."""

    text: str
    headline: str | None = None
    id: str | None = None

    def __post_init__(self) -> None:
        for name, value in (("text", self.text), ("headline", self.headline)):
            if not isinstance(value, str) and (name == "text" or value is not None):
                raise InputError(f"an article's {name} must be a string, not {type(value).__name__}")
        if self.headline is not None and not self.headline.strip():
            object.__setattr__(self, "headline", None)

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences of the text, in order. The headline is not among them."""
        return tuple(Sentence(start, end, self.text[start:end]) for start, end in sentence_spans(self.text))

    @classmethod
    def from_file(cls, path: str | Path, headline: str | None = None) -> "Article":
        """Read a file of plain text, Markdown or HTML, whatever of UTF-8, UTF-16 or Latin-1 it is encoded in.

        :param headline: of a web page, its title if none is given.
        :raises InputError: the file cannot be read, is not text, or is a page without an article.
        """
        try:
            content = Path(path).read_bytes()
        except OSError as error:
            raise InputError(f"cannot read {path}: {error.strerror}; give the path of a text file") from error
        if str(path).lower().endswith(HTML_SUFFIXES):
            from onrecord.page.webpage import read_content

            article = read_content(content, str(path), is_html=True)
            return article if headline is None else replace(article, headline=headline)
        return cls(decode(content, str(path)), headline, str(path))


@dataclass(frozen=True)
class SplitArticle(Article):
    """An article whose sentences are known and not to be found anew.

    :ivar bounds: start and end offsets of each sentence.
    """

    bounds: tuple[tuple[int, int], ...] = ()

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences of the bounds."""
        return tuple(Sentence(start, end, self.text[start:end]) for start, end in self.bounds)


def short_hash(text: str) -> str:
    """Twelve hexadecimal digits that tell a text without a name from others."""
    return hashlib.sha256(text.encode("utf-8", errors="replace")).hexdigest()[:12]


def decode(content: bytes, name: str = "input") -> str:
    """Decode the bytes of a text file: a byte-order mark decides, else UTF-8, else Latin-1 (as Windows writes it).

    Where most of what is not ASCII is UTF-8, the rest is damage: it becomes U+FFFD, and a warning says so.

    :raises InputError: the bytes are not text (a picture, an archive).
    """
    text = _decoded(content, name)
    head = text[:4096]
    if sum(character in _CONTROLS for character in head) > 0.05 * len(head):
        raise InputError(f"{name} is not a text file; give plain text or Markdown")
    return text


def standard_input() -> BinaryIO:
    """The bytes of standard input.

    :raises InputError: it is closed.
    """
    if sys.stdin is None:
        raise InputError("standard input is closed; name a file")
    return sys.stdin.buffer


def _decoded(content: bytes, name: str) -> str:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, errors="replace")
    head = content[:4096]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) > 0.3 * len(head):  # UTF-16 without a mark: every other byte of Western text is zero
        return content.decode("utf-16-le" if odd > even else "utf-16-be", errors="replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("utf-8", errors="replace")
    damaged = text.count("\ufffd")
    if damaged > sum(character > "\x7f" for character in text) / 2:
        return content.decode("cp1252", errors="replace")
    log.warning("%s has bytes that are not UTF-8 in %d places; they are read as \ufffd", name, damaged)
    return text


def sentence_spans(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of every sentence of ``text``, in order, without the white space around it."""
    for start, end in paragraph_spans(text):
        paragraph = _SURROGATE.sub("\ufffd", text[start:end])  # sentencex takes valid UTF-8 only; lengths stay
        spans: list[tuple[int, int]] = []
        for boundary in get_sentence_boundaries(LANGUAGE, paragraph):
            span = _strip(text, start + boundary["start_index"], start + boundary["end_index"])
            if span is not None:
                _append(spans, span, text)
        yield from spans


def _append(spans: list[tuple[int, int]], span: tuple[int, int], text: str) -> None:
    """Add a span, mending what sentencex tears apart at quotation marks."""
    if spans:
        first, last = spans[-1]
        sentence = text[slice(*span)]
        stray = not any(character.isalnum() for character in sentence)
        if stray or (_QUOTATION_END.search(text[first:last][-8:]) and _SPEECH_TAG.match(sentence[:120])):
            span = (spans.pop()[0], span[1])
        elif _OPENING_MARK.search(text[first:last][-3:]):  # the mark that opens this sentence's quotation
            span = (last - 1, span[1])
            spans[-1] = (first, first + len(text[first : last - 1].rstrip()))
    spans.append(span)


def paragraph_spans(text: str) -> Iterator[tuple[int, int]]:
    """Blocks between blank lines; inside a block every line is a paragraph unless the block is hard-wrapped."""
    block: list[tuple[int, int]] = []
    for line in (*_line_spans(text), None):
        if line is not None and not text[slice(*line)].isspace() and line[0] != line[1]:
            block.append(line)
        elif block:
            yield from _unwrap(text, block)
            block = []


def _line_spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line_break in _LINE_BREAK.finditer(text):
        yield start, line_break.start()
        start = line_break.end()
    yield start, len(text)


def _unwrap(text: str, lines: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Join the lines of a hard-wrapped block, yield the others singly.

    A block is hard-wrapped if its longest line is as long as a wrapped line is; a line goes on in the next one if
    the next one's first word would not have fitted. Headings, bullets and quotes (``#``, ``-``, ``>``) start anew.
    """
    width = max(end - start for start, end in lines)
    start, end = lines[0]
    for previous, line in pairwise(lines):
        words = text[slice(*line)]
        full = previous[1] - previous[0] + 1 + len(words.split(maxsplit=1)[0]) > width
        heading = text[slice(*previous)].lstrip().startswith("#")
        if width in _WRAP_WIDTHS and full and not heading and not _LINE_MARK.match(words):
            end = line[1]
        else:
            yield start, end
            start, end = line
    yield start, end


def _strip(text: str, start: int, end: int) -> tuple[int, int] | None:
    piece = text[start:end].rstrip()
    end = start + len(piece)
    start = end - len(piece.lstrip())
    return (start, end) if start < end else None
