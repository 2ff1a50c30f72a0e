"""Labelled article → text for a terminal: letters in the margin, flagged sentences marked, a summary and a legend."""

import itertools
import unicodedata
from collections.abc import Iterator

from onrecord.labelled import LabelledArticle, LabelledSentence
from onrecord.labels import STANDINGS, Label
from onrecord.reading import FLAG_TITLES, LETTERS, blocks, segments, summary, visible

# The sixteen basic colours follow the reader's own theme, dark or light.
_COLORS = {
    Label.REPORTED_FACT: "",
    Label.ATTRIBUTED_CLAIM: "36",
    Label.SPECULATION: "33",
    Label.ANALYST_OPINION: "35",
}
_BOLD, _DIM, _UNDERLINED, _ITALIC, _REVERSED = "1", "2", "4", "3", "7"
_SPAN_STYLES = {"source": _UNDERLINED, "cue": _ITALIC, "": ""}
_MOST_COLUMNS = 100  # longer lines are hard to read
_LEAST_COLUMNS = 30
_LEGEND_COLUMNS = 28
_BAR_COLUMNS = 24
_SOURCES_SHOWN = 12
_EVIDENCE_SHOWN = 60  # characters of a sentence

_Line = list[tuple[str, str]]
"""Characters, each with the codes of its style: ``[("a", "1;33")]``."""


def render(article: LabelledArticle, width: int, color: bool) -> str:
    """Lay out an article in lines of at most ``width`` columns (no fewer than 30).

    Without ``color`` the result holds no escape sequence: letters and marks carry everything but the spans.
    """
    width = max(_LEAST_COLUMNS, min(width, _MOST_COLUMNS))
    parts = [
        _head(article, width),
        *(
            [line for sentence in block.sentences for line in _sentence(sentence, block.level > 0, width)]
            for block in blocks(article)
        ),
        _legend(article, width),
        _sources(article, width),
        _findings(article, width),
        _wrap(_styled("It judges the form of the reporting, not whether it is true.", _DIM), width),
    ]
    return "\n\n".join("\n".join(_paint(line, color) for line in part) for part in parts if part) + "\n"


def _head(article: LabelledArticle, width: int) -> list[_Line]:
    lines: list[_Line] = []
    if article.headline:
        lines = [*_sentence(article.headline, True, width), []]
    elif article.id:
        lines = [*_wrap(_styled(visible(article.id), _DIM), width)]
    return lines + _wrap(_styled(summary(article), _BOLD), width)


def _sentence(sentence: LabelledSentence, heading: bool, width: int) -> Iterator[_Line]:
    """The lines of one sentence, with its letter and confidence before the first."""
    color = _COLORS.get(sentence.label, "") if sentence.label else ""
    base = _join(color if sentence.flag else "", _BOLD if heading else "")
    text: _Line = []
    for kind, piece in segments(sentence):
        text += _styled(visible(piece), _join(base, _SPAN_STYLES[kind]))
    if sentence.flag:
        text += _styled(f"  [{FLAG_TITLES[sentence.flag]}]", _join(color, _BOLD))
    margin = _margin(sentence, color)
    if width < 40:
        margin = margin[:4]
    indent = _styled(" " * len(margin), "")
    for number, line in enumerate(_wrap(text, width - len(margin))):
        yield (indent if number else margin) + line


def _margin(sentence: LabelledSentence, color: str) -> _Line:
    """Eight columns: ``▸ S 87  ``; the mark stands for a flag, the number is the confidence in per cent."""
    if sentence.label is None:
        return _styled("  ?     ", _DIM)
    letter = LETTERS.get(sentence.label)
    if letter is None:
        return _styled("        ", "")
    percent = f"{min(99, int(100 * sentence.confidence)):>3}  "
    mark, style = ("▸", _join(color, _REVERSED)) if sentence.flag else (" ", color)
    return [(mark, color), (" ", ""), (letter, style), *_styled(percent, _DIM)]


