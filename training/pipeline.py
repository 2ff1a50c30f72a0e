"""From annotations to weights: the stages of a run, in order, and what each is made of."""

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from onrecord.article import Article
from onrecord.data.annotated import AnnotatedArticle, load_annotated
from onrecord.data.headline_claims import HeadedArticle, held_out_documents, load_headline_claims
from onrecord.data.later_rounds import DEV_POOL, documents_of, load_later_rounds
from onrecord.data.own import load_own, load_own_headlines
from onrecord.data.pool import load_pool
from onrecord.engine import available_cores
from onrecord.errors import WeightsError
from onrecord.pretrained import WeightsFolder, digest_of
from onrecord.training.adapt import adapt
from onrecord.training.adapters import ADAPTERS, merge_adapters
from onrecord.training.arguments import has_bfloat16
from onrecord.training.average import average, blend
from onrecord.training.calibrate import development
from onrecord.training.card import write_card
from onrecord.training.claim_heads import fit_claim_heads
from onrecord.training.distil import distil, score_pool
from onrecord.training.export import export
from onrecord.training.finetune import finetune
from onrecord.training.imitate import imitate, teach_claims
from onrecord.training.material import Material
from onrecord.training.mpnet import check_teacher, prepare_teacher
from onrecord.training.narrow import is_wide, narrow, widths
from onrecord.training.recipe import Recipe
from onrecord.training.refine import refine
from onrecord.training.restore import restore
from onrecord.training.span_head import fit_span_head
from onrecord.training.stages import Stages
from onrecord.training.teacher import ask, train_teacher
from onrecord.training.tutor import tutor
from onrecord.training.vocabulary import prepare_start

_CLAIM_HEADS = ("claim_head.", "drift_head.")


def train(
    recipe: Recipe,
    data: Path,
    folder: Path,
    corrections: Sequence[AnnotatedArticle] = (),
    start_from: str | Path | None = None,
    adapters: Path | None = None,
) -> Path:
    """Run every stage of ``recipe``; return the folder with the finished weights.

    :param data: holds ``annotated/`` and ``pool/``.
    :param corrections: more annotated articles to train on, beside those in ``annotated/``.
    :param start_from: a folder of weights or a hub id, in the place of all stages up to refinement; and of those up to
        tutoring, if they are as narrow as the recipe says and were trained on the same data.
    :param adapters: what a teacher has learned in an earlier run, in the place of training one.
    :raises InputError: ``folder`` holds a stage of another recipe, on other data or from another start; or the
        teacher's encoder is not there.
    :raises DataError: data are missing.
    :raises WeightsError: the weights to start from, or the adapters, are missing, damaged or of another version.
    """
    start = None if start_from is None else WeightsFolder.open(start_from)
    origin = None if start is None else start.config.digests["model.onnx"][:12]
    taught = recipe.teacher.encoder and (recipe.refinement.runs or recipe.tutoring.tokens)
    if taught:
        check_teacher(recipe.teacher.encoder)  # else its absence would show after hours
        if adapters is not None and not adapters.is_file():
            raise WeightsError(f"there are no adapters {adapters}; name a file that a run wrote, or 'shipped'")
    training, held_out = load_annotated("train", data / "annotated"), development(data)
    headed = [article for article in load_headline_claims(data / "pool") if not article.held_out]
    material = Material(training, [*load_later_rounds(data / "pool"), *corrections], headed)
    own = [*load_own(), *load_own_headlines()]
    pool = _shuffled_pool(data / "pool", recipe.seed)
    learned_from = data_digest([*training, *material.added, *own, *headed])
    stages = Stages(folder, recipe.seed, recipe.windows, learned_from, data_digest([*pool, *held_out]))
    if start is None:
        learned = _learn(recipe, [*training, *corrections], pool, stages)
    else:
        learned = stages.run("6-restored", partial(restore, start), origin)
    teacher = None
    if taught:
        begun = _begin_teacher(recipe, learned, stages)
        if adapters is None:
            teacher = _train_teacher(recipe, begun, [*training, *material.added, *own], headed, stages)
        else:
            merging = partial(merge_adapters, begun, adapters)
            teacher = stages.run("8-teacher", merging, digest_of(adapters), begun)
    if start is not None and start.config.provenance.get("data") == learned_from and not is_wide(learned, recipe):
        trained = learned  # finished before, on the same data
    else:
        refined = _refine(recipe, material, learned, teacher, stages)
        trained = _finish(recipe, material, pool, refined, stages)
    if teacher is not None and recipe.tutoring.tokens:
        trained = _tutor(recipe, material, pool, trained, teacher, stages)
    trained = _fit_last_heads(recipe, material, trained, stages)
    notes = {
        "data": learned_from,
        "corrections": sum(len(article.all_sentences) for article in corrections),
        "minutes": stages.minutes(),
        "start_from": origin,
        "teacher": recipe.teacher.encoder,
        "teacher_adapters": None if teacher is None else digest_of(teacher / ADAPTERS)[:12],
        **widths(trained),
        "cores": available_cores(),
        "precision": "bfloat16" if has_bfloat16() else "float32",
    }
    (trained / "provenance.json").write_text(json.dumps(notes))
    weights = stages.run("20-weights", partial(export, trained, training, held_out, recipe), trained)
    write_card(weights)
    return weights


