"""From annotations to weights: the stages of a run, in order, each in a folder of its own.

A stage that is done is not run again, and a stage that was killed goes on from its checkpoint: the same command, given
again, goes on where it stopped.
"""

import hashlib
import json
import logging
import platform
import time
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path

import numpy as np

from onrecord.article import Article
from onrecord.data.annotated import AnnotatedArticle, load_annotated
from onrecord.data.pool import load_pool
from onrecord.errors import InputError
from onrecord.training.adapt import adapt
from onrecord.training.average import average
from onrecord.training.card import write_card
from onrecord.training.distil import distil, score_pool
from onrecord.training.export import export
from onrecord.training.finetune import finetune
from onrecord.training.polish import polish
from onrecord.training.recipe import Recipe
from onrecord.training.vocabulary import prepare_start

log = logging.getLogger(__name__)


def train(recipe: Recipe, data: Path, folder: Path, corrections: Sequence[AnnotatedArticle] = ()) -> Path:
    """Run every stage of ``recipe``; return the folder with the finished weights.

    :param data: holds ``annotated/`` and, if the recipe adapts to it, ``pool/``.
    :param corrections: more annotated articles to train on, beside those in ``annotated/``.
    :raises InputError: ``folder`` holds a run of another recipe, or one with other corrections.
    :raises DataError: data are missing.
    """
    _claim(folder, recipe, corrections)
    training, dev = (load_annotated(split, data / "annotated") for split in ("train", "dev"))
    training += corrections
    pool = cache(partial(_shuffled_pool, data / "pool", recipe.seed))

    start = encoder = folder / "1-start"
    _stage(
        start,
        lambda: prepare_start(
            recipe.start.encoder,
            recipe.start.vocabulary,
            [*(a.text for a in pool()), *(s.text for a in training for s in a.all_sentences)],
            start,
        ),
    )
    if recipe.adaptation.tokens:
        encoder = folder / "2-adapted"
        _stage(encoder, lambda: adapt(start, pool(), recipe, encoder))
    runs = [folder / f"3-finetuned-{number}" for number in range(1, len(recipe.finetuning.epochs) + 1)]
    for number, run in enumerate(runs):
        _stage(run, partial(finetune, encoder, training, recipe, run, number))
    averaged = folder / "4-averaged"
    _stage(averaged, lambda: average(runs, averaged))
    learned = averaged
    if recipe.distillation.tokens:
        scored, learned = folder / "5-scored", folder / "6-distilled"
        _stage(scored, lambda: score_pool(start, runs, pool(), recipe, scored))
        _stage(learned, lambda: distil(averaged, scored, pool(), training, recipe, learned))
    polished = folder / "7-polished"
    _stage(polished, lambda: polish(learned, training, recipe, polished))
    trained = folder / "8-final"
    _stage(trained, lambda: average([learned, polished], trained))
    weights = folder / "9-weights"
    corrected = sum(len(article.all_sentences) for article in corrections)
    notes = {"data": data_digest(training), "corrections": corrected, "minutes": _minutes(folder)}
    (trained / "provenance.json").write_text(json.dumps(notes))
    _stage(weights, lambda: export(trained, training, dev, recipe, weights))
    write_card(weights)
    return weights


def _claim(folder: Path, recipe: Recipe, corrections: Sequence[AnnotatedArticle]) -> None:
    """Make the run's folder its recipe's and its corrections' own."""
    mark = folder / "recipe.digest"
    digest = f"{recipe.digest()} {data_digest(corrections)}" if corrections else recipe.digest()
    if mark.exists() and mark.read_text() != digest:
        raise InputError(
            f"{folder} holds a run of another recipe or with other corrections; name another folder or remove it"
        )
    folder.mkdir(parents=True, exist_ok=True)
    mark.write_text(digest)


def _stage(folder: Path, run: Callable[[], object]) -> None:
    """Run a stage unless its folder says that it is done; note the time it took, and on what."""
    done = folder / "done.json"
    if done.exists():
        log.info("%s: done before", folder.name)
        return
    log.info("%s: started", folder.name)
    started = time.monotonic()
    folder.mkdir(exist_ok=True)
    run()
    minutes = round((time.monotonic() - started) / 60, 1)
    done.write_text(json.dumps({"minutes": minutes, "machine": platform.machine()}))
    log.info("%s: took %s minutes", folder.name, minutes)


def _minutes(folder: Path) -> dict[str, float]:
    """Minutes that each finished stage took in the session that finished it."""
    return {done.parent.name: json.loads(done.read_text())["minutes"] for done in sorted(folder.glob("*/done.json"))}


def data_digest(articles: Sequence[AnnotatedArticle]) -> str:
    """A short hash of all annotated text and labels that the network learns from."""
    digest = hashlib.sha256()
    for article in articles:
        digest.update(repr(article).encode("utf-8", errors="replace"))
    return digest.hexdigest()[:16]


def _shuffled_pool(folder: Path, seed: int) -> list[Article]:
    articles = list(load_pool(folder))
    order = np.random.RandomState(seed).permutation(len(articles))  # the legacy generator: its stream never changes
    return [articles[number] for number in order]
