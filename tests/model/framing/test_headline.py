"""Headline drift, on hand-made articles and what a network might say of them: each relation and its evidence."""

from dataclasses import replace

import numpy as np
import pytest

from onrecord.framing.headline import HeadlineDrift, Relation, headline_drift
from onrecord.labelled import LabelledArticle
from tests.model.articles import labelled

SHUT = "The council shut the Orla bridge for good."
BODY = [
    ("Traders in Velm had a quiet week.", "F"),
    ("The market opened at eight under grey skies.", "F"),
    ("Fishermen mended nets along the quay.", "F"),
    ("Rain is due on Sunday.", "F"),
]


def article(headline: tuple, sentences: list[tuple], carry: list[bool] | None) -> LabelledArticle:
    """An article before unrelated sentences. ``carry``: whether the network says so, of each; ``None``: no network."""
    made = labelled([[*sentences, *BODY]], headline)
    if carry is None:
        return made
    return replace(made, carries=np.where([*carry, *[False] * len(BODY)], 3.0, -5.0))


def drift(headline: tuple, sentences: list[tuple], carry: list[bool] | None) -> HeadlineDrift:
    """The drift of such an article, which is never ``None``."""
    found = headline_drift(article(headline, sentences, carry))
    assert found is not None
    return found


@pytest.mark.parametrize("network", [True, False])
@pytest.mark.parametrize(
    ("headline", "body", "relation"),
    [
        (("Council shuts Orla bridge for good", "F"), (SHUT, "F"), Relation.SAME),
        (("Council shuts Orla bridge for good", "F"), (f"{SHUT[:-1]}, a rival said.", "Cn"), Relation.HARDENED),
        (
            ("Council shuts Orla bridge for good", "F"),
            ("The council may shut the Orla bridge.", "S"),
            Relation.HARDENED,
        ),
        (("Council said to shut Orla bridge for good", "Cu"), (SHUT, "F"), Relation.SOFTENED),
        (("Council could shut Orla bridge for good", "S"), (SHUT, "F"), Relation.SOFTENED),
        (("Council could shut Orla bridge", "S"), ("The council may shut the Orla bridge.", "S"), Relation.SAME),
        (("Shutting the Orla bridge is folly", "O"), ("To shut the Orla bridge is folly.", "O"), Relation.SAME),
        (
            ("Shutting the Orla bridge is folly", "O"),
            ("To shut the Orla bridge is folly, a critic says.", "Ou"),
            "hardened",
        ),
    ],
)
def test_standing_of_the_same_claim(headline: tuple, body: tuple, relation: str, network: bool) -> None:
    """The headline's standing against that of the sentence which carries its claim; also on words alone."""
    found = drift(headline, [body], [True] if network else None)
    assert found.relation == relation
    assert found.evidence[0] == 0
    assert 0.5 < found.confidence <= 1


def test_a_claim_that_no_sentence_carries_is_absent() -> None:
    """Neither words nor meaning in common: nothing to show as evidence."""
    found = drift(("Singer wins prize in Quarn", "F"), [("The bakery raised its prices.", "F")], [False])
    assert (found.relation, found.evidence) == (Relation.ABSENT, ())


def test_a_headline_that_states_nothing_is_a_topic() -> None:
    """Whatever the body says about it."""
    found = drift(("The Orla bridge, explained", "-"), [(f"{SHUT[:-1]}, a rival said.", "Cn")], [True])
    assert (found.relation, found.evidence) == (Relation.TOPIC, ())


def test_a_flat_headline_is_honest_if_the_outlet_asserts_the_claim_anywhere() -> None:
    """One sentence hands the claim to somebody, a later one asserts it."""
    claimed = (f"{SHUT[:-1]}, a rival said.", "Cn")
    headline = ("Council shuts Orla bridge for good", "F")
    assert drift(headline, [claimed, claimed], [True, True]).relation == Relation.HARDENED
    found = drift(headline, [claimed, (SHUT, "F")], [True, True])
    assert found.relation == Relation.SAME
    assert set(found.evidence) == {0, 1}