def _learn(recipe: Recipe, training: Sequence[AnnotatedArticle], pool: Sequence[Article], stages: Stages) -> Path:
    """The stages from a public encoder to a network that labels; return the last one's folder."""
    texts = [*(a.text for a in pool), *(s.text for a in training for s in a.all_sentences)]
    prepare = partial(prepare_start, recipe.start.encoder, recipe.start.vocabulary, texts)
    start = encoder = stages.run("1-start", prepare, recipe.start)
    if recipe.adaptation.tokens:
        encoder = stages.run("2-adapted", partial(adapt, start, pool, recipe), recipe.adaptation, start)
    runs = [
        stages.run(
            f"3-finetuned-{number + 1}",
            partial(finetune, encoder, training, recipe, run=number),
            recipe.finetuning,
            encoder,
        )
        for number in range(len(recipe.finetuning.epochs))
    ]
    averaged = stages.run("4-averaged", partial(average, runs), *runs)
    settings = recipe.distillation
    if not settings.tokens:
        return averaged
    scored = stages.run("5-scored", partial(score_pool, start, runs, pool, recipe), settings, *runs)
    learning = partial(distil, averaged, scored, pool, training, recipe)
    return stages.run("6-distilled", learning, settings, recipe.finetuning, averaged, scored)


def _begin_teacher(recipe: Recipe, learned: Path, stages: Stages) -> Path:
    """The teacher's encoder, made to read the same tokens as the network in ``learned``; return its folder."""
    encoder, tokenizer = recipe.teacher.encoder, learned / "tokenizer.json"
    pieces = hashlib.sha256(tokenizer.read_bytes()).hexdigest()
    return stages.run("7-teacher-start", partial(prepare_teacher, encoder, tokenizer), encoder, pieces)


def _train_teacher(
    recipe: Recipe, begun: Path, shown: Sequence[AnnotatedArticle], headed: Sequence[HeadedArticle], stages: Stages
) -> Path:
    """Teach a teacher all that is annotated; return its folder."""
    settings, learning = _without(recipe.teacher, "say"), partial(train_teacher, begun, shown, headed, recipe)
    return stages.run("8-teacher", learning, settings, recipe.finetuning, begun)


def _refine(recipe: Recipe, material: Material, learned: Path, teacher: Path | None, stages: Stages) -> Path:
    """Show the later rounds and what we wrote, under the teacher's word if there is one; return the last folder."""
    settings = recipe.refinement
    scored: Path | None = None
    said: tuple[object, ...] = ()
    if not settings.runs:
        return learned
    if teacher is not None:
        scored = stages.run("9-scored", partial(ask, teacher, material, recipe), teacher)
        said = (recipe.teacher.say, scored)
    refined = [
        stages.run(
            f"10-refined-{number + 1}",
            partial(refine, learned, material, recipe, run=number, scored=scored),
            *_epoch(recipe),
            learned,
            *said,
        )
        for number in range(settings.runs)
    ]
    averaged = stages.run("11-averaged", partial(average, refined), *refined)
    blending = partial(blend, learned, averaged, settings.kept, new=_CLAIM_HEADS)
    return stages.run("12-blended", blending, settings.kept, learned, averaged)


def _finish(recipe: Recipe, material: Material, pool: Sequence[Article], learned: Path, stages: Stages) -> Path:
    """Cut the network to its final width and teach it more of headlines; return the last stage's folder."""
    finished = learned
    if recipe.narrowing.feed_forward and is_wide(learned, recipe):
        cut = partial(narrow, learned, material.first, recipe)
        narrowed = stages.run("13-narrowed", cut, recipe.narrowing, learned)
        imitating = partial(imitate, learned, narrowed, pool, recipe)
        finished = stages.run("14-imitated", imitating, *_epoch(recipe), recipe.narrowing, narrowed)
    if recipe.claims.share:
        learning = partial(teach_claims, learned, finished, material.headed, recipe)
        finished = stages.run("15-claims", learning, *_epoch(recipe), _without(recipe.claims, "pull"), finished)
    return finished


def _tutor(
    recipe: Recipe, material: Material, pool: Sequence[Article], learned: Path, teacher: Path, stages: Stages
) -> Path:
    """Show the finished network articles under the teacher's word alone; return the last stage's folder."""
    settings, kept = recipe.tutoring, recipe.tutoring.kept
    learning = partial(tutor, teacher, learned, pool, material, recipe)
    tutored = stages.run("16-tutored", learning, *_epoch(recipe), _without(settings, "kept"), learned, teacher)
    blending = partial(blend, learned, tutored, kept, new="drift_head.")  # which restored weights lack
    return stages.run("17-blended", blending, kept, learned, tutored)


def _fit_last_heads(recipe: Recipe, material: Material, trained: Path, stages: Stages) -> Path:
    """Fit to the finished network, held, what needs no more than its states; return the last stage's folder."""
    if recipe.claims.share:
        fitting = partial(fit_claim_heads, trained, material.headed, recipe)
        trained = stages.run("18-claim-heads", fitting, *_epoch(recipe), recipe.claims, trained)
    fitting = partial(fit_span_head, trained, [*material.first, *material.added], recipe)
    return stages.run("19-span-head", fitting, *_epoch(recipe), recipe.spans, trained)


def _epoch(recipe: Recipe) -> tuple[object, ...]:
    """What every epoch after fine-tuning rests on, beside its own settings."""
    return recipe.finetuning, _without(recipe.refinement, "kept", "runs")


def _without(settings: Any, *names: str) -> dict[str, object]:
    """A part of the recipe but for what decides nothing before a later stage."""
    return {name: value for name, value in dataclasses.asdict(settings).items() if name not in names}


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
