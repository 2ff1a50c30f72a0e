"""Headlines whose relation to their article is known: of real articles, and of articles of our own."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onrecord.article import Article
from onrecord.data.external import load_headline_pairs
from onrecord.data.headline_claims import ClaimingHeadline, HeadedArticle, load_headline_claims
from onrecord.errors import DataError, InputError
from onrecord.eval.passages import Passage
from onrecord.framing.headline import Relation

RELATIONS = tuple(Relation)
HALVES = ("building", "held_out")
"""The articles of our own that headline drift was built on, and those that nobody looked at while it was."""

_FOLDER = Path(__file__).parent / "headlines"


@dataclass(frozen=True)
class Case:
    """An article under a headline.

    :ivar evidence: numbers, from 0, of the sentences that carry the claim; none if the relation is absent or topic.
    """

    passage: Passage
    relation: Relation
    evidence: frozenset[int]


def natural_cases(folder: Path) -> list[Case]:
    """Real headlines, from ``folder/dev.parquet``.

    :raises DataError: the file is not there.
    """
    return [
        Case(Passage(pair.document, pair.sentences, pair.headline), Relation(pair.relation), frozenset(pair.evidence))
        for pair in load_headline_pairs(folder)
    ]


def pool_cases(folder: Path) -> list[Case]:
    """Articles of the pool under headlines that were written for them, those held out of training.

    :param folder: holds ``news.parquet``, the pool.
    :raises DataError: the pool is missing, or is another one.
    """
    return [
        _under(article, headline)
        for article in load_headline_claims(folder)
        if article.held_out
        for headline in article.headlines
    ]


def printed_cases(folder: Path) -> list[Case]:
    """Articles of the pool under the headline that each was printed with; raises as :func:`pool_cases`."""
    return [_under(article, article.headlines[0]) for article in load_headline_claims(folder)]


def _under(article: HeadedArticle, headline: ClaimingHeadline) -> Case:
    passage = Passage(f"{article.corpus}/{article.document}", article.sentences, headline.text)
    return Case(passage, Relation(headline.relation), headline.evidence)


def controlled_cases(half: str, folder: Path = _FOLDER) -> list[Case]:
    """Articles of our own, each under every one of its headlines.

    :param half: one of ``HALVES``.
    :raises DataError: the file is not there, or not as it should be.
    """
    path = folder / f"{half}.jsonl"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return [case for line in lines if line.strip() for case in _cases(json.loads(line))]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, InputError) as error:
        raise DataError(f"{path} does not hold articles with headlines: {error!r}") from error


def _cases(content: dict[str, Any]) -> Iterator[Case]:
    sentences = tuple(sentence.text for sentence in Article(content["text"]).sentences)
    for relation, headline in content["headlines"].items():
        evidence = frozenset(content["evidence"][relation])
        if not evidence <= set(range(len(sentences))):
            raise ValueError(f"article {content['id']} has no sentences {sorted(evidence)}")
        yield Case(Passage(content["id"], sentences, headline), Relation(relation), evidence)
