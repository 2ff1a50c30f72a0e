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
from onrecord.data.headline_claims import HeadedArticle, held_out_documents, load_headline_claims
from onrecord.data.later_rounds import DEV_POOL, documents_of, load_later_rounds
from onrecord.data.own import load_own, load_own_headlines
from onrecord.data.pool import load_pool
from onrecord.engine import available_cores
from onrecord.errors import InputError
from onrecord.pretrained import WeightsFolder
from onrecord.training.adapt import adapt
from onrecord.training.arguments import has_bfloat16
from onrecord.training.average import average, blend
from onrecord.training.calibrate import development
from onrecord.training.card import write_card
from onrecord.training.claim_head import fit_claim_head
from onrecord.training.distil import distil, score_pool
from onrecord.training.export import export
from onrecord.training.finetune import finetune, one_epoch
from onrecord.training.imitate import imitate, teach_claims
from onrecord.training.material import Material
from onrecord.training.mpnet import check_teacher, prepare_teacher
from onrecord.training.narrow import is_wide, narrow, widths
from onrecord.training.recipe import Recipe
from onrecord.training.refine import refine
from onrecord.training.restore import restore
from onrecord.training.span_head import fit_span_head
from onrecord.training.teacher import ask
from onrecord.training.tutor import tutor
from onrecord.training.vocabulary import prepare_start

log = logging.getLogger(__name__)

_TEACHER = "8-teacher"


def train(
    recipe: Recipe,
    data: Path,
    folder: Path,
    corrections: Sequence[AnnotatedArticle] = (),
    start_from: str | Path | None = None,
) -> Path:
    """Run every stage of ``recipe``; return the folder with the finished weights.

    :param data: holds ``annotated/`` and ``pool/``.
    :param corrections: more annotated articles to train on, beside those in ``annotated/``.
    :param start_from: a folder of weights or a hub id: they are refined, which takes the place of all stages before.
    :raises InputError: ``folder`` holds a run of another recipe, or one with other data or another start; or the
        teacher's encoder is not there.
    :raises DataError: data are missing.
    :raises WeightsError: the weights to start from are missing, damaged or of another version.
    """
    start = None if start_from is None else WeightsFolder.open(start_from)
    taught = recipe.teacher.encoder and recipe.refinement.runs
    if taught:
        check_teacher(recipe.teacher.encoder)  # else its absence would show after hours
    origin = None if start is None else start.config.digests["model.onnx"][:12]
    training, held_out = load_annotated("train", data / "annotated"), development(data)
    headed = [article for article in load_headline_claims(data / "pool") if not article.held_out]
    material = Material(training, [*load_later_rounds(data / "pool"), *corrections], headed)
    own = [*load_own(), *load_own_headlines()]
    learned_from = data_digest([*training, *material.added, *own, *headed])
    pool = cache(partial(_shuffled_pool, data / "pool", recipe.seed))
    read_besides = data_digest([*pool(), *held_out])
    _claim(folder, " ".join(part for part in (recipe.digest(), learned_from, read_besides, origin) if part))
    if start is None:
        learned = _learn(recipe, [*training, *corrections], pool, folder)
    else:
        learned = folder / "6-restored"
        _stage(learned, lambda: restore(start, learned))
    scored = _consult_teacher(recipe, material, own, learned, folder) if taught else None
    refined = [folder / f"10-refined-{number}" for number in range(1, recipe.refinement.runs + 1)]
    for number, run in enumerate(refined):
        _stage(run, partial(refine, learned, material, recipe, run, number, scored))
    if refined:
        before, averaged, learned = learned, folder / "11-averaged", folder / "12-blended"
        _stage(averaged, lambda: average(refined, averaged))
        _stage(learned, lambda: blend(before, averaged, recipe.refinement.kept, learned, "claim_head."))
    trained = _finish(recipe, material, pool, learned, folder)
    if taught and recipe.tutoring.tokens:
        trained = _tutor(recipe, material, pool, trained, folder)
    if recipe.claims.share:
        before, trained = trained, folder / "18-claim-head"
        _stage(trained, partial(fit_claim_head, before, headed, recipe, trained))
    before, trained = trained, folder / "19-span-head"
    _stage(trained, partial(fit_span_head, before, [*training, *material.added], recipe, trained))
    weights = folder / "20-weights"
    notes = {
        "data": learned_from,
        "corrections": sum(len(article.all_sentences) for article in corrections),
        "minutes": _minutes(folder),
        "start_from": origin,
        "teacher": recipe.teacher.encoder,
        **widths(trained),
        "cores": available_cores(),
        "precision": "bfloat16" if has_bfloat16() else "float32",
    }
    (trained / "provenance.json").write_text(json.dumps(notes))
    _stage(weights, lambda: export(trained, training, held_out, recipe, weights))
    write_card(weights)
    return weights


