"""Intervals by the bootstrap: documents are resampled, not sentences, because sentences of one article are alike."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

RESAMPLES = 1000
Metric = Callable[[np.ndarray], np.ndarray]
"""Takes sums over sentences, *shape* (…, *statistic), and gives the score, *shape* (…) or (…, scores)."""


@dataclass(frozen=True)
class Estimate:
    """A score and its 95 % interval; the bounds are ``None`` where one document leaves nothing to resample."""

    value: float
    low: float | None
    high: float | None

    def __str__(self) -> str:
        if self.low is None or self.high is None:
            return f"{self.value:.3f}"
        return f"{self.value:.3f} [{self.low:.2f}, {self.high:.2f}]"


class Bootstrap:
    """A thousand resamples of the documents of one sample, the same for every score and system (so they are paired).

    :param documents: the number of each sentence's document. *Shape:* (sentence,).
    """

    def __init__(self, documents: np.ndarray, seed: int = 0) -> None:
        self._documents = documents
        self._count = int(documents.max()) + 1 if len(documents) else 0
        present = np.bincount(documents, minlength=self._count) > 0
        drawn = np.random.default_rng(seed).multinomial(present.sum(), present / present.sum(), RESAMPLES)
        self._weights = drawn.astype(np.float64) if present.sum() > 1 else None

    def estimate(self, values: np.ndarray, metric: Metric) -> Estimate:
        """A single score. *Shape:* ``values`` (sentence, *statistic); ``metric`` gives (…)."""
        return self.estimates(values, lambda sums: metric(sums)[..., np.newaxis])[0]

    def estimates(self, values: np.ndarray, metric: Metric) -> list[Estimate]:
        """Several scores at once. *Shape:* ``values`` (sentence, *statistic); ``metric`` gives (…, scores)."""
        sums = np.zeros((self._count, *values.shape[1:]))
        np.add.at(sums, self._documents, values)
        found = metric(sums.sum(0))
        if self._weights is None:
            return [Estimate(float(value), None, None) for value in found]
        resampled = metric(np.tensordot(self._weights, sums, 1))
        low, high = np.nanpercentile(resampled, (2.5, 97.5), axis=0)
        return [Estimate(*map(float, bounds)) for bounds in zip(found, low, high, strict=True)]
