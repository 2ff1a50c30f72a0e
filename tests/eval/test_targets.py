"""Targets are read from the report by name: what is reached, what is missed and by how much, what is not there.

Run: pytest tests/eval/test_targets.py
"""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from rule_labeller import RuleLabeller

from onrecord.eval.adapters import ADAPTERS
from onrecord.eval.bootstrap import Estimate
from onrecord.eval.evaluation import Evaluation
from onrecord.eval.framing import framing_section
from onrecord.eval.samples import Sample
from onrecord.eval.scores import score_section
from onrecord.eval.tables import Cell, Table
from onrecord.eval.targets import TARGETS, targets_table
from onrecord.eval.transfer import transfer_section

REPORT = Path(__file__).parents[2] / "report" / "report.json"

SCORES = Table(
    "scores-test",
    "Scores on test",
    ("", "onrecord", "majority"),
    [
        ["macro-F1", Estimate(0.8, 0.7, 0.9), 0.99],
        ["ECE", Estimate(0.015, 0.01, 0.04), 0.0],
        ["cue exact", None, None],
    ],
    "onrecord eval report test",
    "test",
    493,
)
SPEED = Table(
    "speed-onrecord",
    "onrecord",
    ("", "value", "unit"),
    [
        ["matrix products of labelling", 300.0, "G operations a second"],
        ["peak, int8, ONNX Runtime", 600.0, "G operations a second"],
        ["peak memory", 140, "MiB"],
        ["model file", 20.25, "MB"],
    ],
    "onrecord eval report test",
    "the demonstration article",
    50,
)
TRANSFER = Table(
    "transfer",
    "Transfer",
    ("corpus", "question", "recall of yes"),
    [["NewsDiscourse", "Is it evaluation?", 0.1], ["NewsDiscourse", "Is it speech?", 0.99]],
    "onrecord eval report test",
    "external",
    1000,
)


def _rows(*tables: Table) -> dict[tuple[Cell, Cell], list[Cell]]:
    return {(row[0], row[1]): list(row[2:5]) for row in targets_table(tables, "onrecord eval report test").rows}


def test_each_target_stands_beside_what_is_reached() -> None:
    rows = _rows(SCORES, SPEED, TRANSFER)
    assert rows["macro-F1, four labels", "test"] == ["≥ 0.85", Estimate(0.8, 0.7, 0.9), "missed by 0.050"]
    assert rows["ECE", "test"] == ["≤ 0.02", Estimate(0.015, 0.01, 0.04), "reached"]
    assert rows["recall of speech", "NewsDiscourse"] == ["≥ 0.98", 0.99, "reached"]
    assert rows["model file, MB", "the weights"] == ["≤ 20", 20.25, "missed by 0.250"]
    assert rows["peak memory, MiB", "this machine"] == ["≤ 286", 140, "reached"]
    assert rows["share of the int8 peak", "this machine"] == ["≥ 0.4", 0.5, "reached"]


def test_what_the_report_does_not_say_is_not_measured() -> None:
    rows = _rows(SCORES, TRANSFER)
    missing = [("macro-F1, four labels", "test_dense"), ("cue, exact match", "test"), ("sourcing macro-F1", "test")]
    for key in [*missing, ("share of the int8 peak", "this machine")]:
        assert rows[key][1:] == [None, "not measured"]
    assert len(rows) == len(TARGETS)


def test_the_caption_counts_what_was_evaluated() -> None:
    table = targets_table([SCORES, TRANSFER, SPEED], "onrecord eval report test")
    assert table.caption == "`onrecord eval report test` · test + external · 1,493 sentences"


@pytest.fixture
def evaluation(tmp_path: Path, labeller: RuleLabeller, sample: Sample) -> Evaluation:
    samples = [replace(sample, name=name) for name in ("test", "test_dense")]
    return Evaluation(labeller, None, samples, tmp_path, "onrecord eval report")  # type: ignore[arg-type]


def test_every_target_for_a_split_is_found_in_its_scores(evaluation: Evaluation) -> None:
    rows = _rows(*score_section(evaluation).tables)
    found = [reached for (_, on), (_, reached, _) in rows.items() if on in ("test", "test_dense")]
    assert len(found) == 7 and None not in found


def test_every_target_for_headlines_of_our_own_is_found(labeller: RuleLabeller, tmp_path: Path) -> None:
    section = framing_section(Evaluation(labeller, None, [], tmp_path, "onrecord eval framing"))  # type: ignore[arg-type]
    found = [
        reached for (_, on), (_, reached, _) in _rows(*section.tables).items() if on.startswith("headlines of our")
    ]
    assert len(found) == 2 and None not in found


def test_every_target_for_a_corpus_asks_what_the_transfer_table_answers(evaluation: Evaluation) -> None:
    table = transfer_section(evaluation).tables[0]
    for target in TARGETS:
        name, row, column = target.place
        if name == table.name:
            assert row in {(adapter.corpus, adapter.question) for adapter in ADAPTERS}
            assert column in table.columns


def test_the_targets_for_speed_are_found_in_the_shipped_report() -> None:
    rows = _rows(*map(Table.from_dict, json.loads(REPORT.read_text(encoding="utf-8"))["tables"].values()))
    found = {measure for (measure, on), (_, reached, _) in rows.items() if on == "this machine" and reached is not None}
    assert found >= {
        "times as fast as the transformers pipeline",
        "times as fast as torch, sorted batches",
        "median for an article of 30 sentences, ms",
        "cold start, s",
        "peak memory, MiB",
        "share of the int8 peak",
        "framing's share of the time of labelling",
    }
