"""On a Ray cluster of two workers, one of which is killed on the way, with the shipped weights."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from onrecord import Article, Labeller
from onrecord.cli import main

ray = pytest.importorskip("ray")
pytest.importorskip("ray.data")

ARTICLES = [
    Article(f"The pier was closed {n} times. Mayor Ana Orlov said it may open.", f"Pier {n}", f"a{n:03}")
    for n in range(60)
]


@pytest.fixture(scope="module", autouse=True)
def cluster() -> Iterator[None]:
    ray.init(num_cpus=4, include_dashboard=False, object_store_memory=100 * 2**20, log_to_driver=False)
    ray.data.DataContext.get_current().enable_progress_bars = False
    yield
    ray.shutdown()


def dataset():  # type: ignore[no-untyped-def]
    rows = [{"id": each.id, "title": each.headline, "text": each.text} for each in ARTICLES]
    return ray.data.from_items([*rows, {"id": "bad", "title": None, "text": ""}], override_num_blocks=8)


def in_order(rows: list[dict]) -> list[dict]:  # type: ignore[type-arg]
    return sorted(rows, key=lambda row: (row["article"], row["index"] or 0))


def test_a_worker_is_killed_and_nothing_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from onrecord.integrations import ray as integration

    killed = tmp_path / "killed"

    class Mortal(integration.LabelActor):
        def __call__(self, table):  # type: ignore[no-untyped-def]
            if "a030" in table["id"].to_pylist() and not killed.exists():
                killed.touch()
                os.kill(os.getpid(), signal.SIGKILL)
            return super().__call__(table)

    monkeypatch.setattr(integration, "LabelActor", Mortal)
    integration.label(dataset(), workers=2, batch_size=8).write_parquet(str(tmp_path / "out"))
    rows = in_order(ray.data.read_parquet(str(tmp_path / "out")).take_all())
    expected = [
        record for each in Labeller.from_pretrained(threads=1).label_articles(ARTICLES) for record in each.records()
    ]
    assert killed.exists()
    assert [{name: row[name] for name in row if name != "reject"} for row in rows[:-1]] == in_order(expected)
    assert {row["reject"] for row in rows[:-1]} == {None}
    assert (rows[-1]["article"], rows[-1]["label"], rows[-1]["reject"]) == ("bad", None, "has no text")


def test_rows_of_articles() -> None:
    from onrecord.integrations.ray import label

    rows = {row["id"]: row for row in label(dataset(), per="article", workers=1).take_all()}
    assert rows["a007"]["profile"]["sentences"] == 2
    assert [each["text"] for each in rows["a007"]["sentences"]] == [each.text for each in ARTICLES[7].sentences]
    assert rows["bad"]["reject"] == "has no text"


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dataset().write_parquet(str(tmp_path / "in"))
    assert main(["batch", str(tmp_path / "in"), "-o", str(tmp_path / "out"), "--ray", "auto"]) == 1
    assert "onrecord: bad has no text" in capsys.readouterr().err
    assert len(ray.data.read_parquet(str(tmp_path / "out")).take_all()) == 3 * len(ARTICLES) + 1


def test_a_column_that_is_not_there_is_said_once_before_any_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset().write_parquet(str(tmp_path / "in"))
    command = ["batch", str(tmp_path / "in"), "-o", str(tmp_path / "out"), "--ray", "auto", "--text-column", "body"]
    assert main(command) == 2
    assert "has no column 'body'" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
