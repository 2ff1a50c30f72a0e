"""The standoff annotations: what the converter writes, and what is shipped, hold labels and no text."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from onrecord.data.standoff import (
    ANNOTATIONS,
    DOCUMENTS,
    SENTENCES,
    SPLITS,
    find_span,
    read_rows,
    text_hash,
    write_standoff,
)
from onrecord.errors import DataError
from onrecord.labels import Label, Sourcing


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("The heath, he said, is dry.", "he", "he"),
        ("They’ll go.", "’ll", "’ll"),
        ("Costs (so far) rise", "(so far)", "(so far)"),
    ],
)
def test_a_span_points_at_the_words(text: str, words: str, found: str) -> None:
    span = find_span(text, words)
    assert span is not None
    assert text[slice(*span)] == found


def test_a_span_prefers_whole_words_to_an_earlier_part_of_a_word() -> None:
    assert find_span("The heath, he said, is dry.", "he") == (11, 13)


def test_empty_words_have_no_span() -> None:
    assert find_span("The heath is dry.", "") is None


def test_words_that_are_not_in_the_sentence_are_an_error() -> None:
    with pytest.raises(DataError, match="may be"):
        find_span("The heath is dry.", "may be")


def test_the_hash_ignores_how_blanks_run_and_nothing_else() -> None:
    assert text_hash("The heath  is\ndry. ") == text_hash("The heath is dry.")
    assert text_hash("The heath is dry.") != text_hash("The heath is dry")
    assert text_hash("The heath is dry.") != text_hash("The Heath is dry.")


def test_no_text_is_written(annotations: Path, rows: list[dict[str, Any]]) -> None:
    written = "\n".join(str(read_rows(annotations / f"{name}.parquet")) for name in (*SPLITS, "documents"))
    for row in rows:
        if row["corpus"] != "beige" or row["idx"] != -1:  # «Beige Book: Velmark» is a description, not a headline
            assert row["text"] not in written


def test_a_headline_keeps_its_length(annotations: Path) -> None:
    headline = read_rows(annotations / "dev.parquet")[0]
    assert (headline["idx"], headline["start"], headline["end"]) == (-1, 0, len("Velmark & its bridge"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"train\.parquet"):
        write_standoff(tmp_path, tmp_path / "annotations")


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "train.parquet").write_text("not parquet")
    with pytest.raises(DataError, match=r"train\.parquet is not a parquet file"):
        read_rows(tmp_path / "train.parquet")


def test_a_missing_column_is_named(annotated: Path) -> None:
    with pytest.raises(DataError, match="colour"):
        read_rows(annotated / "dev.parquet", ["text", "colour"])


def test_shipped_files_have_the_columns_documented_and_no_other() -> None:
    for split in SPLITS:
        assert pq.read_schema(ANNOTATIONS / f"{split}.parquet").equals(SENTENCES)
    assert pq.read_schema(ANNOTATIONS / "documents.parquet").equals(DOCUMENTS)


@pytest.mark.parametrize("split", SPLITS)
def test_shipped_labels_follow_the_codebook(split: str) -> None:
    documents = {(row["corpus"], row["doc"]) for row in read_rows(ANNOTATIONS / "documents.parquet")}
    for row in read_rows(ANNOTATIONS / f"{split}.parquet"):
        assert (row["corpus"], row["doc"]) in documents
        sourced = Sourcing(row["sourcing"]) is not Sourcing.NONE
        if Label(row["label"]) is not Label.ANALYST_OPINION:
            assert sourced == (Label(row["label"]) is Label.ATTRIBUTED_CLAIM)
        for part in ("source", "cue"):
            if row[f"{part}_start"] is not None:
                assert 0 <= row[f"{part}_start"] < row[f"{part}_end"] <= row["end"] - row["start"]


def test_splits_share_no_document() -> None:
    documents = [{row["doc"] for row in read_rows(ANNOTATIONS / f"{split}.parquet")} for split in SPLITS]
    assert sum(map(len, documents)) == len(set().union(*documents))


def test_the_shipped_files_are_those_made_of_the_shared_text(shared: Path, tmp_path: Path) -> None:
    write_standoff(shared / "annotated", tmp_path)
    for name in (*SPLITS, "documents"):
        assert pq.read_table(tmp_path / f"{name}.parquet").equals(pq.read_table(ANNOTATIONS / f"{name}.parquet"))
