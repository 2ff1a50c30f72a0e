"""What ``onrecord batch`` reads: every kind of file, compressed or not, folders, patterns; and what it rejects."""

import csv
import gzip
import io
import json
import lzma
import os
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from onrecord.article import Article
from onrecord.batch.records import Columns, Reject
from onrecord.batch.sources import Inputs, Item, Page
from onrecord.errors import InputError

ROWS = [
    {"id": "7", "title": "Ferry halted", "text": "The ferry “Orla” stopped.\nIt may sail on Monday.", "n": 1},
    {"id": "8", "title": None, "text": 'Mayor Ana Orlov said, "the pier is safe".', "n": 2},
]
ARTICLES = [Article(str(row["text"]), row["title"], str(row["id"])) for row in ROWS]  # type: ignore[arg-type]

PAGE = """<html><head><title>Ferry halted</title></head><body><nav><a href="/">Home</a> <a href="/s">Subscribe</a></nav>
<article><h1>Ferry halted</h1>
<p>The ferry Orla stopped sailing on Friday night after a rope was found in its engine, the harbour office said.</p>
<p>It may sail again on Monday, when two divers from Velmark have had a look at the damage below the water line.</p>
</article><footer>All rights kept. Cookies. Imprint.</footer></body></html>"""


def read(*names: Path | str, columns: Columns = Columns(), **options: str) -> list[Item]:  # noqa: B008
    inputs = Inputs([str(name) for name in names], columns, **options)
    inputs.survey()
    items = list(inputs.read())
    assert inputs.position <= inputs.size
    return items


def as_bytes(kind: str) -> bytes:
    if kind == "jsonl":
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS).encode()
    if kind == "json":
        return json.dumps(ROWS, indent=1).encode()
    if kind == "parquet":
        buffer = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(ROWS), buffer)
        return buffer.getvalue()
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(ROWS[0]), dialect="excel" if kind == "csv" else "excel-tab")
    writer.writeheader()
    writer.writerows(ROWS)
    return text.getvalue().encode()


COMPRESS = {
    "": bytes,
    ".gz": gzip.compress,
    ".xz": lzma.compress,
    ".zst": lambda content: zstandard.compress(content[:40]) + zstandard.compress(content[40:]),  # two frames
}


