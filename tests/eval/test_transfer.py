"""Corpora of others: how PolNeAR is cut into sentences, what each question takes for yes, what is missing."""

import logging
from pathlib import Path

import numpy as np
import pytest
from rule_labeller import RuleLabeller

from onrecord.data.external import AttributedArticle, Attribution
from onrecord.eval.adapters import ADAPTERS, Adapter, Asked, is_hedged, is_label, is_sourced
from onrecord.eval.evaluation import Evaluation
from onrecord.eval.passages import Passage, Predictions
from onrecord.eval.polnear import cut, polnear_span_rows
from onrecord.eval.transfer import transfer_row, transfer_section
from onrecord.labels import Label

TEXT = (
    "The mayor said that the road was closed. It was raining hard, said one, but not in the valley. Cars turned back."
)


def _at(words: str) -> tuple[tuple[int, int], ...]:
    return ((TEXT.index(words), TEXT.index(words) + len(words)),)


ARTICLE = AttributedArticle(
    "d",
    "x",
    TEXT,
    (
        Attribution(_at("The mayor"), _at("said"), _at("that the road was closed")),
        Attribution(_at("one,"), (), _at("It was")),
    ),
)


def test_a_sentence_is_sourced_from_half_of_it_on() -> None:
    sample = cut([ARTICLE])
    assert sample.texts == (
        "The mayor said that the road was closed.",
        "It was raining hard, said one, but not in the valley.",
        "Cars turned back.",
    )
    assert sample.sourced == (True, False, False)


def test_spans_come_to_their_sentence_and_are_scored_there() -> None:
    sample = cut([ARTICLE])
    assert [text[slice(*spans[0])] for text, spans in zip(sample.texts, sample.sources, strict=True) if spans] == [
        "The mayor",
        "one,",
    ]
    found = Predictions(np.eye(5)[[1, 0, 0]], np.array([0, 2, 1]), ((0, 9), None, None), ((10, 14), (3, 6), (0, 4)))
    source, cue = polnear_span_rows(sample, found)
    assert [float(str(cell)) for cell in source[2:5]] == pytest.approx([1.0, 2 / 3, 0.8], abs=1e-3)
    assert [float(str(cell)) for cell in cue[2:5]] == pytest.approx([0.5, 1.0, 2 / 3], abs=1e-3)
    assert [float(str(row[5])) for row in (source, cue)] == pytest.approx([0.8, 1.0])  # "one," is in no sourced one


def test_answers_of_predictions() -> None:
    found = Predictions(np.eye(5)[[0, 1, 2, 3]], np.array([2, 1, 2, 0]))
    assert is_sourced(found).tolist() == [False, True, False, True]
    assert is_hedged(found).tolist() == [False, True, True, False]
    assert is_label(Label.ANALYST_OPINION, Label.SPECULATION)(found).tolist() == [False, False, True, True]


def test_texts_without_an_answer_are_not_scored() -> None:
    asked = Asked([Passage(str(n), ("x",)) for n in range(4)], [1, 0, -1, 1])
    adapter = Adapter("corpus", "question", "mapping", lambda folder: asked, is_label(Label.SPECULATION))
    row = transfer_row(adapter, asked, {"onrecord": Predictions(np.eye(5)[[2, 0, 0, 0]], np.zeros(4, dtype=int))})
    assert row[2:4] == [3, 2]
    recall, accuracy = row[4], row[7]
    assert recall.value == pytest.approx(1 / 2)  # type: ignore[union-attr]
    assert accuracy.value == pytest.approx(2 / 3)  # type: ignore[union-attr]


def test_missing_corpora_are_said_and_not_fatal(
    tmp_path: Path, labeller: RuleLabeller, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    evaluation = Evaluation(labeller, None, [], tmp_path, "onrecord eval transfer")  # type: ignore[arg-type]
    section = transfer_section(evaluation)
    assert len(section.findings) == len({adapter.corpus for adapter in ADAPTERS})
    assert "polnear.parquet" in caplog.text and "babe.parquet" in caplog.text
