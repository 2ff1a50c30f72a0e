"""The benchmark of bulk labelling measures the processes of real runs, and the room that real output takes.

Run: pytest tests/eval/test_bulk.py
"""

from pathlib import Path

import pytest
from rule_labeller import RuleLabeller

from onrecord.eval import bulk
from onrecord.eval.evaluation import Evaluation
from onrecord.eval.samples import Sample

pytest.importorskip("pyarrow")


def test_memory_counts_every_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "_RUNS", ((".jsonl", "sentence", 0), (".jsonl", "sentence", 2)))
    alone, workers = bulk.memory_table(None, "onrecord eval bulk", tmp_path, articles=(5, 40)).rows
    assert alone[2] == "one" and workers[2] == "2 workers"
    for row in (alone, workers):
        assert row[5] == row[4] / row[3] - 1
    assert 40 < alone[3] < workers[3] < 4 * alone[3]
    assert len((tmp_path / "40-labelled.jsonl").read_text(encoding="utf-8").splitlines()) == 40


def test_room_is_what_the_files_take(tmp_path: Path, labeller: RuleLabeller, sample: Sample) -> None:
    evaluation = Evaluation(labeller, None, [sample], tmp_path, "onrecord eval bulk")
    table = bulk.output_table(evaluation, tmp_path)
    sizes = {(suffix, per): size for suffix, per, size in table.rows}
    assert table.sentences == len(sample)
    assert sizes[".jsonl", "sentence"] == round((tmp_path / "sentence.jsonl").stat().st_size / len(sample))
    assert sizes[".csv", "sentence"] < sizes[".jsonl", "sentence"]


@pytest.mark.parametrize(
    ("last", "finding"), [(109, "stays flat: at most +9%"), (120, "does NOT stay flat: at most +20%")]
)
def test_growth_is_said(
    last: int, finding: str, tmp_path: Path, labeller: RuleLabeller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "_RUNS", bulk._RUNS[:1])
    monkeypatch.setattr(bulk, "_peak", lambda weights, path, *run: 100 if path.stem == "1000" else last)
    section = bulk.bulk_section(Evaluation(labeller, None, [], tmp_path, "onrecord eval bulk"))
    assert finding in section.findings[0]
