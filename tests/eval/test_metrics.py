"""Scores against scikit-learn and against cases worked out by hand."""

import numpy as np
import pytest
from sklearn import metrics as reference

from onrecord.eval import metrics
from onrecord.labels import LABELS

GENERATOR = np.random.default_rng(3)
GOLD = GENERATOR.choice(5, size=400, p=(0.3, 0.3, 0.05, 0.25, 0.1))
PROBABILITIES = GENERATOR.dirichlet(np.ones(5), size=400) * 0.6 + 0.4 * np.eye(5)[GENERATOR.permutation(GOLD)]
PREDICTED = np.where(GENERATOR.random(400) < 0.5, GOLD, PROBABILITIES.argmax(1))
CONFUSION = metrics.confusion_cells(GOLD, PREDICTED, 5).sum(0)


def test_confusion_is_scikit_learns() -> None:
    assert (reference.confusion_matrix(GOLD, PREDICTED, labels=range(5)) == CONFUSION).all()


def test_label_scores_are_scikit_learns() -> None:
    wanted = reference.precision_recall_fscore_support(GOLD, PREDICTED, labels=range(5), zero_division=0)
    for ours, theirs in zip(metrics.precision_recall_f1(CONFUSION), wanted, strict=False):
        assert ours == pytest.approx(theirs)


def test_macro_f1_leaves_none_out_of_the_mean_but_not_out_of_the_errors() -> None:
    wanted = reference.f1_score(GOLD, PREDICTED, labels=[0, 1, 2, 3], average="macro")
    assert metrics.macro_f1(CONFUSION, np.arange(4)) == pytest.approx(wanted)
    calls_a_heading_fact = np.array([[1, 0], [1, 0]])  # gold fact, gold none; both called fact
    assert metrics.macro_f1(calls_a_heading_fact, np.array([0])) == pytest.approx(2 / 3)


def test_macro_f1_of_a_resample_without_a_class_is_over_the_others() -> None:
    perfect_without_the_second = np.diag([3, 0, 2])
    assert metrics.macro_f1(perfect_without_the_second, np.arange(3)) == 1


def test_accuracy_and_kappa_are_scikit_learns() -> None:
    assert metrics.accuracy(CONFUSION) == pytest.approx(reference.accuracy_score(GOLD, PREDICTED))
    assert metrics.kappa(CONFUSION) == pytest.approx(reference.cohen_kappa_score(GOLD, PREDICTED))


def test_brier_is_scikit_learns() -> None:
    terms = metrics.brier_terms(PROBABILITIES, GOLD).sum(0)
    wanted = reference.brier_score_loss(GOLD, PROBABILITIES, labels=range(len(LABELS)), scale_by_half=False)
    assert metrics.mean(terms) == pytest.approx(wanted)


def test_calibration_error_by_hand() -> None:
    # Two sentences at 0.95, one right: gap 0.45. Two at 0.55, both right: gap 0.45. One at 0.1, wrong: gap 0.1.
    confidence, correct = np.array([0.95, 0.95, 0.55, 0.55, 0.1]), np.array([1.0, 0, 1, 1, 0])
    cells = metrics.calibration_cells(confidence, correct).sum(0)
    assert metrics.expected_calibration_error(cells) == pytest.approx((2 * 0.45 + 2 * 0.45 + 0.1) / 5)


def test_even_exact_confidence_has_a_calibration_error_that_falls_with_the_number_of_sentences() -> None:
    few, many = (metrics.calibration_error_by_chance(np.full(number, 0.75)) for number in (100, 1600))
    assert few == pytest.approx(0.0346, abs=0.002)  # mean distance of a binomial: sqrt(2 p (1 - p) / (π n))
    assert many == pytest.approx(few / 4, abs=0.001)
    assert metrics.calibration_error_by_chance(np.ones(5)) == 0


def test_a_confidence_of_one_is_in_the_last_bin_and_of_zero_in_the_first() -> None:
    cells = metrics.calibration_cells(np.array([1.0, 0.0]), np.array([1.0, 1.0]))
    assert cells[0, -1].tolist() == [1, 1, 1] and cells[1, 0].tolist() == [1, 0, 1]


def test_covered_are_the_surest() -> None:
    terms = metrics.covered_terms(np.array([0.2, 0.9, 0.8, 0.5]), np.array([0.0, 1, 1, 0]), 0.5)
    assert terms.tolist() == [[0, 0], [1, 1], [1, 1], [0, 0]]


def test_scores_of_stacked_resamples_are_those_of_each() -> None:
    stacked = np.stack((CONFUSION, CONFUSION[::-1]))
    assert metrics.macro_f1(stacked, np.arange(4))[0] == metrics.macro_f1(CONFUSION, np.arange(4))
    assert metrics.kappa(stacked)[1] == metrics.kappa(CONFUSION[::-1])
