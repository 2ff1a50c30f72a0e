"""Polishing: what the errors showed, put right by a few sentences of our own.

The pipeline then takes the mean of the network before and after, which keeps the correction and gives back what it cost
elsewhere (Wortsman et al., 2022, "Robust fine-tuning of zero-shot models", https://arxiv.org/abs/2109.01903).
"""

import dataclasses
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

from onrecord.data.annotated import AnnotatedArticle
from onrecord.data.own import load_own
from onrecord.training.finetune import finetune
from onrecord.training.recipe import Recipe


def polish(trained: Path, articles: Sequence[AnnotatedArticle], recipe: Recipe, folder: Path) -> None:
    """Train the network in ``trained`` for one gentle epoch; write it to ``folder``."""
    settings = recipe.polishing
    generator = random.Random(recipe.seed)
    sample = generator.sample(list(articles), round(settings.share * len(articles)))
    own = load_own()
    singles = [article for article in own if len(article.all_sentences) == 1]
    passages = [article for article in own if len(article.all_sentences) > 1]
    mixed = [article for _ in range(settings.single_repeats) for article in _mixed(singles, generator)]
    gentle = dataclasses.replace(
        recipe.finetuning,
        epochs=(1,),
        learning_rate=settings.learning_rate,
        head_learning_rate=settings.head_learning_rate,
    )
    own_articles = mixed + passages * settings.passage_repeats
    finetune(trained, sample + own_articles, dataclasses.replace(recipe, finetuning=gentle), folder)


def _mixed(articles: list[AnnotatedArticle], generator: random.Random) -> Iterator[AnnotatedArticle]:
    """Single sentences in random order, one to four an article, so that they are seen in company too."""
    sentences = [sentence for article in articles for sentence in article.sentences]
    generator.shuffle(sentences)
    while sentences:
        size = generator.randint(1, 4)
        yield dataclasses.replace(articles[0], sentences=tuple(sentences[:size]))
        sentences = sentences[size:]
