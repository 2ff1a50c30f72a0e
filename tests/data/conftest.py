"""Invented annotated articles, their standoff annotations, and clones of the repositories that would hold them."""

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from onrecord.data.standoff import SPLITS, write_standoff

SHARED = Path(__file__).parents[3] / "shared"  # data for development, beside the checkout where there is one

NEWS = "Velmark will close its old bridge in May.\n\nMayor Ana Orlov said the bridge is tired. It may reopen in 2031."
MARKET = "Fish & bread sold well. One baker says flour is dear. Fish & bread sold well. Tests say so."
MARKET_FILE = (
    "Market day in Velmark\n\nShare this page\n\n"
    "Fish &amp; bread\nsold  well. One baker says flour\xa0is dear. Fish &amp; bread sold well. Tests say so.\n"
)
STREET = "The council moved the fair."
REPORT = "Orders at the Velmark mill rose."


@pytest.fixture
def shared() -> Path:
    """The folder of development data; the test is skipped where there is none."""
    if not SHARED.is_dir():
        pytest.skip("needs ../shared")
    return SHARED


def sentence(corpus: str, doc: str, idx: int, text: str, document: str, **labels: Any) -> dict[str, Any]:
    """A row of annotated text, in the form of the files in ../shared/annotated."""
    start = None if idx == -1 else document.index(text)
    end = None if start is None else start + len(text)
    place = {"corpus": corpus, "doc": doc, "idx": idx, "start": start, "end": end, "text": text}
    article = {"outlet": "The Velmark Bell", "kind": "news", "title": "", "date": "2030-05-01"}
    fact = {"label": "reported_fact", "sourcing": "none", "sure": True, "source": "", "cue": "", "second_label": None}
    return {**place, **article, **fact, **labels}


@pytest.fixture
def rows() -> list[dict[str, Any]]:
    """The sentences of four documents, one of each form in which a repository may hold it."""
    claim = {"label": "attributed_claim", "sourcing": "named", "source": "Mayor Ana Orlov", "cue": "said"}
    return [
        sentence("abp", "bell1", -1, "Velmark & its bridge", NEWS),
        sentence("abp", "bell1", 0, "Velmark will close its old bridge in May.", NEWS),
        sentence("abp", "bell1", 1, "Mayor Ana Orlov said the bridge is tired.", NEWS, second_label="none", **claim),
        sentence("abp", "bell1", 2, "It may reopen in 2031.", NEWS, label="speculation", cue="may", sure=False),
        sentence("bbc", "market", -1, "Market day in Velmark", MARKET),
        sentence("bbc", "market", 0, "Fish & bread sold well.", MARKET),
        sentence("bbc", "market", 1, "One baker says flour is dear.", MARKET, cue="says"),
        sentence("bbc", "market", 2, "Fish & bread sold well.", MARKET),
        sentence("wikinews", "fair", -1, "Fair moves", STREET),
        sentence("wikinews", "fair", 0, STREET, STREET),
        sentence("beige", "mill", -1, "Beige Book: Velmark", REPORT),
        sentence("beige", "mill", 0, REPORT, REPORT),
    ]


@pytest.fixture
def annotated(tmp_path: Path, rows: list[dict[str, Any]]) -> Path:
    """A folder of annotated text: all in dev, one sentence in each other split."""
    folder = tmp_path / "annotated"
    folder.mkdir()
    for split in SPLITS:
        content = rows if split == "dev" else [{**rows[1], "doc": split}]
        pq.write_table(pa.Table.from_pylist(content), folder / f"{split}.parquet")
    paths = {
        "bell1": ("abp", "invented/bells@abc123", "data/jsons/bell1.json"),
        "market": ("bbc", "invented/markets@def456", "news/market.txt"),
        "fair": ("wikinews", "invented/fairs@789abc", "data/fairs.csv#1"),
        "mill": ("beige", "invented/mills@123def", "txt/mill.txt"),
    }
    documents = [
        {
            **{name: rows[0][name] for name in ("outlet", "title", "date")},
            "corpus": corpus,
            "doc": doc,
            "split": "dev",
            "sentences": 1,
            "repository": repository,
            "path": path,
        }
        for doc, (corpus, repository, path) in paths.items()
    ]
    pq.write_table(pa.Table.from_pylist(documents), folder / "documents.parquet")
    return folder


@pytest.fixture
def annotations(tmp_path: Path, annotated: Path) -> Path:
    """The standoff files made of the annotated text."""
    write_standoff(annotated, tmp_path / "annotations")
    return tmp_path / "annotations"


@pytest.fixture
def clones(tmp_path: Path) -> Path:
    """Clones of the four repositories: one as OWNER/NAME, the others as NAME."""
    folder = tmp_path / "clones"
    for file in (
        "invented/bells/data/jsons/bell1.json",
        "markets/news/market.txt",
        "fairs/data/fairs.csv",
        "mills/txt/mill.txt",
    ):
        (folder / file).parent.mkdir(parents=True)
    bell = {"title": " Velmark &amp; its  bridge ", "content": "not this", "content_original": NEWS}
    (folder / "invented/bells/data/jsons/bell1.json").write_text(json.dumps(bell), encoding="utf-8")
    (folder / "markets/news/market.txt").write_text(MARKET_FILE, encoding="utf-8")
    (folder / "mills/txt/mill.txt").write_text(f"Summary\n{REPORT}\n", encoding="utf-8")
    with (folder / "fairs/data/fairs.csv").open("w", encoding="utf-8", newline="") as lines:
        table = csv.DictWriter(lines, ["url", "date", "title", "text"])
        table.writeheader()
        table.writerow({"title": "Another", "text": "Another text."})
        table.writerow({"title": "Fair moves", "text": f"Monday, May 6, 2030 \n\n{STREET}\n"})
    return folder
