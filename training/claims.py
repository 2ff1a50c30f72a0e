"""What a headline claims, and where: articles under headlines that were written for them → lessons."""

import dataclasses
import random
from collections.abc import Iterator, Sequence

from onrecord.data.headline_claims import ClaimingHeadline, HeadedArticle
from onrecord.labels import DRIFTS
from onrecord.training.examples import Lesson, Targets, nothing, unlabelled
from onrecord.windows import WindowPacker

_EXCERPT = 200  # tokens shown under a headline of our own: the claim's surroundings
_BEFORE = 4  # sentences before the first one that carries it, at most


def under_its_own(article: HeadedArticle, packer: WindowPacker) -> Lesson:
    """The article under its own headline; nothing is known of its labels yet."""
    return unlabelled(article.sentences, article.headlines[0].text, packer)


def headline_lessons(
    headed: Sequence[HeadedArticle], share: float, packer: WindowPacker, generator: random.Random
) -> list[Lesson]:
    """A share of the articles, the last ones, under each of their headlines; nothing is known of their labels."""
    return [
        lesson
        for article in _last(headed, share)
        for lesson in under_each_headline(article, under_its_own(article, packer), packer, generator)
    ]


def under_each_headline(
    article: HeadedArticle, labelled: Lesson, packer: WindowPacker, generator: random.Random
) -> Iterator[Lesson]:
    """The article under its own headline, then an excerpt under each of the others.

    :param labelled: the article under its own headline, with what is known of its labels.
    """
    own, *others = article.headlines
    yield dataclasses.replace(labelled, targets=[labelled.targets[0], *_claims(own, labelled.targets[1:])])
    for headline in others:
        yield _excerpt(headline, labelled, packer, generator)


def headline_excerpts(
    headed: Sequence[HeadedArticle], share: float, packer: WindowPacker, generator: random.Random
) -> list[Lesson]:
    """As :func:`headline_lessons`, but of every article no more than an excerpt under each headline."""
    return [
        _excerpt(headline, whole, packer, generator)
        for article in _last(headed, share)
        for whole in [under_its_own(article, packer)]
        for headline in article.headlines
    ]


def _last(headed: Sequence[HeadedArticle], share: float) -> Sequence[HeadedArticle]:
    return headed[len(headed) - round(share * len(headed)) :]


def _claims(headline: ClaimingHeadline, targets: Sequence[Targets]) -> list[Targets]:
    drift = DRIFTS.index(headline.relation) if headline.relation in DRIFTS else None
    return [
        dataclasses.replace(known, claim=True, drift=drift)
        if number in headline.evidence
        else dataclasses.replace(known, claim=False)
        for number, known in enumerate(targets)
    ]


def _excerpt(headline: ClaimingHeadline, labelled: Lesson, packer: WindowPacker, generator: random.Random) -> Lesson:
    [head] = packer.tokenize([headline.text])
    first, last = _limits([len(tokens.ids) for tokens in labelled.tokens[1:]], headline, generator)
    return Lesson(
        [head, *labelled.tokens[first + 1 : last + 1]],
        [nothing(len(head.ids)), *_claims(headline, labelled.targets[1:])[first:last]],
        has_headline=True,
    )


def _limits(lengths: Sequence[int], headline: ClaimingHeadline, generator: random.Random) -> tuple[int, int]:
    """First and last sentence (exclusive) of an excerpt with a sentence that carries the claim, if there is one."""
    anchor = generator.choice(sorted(headline.evidence) or range(len(lengths)))
    first = max(0, anchor - generator.randint(0, _BEFORE))
    while sum(lengths[first : anchor + 1]) > _EXCERPT and first < anchor:
        first += 1
    last = first + 1
    while last < len(lengths) and sum(lengths[first : last + 1]) <= _EXCERPT:
        last += 1
    return first, last
