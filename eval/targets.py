"""The targets that onrecord is built to, each beside what a report reached: read from the report's own tables.

Targets for labels were set before the first full training, by a trial model, what two passes of the annotation agree on
and what others reach; targets for headlines by how rarely an honest one may be suspected; targets for speed by what the
obvious ways to run such a model take.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from onrecord.eval.bootstrap import Estimate
from onrecord.eval.polnear import OWN_MARKS
from onrecord.eval.swaps import ALL
from onrecord.eval.swaps import TARGET as FLIPS
from onrecord.eval.tables import Cell, Table, to_text

Bound = Literal["≥", "≤"]

_MACHINE = "this machine"
_EVALUATED = ("scores-test", "scores-test_dense", "transfer")
_NOTE = (
    "≥: at least, ≤: at most. In brackets: 95 % bootstrap interval; the value itself decides. No weight has seen "
    "any of the corpora of others."
)


@dataclass(frozen=True)
class Target:
    """A bound for one figure of the report.

    :ivar place: the figure's table, the words that begin its row, and its column.
    :ivar share_of: the row of the same table whose figure it is divided by, where the target is for a share.
    :ivar known: what is known of others at the same measure.
    :ivar rival: the column of the same row that says what a simple rule reaches.
    """

    measure: str
    on: str
    bound: Bound
    wanted: float
    place: tuple[str, tuple[str, ...], str]
    known: str = ""
    share_of: str = ""
    rival: str = ""


def _scores(measure: str, on: str, bound: Bound, wanted: float, row: str, known: str = "") -> Target:
    return Target(measure, on, bound, wanted, (f"scores-{on}", (row,), "onrecord"), known)


def _transfer(measure: str, question: tuple[str, str], wanted: float, column: str, known: str = "") -> Target:
    return Target(measure, question[0], "≥", wanted, ("transfer", question, column), known)


def _speed(measure: str, bound: Bound, wanted: float, row: str, known: str = "", share_of: str = "") -> Target:
    return Target(measure, _MACHINE, bound, wanted, ("speed-onrecord", (row,), "value"), known, share_of)


def _rival(measure: str, wanted: float, row: str) -> Target:
    return Target(measure, _MACHINE, "≥", wanted, ("speed", (row,), "times as slow as onrecord"))


def _headlines(
    measure: str, on: str, bound: Bound, wanted: float, place: tuple[str, str], rival: str, known: str = ""
) -> Target:
    table, row = place
    return Target(measure, on, bound, wanted, (f"framing-{table}", (row,), "onrecord"), known, rival=rival)


_NEWS, _OURS = "headlines of the news, dev", "headlines of our own, held out"
_LEAD = "lead sentence only"
_CHOSEN = "bounds were chosen on it"
_SOURCED = ("PolNeAR", "Is the sentence sourced?")

TARGETS = (
    _scores("macro-F1, four labels", "test", "≥", 0.85, "macro-F1", "a trial model: 0.72"),
    _scores("macro-F1, four labels", "test_dense", "≥", 0.85, "macro-F1", "a trial model: 0.69"),
    _scores("accuracy on the surest 70%", "test", "≥", 0.95, "accuracy on the surest 70%"),
    _scores("ECE", "test", "≤", 0.02, "ECE", "see «ECE by chance» in the scores"),
    _scores("sourcing macro-F1", "test", "≥", 0.90, "sourcing macro-F1", "a trial model: 0.78"),
    _scores("source, exact match", "test", "≥", 0.85, "source exact", "two passes of annotation: 0.92"),
    _scores("cue, exact match", "test", "≥", 0.75, "cue exact", "two passes of annotation: 0.78"),
    _transfer(
        "sentence sourced or not, accuracy", _SOURCED, 0.90, "accuracy", "two people: 0.908; a trial model: 0.80"
    ),
    _transfer("sentence sourced or not, κ", _SOURCED, 0.80, "κ", "two people: 0.81"),
    Target("source, F1 over words", "PolNeAR", "≥", 0.80, ("polnear-spans", ("source",), "F1"), rival=OWN_MARKS),
    Target("cue, F1 over words", "PolNeAR", "≥", 0.80, ("polnear-spans", ("cue",), "F1"), rival=OWN_MARKS),
    _transfer(
        "opinion, macro-F1",
        ("CheckThat! subjectivity", "Is it subjective?"),
        0.82,
        "macro-F1",
        "trained on it, on its tests: 0.74 to 0.81; a trial model: 0.76",
    ),
    _transfer(
        "opinion, macro-F1", ("BABE", "Does it express the writer's opinion?"), 0.92, "macro-F1", "a trial model: 0.87"
    ),
    _transfer("recall of speech", ("NewsDiscourse", "Is it speech?"), 0.98, "recall of yes", "a trial model: 0.97"),
    _headlines("honest headlines called hardened", _NEWS, "≤", 4, ("natural", "false alarms"), _LEAD, _CHOSEN),
    _headlines("hardened headlines found", _NEWS, "≥", 4, ("natural", "hardened found"), _LEAD, _CHOSEN),
    _headlines(
        "honest headlines whose evidence is found", _NEWS, "≥", 0.85, ("natural", "evidence found"), _LEAD, _CHOSEN
    ),
    _headlines("headline drift, macro-F1", _OURS, "≥", 0.85, ("held_out", "macro-F1"), _LEAD),
    _headlines("headline drift, F1 of hardened", _OURS, "≥", 0.90, ("held_out", "F1 of hardened"), _LEAD),
    _headlines(
        "asserted or merely reported, F1 of asserted",
        "Emergent",
        "≥",
        0.85,
        ("emergent", "F1 of asserted"),
        "always asserted",
    ),
    Target(
        "labels that flip when a party, name, country … is swapped",
        "sentences written for it, and of these splits",
        "≤",
        FLIPS,
        ("even-handedness", (ALL,), "rate"),
    ),
    Target(
        "framing's share of the time of labelling",
        _MACHINE,
        "≤",
        0.15,
        ("framing-speed", ("pool articles",), "framing's share, target ≤ 0.15"),
    ),
    Target("model file, MB", "the weights", "≤", 20, ("speed-onrecord", ("model file",), "value")),
    _rival("times as fast as the transformers pipeline", 10, "transformers pipeline, batch 1"),
    _rival("times as fast as torch, sorted batches", 4, "torch, sorted batches of 32"),
    _speed("median for an article of 30 sentences, ms", "≤", 60, "latency, median"),
    _speed("cold start, s", "≤", 0.6, "cold start, wall"),
    _speed("peak memory, MiB", "≤", 286, "peak memory", known="286 MiB are 300 MB"),
    _speed("share of the int8 peak", "≥", 0.40, "matrix products of labelling", share_of="peak, int8, ONNX Runtime"),
)


def targets_table(tables: Sequence[Table], command: str) -> Table:
    """All targets beside what the tables of a report say; what they do not say counts as not measured."""
    by_name = {table.name: table for table in tables}
    rows = [_row(target, by_name) for target in TARGETS]
    evaluated = [by_name[name] for name in _EVALUATED if name in by_name]
    return Table(
        "targets",
        "Targets, and what is reached",
        ("measure", "on", "target", "reached", "result", "to compare"),
        rows,
        command,
        " + ".join(table.split for table in evaluated) or "no split",
        sum(table.sentences for table in evaluated),
        _NOTE,
    )


def _row(target: Target, tables: Mapping[str, Table]) -> list[Cell]:
    table, row, column = target.place
    reached = _figure(tables, table, row, column)
    if target.share_of:
        whole = _figure(tables, table, (target.share_of,), column)
        reached = None if reached is None or whole is None else _value(reached) / _value(whole)
    wanted = f"{target.bound} {target.wanted:g}"
    rival = _figure(tables, table, row, target.rival) if target.rival else None
    known = [target.known] if target.known else []
    if rival is not None:
        known.append(f"{target.rival}: {to_text(_value(rival))}")
    return [target.measure, target.on, wanted, reached, _verdict(target, reached), "; ".join(known) or "–"]


def _figure(tables: Mapping[str, Table], name: str, row: tuple[str, ...], column: str) -> Estimate | float | None:
    """The figure in a row and column of a table, ``None`` if the report has no such table, row or column."""
    table = tables.get(name)
    if table is None or column not in table.columns:
        return None
    found = [cells for cells in table.rows if tuple(cells[: len(row)]) == row]
    cell = found[0][list(table.columns).index(column)] if found else None
    return None if cell is None or isinstance(cell, str) else cell


def _verdict(target: Target, reached: Estimate | float | None) -> str:
    if reached is None:
        return "not measured"
    distance = _value(reached) - target.wanted
    missed = -distance if target.bound == "≥" else distance
    if missed <= 0:
        return "reached"
    counted = isinstance(target.wanted, int) and missed == int(missed)
    return f"missed by {int(missed) if counted else to_text(missed)}"


def _value(figure: Estimate | float) -> float:
    return figure.value if isinstance(figure, Estimate) else float(figure)
