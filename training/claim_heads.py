"""What tells a claim's sentence from the rest, and how the headline puts it, is fitted anew to the finished network.

Blending and tutoring move the states under the heads. Regressions on them are cheap, so all headlines of our own can
be shown, and no other weight moves.
"""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from onrecord.data.headline_claims import HeadedArticle
from onrecord.network import SourcingNetwork
from onrecord.training.claims import headline_lessons
from onrecord.training.finetune import packer_of
from onrecord.training.held import seen_by
from onrecord.training.recipe import Recipe

_STEPS = 60  # of L-BFGS, at most


def fit_claim_heads(trained: Path, headed: Sequence[HeadedArticle], recipe: Recipe, folder: Path) -> None:
    """Fit claim and drift head of the network in ``trained`` to headlines of our own; write it to ``folder``."""
    seen, carries, drifts = _seen_by_heads(trained, headed, recipe)
    carrying = drifts.any(1)
    network = SourcingNetwork.from_pretrained(trained)
    pull = recipe.claims.pull
    _fit(network.claim_head, seen, lambda logits: binary_cross_entropy_with_logits(logits[:, 0], carries), pull)
    _fit(network.drift_head, seen[carrying], lambda logits: cross_entropy(logits, drifts[carrying]), pull)
    network.save_pretrained(folder)
    shutil.copyfile(trained / "tokenizer.json", folder / "tokenizer.json")


def _fit(head: nn.Linear, seen: Tensor, lacks: Callable[[Tensor], Tensor], pull: float) -> None:
    """Move ``head`` to where its scores of ``seen`` lack least, with a penalty on how far its weights are moved."""
    mean, scale = seen.mean(0), seen.std(0).clamp(min=1e-6)
    scaled = (seen - mean) / scale
    before = head.weight.detach() * scale
    weight = before.clone().requires_grad_()
    base = (head.bias.detach() + head.weight.detach() @ mean).requires_grad_()
    optimizer = torch.optim.LBFGS([weight, base], max_iter=_STEPS, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        value = lacks(scaled @ weight.T + base) + pull * (weight - before).square().sum()
        value.backward()
        return value

    optimizer.step(loss)
    with torch.no_grad():
        head.weight.copy_(weight / scale)
        head.bias.copy_(base - head.weight @ mean)


def _seen_by_heads(trained: Path, headed: Sequence[HeadedArticle], recipe: Recipe) -> tuple[Tensor, Tensor, Tensor]:
    """What both heads see of each sentence under each headline, whether it carries its claim, and in which drift.

    *Shapes:* (sentence, 3 hidden), (sentence,), (sentence, 3)
    """
    packer = packer_of(trained, recipe)
    material = headline_lessons(headed, 1.0, packer, Random(recipe.seed))
    seen, carries, drifts = [], [], []
    for _, arrays, handed in seen_by("claim_head", trained, material, packer, recipe):
        known = arrays["claim_targets"] >= 0
        seen.append(handed[known].float())
        carries.append(arrays["claim_targets"][known])
        drifts.append(arrays["drift_targets"][known])
    return torch.cat(seen), torch.cat(carries), torch.cat(drifts)
