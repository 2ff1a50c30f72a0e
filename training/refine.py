"""Refinement: what the errors showed, put right by the later rounds of annotation and by sentences of our own.

It starts from a network that labels already: the distilled one, or shipped weights (``restore.py``). The
pipeline takes the mean of before and after (Wortsman et al., 2022, "Robust fine-tuning of zero-shot models",
https://arxiv.org/abs/2109.01903).
"""

import dataclasses
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from onrecord.data.annotated import AnnotatedArticle
from onrecord.data.own import load_own, load_own_headlines
from onrecord.training.finetune import finetune, one_epoch
from onrecord.training.recipe import Recipe


def refine(
    trained: Path,
    articles: Sequence[AnnotatedArticle],
    added: Sequence[AnnotatedArticle],
    recipe: Recipe,
    folder: Path,
    run: int = 0,
) -> None:
    """Train the network in ``trained`` for one epoch; write it to ``folder``.

    :param articles: of the first round, of which the recipe's share is shown again.
    :param added: of the later rounds, and corrections: all of them are shown, and what we wrote ourselves.
    :param run: which of the recipe's runs: each draws its own articles and has its own order.
    """
    settings = recipe.refinement
    generator = random.Random(recipe.seed + run)
    again = generator.sample(list(articles), round(settings.share * len(articles)))
    own = _own(settings.single_repeats, settings.passage_repeats, generator)
    shown = [*again, *added, *own, *load_own_headlines()]
    finetune(trained, shown, one_epoch(recipe, settings, run), folder, run)


def _own(single_repeats: int, passage_repeats: int, generator: random.Random) -> list[AnnotatedArticle]:
    """Every single sentence of our own, in ever other company, and every passage as it stands, some times over."""
    own = load_own()
    singles = [article for article in own if len(article.all_sentences) == 1]
    passages = [article for article in own if len(article.all_sentences) > 1]
    mixed = [article for _ in range(single_repeats) for article in _mixed(singles, generator)]
    return mixed + passages * passage_repeats


def _mixed(articles: list[AnnotatedArticle], generator: random.Random) -> Iterator[AnnotatedArticle]:
    """Single sentences in random order, one to four an article, so that they are seen in company too."""
    sentences = [sentence for article in articles for sentence in article.sentences]
    generator.shuffle(sentences)
    while sentences:
        size = generator.randint(1, 4)
        yield dataclasses.replace(articles[0], sentences=tuple(sentences[:size]))
        sentences = sentences[size:]