def test_a_headline_on_what_its_subject_says_it_did_is_honest() -> None:
    """The same sentence, in the mouth of somebody whom the headline does not name, makes a hardened one."""
    headline = ("Velmia opens the Orla dam", "F")
    for speaker, relation in (("a Velmian official", Relation.SAME), ("a passing sailor", Relation.HARDENED)):
        told = (f"The Orla dam was opened, [{speaker}] said.", "Cn")
        assert drift(headline, [told], [True]).relation == relation


def test_the_network_finds_what_words_do_not() -> None:
    """The claim in other words is evidence."""
    paraphrase = ("Nobody will cross there again by car, a town hall rival said.", "Cn")
    found = drift(("Council shuts Orla bridge for good", "F"), [("The council met.", "F"), paraphrase], [False, True])
    assert found.evidence[0] == 1


@pytest.mark.parametrize(
    "headline",
    [
        "Tarn: council shuts Orla bridge for good",
        "Council shuts Orla bridge for good, says rival",
        "Council shuts Orla bridge for good?",
        "Council ‘shuts Orla bridge for good’",
        "Council reportedly shuts Orla bridge for good",
    ],
)
def test_marks_of_headline_style_attribute_or_hedge(headline: str) -> None:
    """Also where the label takes the telegraph style for a fact."""
    told = (f"{SHUT[:-1]}, [Mayor Ina Tarn] said.", "Cn")
    assert drift((headline, "F"), [told], [True]).relation == Relation.SAME


@pytest.mark.parametrize(
    ("headline", "body"),
    [
        ("Orla bridge: council shuts it for good", SHUT),
        ("Council shuts ‘bridge of sighs’ for good", "The council shut the Bridge of Sighs for good."),
        ("Council shuts Orla bridge in May", "The council shut the Orla bridge in May."),
        ("Council reportedly shuts Orla bridge", "The council has reportedly shut the Orla bridge."),
    ],
    ids=["a topic before the colon", "a name in quotation marks", "the month of May", "hearsay in both"],
)
def test_what_only_looks_like_such_a_mark_softens_nothing(headline: str, body: str) -> None:
    """The body says it as flatly, or in the same words."""
    assert drift((headline, "F"), [(body, "F", 0.8)], [True]).relation == Relation.SAME


@pytest.mark.parametrize("kicker", ["EXCLUSIVE", "Breaking", "Watch"])
def test_a_kicker_is_no_speaker(kicker: str) -> None:
    """What stands before the colon announces the headline, and hands it to nobody."""
    headline = f"{kicker}: council shuts Orla bridge for good"
    assert drift((headline, "F"), [(f"{SHUT[:-1]}, a rival said.", "Cn")], [True]).relation == Relation.HARDENED


def test_a_claim_split_over_two_sentences() -> None:
    """The second goes on where the first stops; alone it shares no more with the headline than another one does."""
    first, goes_on = ("Ana Ruiz spoke of the Orla bridge and the council.", "F"), ("“Shut for good,” she said.", "Cn")
    alike = ("Fog shut the airfield for good.", "F")
    found = drift(("Council shuts Orla bridge for good", "F"), [first, goes_on, BODY[0], alike], None)
    assert 1 in found.evidence
    assert 3 not in found.evidence


def test_one_word_in_quotation_marks_is_no_attribution() -> None:
    """A name or a scare quote."""
    headline = "Council's 'reform' shuts Orla bridge for good"
    assert drift((headline, "F"), [(f"{SHUT[:-1]}, a rival said.", "Cn")], [True]).relation == Relation.HARDENED


def test_nothing_to_compare() -> None:
    """No headline, or no body."""
    assert headline_drift(labelled([BODY])) is None
    assert headline_drift(labelled([], ("Council shuts Orla bridge", "F"))) is None


def test_record() -> None:
    """What reaches the record is plain: JSON can write it."""
    record = drift(("Council shuts Orla bridge for good", "F"), [(SHUT, "F")], [True]).to_dict()
    assert record["relation"] == "same"
    assert record["evidence"] == [0]
    assert 0 < record["confidence"] <= 1


@pytest.mark.parametrize("endless", ["?" * 100_000 + "x", "- " * 100_000 + "x", "'a " * 100_000])
def test_a_headline_without_end_is_read_in_bounded_time(endless: str) -> None:
    assert headline_drift(labelled([BODY], (endless, "F"))) is not None  # else this takes hours
