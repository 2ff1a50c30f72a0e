"""Even-handedness: does a label change when the party, the country, the religion … in the sentence does?

Every passage is swapped as a whole, so that it stays consistent, and the sentences in which a word changed are compared
before and after. A flip is a changed label.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from onrecord.eval import metrics
from onrecord.eval.bootstrap import Bootstrap, Estimate
from onrecord.eval.contrast import load_contrast
from onrecord.eval.evaluation import Evaluation, Section
from onrecord.eval.passages import Passage, System
from onrecord.eval.samples import number
from onrecord.eval.swap_words import ATTRIBUTES, TEMPLATES, Row
from onrecord.eval.tables import Cell, Table
from onrecord.labels import LABELS

TARGET = 0.01
"""The rate of flips that is tolerated."""
ALL = "all together"
"""What the last row counts, in the column of attributes."""

_MOST_SHIFTS = 3  # alternatives tried for each word
# "her" is "him", not "his", before these.
_OBJECT = re.compile(
    r"\s*(?:[^\w\s]|$)|\s+(?:that|to|and|in|on|for|at|as|from|with|when|the|an?|he|she|or|but|by|about|into|after|"
    r"before|because|if|it|not|over|is|was|who|how|what|why|out|up|off|down|away|back|until)\b"
)


@dataclass(frozen=True)
class Swapped:
    """A sentence before and after a swap, with its labels."""

    document: str
    before: str
    after: str
    label_before: str
    label_after: str

    @property
    def flipped(self) -> bool:
        """Whether the label changed."""
        return self.label_before != self.label_after


Measured = dict[tuple[str, str], list[Swapped]]
"""The swaps of every attribute, in sentences that are ``written`` or ``real``."""


def even_handedness_section(evaluation: Evaluation) -> Section:
    """Rates of flips in written and in real sentences, an attribute a row, and the sentences that flip."""
    swapped: Measured = {}
    real = [passage for sample in evaluation.samples for passage in sample.passages]
    for attribute in ATTRIBUTES:
        written = [*_templates(attribute), *_contrast_passages()]
        swapped[attribute, "written"] = swap_all(evaluation.onrecord, written, attribute)
        swapped[attribute, "real"] = swap_all(evaluation.onrecord, real, attribute)
    split = " + ".join(["written", *(sample.name for sample in evaluation.samples)])
    tables = [_rate_table(swapped, evaluation.command, split), _flip_table(swapped, evaluation.command, split)]
    return Section("Even-handedness", tables, [_finding(swapped)])


def _rate_table(measured: Measured, command: str, split: str) -> Table:
    rows: list[list[Cell]] = []
    every = [item for swapped in measured.values() for item in swapped]
    for (attribute, kind), swapped in [*measured.items(), ((ALL, "either"), every)]:
        sentences, flips = len({item.before for item in swapped}), sum(item.flipped for item in swapped)
        rows.append([attribute, kind, sentences, len(swapped), flips, flip_rate(swapped) if swapped else None])
    columns = ("attribute", "sentences are", "sentences", "swaps", "flips", "rate")
    note = (
        f"A swap is one sentence with one other set of words; a flip is a changed label. Target: at most {TARGET:.0%}."
    )
    title = "Labels that flip when a word is swapped"
    return Table("even-handedness", title, columns, rows, command, split, sentences, note)


def _flip_table(measured: Measured, command: str, split: str) -> Table:
    rows = [
        (attribute, kind, item.before, item.after, item.label_before, item.label_after)
        for (attribute, kind), swapped in measured.items()
        for item in swapped
        if item.flipped
    ]
    columns = ("attribute", "sentences are", "before", "after", "label before", "label after")
    note = "Quotes the articles: for this page only."
    return Table("flips", "The sentences that flip", columns, rows, command, split, len(rows), note, private=True)


def _finding(measured: Measured) -> str:
    rates = [(flip_rate(swapped).value, key, len(swapped)) for key, swapped in measured.items() if swapped]
    over = [
        f"{attribute} in {kind} sentences ({rate:.1%} of {count} swaps)"
        for rate, (attribute, kind), count in sorted(rates, reverse=True)
        if rate > TARGET
    ]
    if over:
        return f"Not even-handed enough: labels flip in more than {TARGET:.0%} of swaps of {'; '.join(over)}."
    return f"Even-handed: no attribute flips more than {TARGET:.0%} of labels when it is swapped."


def swap_all(system: System, passages: Sequence[Passage], attribute: str) -> list[Swapped]:
    """Label passages before and after every swap of an attribute; the sentences in which a word changed."""
    pairs = [(passage, changed) for passage in passages for changed in swaps(passage, attribute)]
    if not pairs:
        return []
    kept = list(dict.fromkeys(passage for passage, _ in pairs))
    before = _labels_by_passage(system, kept)
    after = _labels_by_passage(system, [changed for _, changed in pairs])
    first = dict(zip(kept, before, strict=True))
    return [
        Swapped(passage.document, old, new, LABELS[first[passage][row]], LABELS[labels[row]])
        for (passage, changed), labels in zip(pairs, after, strict=True)
        for row, (old, new) in enumerate(zip(passage.texts, changed.texts, strict=True))
        if old != new
    ]


def swaps(passage: Passage, attribute: str) -> Iterator[Passage]:
    """The passage with each set of words turned on by one alternative, by two, … as far as it changes anything."""
    most = max(len(rows) for rows in ATTRIBUTES[attribute])
    for shift in range(1, min(most, _MOST_SHIFTS + 1)):
        texts = [swap_text(text, attribute, shift) for text in passage.texts]
        if tuple(texts) != passage.texts:
            headline = None if passage.headline is None else texts.pop(0)
            yield Passage(passage.document, tuple(texts), headline)


def swap_text(text: str, attribute: str, shift: int) -> str:
    """Exchange every word of the attribute for the one ``shift`` alternatives on; capitals follow the old word's."""
    for rows in ATTRIBUTES[attribute]:
        if shift < len(rows):
            text = _exchange(text, rows, shift)
    return text


