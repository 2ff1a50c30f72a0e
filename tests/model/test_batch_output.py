"""What ``onrecord batch`` writes: the records in every format, the rejects, the progress; and its exit status."""

import csv
import gzip
import io
import json
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import stand_in

from onrecord.article import Article
from onrecord.batch import command, sinks
from onrecord.batch.command import Job, _blocks, label_files
from onrecord.batch.progress import Progress
from onrecord.batch.records import Columns
from onrecord.batch.sources import Inputs, Page
from onrecord.batch.workers import Block, label_in_workers
from onrecord.cli import main
from onrecord.formats import FIELDS
from onrecord.framing import Framing
from onrecord.labelled import LabelledArticle

TEXTS = [
    "The pier is closed. It may open in May.",
    "“Nobody asked us,” said Ana Orlov.",
    "A welcome step 🎉 for Velmark.",
]


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    path = tmp_path / "news.jsonl"
    rows = [{"id": f"n{n}", "headline": f"Pier {n}" if n else None, "text": text} for n, text in enumerate(TEXTS)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def label(articles: Path, output: Path, per: str = "sentence", workers: int | None = None) -> Path:
    label_files(Job((str(articles),), output, Columns(), per=per, workers=workers), stand_in.load, "weights")
    return output


def expected(per: str) -> list[dict]:  # type: ignore[type-arg]
    articles = [Article(text, f"Pier {n}" if n else None, f"n{n}") for n, text in enumerate(TEXTS)]
    labelled = list(stand_in.load().label_articles(articles))
    if per == "article":
        return [article.to_dict() for article in labelled]
    return [record for article in labelled for record in article.records()]


@pytest.mark.parametrize("per", ["sentence", "article"])
def test_jsonl_and_parquet_hold_the_same_records(articles: Path, tmp_path: Path, per: str) -> None:
    lines = label(articles, tmp_path / "out.jsonl", per).read_text(encoding="utf-8").splitlines()
    table = pq.read_table(label(articles, tmp_path / "out.parquet", per))
    assert [json.loads(line) for line in lines] == expected(per)
    assert table.to_pylist() == expected(per)


@pytest.mark.parametrize("per", ["sentence", "article"])
def test_parquet_of_several_row_groups_holds_all_rows(
    articles: Path, tmp_path: Path, per: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "_BLOCK_ARTICLES", 1)
    monkeypatch.setattr(sinks, "_ROW_GROUP", 1)
    with pq.ParquetFile(label(articles, tmp_path / "out.parquet", per)) as file:
        assert file.num_row_groups == len(TEXTS)
        assert file.read().to_pylist() == expected(per)


def test_csv_of_sentences(articles: Path, tmp_path: Path) -> None:
    with label(articles, tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == FIELDS
    assert [row["text"] for row in rows] == [record["text"] for record in expected("sentence")]
    assert [row["cue"] for row in rows] == [
        record["cue"]["text"] if record["cue"] else "" for record in expected("sentence")
    ]


@pytest.mark.parametrize("per", ["sentence", "article"])
def test_csv_with_lone_carriage_returns_is_read_back(tmp_path: Path, per: str) -> None:
    path, text = tmp_path / "old.jsonl", "The pier is closed\rfor all\rof May."
    path.write_text(json.dumps({"id": "a\rb", "text": text}) + "\n" + json.dumps({"text": "It rained."}) + "\n")
    written = label(path, tmp_path / "out.csv", per).read_bytes().decode()
    rows = list(csv.DictReader(io.StringIO(written, newline="")))
    assert rows[0]["article" if per == "sentence" else "id"] == "a\rb"
    assert "".join(row["text"] for row in rows) in (text + "It rained.", text.replace("\r", "") + "It rained.")
    assert {None} not in [set(row) - set(rows[0]) for row in rows] and None not in rows[0]


def test_csv_of_articles_nests_json(articles: Path, tmp_path: Path) -> None:
    csv.field_size_limit(10**7)
    with label(articles, tmp_path / "out.csv", "article").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = ("sentences", "profile", "framing")
    nested = [{name: json.loads(row[name]) for name in names} for row in rows]
    assert nested == [{name: article[name] for name in names} for article in expected("article")]
    assert [row["headline"] == "" for row in rows] == [True, False, False]


def test_framing_has_the_same_columns_whatever_the_articles(tmp_path: Path) -> None:
    """A file of short articles without headlines, in which framing is mostly null, and one with all there is."""
    short, long = tmp_path / "short.jsonl", tmp_path / "long.jsonl"
    short.write_text('{"text": "It rained."}\n', encoding="utf-8")
    text = "\n\n".join(f"Pier {number} may open in spring." for number in range(30))
    long.write_text(json.dumps({"headline": "Pier opens", "text": text}) + "\n", encoding="utf-8")
    tables = [pq.read_table(label(path, path.with_suffix(".parquet"), "article")) for path in (short, long)]
    assert tables[0].schema == tables[1].schema
    without, full = (table.to_pylist()[0]["framing"] for table in tables)
    assert (without["headline"], without["profile"]["kind"], without["profile"]["percentiles"]) == (None, None, None)
    assert full["headline"]["relation"] in ("same", "hardened", "softened", "absent", "topic")
    assert 0 <= full["profile"]["percentiles"]["speculation"] <= 99
    assert len(full["profile"]["positions"]) == 5


def test_pandas_reads_framing_as_nested_columns(articles: Path, tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    table = pandas.read_parquet(label(articles, tmp_path / "out.parquet", "article"))
    flat = pandas.json_normalize(table["framing"])
    assert {"profile.shares.speculation", "profile.kind", "single_source", "findings"} <= set(flat.columns)
    assert len(flat) == len(TEXTS)


def test_workers_write_the_same_bytes(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    path.write_text("".join(json.dumps({"text": f"Pier {n} may open."}) + "\n" for n in range(1000)), encoding="utf-8")
    alone = label(path, tmp_path / "alone.jsonl").read_bytes()
    assert label(path, tmp_path / "workers.jsonl", workers=2).read_bytes() == alone
    assert alone.count(b"\n") == 1000


def test_work_is_cut_small_enough_for_workers_to_end_together(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text((json.dumps({"text": "The pier may open. " * 250}) + "\n") * 200, encoding="utf-8")
    inputs = Inputs([str(path)], Columns())
    sizes = [len(block.items) for block in _blocks(inputs.read(), inputs)]
    assert sum(sizes) == 200 and max(sizes) <= 0.1 * 200


def test_a_page_counts_as_the_article_in_it() -> None:
    pages = [Page(f"{number}.html", b"<p>" + b" " * 100_000) for number in range(40)]
    sizes = [len(block.items) for block in _blocks(pages, Inputs([], Columns()))]
    assert sum(sizes) == 40 and 4 <= max(sizes) <= 20


def test_input_is_read_no_further_than_the_workers_need() -> None:
    taken = 0

    def blocks():  # type: ignore[no-untyped-def]
        nonlocal taken
        for number in range(50):
            taken += 1
            yield Block([Article(f"Pier {number} may open.")], number)

    from onrecord.batch.sinks import JsonlSink

    for number, block in enumerate(label_in_workers(blocks(), stand_in.load, JsonlSink("sentence"), 2)):
        assert block.position == number
        assert taken <= number + 2 * 2


def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    script = f"""
import os, signal, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
import stand_in
from onrecord.article import Article
from onrecord.batch.sinks import JsonlSink
from onrecord.batch.sources import Inputs, Page
from onrecord.batch.workers import Block, label_in_workers
if __name__ == "__main__":
    blocks = (Block([Article("The pier may open.")], 0) for _ in range(1000))
    for _ in label_in_workers(blocks, stand_in.load, JsonlSink("sentence"), 2):
        print("labelled", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
"""
    path = tmp_path / "killed.py"
    path.write_text(script, encoding="utf-8")
    # Standard output is a pipe that the workers hold as well: run returns only when all of them have ended.
    done = subprocess.run([sys.executable, str(path)], stdout=subprocess.PIPE, text=True, timeout=300)
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "labelled\n")


def test_a_bad_article_is_named_and_the_rest_is_written(
    articles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with articles.open("a", encoding="utf-8") as file:
        file.write('{"id": "bad", "text": 5}\n{"id": "worse", "text": "Pumps explode."}\n{"text": "It rained."}\n')
    output = tmp_path / "out.jsonl"
    assert label_files(Job((str(articles),), output, Columns()), stand_in.load, "weights") == 2
    names = {json.loads(line)["article"] for line in output.read_text(encoding="utf-8").splitlines()}
    assert names == {"n0", "n1", "n2", f"{articles}#6"}
    rejects = [json.loads(line) for line in (tmp_path / "out.jsonl.rejects.jsonl").read_text("utf-8").splitlines()]
    assert rejects == [
        {"article": f"{articles}#4", "reason": "has a text of type int, not a string"},
        {"article": "worse", "reason": "cannot be labelled: RuntimeError: the labeller has a defect"},
    ]
    printed = capsys.readouterr()
    assert printed.out == ""
    assert all(f"{reject['article']} {reject['reason']}" in printed.err for reject in rejects)
    assert "4 articles, 5 sentences" in printed.err and "2 rejected" in printed.err


def test_an_article_whose_framing_fails_is_rejected_alone(
    articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(article: LabelledArticle) -> Framing:
        if article.id == "n1":
            raise RuntimeError("the rules have a defect")
        return of(article)

    of = Framing.of
    monkeypatch.setattr(Framing, "of", fail)
    output = tmp_path / "out.jsonl"
    assert label_files(Job((str(articles),), output, Columns(), per="article"), stand_in.load, "weights") == 1
    assert [json.loads(line)["id"] for line in output.read_text(encoding="utf-8").splitlines()] == ["n0", "n2"]
    [reject] = (tmp_path / "out.jsonl.rejects.jsonl").read_text("utf-8").splitlines()
    assert json.loads(reject)["article"] == "n1" and "the rules have a defect" in reject


def test_what_json_can_hold_and_unicode_cannot_is_written_as_a_question_mark(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text('{"text": "Half \\ud83d an emoji."}', encoding="utf-8")
    for suffix in ("jsonl", "csv", "parquet"):
        label(path, tmp_path / f"out.{suffix}")
    assert json.loads((tmp_path / "out.jsonl").read_bytes())["text"] == "Half ? an emoji."


def test_an_unknown_kind_of_output_is_refused(
    articles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["batch", str(articles), "-o", str(tmp_path / "out.xlsx")]) == 2
    assert "ends in .jsonl, .csv, .parquet" in capsys.readouterr().err
    assert main(["batch", str(articles), "-o", str(tmp_path / "no" / "out.csv")]) == 2
    assert "there is no folder" in capsys.readouterr().err


def test_a_run_goes_on_when_nobody_reads_its_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(io.StringIO):
        def write(self, line: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stderr", Closed())
    progress = Progress(100)
    progress.say("onrecord: news.jsonl#1 has no text")
    progress.add(1, 3, 50)


def test_what_a_reject_quotes_cannot_rule_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    Progress(100).say("onrecord: a.jsonl#1 has no 'text' but \x1b[2Jbody")
    assert "\x1b" not in capsys.readouterr().err


def test_the_progress_line_has_rate_and_time_left() -> None:
    progress = Progress(size=1000, position=200)
    progress.add(articles=20, sentences=600, position=400)
    assert progress.line(60, 400) == " 40%  20 articles  10 sentences/s  3:00 left"
    assert Progress(0).line(2, 0) == "0 articles  0 sentences/s"


def test_the_command_with_the_shipped_weights(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text(TEXTS[0], encoding="utf-8")
    Path("b.jsonl.gz").write_bytes(gzip.compress(b'{"text": "It rained."}\n{oops\n'))
    assert main(["batch", "*.txt", "b.jsonl.gz", "-o", "out.jsonl"]) == 1
    assert main(["batch", "*.txt", "b.jsonl.gz", "-o", "workers.jsonl", "--workers", "2"]) == 1
    assert main(["batch", "a.txt", "-o", "one.csv"]) == 0
    printed = capsys.readouterr()
    assert printed.out == "" and "b.jsonl.gz#2 is not JSON" in printed.err
    records = [json.loads(line) for line in Path("out.jsonl").read_text("utf-8").splitlines()]
    assert [(record["article"], record["text"]) for record in records] == [
        ("a.txt", "The pier is closed."),
        ("a.txt", "It may open in May."),
        ("b.jsonl.gz#1", "It rained."),
    ]
    assert [tuple(record) for record in records] == [FIELDS] * 3
    assert Path("workers.jsonl").read_bytes() == Path("out.jsonl").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "a.txt", "b.jsonl.gz", "one.csv", "out.jsonl", "out.jsonl.rejects.jsonl", "workers.jsonl",
        "workers.jsonl.rejects.jsonl",
    ]  # fmt: skip
