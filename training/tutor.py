"""Tutoring: the network that is to be shipped reads articles beside the teacher, and learns what it makes of them.

The teacher says more than probabilities: a linear map of the network's last states is to give the teacher's, hundreds
of numbers of every token (Jiao et al., 2020, "TinyBERT", https://arxiv.org/abs/1909.10351).
"""

import random
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from onrecord.article import Article
from onrecord.data.annotated import AnnotatedArticle
from onrecord.network import NetworkOutput, SourcingNetwork, soft_cross_entropy
from onrecord.training.claims import headline_lessons
from onrecord.training.examples import Lesson, unlabelled
from onrecord.training.finetune import FinetuningTrainer, one_epoch, packer_of, teach
from onrecord.training.imitate import LayerStates, lacking, read
from onrecord.training.material import Material, beginning, pool_lessons
from onrecord.training.recipe import Recipe
from onrecord.training.teacher import load_to_read
from onrecord.windows import WindowPacker

_FITTED_ON = 12  # batches from which the linear map is fitted before training; it learns on with the heads
_RIDGE = 1e-2  # penalty of that fit, as a share of the states' variance


def tutor(
    teacher: Path,
    learning: Path,
    articles: Sequence[Article],
    material: Material,
    recipe: Recipe,
    folder: Path,
) -> None:
    """Teach the network in ``learning`` what the one in ``teacher`` makes of articles; write it to ``folder``.

    :param articles: of the pool, shown until there are as many tokens as the recipe says.
    :param material: of which the recipe's share is shown too, without the annotators' labels; of its headlines they
        are told, so that what carries a headline's claim is not unlearned.
    """
    settings, generator = recipe.tutoring, random.Random(recipe.seed)
    packer = packer_of(learning, recipe)
    shown = [
        *pool_lessons(beginning(articles, settings.tokens), packer),
        *_without_labels([*material.first, *material.added], settings.annotated_tokens, packer, generator),
        *headline_lessons(material.headed, settings.claim_share, packer, generator),
    ]
    epoch = one_epoch(one_epoch(recipe, recipe.refinement), settings)
    trainer = partial(TutoredTrainer, load_to_read(teacher), settings.state_weight)
    teach(learning, shown, packer, epoch, folder, trainer=trainer)


def _without_labels(
    articles: Sequence[AnnotatedArticle], tokens: int, packer: WindowPacker, generator: random.Random
) -> Iterator[Lesson]:
    """Articles in random order, until there are so many tokens."""
    for article in generator.sample(articles, len(articles)):
        if tokens <= 0:
            return
        headline = None if article.headline is None else article.headline.text
        lesson = unlabelled([sentence.text for sentence in article.sentences], headline, packer)
        tokens -= sum(len(sentence.ids) for sentence in lesson.tokens)
        yield lesson


class TutoredTrainer(FinetuningTrainer):
    """A trainer that adds to the targets of a batch what a teacher says of it, and how it sees every token."""

    def __init__(self, teacher: SourcingNetwork, state_weight: float, **settings: Any) -> None:
        super().__init__(**settings)
        self.teacher = teacher.to(self.args.device)
        self.state_weight = state_weight
        self.theirs, self.ours = LayerStates(self.teacher), LayerStates(self.model)
        self.model.state_head = self._fitted_map().to(self.args.device)

    def _fitted_map(self) -> nn.Linear:
        """The ridge regression of the teacher's last states on the network's, from the first batches."""
        pairs = []
        for inputs in islice(self.get_train_dataloader(), _FITTED_ON):
            with torch.no_grad(), self.autocast_smart_context_manager():
                for network in (self.model, self.teacher):
                    read(network, inputs)
            present = inputs["attention_mask"].bool()
            pairs.append([states.taken()[-1][present].float() for states in (self.ours, self.theirs)])
        ours, theirs = (torch.cat(states) for states in zip(*pairs, strict=True))
        means = ours.mean(0), theirs.mean(0)
        centred = ours - means[0]
        penalty = _RIDGE * centred.square().sum() / centred.shape[1] * torch.eye(centred.shape[1], device=ours.device)
        weight = torch.linalg.solve(centred.T @ centred + penalty, centred.T @ (theirs - means[1]))
        fitted = nn.Linear(*weight.shape)
        fitted.weight.data, fitted.bias.data = weight.T.contiguous(), means[1] - means[0] @ weight
        return fitted

    def compute_loss(
        self, model: nn.Module, inputs: dict[str, Tensor], return_outputs: bool = False, **_: Any
    ) -> Tensor | tuple[Tensor, NetworkOutput]:
        """The loss against the targets and against what the teacher says, and what the mapped states lack."""
        outputs = model(**inputs)
        with torch.no_grad():
            said = read(self.teacher, inputs)
        present = inputs["attention_mask"].bool()
        ours, theirs = (states.taken()[-1][present] for states in (self.ours, self.theirs))
        loss = outputs.loss + self._differs(outputs, said, inputs)
        loss = loss + self.state_weight * lacking(self.model.state_head(ours).float(), theirs.float())
        return (loss, outputs) if return_outputs else loss

    def _differs(self, outputs: Any, said: Any, inputs: dict[str, Tensor]) -> Tensor:
        """Cross-entropy against what the teacher's heads say, weighted as in fine-tuning; both are network outputs."""
        starts, ends = inputs["starts"].unsqueeze(-1), inputs["ends"].unsqueeze(-1)
        positions = torch.arange(inputs["input_ids"].shape[1], device=starts.device)
        inside = ((positions >= starts) & (positions < ends)).any(1).unsqueeze(-1)  # (window, token, 1)
        sentence = starts < ends  # (window, piece, 1)
        below = sentence & inputs["token_type_ids"][:, :1, None].bool()  # in windows under a headline …
        below[:, 0] = False  # … which does not carry its own claim

        def differs(ours: Tensor, theirs: Tensor, weight: Tensor) -> Tensor:
            return soft_cross_entropy(ours, theirs.float().softmax(-1) * weight)

        config = self.model.config
        return (
            differs(outputs.label_logits, said.label_logits, sentence)
            + config.sourcing_weight * differs(outputs.sourcing_logits, said.sourcing_logits, sentence)
            + config.span_weight * differs(outputs.token_logits, said.token_logits, inside)
            + config.claim_weight * differs(_or_not(outputs.claim_logits), _or_not(said.claim_logits), below)
            + config.claim_weight
            * differs(outputs.drift_logits, said.drift_logits, below * said.claim_logits.float().sigmoid())
        )

    def save_model(self, output_dir: str | None = None, _internal_call: bool = False) -> None:
        """Save the network; in the end without the map to the teacher's states, which only checkpoints need."""
        if not _internal_call:
            del self.model.state_head
        super().save_model(output_dir, _internal_call)


def _or_not(logits: Tensor) -> Tensor:
    """Log-odds as the logits of two classes. *Shapes:* (…, 1) → (…, 2)"""
    return torch.cat((logits, torch.zeros_like(logits)), dim=-1)
