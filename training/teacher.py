"""A teacher: a larger network learns all that is annotated, and has a say in what the network that is shipped learns.

Its probabilities tell what a label alone does not: how near a sentence is to the other labels (Hinton et al., 2015,
https://arxiv.org/abs/1503.02531). It reads the same windows as the smaller network (``mpnet.py``).
"""

import dataclasses
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch

from onrecord.data.annotated import AnnotatedArticle
from onrecord.data.headline_claims import HeadedArticle
from onrecord.engine import TorchEngine
from onrecord.errors import DataError
from onrecord.network import SourcingNetwork
from onrecord.training.adapters import ADAPTERS, add_adapters, merge_adapters, save_adapters
from onrecord.training.arguments import attention, has_bfloat16
from onrecord.training.claims import headline_excerpts
from onrecord.training.examples import Lesson, Targets, lessons
from onrecord.training.finetune import FinetuningTrainer, one_epoch, packer_of, teach
from onrecord.training.material import Material
from onrecord.training.recipe import Recipe, Teacher
from onrecord.training.soft_labels import score


def train_teacher(
    start: Path,
    articles: Sequence[AnnotatedArticle],
    headed: Sequence[HeadedArticle],
    recipe: Recipe,
    folder: Path,
) -> None:
    """Teach the encoder in ``start`` all that is annotated; write it, and its adapters alone, to ``folder``.

    :param headed: articles under headlines of our own, of which the recipe's share is shown, the last ones.
    """
    packer, settings = packer_of(start, recipe), recipe.teacher
    shown = [
        *lessons(articles, packer, recipe.finetuning.unsure_weight),
        *headline_excerpts(headed, settings.claim_share, packer, Random(recipe.seed)),
    ]
    teach(start, shown, packer, one_epoch(recipe, settings), folder, trainer=partial(_AdaptersTrainer, settings))
    merge_adapters(start, folder / ADAPTERS, folder)


class _AdaptersTrainer(FinetuningTrainer):
    """A trainer of adapters and heads, which alone it saves in the end."""

    def __init__(self, settings: Teacher, model: SourcingNetwork, **others: Any) -> None:
        self.kept = settings.rank, settings.held_layers
        add_adapters(model, *self.kept)
        super().__init__(model=model, **others)

    def save_model(self, output_dir: str | None = None, _internal_call: bool = False) -> None:
        """Save adapters and heads; for a checkpoint, all."""
        if _internal_call:
            super().save_model(output_dir, _internal_call)
        else:
            save_adapters(self.model, *self.kept, Path(output_dir or self.args.output_dir) / ADAPTERS)


def load_to_read(folder: Path) -> SourcingNetwork:
    """The network in ``folder``, to read and not to learn: on a GPU if there is one, in bfloat16 if faster."""
    precision = torch.bfloat16 if has_bfloat16() else torch.float32
    network = SourcingNetwork.from_pretrained(folder, attn_implementation=attention(), dtype=precision).eval()
    return network.to("cuda" if torch.cuda.is_available() else "cpu")


def ask(teacher: Path, material: Material, recipe: Recipe, folder: Path) -> None:
    """Write what the network in ``teacher`` says of every sentence of ``material`` to ``folder``, part by part."""
    packer = packer_of(teacher, recipe)
    engine = TorchEngine(load_to_read(teacher), packer)
    score(material.lessons(packer, recipe.finetuning.unsure_weight), packer, [engine], folder)


def blended(material: Sequence[Lesson], said: Sequence[Targets], say: float) -> list[Lesson]:
    """The lessons with targets that the teacher decides in part.

    It has the share ``say`` where an annotator was sure, a greater one where not, since that one counts for less; all
    of it where nobody annotated, and none where a sentence was too long for it.

    :param said: what the teacher says of every sentence of ``material``, in order.
    :raises DataError: it is said of more or fewer sentences.
    """
    if len(said) != (count := sum(len(lesson.targets) for lesson in material)):
        raise DataError(f"the teacher spoke of {len(said)} sentences, not of {count}; remove what it said and go on")
    ordered = iter(said)
    return [
        dataclasses.replace(lesson, targets=[_blend(targets, next(ordered), say) for targets in lesson.targets])
        for lesson in material
    ]


def _blend(annotated: Targets, said: Targets, say: float) -> Targets:
    return dataclasses.replace(
        annotated,
        label=_mix(annotated.label, said.label, say),
        sourcing=_mix(annotated.sourcing, said.sourcing, say),
        token=_mix(annotated.token, said.token, say),
    )


def _mix(annotated: np.ndarray, said: np.ndarray, say: float) -> np.ndarray:
    if not annotated.any() or not said.any():
        return annotated + said
    return (1 - say) * annotated + say * said
