"""The report end to end, with a labeller of word lists: first screen, files, what is missing, what stays private."""

import json
from pathlib import Path

import numpy as np
import pytest
from rule_labeller import RuleLabeller

from onrecord.eval import report
from onrecord.eval.evaluation import Evaluation
from onrecord.eval.reliability import mix_table, trusted_share
from onrecord.eval.samples import Sample
from onrecord.eval.slices import slice_table, slices
from onrecord.eval.tables import Cell, Table


@pytest.fixture
def evaluation(tmp_path: Path, labeller: RuleLabeller, sample: Sample) -> Evaluation:
    return Evaluation(labeller, None, [sample], tmp_path, "onrecord eval report")  # type: ignore[arg-type]


@pytest.fixture
def folder(tmp_path: Path, evaluation: Evaluation, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("speed", "bulk"):  # take weights and time
        monkeypatch.delitem(report.SECTIONS, name)
    monkeypatch.setattr(report, "versions", lambda weights: "onrecord 0")
    assert report.write_report(evaluation, tmp_path / "report") == []
    return tmp_path / "report"


def _row(table: Table, name: str) -> list[Cell]:
    return next(list(row) for row in table.rows if row[0] == name)


def test_page_stands_alone_and_begins_with_what_can_be_trusted(folder: Path) -> None:
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert page.index("83% of 6 sentences") < page.index("<h2>")
    assert "<svg" in page and "http-equiv" not in page
    assert not [tag for tag in ("<script", "<link", "<img", "src=") if tag in page]


def test_an_uneven_hand_comes_first(evaluation: Evaluation) -> None:
    uneven = report.Section("Even-handedness", [], ["Not even-handed enough: …"])
    even = report.Section("Even-handedness", [], ["Even-handed: …"])
    assert report.opening(evaluation, [uneven])[0] == uneven.findings[0]
    assert report.opening(evaluation, [even])[-1] == even.findings[0]


def test_json_has_every_published_table_and_no_sentence_of_a_split(folder: Path, sample: Sample) -> None:
    text = (folder / "report.json").read_text(encoding="utf-8")
    tables = json.loads(text)["tables"]
    named = ["summary", "targets", "scores-dev", "labels-dev", "slices", "coverage", "even-handedness", "contrast"]
    assert set(named) <= tables.keys()
    assert "flips" not in tables
    assert not [sentence for sentence in sample.texts if sentence in text]
    assert all(table["command"] and table["split"] for table in tables.values())


def test_markdown_says_what_is_missing(folder: Path) -> None:
    assert "polnear.parquet" in (folder / "report.md").read_text(encoding="utf-8")


def test_a_report_without_any_split_says_so_and_has_the_rest(
    tmp_path: Path, labeller: RuleLabeller, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("speed", "bulk"):
        monkeypatch.delitem(report.SECTIONS, name)
    monkeypatch.setattr(report, "versions", lambda weights: "onrecord 0")
    missing = report.write_report(Evaluation(labeller, None, [], tmp_path, "onrecord eval report"), tmp_path)  # type: ignore[arg-type]
    assert any("scores" in text for text in missing)
    assert "contrast" in json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["tables"]


def test_slices_part_the_sample(sample: Sample) -> None:
    masks = dict(slices(sample))
    assert (masks["headline"].sum(), masks["first sentence"].sum(), masks["with quotation marks"].sum()) == (1, 1, 1)
    assert (masks["kind: news"] | masks["kind: opinion"]).all()
    table = slice_table(sample, sample.labels, "onrecord eval slices")
    assert all(str(row[3]).startswith("1.000") for row in table.rows)
    assert "over 30 words" not in [row[0] for row in table.rows]


def test_trusted_share_is_the_largest_prefix_that_is_right_enough() -> None:
    confidence, correct = np.array([0.9, 0.8, 0.7, 0.6, 0.5]), np.array([1.0, 1, 0, 1, 0])
    assert trusted_share(confidence, correct, 0.75) == 0.8
    assert trusted_share(confidence, correct, 0.95) == 0.4
    assert trusted_share(confidence, np.zeros(5), 0.9) == 0


def test_another_mix_weights_labels(evaluation: Evaluation, sample: Sample) -> None:
    both = [n for n, label in enumerate(sample.labels) if label in (0, 1, 2, 3)]
    assert len(both) == len(sample)  # `none` does not occur, so mixes with it cannot be made
    table = mix_table(sample, evaluation.predict(evaluation.onrecord, sample), "onrecord eval calibration")
    assert [row[0] for row in table.rows] == ["as annotated"]
    assert str(_row(table, "as annotated")[1]).startswith("0.833")