def _exchange(text: str, rows: tuple[Row, ...], shift: int) -> str:
    targets: dict[str, str] = {}
    for index, row in enumerate(rows):
        for word, other in zip(row, rows[(index + shift) % len(rows)], strict=True):
            targets.setdefault(word.lower(), other)
    longest_first = sorted(targets, key=len, reverse=True)
    words = "|".join(map(re.escape, longest_first))
    pattern = re.compile(rf"(?<![\w-])(?:(an?)(\s+))?({words})(?![\w-])", re.IGNORECASE)
    names = {word.lower() for row in rows for word in row if word[0].isupper()}

    def replaced(match: re.Match[str]) -> str:
        article, blank, word = match.groups(default="")
        if word.lower() in names and word[0].islower():
            return match.group()  # "labour" is not the party
        other = targets[word.lower()]
        if word.lower() == "her":
            other = "him" if _OBJECT.match(text, match.end()) else "his"
        if article:
            article = article[0] + ("n" if other[0].lower() in "aeio" else "")
        return article + blank + (other[0].upper() + other[1:] if word[0].isupper() else other)

    return pattern.sub(replaced, text)


def flip_rate(swapped: Sequence[Swapped]) -> Estimate:
    """Share of swaps that flip the label, resampled by document."""
    terms = np.array([(item.flipped, 1) for item in swapped], dtype=float)
    return Bootstrap(number(item.document for item in swapped)).estimate(terms, metrics.mean)


def _labels_by_passage(system: System, passages: Sequence[Passage]) -> list[np.ndarray]:
    labels = system.predict(passages).labels
    return np.split(labels, np.cumsum([len(passage.texts) for passage in passages])[:-1])


def _templates(attribute: str) -> list[Passage]:
    return [Passage(text, (text,)) for text in TEMPLATES[attribute]]


def _contrast_passages() -> list[Passage]:
    return [side.passage for phenomenon in load_contrast() for side in phenomenon.sides]
