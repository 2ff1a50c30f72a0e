"""The reference that profiles are compared with: what a percentile means, and the command that makes the table.

Run: ``pytest tests/training/test_reference.py``
"""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from onrecord.article import Article
from onrecord.errors import InputError
from onrecord.framing import profile
from onrecord.framing.profile import Kind
from onrecord.labelled import LabelledArticle
from onrecord.labels import Label
from onrecord.training import reference

sys.path.insert(0, str(Path(__file__).parents[1] / "model"))
from articles import labelled

STATEMENTS = 100


def article(code: str, count: int, rest: str = "F") -> LabelledArticle:
    """``count`` sentences of one code, the rest of a hundred of another."""
    return labelled([[("It is here.", code if number < count else rest) for number in range(STATEMENTS)]])


@pytest.fixture
def table() -> dict:  # type: ignore[type-arg]
    """Of 100 news reports, one with each share of speculation from 0 to 99 %; and 20 opinion pieces."""
    reports = [article("S", count) for count in range(100)]
    return reference.reference([*reports, *[article("O", 90)] * 20])


def test_a_percentile_says_how_many_in_a_hundred_have_less(
    table: dict,  # type: ignore[type-arg]
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(profile, "reference", lambda: table)
    for count in (0, 1, 37, 99):
        found = article("S", count).framing.profile.percentiles
        assert found and found[Label.SPECULATION] == count
    column = article("O", 90).framing.profile.percentiles
    assert column and column[Label.ANALYST_OPINION] == 0  # all have as much, none has less


def test_articles_are_counted_by_kind_and_short_ones_left_out() -> None:
    short = [labelled([[("It is here.", "F")]])] * 3
    made = reference.reference([*[article("S", 5)] * 30, *[article("O", 90)] * 20, *short])
    assert {kind: rows["articles"] for kind, rows in made["kinds"].items()} == {"news_report": 30, "opinion_piece": 20}
    assert made["provenance"]["too_short"] == 3


def test_too_few_articles_of_a_kind_are_refused() -> None:
    with pytest.raises(InputError, match="19 opinion pieces, 20 are needed; give more --articles"):
        reference.reference([*[article("S", 5)] * 30, *[article("O", 90)] * 19])


class Columnist:
    """Takes articles whose headline says so for opinion, all others for fact."""

    def label_articles(self, articles: Iterable[Article]) -> Iterator[LabelledArticle]:
        for number, given in enumerate(articles):
            yield article("O" if given.headline == "Opinion" else "S", 60 + number % 20)


def pool(folder: Path, count: int) -> Path:
    rows = [
        {"corpus": "gazette", "doc": str(number), "title": "Opinion" if number % 2 else "News", "text": "It is here."}
        for number in range(count)
    ]
    (folder / "pool").mkdir()
    pq.write_table(pa.Table.from_pylist(rows), folder / "pool" / "news.parquet")
    return folder


def test_the_command_writes_the_table_with_its_provenance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference.Labeller, "from_pretrained", lambda *_, **__: Columnist())
    output = tmp_path / "reference.json"
    arguments = ["--data-folder", str(pool(tmp_path, 200)), "--articles", "120", "-o", str(output)]
    assert reference.main(arguments) == 0
    content = json.loads(output.read_text(encoding="utf-8"))
    assert content["provenance"]["articles"] == 120
    assert content["provenance"]["corpora"] == {"gazette": 120}
    assert len(content["provenance"]["weights"]) == 64
    assert set(content["kinds"]) == set(Kind)
    assert sum(kind["articles"] for kind in content["kinds"].values()) == 120


def test_a_missing_pool_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert reference.main(["--data-folder", str(tmp_path)]) == 2
    assert "news.parquet" in capsys.readouterr().err
