"""Refinement: what the errors showed, put right by the later rounds of annotation and by sentences of our own.

It starts from a network that labels already: the distilled one, or shipped weights (``restore.py``). A teacher may
have its say (``teacher.py``). The pipeline averages before and after (Wortsman et al., 2022, "Robust fine-tuning of
zero-shot models", https://arxiv.org/abs/2109.01903).
"""

import dataclasses
import itertools
import random
from collections.abc import Iterator
from pathlib import Path

from onrecord.data.annotated import AnnotatedArticle
from onrecord.data.own import load_own, load_own_headlines
from onrecord.training.claims import under_each_headline
from onrecord.training.examples import lessons
from onrecord.training.finetune import one_epoch, packer_of, teach
from onrecord.training.material import Material
from onrecord.training.recipe import Recipe
from onrecord.training.soft_labels import load
from onrecord.training.teacher import blended


def refine(
    trained: Path, material: Material, recipe: Recipe, folder: Path, run: int = 0, scored: Path | None = None
) -> None:
    """Train the network in ``trained`` for one epoch; write it to ``folder``.

    :param run: which of the recipe's runs: each has its own order, and draws its own articles unless all are shown.
    :param scored: where a teacher's word on all of the material's lessons was written, if there is a teacher.
    """
    settings = recipe.refinement
    generator = random.Random(recipe.seed + run)
    packer = packer_of(trained, recipe)
    learned = material.lessons(packer, recipe.finetuning.unsure_weight)
    if scored is not None:
        learned = blended(learned, list(load(scored)), recipe.teacher.say)
    rest = iter(learned)
    parts = (material.first, material.added, material.headed)
    first, added, headed = (list(itertools.islice(rest, len(part))) for part in parts)
    again = first if scored is not None else generator.sample(first, round(settings.share * len(first)))
    own = [*_own(settings.single_repeats, settings.passage_repeats, generator), *load_own_headlines()]
    claims = [
        lesson
        for article, labelled in zip(material.headed, headed, strict=True)
        for lesson in under_each_headline(article, labelled, packer, generator)
    ]
    shown = [*again, *added, *lessons(own, packer, recipe.finetuning.unsure_weight), *claims]
    teach(trained, shown, packer, one_epoch(recipe, settings, run), folder, run)


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
