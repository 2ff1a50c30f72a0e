"""What tells a claim's sentence from the rest is fitted anew to the states of the finished network.

Blending and tutoring move the states under the claim head. A logistic regression on them is cheap, so all headlines of
our own can be shown, and no other weight moves.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path
from random import Random

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from onrecord.data.headline_claims import HeadedArticle
from onrecord.network import SourcingNetwork
from onrecord.training.claims import headline_lessons
from onrecord.training.finetune import packer_of
from onrecord.training.held import seen_by
from onrecord.training.recipe import Recipe

_STEPS = 60  # of L-BFGS, at most


def fit_claim_head(trained: Path, headed: Sequence[HeadedArticle], recipe: Recipe, folder: Path) -> None:
    """Fit the claim head of the network in ``trained`` to headlines of our own; write the network to ``folder``."""
    seen, carries = _seen_by_head(trained, headed, recipe)
    network = SourcingNetwork.from_pretrained(trained)
    head = network.claim_head
    mean, scale = seen.mean(0), seen.std(0).clamp(min=1e-6)
    scaled = (seen - mean) / scale
    before = head.weight.detach()[0] * scale
    weight = before.clone().requires_grad_()
    base = (head.bias.detach() + head.weight.detach() @ mean).requires_grad_()
    optimizer = torch.optim.LBFGS([weight, base], max_iter=_STEPS, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        moved = (weight - before).square().sum()
        value = binary_cross_entropy_with_logits(scaled @ weight + base, carries) + recipe.claims.pull * moved
        value.backward()
        return value

    optimizer.step(loss)
    with torch.no_grad():
        head.weight[0] = weight / scale
        head.bias.copy_(base - head.weight @ mean)
    network.save_pretrained(folder)
    shutil.copyfile(trained / "tokenizer.json", folder / "tokenizer.json")


def _seen_by_head(trained: Path, headed: Sequence[HeadedArticle], recipe: Recipe) -> tuple[Tensor, Tensor]:
    """What the claim head sees of each sentence under each headline, and whether that carries its claim.

    *Shapes:* (sentence, 3 hidden), (sentence,)
    """
    packer = packer_of(trained, recipe)
    material = headline_lessons(headed, 1.0, packer, Random(recipe.seed))
    seen, carries = [], []
    for _, arrays, handed in seen_by("claim_head", trained, material, packer, recipe):
        known = arrays["claim_targets"] >= 0
        seen.append(handed[known].float())
        carries.append(arrays["claim_targets"][known])
    return torch.cat(seen), torch.cat(carries)
