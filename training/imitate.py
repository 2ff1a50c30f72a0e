"""A network that was cut learns to make of every token what the whole one makes of it, layer after layer.

States say hundreds of numbers a token, labels eight a sentence, so a few million tokens of which nobody said anything
are enough, and nothing that the annotations taught is learned anew from fewer of them (Jiao et al., 2020, "TinyBERT",
https://arxiv.org/abs/1909.10351). In the same way a network that is whole keeps what it knows while it learns more of
what carries a headline's claim.
"""

import random
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from onrecord.article import Article
from onrecord.data.headline_claims import HeadedArticle
from onrecord.network import NetworkOutput, SourcingNetwork
from onrecord.training.claims import headline_lessons
from onrecord.training.examples import Lesson
from onrecord.training.finetune import FinetuningTrainer, one_epoch, packer_of, teach
from onrecord.training.material import beginning, pool_lessons
from onrecord.training.recipe import Claims, Narrowing, Recipe
from onrecord.windows import WindowPacker


def imitate(whole: Path, narrowed: Path, articles: Sequence[Article], recipe: Recipe, folder: Path) -> None:
    """Teach the network in ``narrowed`` to do what the one in ``whole`` does; write it to ``folder``.

    :param articles: of the pool, shown until there are as many tokens as the recipe says.
    """
    packer = packer_of(narrowed, recipe)
    shown = pool_lessons(beginning(articles, recipe.narrowing.tokens), packer)
    _teach(whole, narrowed, shown, packer, recipe, recipe.narrowing, folder)


def teach_claims(whole: Path, trained: Path, headed: Sequence[HeadedArticle], recipe: Recipe, folder: Path) -> None:
    """Teach the network in ``trained`` what carries a headline's claim, and nothing else; write it to ``folder``.

    :param whole: the network whose states it is kept near to.
    :param headed: articles under headlines of our own, of which the recipe's share is shown, the last ones first.
    """
    packer = packer_of(trained, recipe)
    shown = headline_lessons(headed, recipe.claims.share, packer, random.Random(recipe.seed))
    _teach(whole, trained, shown, packer, recipe, recipe.claims, folder)


def _teach(
    imitated: Path,
    learning: Path,
    shown: list[Lesson],
    packer: WindowPacker,
    recipe: Recipe,
    settings: Narrowing | Claims,
    folder: Path,
) -> None:
    epoch = one_epoch(one_epoch(recipe, recipe.refinement), settings)
    network = SourcingNetwork.from_pretrained(imitated, attn_implementation="eager").eval()
    teach(learning, shown, packer, epoch, folder, trainer=partial(ImitatingTrainer, network))


class ImitatingTrainer(FinetuningTrainer):
    """A trainer that keeps the states of a network near to those of another one, which has as many layers."""

    def __init__(self, imitated: SourcingNetwork, **settings: Any) -> None:
        super().__init__(**settings)
        self.imitated = imitated.to(self.args.device)
        self.theirs, self.ours = LayerStates(self.imitated), LayerStates(self.model)

    def compute_loss(
        self, model: nn.Module, inputs: dict[str, Tensor], return_outputs: bool = False, **_: Any
    ) -> Tensor | tuple[Tensor, NetworkOutput]:
        """The loss against the targets, and what the states lack: in the mean of the layers, and in the last one."""
        outputs = model(**inputs)
        with torch.no_grad():
            read(self.imitated, inputs)
        present = inputs["attention_mask"].bool()
        pairs = zip(self.ours.taken(), self.theirs.taken(), strict=True)
        lacked = torch.stack([lacking(ours[present].float(), theirs[present].float()) for ours, theirs in pairs])
        loss = outputs.loss + lacked.mean() + lacked[-1]
        return (loss, outputs) if return_outputs else loss


class LayerStates:
    """What each layer of a network made of the last batch. *Shape:* of each (window, token, hidden)"""

    def __init__(self, network: nn.Module) -> None:
        self.states: list[Tensor] = []
        for layer in network.bert.encoder.layer:  # type: ignore[union-attr]
            layer.register_forward_hook(self._note)

    def _note(self, layer: nn.Module, inputs: object, output: Any) -> None:
        self.states.append(output[0] if isinstance(output, tuple) else output)

    def taken(self) -> list[Tensor]:
        """The states, the first layer's first; they are forgotten thereby."""
        states, self.states = self.states, []
        return states


def read(network: nn.Module, inputs: dict[str, Tensor]) -> NetworkOutput:
    """What a network says of a batch, whose targets it is not shown."""
    return network(**{name: array for name, array in inputs.items() if not name.endswith("_targets")})


def lacking(ours: Tensor, theirs: Tensor) -> Tensor:
    """The share of the variance of ``theirs`` that ``ours`` lacks. *Shapes:* both (token, hidden) → ()"""
    return (ours - theirs).square().mean() / (theirs - theirs.mean(0)).square().mean()
