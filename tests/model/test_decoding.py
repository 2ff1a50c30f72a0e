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
from onrecord.labels import LABELS, SOURCINGS, Label, Sourcing
from onrecord.pretrained import SHIPPED
from onrecord.windows import Window, WindowPacker


class ScriptedEngine:
    """Gives every sentence one label, and each token the probabilities of source and cue that are written for it."""

    def __init__(self, tokenizer: Tokenizer, label: Label, of_token: Mapping[str, tuple[float, float]]) -> None:
        self._tokenizer = tokenizer
        self._label = label
        self._of_token = of_token

    def run(self, windows: Sequence[Window]) -> list[Scores]:
        return [self._score(window) for window in windows]

    def _score(self, window: Window) -> Scores:
        rows = [self._of_token.get(self._tokenizer.id_to_token(number), (0.01, 0.01)) for number in window.ids]
        spans = np.log([(1 - source - cue, source, cue) for source, cue in rows])
        pieces = len(window.pieces)
        label = np.tile(10.0 * (np.arange(len(LABELS)) == LABELS.index(self._label)), (pieces, 1))
        sourcing = np.tile(10.0 * (np.arange(len(SOURCINGS)) == SOURCINGS.index(Sourcing.NAMED)), (pieces, 1))
        return Scores(label, sourcing, spans, np.zeros((pieces, 1)))


def _label(text: str, of_token: Mapping[str, tuple[float, float]], label: Label) -> LabelledSentence:
    tokenizer = Tokenizer.from_file(str(SHIPPED / "tokenizer.json"))
    engine = ScriptedEngine(tokenizer, label, of_token)
    (sentence,) = Labeller(engine, WindowPacker(tokenizer, 64, 16), Calibration.none()).label_sentences([text])
    return sentence


def _cue(text: str, cues: Mapping[str, float], label: Label = Label.ATTRIBUTED_CLAIM) -> str | None:
    cue = _label(text, {token: (0.01, probability) for token, probability in cues.items()}, label).cue
    return cue and cue.text


def test_the_words_around_the_likeliest_that_are_half_as_likely() -> None:
    cues = {"is": 0.3, "likely": 0.8, "to": 0.5, "fail": 0.2, "may": 0.7}
    assert _cue("The plan is likely to fail and may.", cues) == "likely to"


def test_a_surer_word_elsewhere_wins_over_a_longer_run() -> None:
    cues = {"seems": 0.6, "to": 0.6, "be": 0.6, "said": 0.9}
    assert _cue("It seems to be over, she said.", cues) == "said"


def test_a_word_is_taken_whole_or_not_at_all() -> None:
    assert _cue("It was a half-hearted and war-weary reply.", {"half": 0.2, "-": 0.9, "hearted": 0.9}) == "half-hearted"
    assert _cue("It was a half-hearted reply.", {"half": 0.6, "-": 0.1, "hearted": 0.1}) is None


def test_source_and_cue_side_by_side_do_not_run_into_each_other() -> None:
    of_token = {"says": (0.3, 0.6), "mayor": (0.95, 0.01)}
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
    assert _cue("The bridge should have been shut.", {"should": 0.2}, label) == expected
