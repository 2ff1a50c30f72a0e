"""Several networks' word for unlabelled articles becomes what one network learns.

Run: pytest tests/training/test_distil.py
"""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from onrecord.article import Article
from onrecord.calibration import softmax
from onrecord.data.annotated import AnnotatedArticle
from onrecord.engine import TorchEngine
from onrecord.network import SourcingNetwork
from onrecord.training.distil import distil, score_pool
from onrecord.training.finetune import packer_of
from onrecord.training.recipe import Recipe

ARTICLES = [
    Article("The council closed the bridge on Monday. Mayor Ina Dorrit said it was safe.\n\n" * 3, "Bridge closed"),
    Article("It may reopen in spring. The delay is a disgrace. " + "Lorries, vans and buses wait. " * 60),
] * 8


@pytest.fixture(scope="module")
def short(recipe: Recipe) -> Recipe:
    """The recipe with a distillation of a few articles."""
    distillation = dataclasses.replace(
        recipe.distillation, tokens=10_000, annotated_repeats=2, learning_rate=3e-3, head_learning_rate=1e-2
    )
    return dataclasses.replace(recipe, distillation=distillation)


@pytest.fixture(scope="module")
def scored(encoder: Path, trained: Path, short: Recipe, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scored")
    score_pool(encoder, [trained, trained], ARTICLES, short, folder)
    return folder


def test_every_sentence_is_scored_with_probabilities(scored: Path) -> None:
    sentences = sum(len(article.sentences) + bool(article.headline) for article in ARTICLES)
    with np.load(scored / "part-000000.npz") as part:
        assert len(part["label"]) == len(part["sourcing"]) == len(part["tokens"]) == sentences
        assert len(part["token"]) == part["tokens"].sum()
        for name in ("label", "sourcing", "token"):
            assert np.allclose(part[name].astype(float).sum(-1), 1, atol=0.01)


def test_a_part_that_is_there_is_not_scored_again(encoder: Path, trained: Path, short: Recipe, scored: Path) -> None:
    part = scored / "part-000000.npz"
    before = part.stat().st_mtime_ns
    score_pool(encoder, [trained], ARTICLES, short, scored)
    assert part.stat().st_mtime_ns == before


def test_the_student_learns_what_the_judges_say(
    trained: Path, encoder: Path, scored: Path, articles: list[AnnotatedArticle], short: Recipe, tmp_path: Path
) -> None:
    distil(encoder, scored, ARTICLES, articles, short, tmp_path)
    untaught, taught = (_agreement(folder, scored, short) for folder in (encoder, tmp_path))
    assert taught > 1.5 * untaught


def _agreement(network: Path, scored: Path, recipe: Recipe) -> float:
    """Mean probability, of the labels that the judges find likeliest for the first article's sentences."""
    packer = packer_of(network, recipe)
    ids = [tokens.ids for tokens in packer.tokenize([sentence.text for sentence in ARTICLES[0].sentences])]
    [window] = packer.pack(ids, packer.tokenize([ARTICLES[0].headline or ""])[0].ids)
    torch.manual_seed(0)  # of the heads that the encoder lacks
    [scores] = TorchEngine(SourcingNetwork.from_pretrained(network), packer).run([window])
    with np.load(scored / "part-000000.npz") as part:
        judged = part["label"][: len(scores.label)].argmax(-1)
    return float(softmax(scores.label)[np.arange(len(judged)), judged].mean())
