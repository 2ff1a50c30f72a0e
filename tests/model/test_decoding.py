"""Which words become the source and the cue, given what the network says of each token.

Run: pytest tests/model/test_decoding.py
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from tokenizers import Tokenizer

from onrecord.calibration import Calibration
from onrecord.engine import Scores
from onrecord.labelled import LabelledSentence
from onrecord.labeller import Labeller
from onrecord.labels import CUED, LABELS, SOURCINGS, SPANS, TOKEN_CLASSES, Label, Sourcing
from onrecord.pretrained import SHIPPED
from onrecord.windows import Window, WindowPacker

Worth = tuple[float, float, float]
"""What a token is worth as start, end and part of a span."""
_NOTHING: Worth = (-2.0, -2.0, -2.0)


class ScriptedEngine:
    """Gives every sentence one label, and each token, as a span of a kind, what is written for it."""

    def __init__(self, tokenizer: Tokenizer, label: Label, of_token: Mapping[tuple[str, str], Worth]) -> None:
        self._tokenizer = tokenizer
        self._label = label
        self._of_token = of_token

    def run(self, windows: Sequence[Window]) -> list[Scores]:
        return [self._score(window) for window in windows]

    def _score(self, window: Window) -> Scores:
        tokens = [self._tokenizer.id_to_token(number) for number in window.ids]
        spans = np.array([[self._of_token.get((kind, token), _NOTHING) for kind in SPANS] for token in tokens])
        pieces = len(window.pieces)
        label = np.tile(10.0 * (np.arange(len(LABELS)) == LABELS.index(self._label)), (pieces, 1))
        sourcing = np.tile(10.0 * (np.arange(len(SOURCINGS)) == SOURCINGS.index(Sourcing.NAMED)), (pieces, 1))
        of_tokens = np.zeros((len(tokens), len(TOKEN_CLASSES)))
        return Scores(label, sourcing, of_tokens, spans.reshape(len(tokens), -1), np.zeros((pieces, 1)))


def _label(text: str, of_token: Mapping[tuple[str, str], Worth], label: Label) -> LabelledSentence:
    tokenizer = Tokenizer.from_file(str(SHIPPED / "tokenizer.json"))
    engine = ScriptedEngine(tokenizer, label, of_token)
    (sentence,) = Labeller(engine, WindowPacker(tokenizer, 64, 16), Calibration.none()).label_sentences([text])
    return sentence


def _cue(text: str, worth: Mapping[str, Worth], label: Label = Label.ATTRIBUTED_CLAIM) -> str | None:
    kinds = [f"cue of {cued.value}" for cued in CUED]
    cue = _label(text, {(kind, token): scores for kind in kinds for token, scores in worth.items()}, label).cue
    return cue and cue.text


def test_the_run_whose_start_end_and_parts_are_worth_most_together() -> None:
    worth = {"is": (1.0, 0.0, 0.5), "likely": (2.0, 1.0, 1.0), "to": (0.0, 2.0, 0.5), "may": (2.0, 2.0, 0.0)}
    assert _cue("The plan is likely to fail and may.", worth) == "likely to"
    assert _cue("The plan is likely to fail and may.", worth | {"is": (3.0, 0.0, 0.5)}) == "is likely to"
    assert _cue("The plan is likely to fail and may.", worth | {"may": (3.0, 3.0, 0.0)}) == "may"


def test_a_word_between_that_is_worth_little_parts_a_run() -> None:
    worth = {"we": (2.0, 0.0, 0.0), "believe": (1.5, 2.0, 0.0)}
    assert _cue("So we firmly believe it.", worth | {"firmly": (-2.0, -2.0, 0.0)}) == "we firmly believe"
    assert _cue("So we firmly believe it.", worth | {"firmly": (-2.0, -2.0, -1.0)}) == "believe"


def test_a_word_is_taken_whole_or_not_at_all() -> None:
    first, middle, last = (1.0, 5.0, 1.0), (5.0, 5.0, 1.0), (5.0, 1.0, 1.0)
    text = "It was a half-hearted and war-weary reply."
    assert _cue(text, {"half": first, "-": middle, "hearted": last}) == "half-hearted"
    assert _cue(text, {"half": _NOTHING, "-": middle, "hearted": _NOTHING}) is None


def test_a_run_crosses_the_place_where_a_long_sentence_was_cut() -> None:
    text = "It is " + "very " * 80 + "bad."
    found = _cue(text, {"very": (0.0, 0.0, 1.0)})
    assert found == ("very " * 80).strip()


def test_each_label_has_cues_of_its_own() -> None:
    of_token = {
        ("cue of speculation", "should"): (1.0, 1.0, 1.0),
        ("cue of analyst_opinion", "wrong"): (1.0, 1.0, 1.0),
    }
    text = "It should not last, which is wrong."
    found = {label: _label(text, of_token, label).cue for label in (Label.SPECULATION, Label.ANALYST_OPINION)}
    assert [cue and cue.text for cue in found.values()] == ["should", "wrong"]


def test_a_source_is_found_apart_from_the_cue() -> None:
    of_token = {
        ("source", "mayor"): (1.0, 1.0, 1.0),
        ("source", "says"): (-1.0, -1.0, 0.5),
        ("cue of attributed_claim", "says"): (1.0, 1.0, 1.0),
    }
    sentence = _label("The bridge is safe, says mayor.", of_token, Label.ATTRIBUTED_CLAIM)
    assert (sentence.source and sentence.source.text, sentence.cue and sentence.cue.text) == ("mayor", "says")


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        (Label.ATTRIBUTED_CLAIM, None),
        (Label.SPECULATION, "should"),
        (Label.ANALYST_OPINION, "should"),
        (Label.REPORTED_FACT, None),
        (Label.NONE, None),
    ],
)
def test_only_what_the_outlet_does_not_assert_always_has_a_cue(label: Label, expected: str | None) -> None:
    assert _cue("The bridge should have been shut.", {"should": (-0.1, -0.1, -0.1)}, label) == expected
