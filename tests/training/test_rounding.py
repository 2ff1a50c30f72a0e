"""Rounding for what a matrix multiplies loses less than rounding to the nearest step.

Run: pytest tests/training/test_rounding.py
"""

import numpy as np
import pytest

from onrecord.training.rounding import Activations, column_scales, rounded


@pytest.fixture
def inputs() -> np.ndarray:
    """Activations that depend on each other, one of them large."""
    generator = np.random.default_rng(0)
    values = generator.normal(size=(500, 8)) @ generator.normal(size=(8, 96))
    values[:, 3] *= 30
    return values


def test_products_change_less_than_with_the_nearest_steps(inputs: np.ndarray) -> None:
    matrix = np.random.default_rng(1).normal(size=(96, 20)).astype(np.float32)
    seen = Activations(np.abs(inputs).max(0), inputs.T @ inputs)
    scales = column_scales(matrix)
    nearest = (matrix / scales).round() * scales
    errors = [np.square(inputs @ (candidate - matrix)).mean() for candidate in (rounded(matrix, seen), nearest)]
    assert errors[0] < errors[1] / 2


def test_rounded_weights_are_whole_int8_steps(inputs: np.ndarray) -> None:
    matrix = np.random.default_rng(1).normal(size=(96, 20)).astype(np.float32)
    steps = rounded(matrix, Activations(np.abs(inputs).max(0), inputs.T @ inputs)) / column_scales(matrix)
    assert np.allclose(steps, steps.round(), atol=1e-3)
    assert np.abs(steps).max() <= 127.01


def test_smoothing_evens_out_what_activations_reach(inputs: np.ndarray) -> None:
    seen = Activations(np.abs(inputs).max(0), inputs.T @ inputs)
    even = seen.divided(seen.excess())
    assert even.greatest.max() / even.greatest.min() < (seen.greatest.max() / seen.greatest.min()) ** 0.6