@pytest.mark.parametrize("compression", COMPRESS)
@pytest.mark.parametrize("kind", ["jsonl", "json", "csv", "tsv", "parquet"])
def test_a_table_gives_the_same_articles_in_every_kind_of_file(tmp_path: Path, kind: str, compression: str) -> None:
    path = tmp_path / f"news.{kind}{compression}"
    path.write_bytes(COMPRESS[compression](as_bytes(kind)))
    assert read(path) == ARTICLES


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_utf_16_is_known_by_its_mark(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"news.{kind}"
    path.write_bytes(as_bytes(kind).decode().encode("utf-16"))
    assert read(path) == ARTICLES


def test_one_article_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The pier is closed.", encoding="utf-8")
    (tmp_path / "b.md.gz").write_bytes(gzip.compress(b"# Pier\n\nIt may open."))
    (tmp_path / "c.html").write_text(PAGE, encoding="utf-8")
    text, markdown, page = read(tmp_path)
    assert text == Article("The pier is closed.", None, str(tmp_path / "a.txt"))
    assert markdown == Article("# Pier\n\nIt may open.", None, str(tmp_path / "b.md.gz"))
    assert isinstance(page, Page)
    article = page.article()
    assert article.headline == "Ferry halted" and article.id == str(tmp_path / "c.html")
    assert "two divers from Velmark" in article.text and "Cookies" not in article.text


def test_folders_and_patterns_in_order_without_the_output(tmp_path: Path) -> None:
    for name in ("b/2.txt", "b/10.txt", "a/x.txt", ".git/no.txt", "a/notes.docx", "out.jsonl"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"This is {name}.", encoding="utf-8")
    inputs = Inputs([str(tmp_path)], Columns(), exclude=[tmp_path / "out.jsonl"])
    inputs.survey()
    names = [Path(str(item.id)).relative_to(tmp_path).as_posix() for item in inputs.read() if isinstance(item, Article)]
    assert names == ["a/x.txt", "b/10.txt", "b/2.txt"]
    assert inputs.others == 1
    with pytest.raises(InputError, match=r"out\.jsonl is the output too; name another"):
        Inputs([f"{tmp_path}/a/../out.jsonl"], Columns(), exclude=[tmp_path / "out.jsonl"]).survey()
    assert [item.text for item in read(tmp_path / "*" / "*.txt") if isinstance(item, Article)] == [
        "This is a/x.txt.",
        "This is b/10.txt.",
        "This is b/2.txt.",
    ]


def test_a_file_is_read_once_however_many_inputs_lead_to_it(tmp_path: Path) -> None:
    for name in ("a.txt", "sub/b.txt", ".hidden/c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"This is {name}.", encoding="utf-8")
    (tmp_path / "sub" / "up").symlink_to(tmp_path)  # a link that leads round and round
    everything = [tmp_path, tmp_path / "**", tmp_path / "sub" / "b.txt", tmp_path / ".hidden" / "c.txt"]
    for inputs in (everything, everything[1:], [everything[2], everything[0], everything[3]]):
        texts = [item.text for item in read(*inputs) if isinstance(item, Article)]
        assert sorted(texts) == ["This is .hidden/c.txt.", "This is a.txt.", "This is sub/b.txt."]


def test_linked_folders_are_followed_and_what_cannot_be_opened_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("inside/a.txt", "outside/b.txt", "inside/locked/c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("It rained.", encoding="utf-8")
    (tmp_path / "inside" / "link").symlink_to(tmp_path / "outside")
    (tmp_path / "inside" / "gone.txt").symlink_to(tmp_path / "nothing")
    (tmp_path / "inside" / "loop.txt").symlink_to(tmp_path / "inside" / "loop.txt")
    scandir = os.scandir

    def locked(path: str) -> Any:  # root may open everything
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", locked)
    items = read(tmp_path / "inside")
    assert [Path(str(item.id)).name for item in items if isinstance(item, Article)] == ["a.txt", "b.txt"]
    rejects = {Path(item.article).name: item.reason for item in items if isinstance(item, Reject)}
    assert rejects.keys() == {"gone.txt", "loop.txt", "locked"} and all(
        "cannot be read" in reason for reason in rejects.values()
    )


def test_a_name_or_an_id_that_no_output_can_hold(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_text("It rained.", encoding="utf-8")
    (tmp_path / "news.jsonl").write_text('{"id": "a\\ud800b", "text": "It snowed."}\n', encoding="utf-8")
    file, record = read(tmp_path)
    assert isinstance(file, Article) and file.id == f"{tmp_path}/caf?.txt"
    assert isinstance(record, Article) and record.id == "a?b"


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    def pipe(content: bytes) -> None:
        """Put a stream that cannot be rewound in the place of standard input."""
        stream = io.BufferedReader(OneWay(content))  # type: ignore[arg-type]
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(stream, encoding="utf-8"))

    for kind in ("jsonl", "csv", "parquet"):
        pipe(as_bytes(kind))
        assert read("-", stdin_kind=kind) == ARTICLES
    pipe(b"The pier is closed.")
    assert read("-", stdin_kind="txt") == [Article("The pier is closed.", None, "-")]


class OneWay(io.RawIOBase):
    """Bytes as a pipe gives them."""

    def __init__(self, content: bytes) -> None:
        self._content = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:
        return self._content.readinto(buffer)


@pytest.mark.parametrize("skip", range(6))
def test_skipping_passes_over_what_is_done(tmp_path: Path, skip: int) -> None:
    (tmp_path / "a.txt").write_text("The pier is closed.", encoding="utf-8")
    (tmp_path / "b.jsonl").write_bytes(as_bytes("jsonl") + b"{broken\n")
    (tmp_path / "c.txt").write_bytes(b"")
    inputs = Inputs([str(tmp_path)], Columns())
    whole = list(inputs.read())
    assert len(whole) == 5
    assert list(inputs.read(skip)) == whole[skip:]


def test_named_columns(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text(json.dumps({"body": "It rained.", "head": "Rain", "key": 12, "title": "no"}), encoding="utf-8")
    assert read(path, columns=Columns("body", "head", "key")) == [Article("It rained.", "Rain", "12")]


def test_an_article_without_an_id_goes_by_file_and_number(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text('{"text": "It rained."}\n\n{"text": "It snowed."}\n', encoding="utf-8")
    assert [item.id for item in read(path) if isinstance(item, Article)] == [f"{path}#1", f"{path}#3"]


def test_a_large_array_is_read_bit_by_bit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onrecord.batch.records._CHUNK", 50)
    path = tmp_path / "news.json"
    path.write_text(json.dumps([{"text": f"It rained {'very ' * n}hard."} for n in range(40)]), encoding="utf-8")
    assert [len(item.text) for item in read(path) if isinstance(item, Article)] == [15 + 5 * n for n in range(40)]


@pytest.mark.parametrize("behind", ['{"text": "It snowed."}', '[{"text": "It snowed."}]', ' ,\n{"text": "It snowed."}'])
@pytest.mark.parametrize("first", ['{"text": "It rained."}\n', '[{"text": "It rained."}]'])
def test_json_values_one_after_another(tmp_path: Path, first: str, behind: str) -> None:
    path = tmp_path / "news.json"
    path.write_text(first + behind, encoding="utf-8")
    assert [item.text for item in read(path) if isinstance(item, Article)] == ["It rained.", "It snowed."]


def test_quotation_marks_of_a_tsv_that_are_text(tmp_path: Path) -> None:
    path = tmp_path / "news.tsv"
    lines = ["id\ttext", '1\t"We will go," she said.', '2\t"He said ""no""."', '3\tHe said "no".', '4\t"It rained']
    path.write_text("\n".join(lines) + "\n5\tIt snowed.\n", encoding="utf-8")
    texts = {item.id: item.text for item in read(path) if isinstance(item, Article)}
    assert texts == {
        "1": '"We will go," she said.',
        "2": 'He said "no".',
        "3": 'He said "no".',
        "4": '"It rained',
        "5": "It snowed.",
    }


def test_quotation_marks_of_a_csv_that_do_not_fit(tmp_path: Path) -> None:
    path = tmp_path / "news.csv"
    path.write_text('id,text\n1,"He said "no" to it."\n2,It rained.\n3,"It snowed.\n4,It hailed.\n', encoding="utf-8")
    first, second, third = read(path)
    assert isinstance(first, Reject) and "is not CSV" in first.reason and first.article == f"{path}#1"
    assert isinstance(second, Article) and second.text == "It rained."
    assert isinstance(third, Reject) and third.article == f"{path}#3"


def test_a_page_says_what_it_is_encoded_in(tmp_path: Path) -> None:
    page = PAGE.replace("<title>Ferry", '<meta charset="windows-1251"><title>Паром').replace("<h1>Ferry", "<h1>Паром")
    assert Page("x.html", page.encode("cp1251")).article().headline == "Паром halted"
    assert Page("x.html", page.encode("utf-8")).article().headline == "Паром halted"  # what it is counts more


def test_an_array_longer_than_the_longest_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onrecord.batch.records._CHUNK", 100)
    monkeypatch.setattr("onrecord.batch.records.MOST_BYTES", 500)
    path = tmp_path / "news.json"
    path.write_text(json.dumps([{"text": f"It rained {'very ' * 50}hard."}] * 100), encoding="utf-8")
    assert len([item for item in read(path) if isinstance(item, Article)]) == 100


BAD_RECORDS = {
    b'{"text": "caf\xe9"}': "is not UTF-8 (byte 13 of the line)",
    b'{"text": ': "is not JSON",
    b"[" * 100_000: "is not JSON",
    b'"just a string"': "is str, not a record",
    b'{"body": "It rained."}': "has no 'text' but body; name the fields with --text-column",
    b'{"text": null}': "has no text",
    b'{"text": " \\n"}': "has no text",
    b'{"text": 5}': "has a text of type int",
    b'{"text": "It rained.", "title": ["a"]}': "has a headline of type list",
    b'{"text": "%s"}' % (b"a" * 1_000_001): "has 1,000,001 characters; the most is 1,000,000",
    b'{"text": "It rained", "x": "%s"}' % (b"a" * 16_000_000): "is a line of more than 16,000,000 bytes",
}


@pytest.mark.parametrize("line", BAD_RECORDS, ids=BAD_RECORDS.values())
def test_a_bad_record_is_rejected_and_the_rest_goes_on(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "news.jsonl"
    path.write_bytes(b'{"text": "It rained."}\n' + line + b'\n{"text": "It snowed."}\n')
    first, bad, last = read(path)
    assert isinstance(first, Article) and isinstance(last, Article)
    assert isinstance(bad, Reject) and bad.article == f"{path}#2" and BAD_RECORDS[line] in bad.reason


def test_bad_rows_of_a_table(tmp_path: Path) -> None:
    path = tmp_path / "news.csv"
    path.write_bytes(b"id,text\n1,It rained.\n2,It rained, hard.\n3,caf\xe9\n4,\n5,It snowed.\n")
    items = read(path)
    assert [item.id for item in items if isinstance(item, Article)] == ["1", "5"]
    reasons = [item.reason for item in items if isinstance(item, Reject)]
    assert ["3 fields under a header of 2" in reasons[0], "UTF-8" in reasons[1], "no text" in reasons[2]] == [True] * 3


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_table_without_the_column_is_rejected_once(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"news.{kind}"
    path.write_bytes(as_bytes(kind))
    [reject] = read(path, columns=Columns("body"))
    assert isinstance(reject, Reject) and reject.article == str(path)
    assert reject.reason.startswith("has no column 'body' but id, title, text, n; name columns with --text-column")


DAMAGED = {
    "cut.jsonl.gz": gzip.compress(as_bytes("jsonl") * 50, mtime=0)[:-20],
    "not.jsonl.gz": b"this is not gzip",
    "not.txt.xz": b"this is not xz",
    "not.jsonl.zst": b"this is not zstandard",
    "cut.jsonl.zst": zstandard.compress(as_bytes("jsonl") * 50)[:-20],
    "behind.json": as_bytes("json") + b"]",
    "not.parquet": b"this is not parquet",
    "cut.parquet": as_bytes("parquet")[:-5],
    "cut.json": as_bytes("json")[:-9],
    "latin.json": b'[{"text": "caf\xe9"}]',
    "picture.txt": b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR" + bytes(range(32)) * 4,
    "empty.txt": b"",
    "long.txt": b"It rained. " * 1_600_000,
    "open_quote.csv": b'text\nIt rained.\n"It snowed' + b" and snowed" * 1_600_000,
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_file_is_named_and_the_next_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(DAMAGED[name])
    (tmp_path / "z.txt").write_text("It rained.", encoding="utf-8")
    items = read(tmp_path)
    assert items[-1] == Article("It rained.", None, str(tmp_path / "z.txt"))
    rejects = [item for item in items if isinstance(item, Reject)]
    assert len(rejects) == 1 and rejects[0].article == str(tmp_path / name) and rejects[0].reason


def test_a_reject_is_a_sentence_with_the_files_name(tmp_path: Path) -> None:
    (tmp_path / "picture.txt").write_bytes(DAMAGED["picture.txt"])
    [reject] = read(tmp_path)
    assert isinstance(reject, Reject) and reject.reason.startswith("is not a text file")


def test_damage_that_is_read_over_is_said_with_the_files_name(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "torn.txt").write_bytes("“Öl”, “Eis” und “Gas”.".encode() + b" \xff end.")
    read(tmp_path)
    assert f"{tmp_path / 'torn.txt'} has bytes that are not UTF-8 in 1 places" in caplog.text


def test_a_page_without_an_article_is_no_article() -> None:
    with pytest.raises(InputError, match=r"^holds no article"):  # the file's name stands before it
        Page("x.html", b"<html><body></body></html>").article()


def test_what_can_never_work_is_refused_before_the_first_article(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match=r"there is no .*missing\.txt"):
        read(tmp_path / "missing.txt")
    with pytest.raises(InputError, match="no article in"):
        read(tmp_path)
    (tmp_path / "letter.docx").write_bytes(b"x")
    with pytest.raises(InputError, match=r"letter\.docx is of no known kind"):
        read(tmp_path / "letter.docx")
    for name, module, extra in (
        ("a.parquet", "pyarrow", "batch"),
        ("a.html", "trafilatura", "html"),
        ("a.txt.zst", "zstandard", "batch"),
    ):
        (tmp_path / name).write_bytes(b"x")
        with monkeypatch.context() as patch, pytest.raises(InputError, match=rf"{module}.*onrecord\[{extra}\]"):
            patch.setitem(sys.modules, module, None)
            patch.setitem(sys.modules, "compression.zstd", None)
            read(tmp_path / name)
