"""The later rounds of annotation are joined to the pool's text, and say what does not fit.

Run: pytest tests/data/test_later_rounds.py
"""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from onrecord.data.later_rounds import ROUNDS, SCHEMA, TRAINING_ROUNDS, load_later_rounds, load_round
from onrecord.data.standoff import text_hash
from onrecord.errors import DataError
from onrecord.labels import Label
from tests.data.small_pool import TEXT, TITLE, write_pool


def _row(
    idx: int, start: int, end: int, label: str, carries: bool | None, *, stretch: int = 0, cue: Any = None
) -> dict[str, Any]:
    whole = TITLE if idx < 0 else TEXT
    named = {"corpus": "abp", "doc": "bell", "stretch": stretch, "idx": idx, "start": start, "end": end}
    relation = "same" if idx < 0 else None
    labels = {"label": label, "sourcing": "none", "sure": True, "carries_headline": carries, "relation": relation}
    cue_start, cue_end = cue or (None, None)
    spans = {"has_spans": cue is not None, "cue_start": cue_start, "cue_end": cue_end}
    return {**named, **labels, **spans, "hash": text_hash(whole[start:end])}


@pytest.fixture
def annotations(tmp_path: Path) -> Path:
    second = TEXT.index("It may")
    rows = [
        _row(-1, 0, len(TITLE), "reported_fact", None),
        _row(0, 0, 34, "reported_fact", True),
        _row(1, second, len(TEXT), "speculation", None, stretch=1, cue=(3, 6)),
    ]
    for name, part in zip(TRAINING_ROUNDS, (rows[:2], rows[2:]), strict=True):
        pq.write_table(pa.Table.from_pylist(part, SCHEMA), tmp_path / f"{name}.parquet")
    return tmp_path


def test_every_stretch_is_an_article_with_its_text(annotations: Path) -> None:
    first, second = load_later_rounds(write_pool(annotations, TEXT), annotations)
    assert first.headline is not None and first.headline.text == TITLE
    [sentence] = first.sentences
    assert (sentence.text, sentence.carries_headline, sentence.has_spans) == (TEXT[:34], True, False)
    assert second.headline is None
    [sentence] = second.sentences
    assert (sentence.text, sentence.label) == ("It may reopen in 2031.", Label.SPECULATION)
    assert sentence.has_spans and sentence.cue == (3, 6)  # «may»


def test_a_pool_without_the_document_or_with_another_text_is_refused(annotations: Path) -> None:
    with pytest.raises(DataError, match="lacks 1 documents"):
        load_later_rounds(write_pool(annotations, TEXT, doc="other"), annotations)
    with pytest.raises(DataError, match=r"abp/bell is not the one that was annotated"):
        load_later_rounds(write_pool(annotations, TEXT.replace("old", "new")), annotations)


def test_the_shipped_labels_fit_the_pool() -> None:
    pool = Path(__file__).parents[3] / "shared" / "pool"
    if not pool.is_dir():
        pytest.skip("needs ../shared")
    for name in ROUNDS:
        sentences = [sentence for article in load_round(name, pool) for sentence in article.all_sentences]
        assert len(sentences) > 4_000
        for sentence in sentences:
            for span in (sentence.source, sentence.cue):
                assert span is None or (sentence.has_spans and 0 <= span[0] < span[1] <= len(sentence.text))
