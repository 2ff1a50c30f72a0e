"""Logits → probabilities that mean what they say: temperature scaling (Guo et al., 2017)."""

from dataclasses import dataclass

import numpy as np

from onrecord.pretrained import WeightsConfig


@dataclass(frozen=True)
class Calibration:
    """Scales logits before the softmax.

    :ivar temperature: divides the label logits.
    :ivar sourcing_temperature: divides the sourcing logits.
    """

    temperature: float
    sourcing_temperature: float

    @classmethod
    def from_config(cls, config: WeightsConfig) -> "Calibration":
        """The calibration stored with the weights."""
        return cls(config.temperature, config.sourcing_temperature)

    @classmethod
    def none(cls) -> "Calibration":
        """Plain softmax."""
        return cls(1.0, 1.0)

    def labels(self, logits: np.ndarray) -> np.ndarray:
        """Label probabilities. *Shape:* (…, 5) → (…, 5)."""
        return softmax(logits / self.temperature)

    def sourcings(self, logits: np.ndarray) -> np.ndarray:
        """Sourcing probabilities. *Shape:* (…, 3) → (…, 3)."""
        return softmax(logits / self.sourcing_temperature)


def softmax(logits: np.ndarray) -> np.ndarray:
    """Probabilities over the last axis, in float64."""
    logits = np.asarray(logits, dtype=np.float64)
    exponentials = np.exp(logits - logits.max(-1, keepdims=True))
    return exponentials / exponentials.sum(-1, keepdims=True)