def _legend(article: LabelledArticle, width: int) -> list[_Line]:
    counts = article.profile.counts
    most = max(counts.values()) or 1
    room = min(_BAR_COLUMNS, width - _LEGEND_COLUMNS)
    return [
        [
            *_styled(f"  {LETTERS[label]} {label.words:<18}{counts[label]:>4}  ", _COLORS[label]),
            *_styled("█" * round(room * counts[label] / most), _COLORS[label]),
        ]
        for label in STANDINGS
    ]


def _sources(article: LabelledArticle, width: int) -> list[_Line]:
    sources = article.framing.voices.sources
    lines = [
        line
        for source in sources[:_SOURCES_SHOWN]
        for line in _hanging(
            f"  {len(source.sentences):>3}  {'named' if source.named else 'not named':<11}", visible(source.name), width
        )
    ]
    if len(sources) > _SOURCES_SHOWN:
        lines.append(_styled(f"       and {len(sources) - _SOURCES_SHOWN} more", _DIM))
    return [*_wrap(_styled("Sources, by number of sentences", _BOLD), width), *lines] if lines else []


def _findings(article: LabelledArticle, width: int) -> list[_Line]:
    """What stands out; under each finding the beginning of the first sentence that shows it."""
    lines: list[_Line] = []
    for finding in article.framing.findings:
        lines += _hanging("  ▪ ", visible(finding.text), width)
        if finding.evidence:
            shown = visible(article.sentences[finding.evidence[0]].text)
            words = shown if len(shown) <= _EVIDENCE_SHOWN else f"{shown[:_EVIDENCE_SHOWN].rsplit(' ', 1)[0]} …"
            more = f"  (and {len(finding.evidence) - 1} more)" if len(finding.evidence) > 1 else ""
            lines += _hanging("    ", words + more, width, _DIM)
    return [*_wrap(_styled("What stands out", _BOLD), width), *lines] if lines else []


def _hanging(first: str, text: str, width: int, style: str = "") -> Iterator[_Line]:
    """``first`` and ``text`` beside it, further lines indented under the text."""
    for number, line in enumerate(_wrap(_styled(text, style), width - len(first))):
        yield _styled(" " * len(first) if number else first, "") + line


def _styled(text: str, style: str) -> _Line:
    return [(character, style) for character in text]


def _join(*codes: str) -> str:
    return ";".join(code for code in codes if code)


def _wrap(line: _Line, width: int) -> list[_Line]:
    """Break a line between words; a word that is wider than a line is broken where the line ends."""
    lines: list[_Line] = [[]]
    room = width
    for word, columns in _words(line, width):
        if columns > room:
            lines.append([])
            room = width
        if lines[-1] or word[0][0] != " ":  # no blank at the start of a line
            lines[-1] += word
            room -= columns
    for wrapped in lines:
        while wrapped and wrapped[-1][0] == " ":
            wrapped.pop()
    return [wrapped for wrapped in lines if wrapped]


def _words(line: _Line, width: int) -> Iterator[tuple[_Line, int]]:
    """Words and single blanks with their width, none wider than ``width``."""
    word: _Line = []
    columns = 0
    for character, style in line:
        wide = _columns(character)
        if word and (character == " " or word[-1][0] == " " or columns + wide > width):
            yield word, columns
            word, columns = [], 0
        word.append((character, style))
        columns += wide
    if word:
        yield word, columns


def _columns(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def _paint(line: _Line, color: bool) -> str:
    """A line as a string; with ``color``, every run of one style between its codes and a reset."""
    if not color:
        return "".join(character for character, _ in line)
    runs = itertools.groupby(line, key=lambda pair: pair[1])
    painted = ((style, "".join(character for character, _ in run)) for style, run in runs)
    return "".join(f"\x1b[{style}m{text}\x1b[0m" if style else text for style, text in painted)
