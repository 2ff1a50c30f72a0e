"""Intervals: over documents, around the score, and absent where there is nothing to resample."""

import numpy as np

from onrecord.eval import metrics
from onrecord.eval.bootstrap import Bootstrap, Estimate


def _share(right: list[int], documents: list[int]) -> Estimate:
    terms = np.stack((np.array(right), np.ones(len(right))), axis=-1).astype(float)
    return Bootstrap(np.array(documents)).estimate(terms, metrics.mean)


def test_value_is_that_of_all_sentences() -> None:
    assert _share([1, 1, 0, 1], [0, 0, 1, 2]).value == 0.75


def test_interval_is_as_wide_as_documents_differ_not_sentences() -> None:
    alike = _share([1, 0] * 50, [n // 2 for n in range(100)])  # every document is half right
    unlike = _share([1, 1] * 25 + [0, 0] * 25, [n // 2 for n in range(100)])
    assert (alike.low, alike.high) == (0.5, 0.5)
    assert unlike.low < 0.4 and unlike.high > 0.6


def test_interval_is_near_the_binomial_one_if_every_sentence_is_a_document() -> None:
    estimate = _share([1] * 150 + [0] * 50, list(range(200)))
    spread = 1.96 * (0.75 * 0.25 / 200) ** 0.5
    assert abs(estimate.low - (0.75 - spread)) < 0.015 and abs(estimate.high - (0.75 + spread)) < 0.015


def test_one_document_has_no_interval_and_is_printed_without() -> None:
    estimate = _share([1, 0, 1, 1], [0, 0, 0, 0])
    assert estimate == Estimate(0.75, None, None)
    assert str(estimate) == "0.750"


def test_same_sample_gives_the_same_interval() -> None:
    assert _share([1, 0, 1, 1, 0], [0, 1, 2, 3, 4]) == _share([1, 0, 1, 1, 0], [0, 1, 2, 3, 4])
