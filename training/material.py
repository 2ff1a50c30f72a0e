"""What refinement shows, and a teacher is asked about, in one order; and articles of the pool that nobody annotated."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from onrecord.article import Article
from onrecord.data.annotated import AnnotatedArticle
from onrecord.data.headline_claims import HeadedArticle
from onrecord.training.claims import under_its_own
from onrecord.training.examples import Lesson, lessons, unlabelled
from onrecord.windows import WindowPacker

_LETTERS_A_TOKEN = 4.5


@dataclass(frozen=True)
class Material:
    """Articles to learn from, beside sentences of our own.

    :ivar first: articles of the first round, of which the recipe's share is shown again; all, where a teacher says of
        them what was not said before.
    :ivar added: those of the later rounds, and corrections.
    :ivar headed: articles of the pool under headlines of our own.
    """

    first: Sequence[AnnotatedArticle]
    added: Sequence[AnnotatedArticle]
    headed: Sequence[HeadedArticle]

    def lessons(self, packer: WindowPacker, unsure_weight: float) -> list[Lesson]:
        """All of it, in this order; nothing is said of the labels of ``headed``."""
        annotated = lessons([*self.first, *self.added], packer, unsure_weight)
        return [*annotated, *(under_its_own(article, packer) for article in self.headed)]


def pool_lessons(articles: Sequence[Article], packer: WindowPacker) -> list[Lesson]:
    """Whole articles of which nothing is known yet."""
    return [
        unlabelled([sentence.text for sentence in article.sentences], article.headline, packer) for article in articles
    ]


def beginning(articles: Sequence[Article], tokens: int) -> list[Article]:
    """The first articles that have about ``tokens`` tokens in all."""
    total = np.cumsum([len(article.text) / _LETTERS_A_TOKEN for article in articles])
    return list(articles[: int(np.searchsorted(total, tokens)) + 1])
