"""The finished network, held: what one of its heads sees of lessons, so that the head alone can be fitted to it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor

from onrecord.training.examples import Example, Lesson, batches, row
from onrecord.training.finetune import one_epoch
from onrecord.training.imitate import read
from onrecord.training.recipe import Recipe
from onrecord.training.teacher import load_to_read
from onrecord.windows import WindowPacker


def seen_by(
    head: str, trained: Path, material: Sequence[Lesson], packer: WindowPacker, recipe: Recipe
) -> Iterator[tuple[list[Example], dict[str, Tensor], Tensor]]:
    """Each batch that refinement would show, its arrays, and what the network in ``trained`` hands to ``head``."""
    network = load_to_read(trained)
    handed: list[Tensor] = []
    getattr(network, head).register_forward_pre_hook(lambda _, inputs: handed.append(inputs[0]))
    for batch in batches(material, packer, one_epoch(recipe, recipe.refinement)):
        arrays = {name: torch.from_numpy(array) for name, array in row(batch, packer).items()}
        with torch.inference_mode():
            read(network, {name: array.to(network.device) for name, array in arrays.items()})
        yield batch, arrays, handed.pop().cpu()
