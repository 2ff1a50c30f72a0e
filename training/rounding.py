"""Float matrices → matrices that lose little when they become int8: smoothed and rounded for what they multiply.

Smoothing moves what single activations have too much of into the weights (SmoothQuant, Xiao et al., 2023,
https://arxiv.org/abs/2211.10438). Rounding makes every weight take back the error of those before it (GPTQ, Frantar et
al., 2023, https://arxiv.org/abs/2210.17323). Both look at activations, which annotated training articles give.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from onrecord.data.annotated import AnnotatedArticle
from onrecord.engine import TorchEngine
from onrecord.network import SourcingNetwork
from onrecord.training.calibrate import score
from onrecord.windows import WindowPacker

STEPS = 127  # of int8 on either side of zero
_ARTICLES = 60  # enough: more change nothing
_SMOOTHING = 0.5  # the power of an activation's excess that moves into the weights
_DAMPING = 0.01  # of the mean square, added to every activation's, so that rarely seen ones weigh something
_BLOCK = 64  # rows rounded before the error is brought to the rows below


@dataclass
class Activations:
    """What a matrix has multiplied: the greatest absolute value of each input, and sums of products of inputs.

    *Shapes:* ``greatest`` (in,), ``products`` (in, in).
    """

    greatest: np.ndarray
    products: np.ndarray

    def excess(self) -> np.ndarray:
        """What each input is divided by when smoothed. *Shape:* (in,)"""
        return ((self.greatest / np.median(self.greatest)).clip(1e-3) ** _SMOOTHING).astype(np.float32)

    def damped(self) -> np.ndarray:
        """The products, a little of their mean square added to each one's: of full rank. *Shape:* (in, in)"""
        size = len(self.products)
        return self.products + np.eye(size) * _DAMPING * np.trace(self.products) / size

    def divided(self, by: np.ndarray) -> "Activations":
        """The same of inputs that are divided. *Shape:* ``by`` (in,)"""
        return Activations(self.greatest / by, self.products / np.outer(by, by))


Observed = Mapping[str, Activations]
"""Activations by the name of the linear layer that multiplies them."""


def observe(network: SourcingNetwork, packer: WindowPacker, articles: Sequence[AnnotatedArticle]) -> Observed:
    """The inputs of every linear layer of the encoder, by the layer's name, while it reads ``articles``."""
    seen: dict[str, Activations] = {}

    def watch(name: str, inputs: torch.Tensor) -> None:
        rows = inputs.detach().flatten(0, -2).numpy()
        known = seen.setdefault(name, Activations(np.zeros(rows.shape[1]), np.zeros((rows.shape[1],) * 2)))
        known.greatest = np.maximum(known.greatest, np.abs(rows).max(0))
        known.products += rows.T @ rows

    hooks = [
        module.register_forward_hook(lambda module, inputs, output, name=name: watch(name, inputs[0]))
        for name, module in network.named_modules()
        if isinstance(module, torch.nn.Linear) and name.startswith("bert.")
    ]
    score(TorchEngine(network, packer, batch_windows=1), packer, articles[:_ARTICLES])
    for hook in hooks:
        hook.remove()
    return seen


def column_scales(matrix: np.ndarray) -> np.ndarray:
    """What one int8 step is worth in each column. *Shapes:* (in, out) → (out,)"""
    return (np.abs(matrix).max(0).clip(1e-12) / STEPS).astype(np.float32)


def rounded(matrix: np.ndarray, seen: Activations) -> np.ndarray:
    """The matrix with every column in whole int8 steps, so that its products with what was seen change least.

    *Shape:* (in, out) → (in, out)
    """
    scales = column_scales(matrix)
    size = len(matrix)
    correction = np.linalg.cholesky(np.linalg.inv(seen.damped())).T
    rest, steps = matrix.astype(np.float64), np.zeros(matrix.shape)
    for first in range(0, size, _BLOCK):
        last = min(first + _BLOCK, size)
        errors = np.zeros((last - first, matrix.shape[1]))
        for row in range(first, last):
            steps[row] = np.clip(np.round(rest[row] / scales), -STEPS, STEPS)
            errors[row - first] = (rest[row] - steps[row] * scales) / correction[row, row]
            rest[row:last] -= np.outer(correction[row, row:last], errors[row - first])
        rest[last:] -= correction[first:last, last:].T @ errors
    return (steps * scales).astype(np.float32)
