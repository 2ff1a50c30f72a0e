"""Logits → probabilities that mean what they say: temperature scaling (Guo et al., 2017) with a bias per label."""

from dataclasses import dataclass

import numpy as np

from onrecord.pretrained import WeightsConfig


@dataclass(frozen=True)
class Calibration:
    """Scales and shifts logits before the softmax.

    :ivar temperature: divides the label logits.
    :ivar label_bias: then added to them; corrects a training mix of labels that is not the natural one. *Shape:* (5,).
    :ivar sourcing_temperature: divides the sourcing logits.
    """

    temperature: float
    label_bias: np.ndarray
    sourcing_temperature: float

    @classmethod
    def from_config(cls, config: WeightsConfig) -> "Calibration":
        """The calibration stored with the weights."""
        return cls(config.temperature, np.asarray(config.label_bias), config.sourcing_temperature)

    @classmethod
    def none(cls) -> "Calibration":
        """Plain softmax."""
        return cls(1.0, np.zeros(1), 1.0)

    def labels(self, logits: np.ndarray) -> np.ndarray:
        """Label probabilities. *Shape:* (…, 5) → (…, 5)."""
        return softmax(logits / self.temperature + self.label_bias)

    def sourcings(self, logits: np.ndarray) -> np.ndarray:
        """Sourcing probabilities. *Shape:* (…, 3) → (…, 3)."""
        return softmax(logits / self.sourcing_temperature)


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities over the last axis, in float64."""
    logits = np.asarray(logits, dtype=np.float64)
    exponentials = np.exp(logits - logits.max(-1, keepdims=True))
    return exponentials / exponentials.sum(-1, keepdims=True)
