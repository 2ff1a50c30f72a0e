"""Labelled article → what a reader is shown of it: paragraphs, pieces of sentences, the one line that sums it up."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from onrecord.article import paragraph_spans
from onrecord.labelled import LabelledArticle, LabelledSentence
from onrecord.labels import Flag, Label

LETTERS = {
    Label.REPORTED_FACT: "F",
    Label.ATTRIBUTED_CLAIM: "C",
    Label.SPECULATION: "S",
    Label.ANALYST_OPINION: "O",
}
"""The label as one letter, so that no reader depends on colour; headings and the like have none."""

FLAG_TITLES = {Flag.UNSOURCED: "no source", Flag.VAGUE_SOURCE: "vague source"}

# Controls, overrides of writing direction, tag characters, what no text should hold: invisible, and able to drive a
# terminal or to make a sentence read as it is not. Joiners stay: scripts and emoji need them.
HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
_WHITE_SPACE = re.compile("[\t\n\x0b\x0c\r \x85\u2028\u2029]+")
_HEADING = re.compile(r"(#{1,6})[ \t]+(?=\S)")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a heading of ``level`` 1 to 6 (0 for a paragraph)."""

    level: int
    sentences: tuple[LabelledSentence, ...]


def blocks(article: LabelledArticle) -> Iterator[Block]:
    """The article's sentences, paragraph by paragraph, as the text has them."""
    sentences = iter(article.sentences)
    sentence = next(sentences, None)
    for _, end in paragraph_spans(article.text):
        members = []
        while sentence is not None and sentence.start < end:
            members.append(sentence)
            sentence = next(sentences, None)
        if members:
            heading = _HEADING.match(members[0].text)
            yield Block(len(heading[1]) if heading else 0, tuple(members))


def segments(sentence: LabelledSentence) -> Iterator[tuple[str, str]]:
    """A sentence in pieces of one kind each, ``"source"``, ``"cue"`` or ``""``; a heading's ``#`` is left out."""
    heading = _HEADING.match(sentence.text)
    position = sentence.start + (heading.end() if heading else 0)
    spans = [("source", sentence.source), ("cue", sentence.cue)]
    for kind, span in sorted(((kind, span) for kind, span in spans if span), key=lambda item: item[1].start):
        start = max(span.start, position)  # where cue and source overlap, the first keeps the words
        if start < span.end:
            yield "", sentence.text[position - sentence.start : start - sentence.start]
            yield kind, sentence.text[start - sentence.start : span.end - sentence.start]
            position = span.end
    yield "", sentence.text[position - sentence.start :]


def runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Numbers as runs of neighbours, first and last of each: ``3 4 5 9`` → ``(3, 5), (9, 9)``."""
    found: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if found and number <= found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def counted(number: int, noun: str) -> str:
    """``"1 sentence"``, ``"1,200 sentences"``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def summary(article: LabelledArticle) -> str:
    """The article in one line: how many of its statements nobody, or nobody identifiable, vouches for."""
    profile = article.profile
    total = sum(profile.counts.values())
    sentences = counted(total, "sentence")
    if not total:
        if any(sentence.label is None for sentence in article.sentences):
            return "No sentence is labelled: of none is the label sure enough."
        return "No sentence here states anything."
    if not article.flagged:
        every = "The one sentence" if total == 1 else f"Every one of {sentences}"
        return f"{every} is reported as fact or rests on somebody named."
    parts = []
    if profile.unsourced:
        parts.append(f"{profile.unsourced} of {sentences} {_rest(profile.unsourced)} on nobody’s word")
    if profile.vague_source:
        count = f"{profile.vague_source} more" if parts else f"{profile.vague_source} of {sentences}"
        verb = "" if parts else f" {_rest(profile.vague_source)}"
        parts.append(f"{count}{verb} on a source that cannot be identified")
    return ", ".join(parts) + "."


def _rest(count: int) -> str:
    return "rests" if count == 1 else "rest"


def title(article: LabelledArticle) -> str:
    """The headline, or the text's first heading, or its first words."""
    if article.headline:
        return article.headline.text
    first = next((sentence.text for sentence in article.sentences), "Empty article")
    line = _HEADING.sub("", first, count=1)
    return line if len(line) <= 120 else line[:119].rstrip() + "…"


def visible(text: str) -> str:
    """Text that shows what it holds: hidden characters become ``[U+202E]``, a stretch of white space one space."""
    return HIDDEN.sub(lambda match: f"[U+{ord(match[0]):04X}]", _WHITE_SPACE.sub(" ", text))
