"""What refinement shows, and what a teacher is asked about: all that is annotated, in one order."""

from collections.abc import Sequence
from dataclasses import dataclass

from onrecord.data.annotated import AnnotatedArticle
from onrecord.data.headline_claims import HeadedArticle
from onrecord.training.examples import Lesson, lessons, unlabelled
from onrecord.windows import WindowPacker


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
        return annotated + [unlabelled(article.sentences, article.headlines[0].text, packer) for article in self.headed]
