"""``onrecord eval`` on the command line: what it prints, what it refuses, its exit status."""

import argparse
import json
from pathlib import Path

import pytest
from rule_labeller import RuleLabeller

from onrecord.errors import DataError, InputError
from onrecord.eval import command
from onrecord.eval.tables import Table
from onrecord.eval.targets import targets_table
from onrecord.labeller import Labeller


@pytest.fixture(autouse=True)
def _weights(monkeypatch: pytest.MonkeyPatch, labeller: RuleLabeller) -> None:
    monkeypatch.setattr(Labeller, "from_pretrained", lambda *arguments: labeller)


def _run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args(words))


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.csv"
    rows = "The mayor said no.,attributed_claim\nIt may rain.,speculation\nThe hall is shut until May.,reported_fact\n"
    path.write_text(f"text,label\n{rows}", encoding="utf-8")
    return path


def test_own_sentences_get_the_table_of_scores(tmp_path: Path, own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("--data", str(own), "--data-folder", str(tmp_path)) == 0
    printed = capsys.readouterr().out
    assert "**Scores on own.csv**" in printed and "| accuracy " in printed and "cue rules" in printed
    assert "attributed_claim" in printed and "own.csv · 3 sentences" in printed


def test_sections_are_printed_when_named(tmp_path: Path, own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("slices", "calibration", "--data", str(own), "--data-folder", str(tmp_path)) == 0
    printed = capsys.readouterr().out
    assert "**Slices**" in printed and "**Reliability**" in printed and "**Scores" not in printed


def test_without_any_split_the_error_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(DataError, match="no annotated split"):
        _run("--data-folder", str(tmp_path))
    assert "dev is left out" in caplog.text


def test_a_missing_split_is_said_in_the_exit_status_and_the_rest_is_done(tmp_path: Path) -> None:
    assert _run("dev", "contrast", "--data-folder", str(tmp_path)) == 1


def test_unknown_words_are_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing called tset .* test"):
        _run("tset", "--data-folder", str(tmp_path))


def test_check_of_tables_sets_the_exit_status(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    table = Table("summary", "In short", ("a", "b"), [["x", 0.5]], "onrecord eval report", "dev", 7)
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "report.json").write_text(
        json.dumps({"versions": "onrecord 7", "tables": {"summary": table.to_dict()}})
    )
    (tmp_path / "README.md").write_text("<!-- table:summary -->\n<!-- /table -->\n", encoding="utf-8")
    assert _run("tables", "--check") == 1
    assert _run("tables") == 0
    assert _run("tables", "--check") == 0
    assert "0.500" in (tmp_path / "README.md").read_text(encoding="utf-8")


def test_targets_are_printed_from_a_report_of_the_same_weights_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = {"targets": targets_table([], "onrecord eval report").to_dict()}
    content = json.dumps({"versions": "onrecord 7, weights 0123", "tables": tables})
    (tmp_path / "report.json").write_text(content, encoding="utf-8")
    monkeypatch.setattr(command, "weights_name", lambda weights: "weights 0123")
    assert _run("targets", "-o", str(tmp_path)) == 0
    assert "| macro-F1, four labels" in capsys.readouterr().out
    monkeypatch.setattr(command, "weights_name", lambda weights: "weights 4567")
    with pytest.raises(DataError, match=r"other weights.*eval report"):
        _run("targets", "-o", str(tmp_path))
