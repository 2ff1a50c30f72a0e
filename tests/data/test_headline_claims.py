"""Headlines of our own are joined to the articles of the pool that they were written for.

Run: pytest tests/data/test_headline_claims.py
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from onrecord.data.headline_claims import SCHEMA, held_out_documents, load_headline_claims
from onrecord.data.later_rounds import ROUNDS, documents_of
from onrecord.data.standoff import text_hash
from onrecord.errors import DataError
from tests.data.small_pool import TEXT, TITLE, write_pool

SENTENCES = ("Velmark will close its old bridge.", "It may reopen in 2031.")


@pytest.fixture
def annotations(tmp_path: Path) -> Path:
    row = {
        "corpus": "abp",
        "doc": "bell",
        "held_out": False,
        "starts": [0, TEXT.index("It may")],
        "ends": [len(SENTENCES[0]), len(TEXT)],
        "hash": text_hash(" ".join((TITLE, *SENTENCES))),
        "headlines": [
            {"text": None, "relation": "same", "evidence": [0]},
            {"text": "Crossing back in 2031", "relation": "hardened", "evidence": [1]},
        ],
    }
    pq.write_table(pa.Table.from_pylist([row], SCHEMA), tmp_path / "headline_claims.parquet")
    return tmp_path


def test_every_article_has_its_own_headline_first(annotations: Path) -> None:
    [article] = load_headline_claims(write_pool(annotations, TEXT), annotations)
    assert article.sentences == SENTENCES
    own, ours = article.headlines
    assert (own.text, own.relation, set(own.evidence)) == (TITLE, "same", {0})
    assert (ours.text, ours.relation, set(ours.evidence)) == ("Crossing back in 2031", "hardened", {1})


def test_a_pool_without_the_document_or_with_another_text_is_refused(annotations: Path) -> None:
    with pytest.raises(DataError, match="lacks 1 documents"):
        load_headline_claims(write_pool(annotations, TEXT, doc="other"), annotations)
    with pytest.raises(DataError, match=r"abp/bell is not the one that was annotated"):
        load_headline_claims(write_pool(annotations, TEXT.replace("old", "new")), annotations)


def test_the_shipped_headlines_fit_the_pool() -> None:
    pool = Path(__file__).parents[3] / "shared" / "pool"
    if not pool.is_dir():
        pytest.skip("needs ../shared")
    articles = load_headline_claims(pool)
    held_out = held_out_documents()
    assert {(article.corpus, article.document) for article in articles if article.held_out} == held_out
    assert len(held_out) == 250
    for name in ROUNDS:
        assert not held_out & documents_of(name)
    for article in articles:
        for headline in article.headlines:
            assert headline.evidence <= set(range(len(article.sentences)))
            assert bool(headline.evidence) == (headline.relation not in ("absent", "topic"))
