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
    mean = {name: torch.stack([one[name] for one in weights]).mean(0) for name in weights[0]}
    folder.mkdir(parents=True, exist_ok=True)
    save_file(mean, folder / "model.safetensors", metadata={"format": "pt"})
    for name in ("config.json", "tokenizer.json"):
        shutil.copyfile(networks[0] / name, folder / name)
