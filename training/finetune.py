"""Fine-tuning: an encoder and annotated articles in, a trained ``SourcingNetwork`` out."""

import dataclasses
import shutil
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from tokenizers import Tokenizer
from torch import Tensor
from transformers import Trainer

from onrecord.data.annotated import AnnotatedArticle
from onrecord.network import SourcingNetwork
from onrecord.training.arguments import attention, last_checkpoint, training_arguments
from onrecord.training.examples import Example, Lesson, batches, lessons, row
from onrecord.training.recipe import Claims, Distillation, Narrowing, Recipe, Refinement, Teacher, Tutoring
from onrecord.windows import WindowPacker


def finetune(encoder: Path, articles: Sequence[AnnotatedArticle], recipe: Recipe, folder: Path, run: int = 0) -> None:
    """Train on ``articles`` from the encoder in ``encoder``; write network and tokenizer to ``folder``.

    :param run: which of the recipe's runs: each has its own order of examples, all have the same first heads.

    Killed and started again with the same folder, it goes on from its last checkpoint to the same result.
    """
    packer = packer_of(encoder, recipe)
    teach(encoder, lessons(articles, packer, recipe.finetuning.unsure_weight), packer, recipe, folder, run)


Epoch = Distillation | Teacher | Refinement | Narrowing | Claims | Tutoring  # stages of one epoch after fine-tuning


def one_epoch(recipe: Recipe, settings: Epoch, run: int = 0) -> Recipe:
    """The recipe with a single epoch in each run, and what a later stage sets otherwise than fine-tuning."""
    names = {field.name for field in dataclasses.fields(recipe.finetuning)}
    otherwise = {name: value for name, value in vars(settings).items() if name in names}
    changed = dataclasses.replace(recipe.finetuning, epochs=(1,) * (run + 1), **otherwise)
    return dataclasses.replace(recipe, finetuning=changed)


def packer_of(encoder: Path, recipe: Recipe) -> WindowPacker:
    """The recipe's windows in the tokens of the encoder saved in ``encoder``."""
    tokenizer = Tokenizer.from_file(str(encoder / "tokenizer.json"))
    return WindowPacker(tokenizer, recipe.windows.limit, recipe.windows.context)


def teach(
    encoder: Path,
    material: Sequence[Lesson],
    packer: WindowPacker,
    recipe: Recipe,
    folder: Path,
    run: int = 0,
    trainer: Callable[..., Trainer] | None = None,
) -> None:
    """Train on ``material`` from the encoder, or network, in ``encoder``; else like :func:`finetune`.

    :param trainer: makes another trainer than :class:`FinetuningTrainer`, of the same arguments.
    """
    settings = recipe.finetuning
    rows = batches(material, packer, recipe, run)
    torch.manual_seed(recipe.seed)  # the heads are drawn before the Trainer sets its seed
    model = SourcingNetwork.from_pretrained(
        encoder,
        attn_implementation=attention(),
        hidden_dropout_prob=settings.dropout,
        attention_probs_dropout_prob=0.0,  # drawing it costs a CPU as much as the attention itself
        sourcing_weight=settings.sourcing_weight,
        span_weight=settings.span_weight,
        claim_weight=settings.claim_weight,
    )
    training = (trainer or FinetuningTrainer)(
        head_learning_rate=settings.head_learning_rate,
        model=model,
        args=training_arguments(
            folder / "checkpoints",
            seed=recipe.seed + run,
            per_device_train_batch_size=1,  # a row stands for a batch of windows
            num_train_epochs=1,  # the batches of all epochs follow each other …
            train_sampling_strategy="sequential",  # … already in random order
            learning_rate=settings.learning_rate,
            weight_decay=settings.weight_decay,
            warmup_steps=settings.warmup,
        ),
        train_dataset=Dataset.from_dict({"batch": range(len(rows))}),
        data_collator=partial(_tensors, rows, packer),
    )
    training.train(resume_from_checkpoint=last_checkpoint(folder / "checkpoints"))
    training.save_model(str(folder))
    packer.tokenizer.save(str(folder / "tokenizer.json"))
    shutil.rmtree(folder / "checkpoints", ignore_errors=True)


class FinetuningTrainer(Trainer):
    """A ``Trainer`` whose new heads learn faster than the encoder."""

    optimizer: torch.optim.Optimizer | None

    def __init__(self, head_learning_rate: float, **settings: Any) -> None:
        self.head_learning_rate = head_learning_rate
        super().__init__(**settings)

    def create_optimizer(self, model: torch.nn.Module | None = None) -> torch.optim.Optimizer:
        """AdamW: the heads' own learning rate, no weight decay on biases and layer norms, nothing that is held."""
        if self.optimizer is None:
            kind, settings = self.get_optimizer_cls_and_kwargs(self.args, self.model)
            groups: dict[tuple[bool, bool], list[Tensor]] = {}
            for name, parameter in self.model.named_parameters():
                if not parameter.requires_grad:
                    continue
                is_head = name.partition(".")[0].endswith("_head")
                groups.setdefault((is_head, parameter.ndim > 1), []).append(parameter)
            self.optimizer = kind(
                [
                    {
                        "params": parameters,
                        "lr": self.head_learning_rate if is_head else self.args.learning_rate,
                        "weight_decay": self.args.weight_decay if is_matrix else 0.0,
                    }
                    for (is_head, is_matrix), parameters in groups.items()
                ],
                **settings,
            )
        return self.optimizer


def _tensors(rows: Sequence[Sequence[Example]], packer: WindowPacker, numbers: Sequence[Any]) -> dict[str, Tensor]:
    (number,) = (each["batch"] for each in numbers)
    return {name: torch.from_numpy(array) for name, array in row(rows[number], packer).items()}
