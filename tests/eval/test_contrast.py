"""Contrast sets: how files are read, and what makes a pair pass."""

import json
from pathlib import Path

import numpy as np
import pytest

from onrecord.errors import DataError
from onrecord.eval.contrast import FOLDER, contrast_table, load_contrast, passes
from onrecord.eval.cue_rules import CueRules

NAMED = {"text": "Mayor Osk said it was over.", "label": "attributed_claim", "sourcing": "named"}
UNNAMED = {"text": "Officials said it was over.", "label": "attributed_claim", "sourcing": "unnamed"}
FLAT = {"text": "It was over by the evening of that day.", "label": "reported_fact", "sourcing": "none"}
WRONG = {**FLAT, "label": "speculation"}


def _write(folder: Path, expect: str, *pairs: tuple[dict, dict]) -> Path:
    lines = [{"phenomenon": "saying", "statement": "Saying hands over.", "expect": expect}]
    lines += [
        {"a": {"context": [], "headline": None, **a}, "b": {"context": [], "headline": None, **b}} for a, b in pairs
    ]
    (folder / "saying.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("expect", "a", "b", "passed"),
    [
        ("label", NAMED, FLAT, True),
        ("label", NAMED, WRONG, False),
        ("sourcing", NAMED, UNNAMED, True),
        ("sourcing", NAMED, {**UNNAMED, "sourcing": "named"}, False),
        ("same", NAMED, UNNAMED, True),
        ("same", FLAT, WRONG | {"text": "Nothing had been heard by the evening."}, True),
        ("same", NAMED, FLAT, False),
    ],
)
def test_what_a_pair_must_do_to_pass(tmp_path: Path, expect: str, a: dict, b: dict, passed: bool) -> None:
    (phenomenon,) = load_contrast(_write(tmp_path, expect, (a, b)))
    assert passes(phenomenon, CueRules())[0].tolist() == [passed]


def test_only_the_last_sentence_of_a_side_is_judged(tmp_path: Path) -> None:
    side = {**FLAT, "context": ["The mayor said it might end."], "headline": "Mayor: the end"}
    (phenomenon,) = load_contrast(_write(tmp_path, "label", (side, NAMED)))
    pairs, sides = passes(phenomenon, CueRules())
    assert pairs.tolist() == [True] and sides.tolist() == [[True, True]]


def test_table_has_the_total_first_then_the_worst(tmp_path: Path) -> None:
    phenomena = load_contrast(_write(tmp_path, "label", (NAMED, FLAT))) * 2
    passed = [(np.array([True]), np.array([[True, True]])), (np.array([False]), np.array([[True, False]]))]
    table = contrast_table(phenomena, {"rules": passed}, "onrecord eval contrast")
    assert [row[3].value for row in table.rows] == [0.5, 0.0, 1.0]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "line", ["{", '{"phenomenon": "x", "statement": "y", "expect": "luck"}', '{"phenomenon": "x"}']
)
def test_a_damaged_file_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "broken.jsonl").write_text(line, encoding="utf-8")
    with pytest.raises(DataError, match=r"broken\.jsonl"):
        load_contrast(tmp_path)


def test_a_folder_without_sets_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no contrast sets"):
        load_contrast(tmp_path)


def test_the_shipped_sets_are_as_many_as_promised_and_no_pair_occurs_twice() -> None:
    phenomena = load_contrast(FOLDER)
    pairs = [(phenomenon.expect, *pair) for phenomenon in phenomena for pair in phenomenon.pairs]
    assert len(phenomena) >= 20 and len(pairs) >= 400
    assert len(set(pairs)) == len(pairs)


def test_the_shipped_pairs_differ_as_their_phenomenon_says() -> None:
    for phenomenon in load_contrast(FOLDER):
        for a, b in phenomenon.pairs:
            assert a.passage != b.passage
            if phenomenon.expect == "same":
                assert a.label == b.label, (phenomenon.name, a.passage)
            if phenomenon.expect == "sourcing":
                assert a.sourcing != b.sourcing, (phenomenon.name, a.passage)
