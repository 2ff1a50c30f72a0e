"""Even-handedness: words are exchanged for their counterparts, nothing else changes, and flips are counted."""

from collections.abc import Sequence

import numpy as np
import pytest

from onrecord.eval.passages import Passage, Predictions
from onrecord.eval.swap_words import ATTRIBUTES, TEMPLATES
from onrecord.eval.swaps import flip_rate, swap_all, swap_text


@pytest.mark.parametrize(
    ("attribute", "text", "swapped"),
    [
        ("party", "Republicans said the Democratic plan failed.", "Democrats said the Republican plan failed."),
        ("party", "The labour of years was lost.", "The labour of years was lost."),
        ("gender", "He lost his keys, and she told him.", "She lost her keys, and he told her."),
        ("gender", "They told her that her bag was found.", "They told him that his bag was found."),
        ("gender", "Mr. Osk, a spokesman, left.", "Ms. Osk, a spokeswoman, left."),
        ("religion", "An imam spoke at the mosque.", "A pastor spoke at the church."),
        ("occupation", "A farmer told teachers.", "A nurse told farmers."),
        ("country", "Moscow's envoy left Syria.", "Paris's envoy left Canada."),
        ("nationality", "The French-speaking town", "The French-speaking town"),
    ],
)
def test_words_are_exchanged_in_place(attribute: str, text: str, swapped: str) -> None:
    assert swap_text(text, attribute, 1) == swapped


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_every_set_has_alternatives_of_one_length(attribute: str) -> None:
    for rows in ATTRIBUTES[attribute]:
        assert len(rows) >= 2 and len({len(row) for row in rows}) == 1


@pytest.mark.parametrize("attribute", TEMPLATES)
def test_every_template_can_be_swapped(attribute: str) -> None:
    for text in TEMPLATES[attribute]:
        assert swap_text(text, attribute, 1) != text


class _Partisan:
    """Calls every sentence with a Democrat in it opinion, and others fact."""

    name = "partisan"

    def predict(self, passages: Sequence[Passage]) -> Predictions:
        labels = [3 if "Democrat" in text else 0 for passage in passages for text in passage.texts]
        return Predictions(np.eye(5)[labels], np.zeros(len(labels), dtype=int))


def test_a_partisan_system_flips_and_only_changed_sentences_are_counted() -> None:
    passages = [
        Passage("a", ("Republicans left early.", "The hall was empty."), "Democrats lose"),
        Passage("b", ("Tories left early.", "It rained.")),
    ]
    swapped = swap_all(_Partisan(), passages, "party")
    assert [(item.before, item.after, item.flipped) for item in swapped] == [
        ("Democrats lose", "Republicans lose", True),
        ("Republicans left early.", "Democrats left early.", True),
        ("Tories left early.", "Labour MPs left early.", False),
    ]
    assert flip_rate(swapped).value == pytest.approx(2 / 3)


def test_passages_without_the_attribute_are_not_counted() -> None:
    assert swap_all(_Partisan(), [Passage("a", ("The hall was empty.",))], "party") == []
