"""Articles of the pool under headlines of our own: which sentences carry each headline's claim, in what standing.

Of every article the beginning was read. Its own headline was judged, and up to four others were written: one that
gives a claim the standing it has in the article, one that hardens a claim, one that softens one, and one with a claim
that is not there. ``held_out`` articles are kept from all training: headline drift is fitted and chosen on them.

``python -m onrecord.data.headline_claims FOLDER`` counts them, given the folder that holds the pool.
"""

import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from onrecord.data.pool import annotated_documents, check_unchanged, document_keys
from onrecord.data.standoff import ANNOTATIONS, collapse_blanks, read_rows
from onrecord.errors import DataError

SCHEMA = pa.schema(
    {
        "corpus": pa.string(),
        "doc": pa.string(),
        "held_out": pa.bool_(),
        "starts": pa.list_(pa.int32()),  # with `ends`: offsets of the sentences in the document's text in the pool
        "ends": pa.list_(pa.int32()),
        "hash": pa.string(),  # of the headline and the sentences, a blank between them
        "headlines": pa.list_(
            pa.struct(
                {
                    "text": pa.string(),  # null for the article's own
                    "relation": pa.string(),  # of the headline to the body
                    "evidence": pa.list_(pa.int32()),  # numbers of the sentences that carry its claim
                }
            )
        ),
    }
)


@dataclass(frozen=True, slots=True)
class ClaimingHeadline:
    """A headline, how its claim stands against the body, and the numbers of the sentences that carry it."""

    text: str
    relation: str
    evidence: frozenset[int]


@dataclass(frozen=True, slots=True)
class HeadedArticle:
    """The beginning of an article and its headlines, its own one first."""

    corpus: str
    document: str
    held_out: bool
    sentences: tuple[str, ...]
    headlines: tuple[ClaimingHeadline, ...]


def load_headline_claims(folder: Path, annotations: Path = ANNOTATIONS) -> list[HeadedArticle]:
    """Join the headlines to the text of the pool.

    :param folder: holds ``news.parquet``, the pool.
    :raises DataError: the pool is missing, or lacks or changes a document that was annotated.
    """
    rows = read_rows(annotations / "headline_claims.parquet")
    documents = annotated_documents(folder, document_keys(rows))
    return [_article(row, documents[row["corpus"], row["doc"]]) for row in rows]


def held_out_documents() -> set[tuple[str, str]]:
    """Corpus and document of the articles that are kept from training."""
    rows = read_rows(ANNOTATIONS / "headline_claims.parquet", ["corpus", "doc", "held_out"])
    return document_keys(row for row in rows if row["held_out"])


def _article(row: dict[str, Any], document: dict[str, Any]) -> HeadedArticle:
    sentences = [
        collapse_blanks(document["text"][start:end]) for start, end in zip(row["starts"], row["ends"], strict=True)
    ]
    check_unchanged(" ".join([document["title"], *sentences]), row)
    headlines = (
        ClaimingHeadline(one["text"] or document["title"], one["relation"], frozenset(one["evidence"]))
        for one in row["headlines"]
    )
    return HeadedArticle(row["corpus"], row["doc"], row["held_out"], tuple(sentences), tuple(headlines))


def _describe(articles: list[HeadedArticle]) -> str:
    """Articles, and how many of their headlines have which relation."""
    relations = Counter(headline.relation for article in articles for headline in article.headlines)
    return f"{len(articles):,} articles, {relations.total():,} headlines: " + ", ".join(
        f"{count:,} {relation}" for relation, count in relations.most_common()
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m onrecord.data.headline_claims FOLDER (that holds the pool, news.parquet)")
    try:
        found = load_headline_claims(Path(sys.argv[1]))
        print("for training:", _describe([article for article in found if not article.held_out]))
        print("held out:", _describe([article for article in found if article.held_out]))
    except DataError as error:
        sys.exit(f"onrecord: {error}")
