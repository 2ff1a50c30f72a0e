"""A user's own CSV: what is read, what is left out and said, what cannot be used."""

import csv
from pathlib import Path

import pytest

from onrecord.errors import DataError
from onrecord.eval.cue_rules import CueRules
from onrecord.eval.own_data import load_csv, remarks
from onrecord.eval.scores import score_sheet

ROWS = """article,body,verdict
a,The mayor said no.,attributed_claim
a,"It may rain, or snow.",Speculation
b,"The bridge is 40
metres long.",reported fact
"""


def _write(folder: Path, content: str) -> Path:
    path = folder / "own.csv"
    path.write_text(content, encoding="utf-8")
    return path


def test_rows_of_an_article_stay_together(tmp_path: Path) -> None:
    sample = load_csv(_write(tmp_path, ROWS), "body", "verdict", "article")
    assert [passage.sentences for passage in sample.passages] == [
        ("The mayor said no.", "It may rain, or snow."),
        ("The bridge is 40\nmetres long.",),
    ]
    assert sample.documents.tolist() == [0, 0, 1]
    assert sample.labels.tolist() == [1, 2, 0]


def test_without_a_document_column_every_row_is_an_article(tmp_path: Path) -> None:
    sample = load_csv(_write(tmp_path, ROWS), "body", "verdict")
    assert sample.documents.tolist() == [0, 1, 2]


def test_scores_are_those_that_labels_alone_allow(tmp_path: Path) -> None:
    sample = load_csv(_write(tmp_path, ROWS), "body", "verdict")
    table = score_sheet(sample, {"cue rules": CueRules().predict(sample.passages)}, "onrecord eval")
    names = [row[0] for row in table.rows]
    assert "accuracy" in names and not [name for name in names if "source" in str(name) or "sourcing" in str(name)]
    assert table.rows[0][1].value == 1.0  # type: ignore[union-attr]


def test_unknown_labels_and_empty_texts_are_said_and_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = _write(tmp_path, ROWS + "c,Something.,satire\nc,,speculation\nc,Something else.,\n")
    assert len(load_csv(path, "body", "verdict")) == 3
    assert "2 of 6 rows left out, their labels are unknown: 'satire' (1), '' (1)" in caplog.text
    assert "1 of 6 rows left out, they have no text" in caplog.text


def test_absent_labels_and_a_single_document_are_said(tmp_path: Path) -> None:
    sample = load_csv(_write(tmp_path, "t,l,d\nIt rained.,reported_fact,x\nIt may.,speculation,x\n"), "t", "l", "d")
    assert [text.partition(";")[0].partition(",")[0] for text in remarks(sample)] == [
        "no sentence is labelled attributed_claim",
        "all sentences are of one document",
    ]
    table = score_sheet(sample, {"cue rules": CueRules().predict(sample.passages)}, "onrecord eval")
    assert table.rows[0][1].low is None  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("text,tag\nIt rained.,fact\n", "no column verdict; its columns are text, tag"),
        ("", "no column text, verdict; its columns are none"),
        ("text,verdict\nIt rained.,satire\n", "no row with a text and a known label"),
        ('text,verdict\n"' + "x" * 200_000, "not a CSV file"),
        ("text,verdict\n", "no row with a text and a known label"),
    ],
)
def test_unusable_files_are_refused_with_a_reason(tmp_path: Path, content: str, said: str) -> None:
    csv.field_size_limit(131_072)  # the standard library's; a test run before this one may have raised it
    with pytest.raises(DataError, match=said):
        load_csv(_write(tmp_path, content), "text", "verdict")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere\.csv"):
        load_csv(tmp_path / "nowhere.csv", "text", "label")
