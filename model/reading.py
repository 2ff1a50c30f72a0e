"""Labelled article → what a reader is shown of it: paragraphs, sources and the one line that sums it up."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from onrecord.article import paragraph_spans
from onrecord.labelled import LabelledArticle, LabelledSentence
from onrecord.labels import Flag, Label, Sourcing

LETTERS = {
    Label.REPORTED_FACT: "F",
    Label.ATTRIBUTED_CLAIM: "C",
    Label.SPECULATION: "S",
    Label.ANALYST_OPINION: "O",
}
"""The label as one letter, so that no reader depends on colour; headings and the like have none."""

FLAG_TITLES = {Flag.UNSOURCED: "no source", Flag.VAGUE_SOURCE: "vague source"}

CONTINUED = "not named in the sentence itself"
"""Stands for the source of a sentence that goes on with somebody's words without naming them again."""

# Controls, overrides of writing direction, tag characters, what no text should hold: invisible, and able to drive a
# terminal or to make a sentence read as it is not. Joiners stay: scripts and emoji need them.
HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
_WHITE_SPACE = re.compile("[\t\n\x0b\x0c\r \x85\u2028\u2029]+")
_PRONOUNS = frozenset(["he", "she", "it", "they", "we", "i", "you", "who", "his", "her", "their", "our"])
_HEADING = re.compile(r"(#{1,6})[ \t]+(?=\S)")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a heading of ``level`` 1 to 6 (0 for a paragraph)."""

    level: int
    sentences: tuple[LabelledSentence, ...]


@dataclass(frozen=True, slots=True)
class SourceRow:
    """Somebody who is said to have said something.

    :ivar name: the words of the first sentence that names them, or ``CONTINUED``.
    :ivar sourcing: ``NAMED`` if any of the sentences hands its content to somebody identifiable.
    """

    name: str
    sourcing: Sourcing
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


def sources(article: LabelledArticle) -> list[SourceRow]:
    """Who the article hands its content to, the most quoted first, pronouns (which are not resolved) last."""
    groups: dict[str, list[LabelledSentence]] = {}
    for sentence in article.sentences:
        if sentence.sourcing is not Sourcing.NONE and sentence.label is not None:
            groups.setdefault(_source_key(sentence), []).append(sentence)
    rows = [
        SourceRow(
            members[0].source.text if members[0].source else CONTINUED,
            max((sentence.sourcing for sentence in members), key=lambda value: value is Sourcing.NAMED),
            tuple(members),
        )
        for members in groups.values()
    ]
    return sorted(rows, key=lambda row: (_names_nobody(row), -len(row.sentences)))


def _names_nobody(row: SourceRow) -> bool:
    return row.name == CONTINUED or row.name.casefold() in _PRONOUNS


def _source_key(sentence: LabelledSentence) -> str:
    words = sentence.source.text.casefold().split() if sentence.source else []
    return " ".join(words[1:] if len(words) > 1 and words[0] in ("the", "a", "an") else words).strip('.,;:“”"')


def summary(article: LabelledArticle) -> str:
    """The article in one line: how many of its statements nobody, or nobody identifiable, vouches for."""
    profile = article.profile
    total = sum(profile.counts.values())
    if not total:
        return "No sentence here states anything."
    if not article.flagged:
        return f"Every one of {total} sentences is reported as fact or rests on somebody named."
    parts = []
    if profile.unsourced:
        parts.append(f"{profile.unsourced} of {total} sentences {_rest(profile.unsourced)} on nobody’s word")
    if profile.vague_source:
        count = f"{profile.vague_source} more" if parts else f"{profile.vague_source} of {total} sentences"
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
