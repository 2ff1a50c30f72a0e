"""Distillation: what several fine-tuned networks say of unlabelled articles becomes what one network learns.

The mean of the runs' probabilities is a better and a softer judge than each run (Hinton et al., 2015,
https://arxiv.org/abs/1503.02531), and the pool holds far more sentences than were annotated. First the pool is
scored, part by part; then the mean of the runs' weights learns from it, and from the annotated articles once more.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import onnx

from onrecord.article import Article
from onrecord.data.annotated import AnnotatedArticle
from onrecord.engine import OnnxEngine
from onrecord.network import SourcingNetwork
from onrecord.training.examples import lessons
from onrecord.training.finetune import one_epoch, packer_of, teach
from onrecord.training.graph import build
from onrecord.training.material import beginning, pool_lessons
from onrecord.training.recipe import Recipe
from onrecord.training.rounding import Observed
from onrecord.training.soft_labels import load, score
from onrecord.training.teacher import blended
from onrecord.windows import WindowPacker


def score_pool(start: Path, runs: Sequence[Path], articles: Sequence[Article], recipe: Recipe, folder: Path) -> None:
    """Write what the runs say of ``articles`` to ``folder``, part by part."""
    packer = packer_of(start, recipe)
    chosen = beginning(articles, recipe.distillation.tokens)
    with tempfile.TemporaryDirectory() as work:
        networks = [SourcingNetwork.from_pretrained(run, attn_implementation="eager").eval() for run in runs]
        judges = [onnx_engine(network, packer, Path(work) / str(number)) for number, network in enumerate(networks)]
        score(pool_lessons(chosen, packer), packer, judges, folder, recipe.distillation.temperature)


def distil(
    start: Path,
    scored: Path,
    articles: Sequence[Article],
    annotated: Sequence[AnnotatedArticle],
    recipe: Recipe,
    folder: Path,
) -> None:
    """Train the network in ``start`` on the pool as scored in ``scored``, and on the annotated articles.

    :raises DataError: the pool is not what was scored.
    """
    settings = recipe.distillation
    packer = packer_of(start, recipe)
    shown = pool_lessons(beginning(articles, settings.tokens), packer)
    material = blended(shown, list(load(scored)), say=1.0)
    material += lessons(annotated, packer, recipe.finetuning.unsure_weight) * settings.annotated_repeats
    teach(start, material, packer, one_epoch(recipe, settings), folder)


def onnx_engine(
    network: SourcingNetwork, packer: WindowPacker, path: Path, observed: Observed | None = None
) -> OnnxEngine:
    """The network in int8, which labels several times as fast; nearer to float with what was ``observed``.

    :param path: where its graph is kept.
    """
    onnx.save(build(network, packer.limit, observed), path)
    return OnnxEngine(path, packer)
