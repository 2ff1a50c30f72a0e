"""What an article is made of, and how usual that is; articles are built by hand, so that no weights are needed.

Run: ``pytest tests/model/framing/test_profile.py``
"""

import sys
from pathlib import Path

import pytest

from onrecord.framing.profile import MEASURES, Composition, Kind, reference
from onrecord.labels import STANDINGS, Label
from onrecord.pretrained import SHIPPED, digest_of

sys.path.insert(0, str(Path(__file__).parents[1]))
from articles import labelled


def profile(*codes: str) -> Composition:
    """The profile of an article with a sentence of four words for every code."""
    return labelled([[("The pier is here.", code)] for code in codes]).framing.profile


def test_shares_are_of_the_sentences_that_state_something() -> None:
    found = profile("-", "F", "F", "Cu", "S", "-", "?")
    assert found.shares == {"reported_fact": 0.5, "attributed_claim": 0.25, "speculation": 0.25, "analyst_opinion": 0}
    assert (found.unsourced_share, found.vague_source_share) == (0.25, 0.25)


def test_long_sentences_weigh_more_in_the_shares_by_words() -> None:
    found = labelled([[("It rained.", "F"), ("It may rain on all of us.", "S")]]).framing.profile
    assert found.shares[Label.SPECULATION] == 0.5
    assert found.word_shares[Label.SPECULATION] == pytest.approx(7 / 9)


def test_positions_say_where_a_label_occurs() -> None:
    found = profile(*"FFFFFFFF", "-", *"OO")
    assert [part[Label.ANALYST_OPINION] for part in found.positions] == [0, 0, 0, 0, 1]
    assert [part[Label.REPORTED_FACT] for part in found.positions] == [1, 1, 1, 1, 0]


def test_an_article_that_states_nothing_has_shares_of_nought() -> None:
    for found in (profile(), profile("-", "-")):
        assert set(found.shares.values()) == {0}
        assert len(found.positions) == 5
        assert (found.kind, found.percentiles) == (None, None)


def test_a_short_article_has_no_kind() -> None:
    assert profile(*"FFFFFFF", "-").kind is None
    assert profile(*"FFFFFFF", "F").kind is Kind.NEWS_REPORT


def test_only_opinion_in_the_outlet_s_own_voice_makes_an_opinion_piece() -> None:
    assert profile(*"FFFFF", *"OOOOO").kind is Kind.OPINION_PIECE
    assert profile(*"FFFFF", *["On"] * 5).kind is Kind.NEWS_REPORT
    assert profile(*"FFFFF", *"SSSSS").kind is Kind.NEWS_REPORT


def test_percentiles_rise_with_the_share() -> None:
    found = [profile(*["S"] * count, *["F"] * (50 - count)).percentiles for count in range(0, 51, 5)]
    speculation = [percentiles[Label.SPECULATION] for percentiles in found if percentiles]
    facts = [percentiles[Label.REPORTED_FACT] for percentiles in found if percentiles]
    assert speculation == sorted(speculation)
    assert facts == sorted(facts, reverse=True)
    assert (speculation[0], speculation[-1]) == (0, 99)  # nobody has less than nothing


def test_an_article_is_compared_with_its_own_kind() -> None:
    report, column = profile(*"OOO", *"FFFFFFF"), profile(*"OOOO", *"FFFFF")
    assert report.percentiles and column.percentiles
    assert report.percentiles[Label.ANALYST_OPINION] > 50 > column.percentiles[Label.ANALYST_OPINION]


def test_the_shipped_reference_covers_every_kind_and_measure() -> None:
    kinds = reference()["kinds"]
    assert set(kinds) == set(Kind)
    for kind in kinds.values():
        assert set(kind["percentiles"]) == set(MEASURES)
        assert all(points == sorted(points) and len(points) == 99 for points in kind["percentiles"].values())


def test_the_shipped_reference_was_made_with_the_shipped_weights() -> None:
    made_with = reference()["provenance"]["weights"]
    assert made_with == digest_of(SHIPPED / "model.onnx"), "run: python -m onrecord.training.reference (see its help)"


def test_the_record_holds_plain_numbers_and_names() -> None:
    record = profile(*"OOOOO", *"FFFFF").to_dict()
    assert record["kind"] == "opinion_piece"
    assert list(record["shares"]) == [label.value for label in STANDINGS]
    assert record["unsourced_share"] == 0.5
    assert list(record["percentiles"]) == list(MEASURES)
