"""Several fine-tuned networks → one: the mean of their weights.

Runs from the same encoder and the same first heads end close enough together for their mean to be better than each
(Wortsman et al., 2022, "Model soups", https://arxiv.org/abs/2203.05482), at the size and speed of one.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file


def average(networks: Sequence[Path], folder: Path) -> None:
    """Write the mean of the networks saved in ``networks``, with the first one's configuration and tokenizer."""
    weights = [load_file(network / "model.safetensors") for network in networks]
    _save({name: torch.stack([one[name] for one in weights]).mean(0) for name in weights[0]}, networks[0], folder)


def blend(before: Path, after: Path, kept: float, folder: Path, new: str | tuple[str, ...] = ()) -> None:
    """Write ``kept`` of the network in ``before`` and the rest of the one in ``after``.

    :param new: what the names of parameters begin with that only the later one has learned, and that it alone decides.
    """
    first, last = load_file(before / "model.safetensors"), load_file(after / "model.safetensors")
    mixed = {
        name: value if name.startswith(new) else torch.lerp(value, first[name], kept) for name, value in last.items()
    }
    _save(mixed, after, folder)


def _save(weights: dict[str, torch.Tensor], like: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    for name in ("config.json", "tokenizer.json"):
        shutil.copyfile(like / name, folder / name)
