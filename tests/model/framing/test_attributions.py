"""Claims that lose their source or hedge, in articles built by hand, so that no weights are needed.

Run: ``pytest tests/model/framing/test_attributions.py``
"""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from onrecord.framing.attributions import lost_attributions
from onrecord.labelled import LabelledArticle

sys.path.insert(0, str(Path(__file__).parents[1]))
from articles import labelled

CLAIM = ("The old dam above Lenzmark leaked for nine days in April, [the engineer] {said}.", "Cn")
FLAT = ("The old dam above Lenzmark leaked for nine days in April.", "F")
FILLING = [
    ("The council met twice over the holiday.", "F"),
    ("Schools in the valley open on Tuesday.", "F"),
    ("A ferry crosses the lake every hour.", "F"),
    ("The bakery sells rye bread and plum cake.", "F"),
    ("Its owner came from Odessa in the spring.", "F"),
]


def article(*sentences: tuple[str, str]) -> LabelledArticle:
    """Each sentence in a paragraph of its own."""
    return labelled([[sentence] for sentence in sentences])


def orders(*sentences: tuple[str, str]) -> list[tuple[str, int, int, int]]:
    found = lost_attributions(article(*sentences))
    return [(lost.order, lost.attributed, lost.flat, lost.distance) for lost in found]


def test_a_source_that_is_dropped() -> None:
    assert orders(CLAIM, *FILLING, FLAT) == [("dropped", 0, 6, 6)]


def test_a_hedge_that_is_dropped() -> None:
    hedged = ("The old dam above Lenzmark {may} have leaked for nine days in April.", "S")
    assert orders(hedged, *FILLING, FLAT) == [("dropped", 0, 6, 6)]


def test_a_source_that_comes_late() -> None:
    assert orders(FLAT, *FILLING, CLAIM) == [("late", 6, 0, 6)]


def test_other_words_for_the_same_claim() -> None:
    retold = ("For nine days the dam above Lenzmark had been leaking.", "F")
    assert orders(CLAIM, *FILLING, retold) == [("dropped", 0, 6, 6)]


def test_a_lead_with_its_source_in_the_next_sentence_is_how_news_is_written() -> None:
    assert orders(FLAT, CLAIM, *FILLING) == []


def test_a_source_close_by_covers_the_sentence_also_against_a_claim_far_away() -> None:
    followed = ("It leaked into the valley of Lenzmark for days, [the mayor] {told} reporters.", "Cn")
    assert orders(FLAT, followed, *FILLING[1:], CLAIM) == []


@pytest.mark.parametrize(
    "flat",
    [
        ("The old dam above Lenzmark leaked for 12 days in April.", "F"),
        ("The old dam above Lenzmark never leaked for nine days in April.", "F"),
        ("The old dam above Lenzmark hadn’t leaked for nine days in April.", "F"),
        ("The dam above Lenzmark draws visitors in April.", "F"),
        ("The old dam above Lenzmark reportedly leaked for nine days in April.", "F"),
        ("A court ruled that the old dam above Lenzmark leaked for nine days in April.", "F"),
        ("It is possible that the old dam above Lenzmark leaked for nine days in April.", "F"),
        ("I saw how the old dam above Lenzmark leaked for nine days in April.", "F"),
        ("“The old dam above Lenzmark leaked for nine days in April.", "F"),
        ("The old dam above Lenzmark leaked for nine days in April.", "O"),
        ("It leaked.", "F"),
    ],
    ids=[
        "number",
        "never",
        "n't",
        "same topic",
        "hearsay",
        "ruling",
        "hedge",
        "first person",
        "quotation",
        "not a fact",
        "too short",
    ],
)
def test_what_is_not_the_same_claim_stated_flatly(flat: tuple[str, str]) -> None:
    claim = ("The old dam above Lenzmark leaked for 9 days in April, [the engineer] {said}.", "Cn")
    assert orders(claim, *FILLING, flat) == []


def test_an_intention_is_not_the_deed() -> None:
    plan = ("[The council] {said} it would close the old dam above Lenzmark for repairs.", "Cn")
    deed = ("The council closed the old dam above Lenzmark for repairs.", "F")
    assert orders(plan, *FILLING, deed) == []


def test_an_unsure_label_counts_for_nothing() -> None:
    assert orders(CLAIM, *FILLING, (*FLAT, 0.6)) == []
    assert orders((*CLAIM, 0.5), *FILLING, FLAT) == []


def test_unsure_labels_and_other_words_together_are_too_little() -> None:
    retold = ("For nine days the dam above Lenzmark had been leaking.", "F", 0.75)
    assert orders((*CLAIM, 0.75), *FILLING, retold) == []
    assert orders((*CLAIM, 0.75), *FILLING, (*FLAT, 0.75)) == [("dropped", 0, 6, 6)]


def test_what_stands_between_two_quotations_goes_on_for_their_speaker() -> None:
    before = ("“We saw it from the road,” {said} [Odile Farrant].", "Cn")
    after = ("“Nobody came to look,” [she] {said}.", "Cn")
    assert orders(CLAIM, *FILLING[:4], before, FLAT, after) == []
    assert orders(CLAIM, *FILLING[:4], before, FLAT, FILLING[4]) == [("dropped", 0, 6, 6)]


def test_another_sentence_with_some_of_the_words_is_another_claim() -> None:
    assert orders(CLAIM, *FILLING, ("For nine days there was water from the dam of Lenzmark.", "F")) == []
    assert orders(CLAIM, *FILLING, ("For nine days the council argued about the dam above Lenzmark.", "F")) == []


def test_a_sentence_is_in_one_pair_at_most() -> None:
    again = ("The old dam above Lenzmark did leak for nine days in April.", "F")
    assert len(orders(CLAIM, *FILLING, FLAT, again)) == 1


def test_a_headline_does_not_shift_the_numbers() -> None:
    body = article(CLAIM, *FILLING, FLAT)
    head = labelled([[FILLING[0]]], headline=("A dam and its valley", "-")).headline
    assert lost_attributions(replace(body, headline=head)) == lost_attributions(body) != ()


def test_as_json() -> None:
    (lost,) = lost_attributions(article(CLAIM, *FILLING, FLAT))
    record = json.loads(json.dumps(lost.to_dict()))
    assert {name: record[name] for name in ("attributed", "flat", "distance", "order")} == {
        "attributed": 0,
        "flat": 6,
        "distance": 6,
        "order": "dropped",
    }
    assert 0.5 <= record["confidence"] <= 1


@pytest.mark.parametrize("body", [[], [[("One sentence says little.", "F")]], [[("?", "?")]]])
def test_short_articles_have_none(body: list[list[tuple]]) -> None:
    assert lost_attributions(labelled(body)) == ()
