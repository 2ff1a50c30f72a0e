"""Loading annotated articles: labels joined to their text, from parquet and from clones; what is missing is said."""

import json
import logging
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from onrecord.data.annotated import AnnotatedArticle, describe, load_annotated
from onrecord.data.standoff import read_rows
from onrecord.errors import DataError
from onrecord.labels import Label, Sourcing


def texts(articles: list[AnnotatedArticle]) -> dict[tuple[str, int], str]:
    """Every text found, by document and number of the sentence."""
    return {
        (article.document, sentence.index): sentence.text for article in articles for sentence in article.all_sentences
    }


def test_labels_and_text_come_together_again(annotated: Path, annotations: Path, rows: list[dict[str, Any]]) -> None:
    articles = load_annotated("dev", annotated, annotations)
    assert texts(articles) == {(row["doc"], row["idx"]): row["text"] for row in rows}
    bell = articles[0]
    assert (bell.corpus, bell.document, bell.outlet, bell.kind) == ("abp", "bell1", "The Velmark Bell", "news")
    fact, claim, guess = bell.sentences
    assert (fact.label, fact.sourcing, fact.source, fact.cue) == (Label.REPORTED_FACT, Sourcing.NONE, None, None)
    assert (claim.label, claim.sourcing, claim.sure) == (Label.ATTRIBUTED_CLAIM, Sourcing.NAMED, True)
    assert (claim.second_label, guess.second_label, guess.sure) == (Label.NONE, None, False)


def test_spans_point_at_the_words(annotated: Path, annotations: Path) -> None:
    _, claim, guess = load_annotated("dev", annotated, annotations)[0].sentences
    assert claim.source is not None
    assert claim.cue is not None
    assert guess.cue is not None
    assert claim.text[slice(*claim.source)] == "Mayor Ana Orlov"
    assert claim.text[slice(*claim.cue)] == "said"
    assert guess.text[slice(*guess.cue)] == "may"


def test_changed_text_is_left_out_and_reported(
    annotated: Path, annotations: Path, rows: list[dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    changed = [{**row, "text": row["text"].replace("2031", "2032")} for row in rows if row["doc"] != "mill"]
    pq.write_table(pa.Table.from_pylist(changed), annotated / "dev.parquet")
    found = texts(load_annotated("dev", annotated, annotations))
    assert ("bell1", 1) in found
    assert ("bell1", 2) not in found
    assert "9 of 12 sentences found" in caplog.text
    assert "2 not there, 1 whose text differs" in caplog.text
    assert "abp/bell1 (1), beige/mill (2)" in caplog.text


def test_a_folder_with_other_text_is_an_error(annotated: Path, annotations: Path) -> None:
    pq.write_table(
        pa.Table.from_pylist([{"corpus": "abp", "doc": "bell1", "idx": 0, "text": "Other words."}]),
        annotated / "dev.parquet",
    )
    with pytest.raises(DataError, match="none of the text of dev"):
        load_annotated("dev", annotated, annotations)


def test_an_unknown_split_is_an_error(annotated: Path) -> None:
    with pytest.raises(DataError, match="dev_dense"):
        load_annotated("development", annotated)


def test_missing_clones_are_named_with_the_commands_that_make_them(clones: Path, annotations: Path) -> None:
    (clones / "mills").rename(clones / "elsewhere")
    with pytest.raises(DataError) as error:
        load_annotated("dev", clones, annotations)
    assert "git clone https://github.com/invented/mills && git -C mills checkout 123def" in str(error.value)
    assert str(clones) in str(error.value)
    assert "invented/bells" not in str(error.value)


def test_clones_give_the_same_articles_as_the_annotated_text(clones: Path, annotated: Path, annotations: Path) -> None:
    assert load_annotated("dev", clones, annotations) == load_annotated("dev", annotated, annotations)


def test_all_sentences_found_is_said_without_a_warning(
    clones: Path, annotations: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="onrecord.data.annotated"):
        load_annotated("dev", clones, annotations)
    assert [record.levelname for record in caplog.records] == ["INFO"]
    assert "12 of 12 sentences found" in caplog.text


def test_what_a_clone_lacks_is_reported(
    clones: Path, annotations: Path, rows: list[dict[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    (clones / "mills/txt/mill.txt").unlink()
    market = clones / "markets/news/market.txt"
    market.write_text(market.read_text(encoding="utf-8").replace("baker", "miller"), encoding="utf-8")
    found = texts(load_annotated("dev", clones, annotations))
    lost = {("mill", -1), ("mill", 0), ("market", 1)}
    assert found == {key: row["text"] for row in rows if (key := (row["doc"], row["idx"])) not in lost}
    assert "bbc/market (1), beige/mill (2)" in caplog.text


def test_a_document_of_unknown_path_is_reported(
    clones: Path, annotations: Path, caplog: pytest.LogCaptureFixture
) -> None:
    documents = read_rows(annotations / "documents.parquet")
    for row in documents:
        row["path"] = None if row["doc"] == "mill" else row["path"]
    pq.write_table(pa.Table.from_pylist(documents), annotations / "documents.parquet")
    assert ("mill", 0) not in texts(load_annotated("dev", clones, annotations))
    assert "beige/mill (2)" in caplog.text


def test_a_file_of_another_form_is_named(clones: Path, annotations: Path) -> None:
    (clones / "invented/bells/data/jsons/bell1.json").write_text(json.dumps({"body": "?"}), encoding="utf-8")
    with pytest.raises(DataError, match=r"bell1\.json is not the file annotated"):
        load_annotated("dev", clones, annotations)


def test_a_description_counts_headlines_and_sentences(annotated: Path, annotations: Path) -> None:
    row = describe("dev", load_annotated("dev", annotated, annotations))
    #                      articles, sentences | fact, claim, speculation, opinion, none | named, unnamed | spans
    assert row == "| dev | 4 | 12 | 10 | 1 | 1 | 0 | 0 | 1 | 0 | 1 | 3 |"


def test_every_shared_sentence_of_dev_is_found_and_its_spans_are_those_annotated(shared: Path) -> None:
    annotated = {(row["doc"], row["idx"]): row for row in read_rows(shared / "annotated" / "dev.parquet")}
    articles = load_annotated("dev", shared / "annotated")
    assert texts(articles) == {key: row["text"] for key, row in annotated.items()}
    for article in articles:
        for sentence in article.all_sentences:
            for span, part in ((sentence.source, "source"), (sentence.cue, "cue")):
                words = annotated[article.document, sentence.index][part]
                assert (sentence.text[slice(*span)] if span else "") == words