def _learn(
    recipe: Recipe, training: Sequence[AnnotatedArticle], pool: Callable[[], list[Article]], folder: Path
) -> Path:
    """The stages from a public encoder to a network that labels; return the last one's folder."""
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
    if not recipe.distillation.tokens:
        return averaged
    scored, distilled = folder / "5-scored", folder / "6-distilled"
    _stage(scored, lambda: score_pool(start, runs, pool(), recipe, scored))
    _stage(distilled, lambda: distil(averaged, scored, pool(), training, recipe, distilled))
    return distilled


def _consult_teacher(
    recipe: Recipe, material: Material, own: Sequence[AnnotatedArticle], learned: Path, folder: Path
) -> Path:
    """Train a teacher on all that is annotated; return the folder with its word on the material."""
    start, teacher, scored = folder / "7-teacher-start", folder / _TEACHER, folder / "9-scored"
    _stage(start, lambda: prepare_teacher(recipe.teacher.encoder, learned / "tokenizer.json", start))
    shown = [*material.first, *material.added, *own]
    _stage(teacher, lambda: finetune(start, shown, one_epoch(recipe, recipe.teacher), teacher))
    _stage(scored, lambda: ask(teacher, material, recipe, scored))
    return scored


def _finish(recipe: Recipe, material: Material, pool: Callable[[], list[Article]], learned: Path, folder: Path) -> Path:
    """Cut the network to its final width and teach it more of headlines; return the last stage's folder."""
    narrowed, imitated, claims = folder / "13-narrowed", folder / "14-imitated", folder / "15-claims"
    finished = learned
    if recipe.narrowing.feed_forward and is_wide(learned, recipe):
        _stage(narrowed, lambda: narrow(learned, material.first, recipe, narrowed))
        _stage(imitated, lambda: imitate(learned, narrowed, pool(), recipe, imitated))
        finished = imitated
    if recipe.claims.share:
        before = finished
        _stage(claims, lambda: teach_claims(learned, before, material.headed, recipe, claims))
        finished = claims
    return finished


def _tutor(recipe: Recipe, material: Material, pool: Callable[[], list[Article]], learned: Path, folder: Path) -> Path:
    """Show the finished network articles under the teacher's word alone; return the last stage's folder."""
    tutored, blended = folder / "16-tutored", folder / "17-blended"
    _stage(tutored, lambda: tutor(folder / _TEACHER, learned, pool(), material, recipe, tutored))
    _stage(blended, lambda: blend(learned, tutored, recipe.tutoring.kept, blended))
    return blended


def _claim(folder: Path, digest: str) -> None:
    """Make the run's folder its own, by what makes it another run: recipe, data and the weights that it starts from."""
    mark = folder / "recipe.digest"
    if mark.exists() and mark.read_text() != digest:
        raise InputError(
            f"{folder} holds a run of another recipe, on other data or corrections, or from another start; name "
            "another folder or remove it"
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
    stages = sorted(folder.glob("*/done.json"), key=lambda done: (int(done.parent.name.partition("-")[0]), done))
    return {done.parent.name: json.loads(done.read_text())["minutes"] for done in stages}


def data_digest(articles: Sequence[Article | AnnotatedArticle | HeadedArticle]) -> str:
    """A short hash of all text of articles and all that is annotated."""
    digest = hashlib.sha256()
    for article in articles:
        digest.update(repr(article).encode("utf-8", errors="replace"))
    return digest.hexdigest()[:16]


def _shuffled_pool(folder: Path, seed: int) -> list[Article]:
    held_out = {f"{corpus}/{document}" for corpus, document in documents_of(DEV_POOL) | held_out_documents()}
    articles = [article for article in load_pool(folder) if article.id not in held_out]
    order = np.random.RandomState(seed).permutation(len(articles))  # the legacy generator: its stream never changes
    return [articles[number] for number in order]
