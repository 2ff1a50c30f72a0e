"""Contrast sets: pairs of sentences that differ in one thing, and what that thing must or must not change.

A file of ``contrast/`` is one phenomenon: a header, then a pair a line. None of it is ever trained on.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from onrecord.errors import DataError
from onrecord.eval import metrics
from onrecord.eval.bootstrap import Bootstrap, Estimate
from onrecord.eval.evaluation import Evaluation, Section
from onrecord.eval.passages import Passage, Predictions, System
from onrecord.eval.tables import Cell, Table
from onrecord.labels import LABELS, SOURCINGS, Label, Sourcing

FOLDER = Path(__file__).parent / "contrast"
EXPECTATIONS = ("label", "sourcing", "same")
_WORST = 3


@dataclass(frozen=True)
class Side:
    """One sentence of a pair, in its passage, with its right label and sourcing."""

    passage: Passage
    label: Label
    sourcing: Sourcing


@dataclass(frozen=True)
class Phenomenon:
    """Pairs that test one statement.

    :ivar expect: ``label`` or ``sourcing``: both sides must be right in it; ``same``: both must get the same label.
    """

    name: str
    statement: str
    expect: str
    pairs: tuple[tuple[Side, Side], ...]

    @property
    def sides(self) -> list[Side]:
        """Both sides of all pairs, one after another."""
        return [side for pair in self.pairs for side in pair]


def load_contrast(folder: Path = FOLDER) -> list[Phenomenon]:
    """Read all contrast sets of a folder.

    :raises DataError: there is none, or a file is not as it should be.
    """
    paths = sorted(folder.glob("*.jsonl"))
    if not paths:
        raise DataError(f"{folder} holds no contrast sets (*.jsonl)")
    return [_read(path) for path in paths]


def _read(path: Path) -> Phenomenon:
    try:
        header, *pairs = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        if header["expect"] not in EXPECTATIONS:
            raise ValueError(f"expect is {header['expect']!r}, not one of {', '.join(EXPECTATIONS)}")
        sides = tuple((_side(pair["a"]), _side(pair["b"])) for pair in pairs)
        return Phenomenon(header["phenomenon"], header["statement"], header["expect"], sides)
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path} is not a contrast set: {error}") from error


def _side(content: dict[str, Any]) -> Side:
    sentences = (*content["context"], content["text"])
    passage = Passage(content["text"], sentences, content["headline"])
    return Side(passage, Label(content["label"]), Sourcing(content["sourcing"]))


def contrast_section(evaluation: Evaluation) -> Section:
    """Pass rates of onrecord and of the baselines, a phenomenon a row."""
    phenomena = load_contrast()
    systems: list[System] = [evaluation.onrecord, *evaluation.baselines]
    passed = {system.name: [passes(phenomenon, system) for phenomenon in phenomena] for system in systems}
    table = contrast_table(phenomena, passed, evaluation.command)
    ours = [float(right.mean()) for right, _ in passed[evaluation.onrecord.name]]
    worst = sorted(zip(ours, phenomena, strict=True), key=lambda item: item[0])[:_WORST]
    weak = "; ".join(f"{phenomenon.name.replace('_', ' ')} ({share:.0%} of pairs right)" for share, phenomenon in worst)
    return Section("Contrast sets", [table], [f"Weakest on the written pairs: {weak}."])


def passes(phenomenon: Phenomenon, system: System) -> tuple[np.ndarray, np.ndarray]:
    """Which pairs pass, and on which sides the label is right. *Shapes:* (pair,), (pair, 2)."""
    sides = phenomenon.sides
    found = last_of_each(system.predict([side.passage for side in sides]), [side.passage for side in sides])
    right = (found.labels == [LABELS.index(side.label) for side in sides]).reshape(-1, 2)
    if phenomenon.expect == "same":
        return np.equal(*found.labels.reshape(-1, 2).T), right
    if phenomenon.expect == "sourcing":
        sourced = found.sourcing == [SOURCINGS.index(side.sourcing) for side in sides]
        return sourced.reshape(-1, 2).all(1), right
    return right.all(1), right


def last_of_each(found: Predictions, passages: list[Passage]) -> Predictions:
    """Of every passage, what is said of its last sentence."""
    last = np.cumsum([len(passage.texts) for passage in passages]) - 1
    return Predictions(found.probabilities[last], found.sourcing[last])


def contrast_table(
    phenomena: list[Phenomenon], passed: dict[str, list[tuple[np.ndarray, np.ndarray]]], command: str
) -> Table:
    """Pass rates; the first system's with the share of sides that it labels right. Worst phenomenon first."""
    (first, ours), *others = passed.items()
    rows: list[list[Cell]] = []
    for row, phenomenon in enumerate(phenomena):
        right, sides = ours[row]
        rest = [float(pairs[row][0].mean()) for _, pairs in others]
        rows.append([phenomenon.name, phenomenon.expect, len(right), _rate(right), float(sides.mean()), *rest])
        rows[-1].append(phenomenon.statement)
    rows.sort(key=lambda row: row[3].value if isinstance(row[3], Estimate) else 0.0)
    total = [_rate(np.concatenate([right for right, _ in pairs])) for _, pairs in passed.items()]
    labels = _rate(np.concatenate([sides.all(1) for _, sides in ours]))
    pairs = sum(len(phenomenon.pairs) for phenomenon in phenomena)
    rows.insert(0, ["all", "", pairs, total[0], labels, *total[1:], "both sides of the pair as expected"])
    columns = ("phenomenon", "expected", "pairs", f"{first} passes", "labels right", *(name for name, _ in others))
    note = (
        "A pair passes if both its sides have the right label (expected: label) or sourcing, or get the same label as "
        "each other (same). Labels right: share of sides, in the first row of pairs with both right."
    )
    return Table("contrast", "Contrast sets", (*columns, "statement"), rows, command, "eval/contrast", 2 * pairs, note)


def _rate(passed: np.ndarray) -> Estimate:
    """Share of pairs that pass, resampled by pair. *Shape:* (pair,)."""
    terms = np.stack((passed, np.ones(len(passed))), axis=-1).astype(float)
    return Bootstrap(np.arange(len(passed))).estimate(terms, metrics.mean)
