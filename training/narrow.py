"""A trained network → the same with fewer attention heads and feed-forward units, so that it is faster.

What goes is what the layer after it misses least, given that what stays takes over for it as far as it can: the
structured form of the optimal brain surgeon (Hassibi and Stork, 1993; as in Kurtic et al., 2023, "ZipLM",
https://arxiv.org/abs/2302.04089). Then the network learns to do what the whole one did (``imitate.py``).
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from onrecord.data.annotated import AnnotatedArticle
from onrecord.network import SourcingConfig, SourcingNetwork
from onrecord.training.finetune import packer_of
from onrecord.training.recipe import Recipe
from onrecord.training.rounding import Observed, observe


def is_wide(trained: Path, recipe: Recipe) -> bool:
    """Whether the network has more heads or units than the recipe wants."""
    wide = widths(trained)
    return wide["attention_heads"] > recipe.narrowing.attention_heads or wide["units"] > recipe.narrowing.feed_forward


def widths(trained: Path) -> dict[str, int]:
    """How many attention heads and feed-forward units each layer of the network has."""
    config = SourcingConfig.from_pretrained(trained)
    return {
        "attention_heads": (config.attention_size or config.hidden_size) // config.head_size,
        "units": config.intermediate_size,
    }


def narrow(trained: Path, training: Sequence[AnnotatedArticle], recipe: Recipe, folder: Path) -> None:
    """Write the network in ``trained`` to ``folder``, as wide as the recipe says.

    :param training: articles whose activations decide what goes.
    """
    settings = recipe.narrowing
    network = SourcingNetwork.from_pretrained(trained, attn_implementation="eager").eval()
    seen = observe(network, packer_of(trained, recipe), training)
    weights = {name: value.numpy() for name, value in network.state_dict().items()}
    for number in range(network.config.num_hidden_layers):
        layer = f"bert.encoder.layer.{number}."
        heads = [f"{layer}attention.self.{name}" for name in ("query", "key", "value")]
        _cut(weights, heads, f"{layer}attention.output.dense", seen, network.config.head_size, settings.attention_heads)
        _cut(weights, [f"{layer}intermediate.dense"], f"{layer}output.dense", seen, 1, settings.feed_forward)
    config = SourcingConfig.from_pretrained(trained)
    config.attention_size = len(weights["bert.encoder.layer.0.attention.self.query.weight"])
    config.intermediate_size = len(weights["bert.encoder.layer.0.intermediate.dense.weight"])
    narrowed = {name: torch.from_numpy(np.ascontiguousarray(value)) for name, value in weights.items()}
    SourcingNetwork(config).save_pretrained(folder, state_dict=narrowed)
    shutil.copyfile(trained / "tokenizer.json", folder / "tokenizer.json")


def _cut(
    weights: dict[str, np.ndarray], before: Sequence[str], after: str, seen: Observed, size: int, count: int
) -> None:
    """Keep ``count`` groups of ``size`` units between the layers ``before`` and the layer ``after`` them."""
    units, matrix = surviving(weights[f"{after}.weight"].T, seen[after].damped(), size, count)
    weights[f"{after}.weight"] = matrix.T
    for name in before:
        for part in ("weight", "bias"):
            weights[f"{name}.{part}"] = weights[f"{name}.{part}"][units]


def surviving(matrix: np.ndarray, products: np.ndarray, size: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The inputs of a matrix that it can least do without, and its rows for them.

    *Shapes:* ``matrix`` (in, out), ``products`` (in, in) → (size * count,), (size * count, out)

    :param products: sums of products of the inputs, of full rank.
    :param size: inputs that stand or fall together, next to each other.
    :param count: groups of so many inputs that are kept.
    """
    kept = np.arange(len(matrix)).reshape(-1, size)
    rows, inverse = matrix.astype(np.float64), np.linalg.inv(products)
    while len(kept) > count:
        blocks = inverse.reshape(len(kept), size, len(kept), size)[range(len(kept)), :, range(len(kept))]
        grouped = rows.reshape(len(kept), size, -1)
        losses = np.einsum("gio,gio->g", grouped, np.linalg.solve(blocks, grouped))
        least = int(losses.argmin())
        gone = slice(least * size, (least + 1) * size)
        shift = np.linalg.solve(inverse[gone, gone], np.hstack([inverse[gone], rows[gone]]))
        taken_over = inverse[:, gone] @ shift
        rest = np.delete(np.arange(len(rows)), gone)
        rows = (rows - taken_over[:, len(inverse) :])[rest]
        inverse = (inverse - taken_over[:, : len(inverse)])[np.ix_(rest, rest)]
        kept = np.delete(kept, least, axis=0)
    return kept.ravel(), rows.astype(np.float32)
