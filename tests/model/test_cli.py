"""The command line as a user meets it: exit status, stdout and stderr.

Run: pytest tests/model/test_cli.py
"""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from onrecord.formats import FIELDS

DEMO = Path(__file__).parents[2] / "data" / "demo.md"


def run(*arguments: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "onrecord.cli", *arguments],
        input=stdin,
        capture_output=True,
        env={**os.environ, **environment},
        check=False,
    )


def test_text_has_every_sentence_and_no_escapes_when_piped() -> None:
    result = run("label", str(DEMO), COLUMNS="100")
    assert result.returncode == 0 and result.stderr == b""
    output = result.stdout.decode()
    assert "\x1b" not in output
    assert "Haldersea" in output


def test_color_can_be_forced_and_is_off_by_default() -> None:
    assert b"\x1b[" in run("label", str(DEMO), FORCE_COLOR="1").stdout
    assert b"\x1b[" not in run("label", str(DEMO), FORCE_COLOR="0").stdout


def test_colour_never_reaches_a_file(tmp_path: Path) -> None:
    run("label", str(DEMO), "-o", str(tmp_path / "out.txt"), FORCE_COLOR="1")
    assert b"\x1b[" not in (tmp_path / "out.txt").read_bytes()


def test_a_web_page_is_reduced_to_its_article(tmp_path: Path) -> None:
    paragraphs = "".join(f"<p>The gates of lock {n} stood open on Monday, said Mayor Ina Dorrit.</p>" for n in range(6))
    page = tmp_path / "gates.html"
    page.write_text(
        f"<html><head><title>Gates stood open</title><style>p {{color: red}}</style></head>"
        f"<body><nav>Home</nav><article>{paragraphs}</article></body></html>",
        encoding="utf-8",
    )
    article = json.loads(run("label", str(page), "--format", "json").stdout)
    assert article["headline"]["text"] == "Gates stood open"
    assert len(article["sentences"]) == 6 and "color" not in article["text"]


def test_json_holds_the_article() -> None:
    article = json.loads(run("label", str(DEMO), "--format", "json", "--headline", "Gates left open").stdout)
    assert article["headline"]["text"] == "Gates left open"
    assert article["text"] == DEMO.read_text(encoding="utf-8")
    for sentence in article["sentences"]:
        assert article["text"][sentence["start"] : sentence["end"]] == sentence["text"]
    assert sum(article["profile"]["counts"].values()) <= article["profile"]["sentences"]


def test_jsonl_and_csv_hold_the_same_records() -> None:
    text = b"Officials said the bridge is safe. It may reopen."
    records = [json.loads(line) for line in run("label", "-", "--format", "jsonl", stdin=text).stdout.splitlines()]
    rows = list(csv.DictReader(io.StringIO(run("label", "-", "--format", "csv", stdin=text).stdout.decode())))
    assert [tuple(record) for record in records] == [FIELDS, FIELDS]
    assert [row["text"] for row in rows] == [record["text"] for record in records]
    assert [row["label"] for row in rows] == [record["label"] for record in records]
    assert [json.loads(row["probabilities"]) for row in rows] == [record["probabilities"] for record in records]


def test_output_goes_to_a_file(tmp_path: Path) -> None:
    result = run("label", str(DEMO), "--format", "jsonl", "-o", str(tmp_path / "out.jsonl"))
    assert result.returncode == 0 and result.stdout == b""
    assert len((tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()) > 30


@pytest.mark.parametrize("content", [b"", b" \n\t\n", b"\xef\xbb\xbf"])
def test_nothing_to_label_is_said_and_is_no_failure(content: bytes) -> None:
    result = run("label", "-", "--format", "jsonl", stdin=content)
    assert result.returncode == 0 and result.stdout == b""
    assert b"holds no sentence" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "stdin", "message"),
    [
        (["label", "nowhere.txt"], b"", "cannot read nowhere.txt"),
        (["label", "."], b"", "cannot read ."),
        (["label", "-"], b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(64), "not a text file"),
        (["label", "-", "-o", "no/such/folder/out.txt"], b"It rained.", "cannot write"),
        (["label", "-", "--threads", "0"], b"It rained.", "at least 1"),
        (["label", "-", "--weights", "./nowhere"], b"It rained.", "no folder"),
        (["label", "-", "--format", "pdf"], b"", "invalid choice"),
        (["label", "-", "-o", f"{'n' * 300}.txt"], b"It rained.", "name too long"),
        ([], b"", "required"),
    ],
)
def test_what_cannot_be_used_gets_one_sentence_and_status_2(arguments: list[str], stdin: bytes, message: str) -> None:
    result = run(*arguments, stdin=stdin)
    assert result.returncode == 2 and result.stdout == b""
    assert message in result.stderr.decode()
    assert "Traceback" not in result.stderr.decode()


@pytest.mark.parametrize(
    ("redirection", "status", "message"),
    [(">&-", 2, "standard output is closed"), ("<&-", 2, "standard input is closed"), (">/dev/full", 2, "No space")],
)
def test_streams_that_are_closed_or_full(redirection: str, status: int, message: str) -> None:
    command = f"echo It rained. | {sys.executable} -m onrecord.cli label - {redirection}"
    result = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert result.returncode == status and message in result.stderr and "Traceback" not in result.stderr


def test_an_article_is_not_overwritten_by_its_labels(tmp_path: Path) -> None:
    path = tmp_path / "article.txt"
    path.write_text("It rained.", encoding="utf-8")
    result = run("label", str(path), "-o", f"{tmp_path}/../{tmp_path.name}/article.txt")
    assert result.returncode == 2 and b"is the output too" in result.stderr
    assert path.read_text(encoding="utf-8") == "It rained."


def test_damaged_utf_8_stays_utf_8_and_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "article.txt"
    path.write_bytes("“It is safe,” said Mayor René D".encode() + b"\xfalac. " + "“Trust us.”".encode()[:-1])
    result = run("label", str(path), "--format", "jsonl")
    assert "“It is safe,” said Mayor René D\ufffdlac." in result.stdout.decode()
    assert "not UTF-8 in 2 places" in result.stderr.decode()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_files_in_other_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    text = "“It is safe,” said Mayor René Dúlac.\r\n\r\nThe bridge may reopen.\r\n"
    path = tmp_path / "article.txt"
    path.write_bytes(text.encode(encoding))
    records = [json.loads(line) for line in run("label", str(path), "--format", "jsonl").stdout.splitlines()]
    assert [record["text"] for record in records] == ["“It is safe,” said Mayor René Dúlac.", "The bridge may reopen."]
    assert all(text[record["start"] : record["end"]] == record["text"] for record in records)


def test_lone_surrogates_do_not_stop_the_output() -> None:
    result = run("label", "-", "--format", "csv", stdin="It rained \ud800 today.".encode("utf-16", "surrogatepass"))
    assert result.returncode == 0
    assert b"It rained" in result.stdout
