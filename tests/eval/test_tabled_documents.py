"""Tables in documents follow the report, and a check says when they do not."""

import json
from pathlib import Path

import pytest

from onrecord.errors import DataError, InputError
from onrecord.eval.bootstrap import Estimate
from onrecord.eval.tabled_documents import read_tables, update
from onrecord.eval.tables import Table, to_markdown

TABLE = Table(
    "scores",
    "Scores",
    ("system", "macro-F1", "n"),
    [["onrecord", Estimate(0.75, 0.7, 0.8), 1200], ["a|b", None, 3]],
    "onrecord eval dev",
    "dev",
    507,
)
DOCUMENT = "# Title\n\n<!-- table:scores -->\nold\n<!-- /table -->\n\nEnd.\n"


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.json"
    path.write_text(json.dumps({"versions": "onrecord 7", "tables": {"scores": TABLE.to_dict()}}), encoding="utf-8")
    return path


def test_markdown_is_aligned_and_says_where_numbers_are_from() -> None:
    assert to_markdown(TABLE).splitlines() == [
        "**Scores**",
        "",
        "| system   | macro-F1           | n     |",
        "|----------|--------------------|-------|",
        "| onrecord | 0.750 [0.70, 0.80] | 1,200 |",
        "| a\\|b     | –                  | 3     |",
        "",
        "(`onrecord eval dev` · dev · 507 sentences)",
    ]


def test_a_table_survives_json_and_says_what_made_it(report: Path) -> None:
    assert read_tables(report)["scores"] == f"{to_markdown(TABLE)}\n\nMade by onrecord 7."


def test_check_finds_a_stale_document_and_leaves_it(tmp_path: Path, report: Path) -> None:
    document = tmp_path / "README.md"
    document.write_text(DOCUMENT, encoding="utf-8")
    assert update([document], report, check=True) == [document]
    assert document.read_text(encoding="utf-8") == DOCUMENT


def test_update_brings_a_document_in_step_once(tmp_path: Path, report: Path) -> None:
    document = tmp_path / "README.md"
    document.write_text(DOCUMENT, encoding="utf-8")
    assert update([document], report, check=False) == [document]
    assert document.read_text(encoding="utf-8") == DOCUMENT.replace("old", read_tables(report)["scores"])
    assert update([document], report, check=True) == []


def test_a_table_that_the_report_lacks_is_named(tmp_path: Path, report: Path) -> None:
    document = tmp_path / "README.md"
    document.write_text(DOCUMENT.replace("scores", "speed"), encoding="utf-8")
    with pytest.raises(InputError, match=r"README\.md has a table 'speed'"):
        update([document], report, check=False)


@pytest.mark.parametrize("content", [None, "{", "[]", "{}"])
def test_a_report_that_cannot_be_read_is_named(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "report.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=r"report\.json.*onrecord eval report"):
        update([], path, check=True)
