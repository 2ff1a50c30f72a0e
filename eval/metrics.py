"""Scores as functions of sums over sentences, so that the bootstrap only has to add up documents.

For each score there is a function from predictions to a statistic per sentence, and one from summed statistics to the
score. All work on any leading axes. Rates of nothing (0/0) are 0, as in scikit-learn with ``zero_division=0``.
"""

import numpy as np

BINS = 10
"""Of equal width, over confidence, for the calibration error."""


def ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Quotient, 0 where the denominator is 0."""
    numerator, denominator = np.broadcast_arrays(np.asarray(numerator, float), np.asarray(denominator, float))
    return np.divide(numerator, denominator, out=np.zeros(denominator.shape), where=denominator != 0)


def confusion_cells(gold: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    """One 1 a sentence, in the cell of its gold (row) and predicted (column) class.

    *Shapes:* both (sentence,) → (sentence, class, class).
    """
    cells = np.zeros((len(gold), classes, classes))
    cells[np.arange(len(gold)), gold, predicted] = 1
    return cells


def precision_recall_f1(confusion: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of every class. *Shapes:* (…, class, class) → three of (…, class)."""
    hits = np.diagonal(confusion, axis1=-2, axis2=-1)
    predicted, gold = confusion.sum(-2), confusion.sum(-1)
    return ratio(hits, predicted), ratio(hits, gold), ratio(2 * hits, predicted + gold)


def macro_f1(confusion: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Mean F1 of the classes named; sentences of other classes still count as their false positives.

    A class that a resample neither has nor is given there is left out of that resample's mean, not taken for 0.

    *Shapes:* (…, class, class), (named,) → (…).
    """
    scores = precision_recall_f1(confusion)[2][..., classes]
    occurs = (confusion.sum(-1) + confusion.sum(-2))[..., classes] > 0
    return ratio((scores * occurs).sum(-1), occurs.sum(-1))


def accuracy(confusion: np.ndarray) -> np.ndarray:
    """Share of sentences on the diagonal. *Shape:* (…, class, class) → (…)."""
    return ratio(np.trace(confusion, axis1=-2, axis2=-1), confusion.sum((-2, -1)))


def kappa(confusion: np.ndarray) -> np.ndarray:
    """Cohen's kappa. *Shape:* (…, class, class) → (…)."""
    total = confusion.sum((-2, -1))
    chance = ratio((confusion.sum(-1) * confusion.sum(-2)).sum(-1), total**2)
    return ratio(accuracy(confusion) - chance, 1 - chance)


def calibration_cells(confidence: np.ndarray, correct: np.ndarray) -> np.ndarray:
    """What a sentence adds to its bin: 1, its confidence, whether it is right.

    *Shapes:* both (sentence,) → (sentence, bin, 3).
    """
    bins = np.clip(np.ceil(confidence * BINS).astype(int) - 1, 0, BINS - 1)
    cells = np.zeros((len(confidence), BINS, 3))
    cells[np.arange(len(confidence)), bins] = np.stack((np.ones(len(confidence)), confidence, correct), axis=-1)
    return cells


def expected_calibration_error(cells: np.ndarray) -> np.ndarray:
    """Mean gap between confidence and accuracy over the bins, weighted by sentences. *Shape:* (…, bin, 3) → (…)."""
    return ratio(np.abs(cells[..., 1] - cells[..., 2]).sum(-1), cells[..., 0].sum(-1))


def calibration_error_by_chance(confidence: np.ndarray, draws: int = 1000) -> float:
    """The calibration error to expect on so few sentences if every confidence were exactly the chance of being right.

    Consistency resampling, after Bröcker & Smith, 2007, "Increasing the reliability of reliability diagrams".

    *Shape:* (sentence,).
    """
    generator = np.random.default_rng(0)
    drawn = (generator.random((draws, len(confidence))) < confidence).astype(float)
    errors = [expected_calibration_error(calibration_cells(confidence, correct).sum(0)) for correct in drawn]
    return float(np.mean(errors))


def brier_terms(probabilities: np.ndarray, gold: np.ndarray) -> np.ndarray:
    """Squared distance of the probabilities from the truth, summed over classes (0 best, 2 worst), beside a 1.

    *Shapes:* (sentence, class), (sentence,) → (sentence, 2).
    """
    truth = np.eye(probabilities.shape[1])[gold]
    return np.stack((((probabilities - truth) ** 2).sum(-1), np.ones(len(gold))), axis=-1)


def mean(terms: np.ndarray) -> np.ndarray:
    """Sum over count. *Shape:* (…, 2) → (…)."""
    return ratio(terms[..., 0], terms[..., 1])


def covered_terms(confidence: np.ndarray, correct: np.ndarray, coverage: float) -> np.ndarray:
    """Right and 1, for the sentences among the ``coverage`` most confident; ties by order.

    *Shapes:* both (sentence,) → (sentence, 2).
    """
    kept = np.zeros(len(confidence))
    kept[np.argsort(-confidence, kind="stable")[: round(coverage * len(confidence))]] = 1
    return np.stack((correct * kept, kept), axis=-1)
