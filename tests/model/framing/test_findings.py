"""What is said to stand out in an article: when, in which words, on which sentences, and when nothing is said.

Run: ``pytest tests/model/framing/test_findings.py``
"""

import json
import sys
from pathlib import Path
from typing import Any, Literal

import pytest

from onrecord.framing import Finding
from onrecord.framing.attributions import LostAttribution
from onrecord.framing.findings import findings
from onrecord.framing.headline import HeadlineDrift, Relation
from onrecord.framing.rules import RULES, Material
from onrecord.labelled import LabelledArticle

sys.path.insert(0, str(Path(__file__).parents[1]))
from articles import labelled

ORLOV = ("[Mayor Ana Orlov] {said} that bridge {number} is safe.", "Cn")
FACT = ("Bridge {number} was closed in May.", "F")
MAYBE = ("Bridge {number} {{may}} fall.", "S")
OPINION = ("Closing bridge {number} was {{a disgrace}}.", "O")


def article(*sentences: tuple[str, str], headline: tuple[str, str] | None = None) -> LabelledArticle:
    """An article with every sentence in a paragraph of its own, the sentences numbered so that all differ."""
    return labelled(
        [[(text.replace("{number}", str(number)).replace("{{", "{").replace("}}", "}"), code)]
         for number, (text, code) in enumerate(sentences)],
        headline,
    )  # fmt: skip


def found(made: LabelledArticle, **parts: Any) -> dict[str, Finding]:
    """Findings by rule; ``parts`` stand in for what the other modules find."""
    framing = made.framing
    material = {
        "headline": framing.headline,
        "lost_attributions": framing.lost_attributions,
        "voices": framing.voices,
        "profile": framing.profile,
    }
    return {finding.rule: finding for finding in findings(Material(made, **(material | parts)))}


def drift(relation: str, *evidence: int, confidence: float = 0.9) -> HeadlineDrift:
    return HeadlineDrift(Relation(relation), confidence, evidence)


BODY = (FACT, ORLOV, MAYBE, OPINION)


@pytest.mark.parametrize(
    ("headline", "evidence", "words"),
    [
        ("Bridge is safe", 1, "The headline states as fact what the article attributes to Mayor Ana Orlov."),
        (
            "Orlov proves bridge safe",
            1,
            "The headline states as fact what the article attributes to Mayor Ana Orlov, whom it names.",
        ),
        ("Bridge is safe", 2, "The headline states as fact what the article puts forward as possible."),
        ("Bridge is safe", 3, "The headline states as fact what the article gives as an opinion."),
    ],
)
def test_a_hardened_headline_is_held_against_what_the_body_does_with_the_claim(
    headline: str, evidence: int, words: str
) -> None:
    made = article(*BODY, headline=(headline, "F"))
    finding = found(made, headline=drift("hardened", evidence))["hardened_headline"]
    assert (finding.text, finding.evidence) == (words, (evidence,))


def test_a_softened_headline_and_one_without_its_claim_in_the_body() -> None:
    made = article(*BODY, headline=("Bridge {may} close", "S"))
    softened = found(made, headline=drift("softened", 0))["softened_headline"]
    assert softened.text == "The headline puts forward as possible what the article states as fact."
    absent = found(made, headline=drift("absent"))["absent_headline"]
    assert absent.text == "No sentence of the article was found that makes the headline’s claim."


def test_an_honest_headline_and_an_uncertain_match_are_left_alone() -> None:
    made = article(*BODY, headline=("Bridge is safe", "F"))
    for each in (drift("same", 1), drift("topic"), drift("hardened", 1, confidence=0.4), None):
        assert not [rule for rule in found(made, headline=each) if "headline" in rule]


def lost(order: Literal["dropped", "late"], attributed: int, flat: int) -> LostAttribution:
    return LostAttribution(attributed, flat, abs(flat - attributed), order, 0.9)


def test_an_attribution_that_is_dropped_or_comes_late() -> None:
    made = article(ORLOV, FACT, MAYBE, FACT, ORLOV, FACT, FACT)
    dropped = found(made, lost_attributions=(lost("dropped", 0, 3),))["dropped_attribution"]
    assert dropped.text == "What is first attributed to Mayor Ana Orlov is stated as fact 3 sentences later."
    assert dropped.evidence == (0, 3)
    hedged = found(made, lost_attributions=(lost("dropped", 2, 6),))["dropped_attribution"]
    assert hedged.text == "What is first put forward as possible is stated as fact 4 sentences later."
    late = found(made, lost_attributions=(lost("late", 4, 1),))["late_attribution"]
    assert late.text == "What is first stated as fact is attributed to Mayor Ana Orlov only 3 sentences later."
    assert late.evidence == (1, 4)


def test_every_claim_from_one_source() -> None:
    finding = found(article(FACT, ORLOV, ORLOV, ORLOV, ORLOV))["single_source"]
    assert finding.text == "All 4 sentences that have a source have the same one: Mayor Ana Orlov."
    assert finding.evidence == (1, 2, 3, 4)
    assert "single_source" not in found(article(FACT, ORLOV, ORLOV, ORLOV))
    tolliver = ("[Piers Tolliver] {denied} that.", "Cn")
    assert "single_source" not in found(article(FACT, ORLOV, ORLOV, ORLOV, tolliver))


def test_a_source_that_is_only_a_pronoun_or_hearsay_is_not_named_in_a_finding() -> None:
    he = ("[He] {said} that bridge {number} is safe.", "Cn")
    assert found(article(he, he, he, he))["single_source"].text == (
        "All 4 sentences that have a source have the same one."
    )
    rumour = ("Bridge {number} is {reportedly} safe.", "Cu")
    made = article(rumour, headline=("Bridge is safe", "F"))
    line = found(made, headline=drift("hardened", 0))["hardened_headline"].text
    assert line == "The headline states as fact what the article hands to a source."


def test_a_source_within_a_finding_begins_like_any_word() -> None:
    mayor = ("[The mayor of Pell] {said} that bridge {number} is safe.", "Cn")
    finding = found(article(mayor, mayor, mayor, mayor))["single_source"]
    assert finding.text == "All 4 sentences that have a source have the same one: the mayor of Pell."


def test_many_sources_that_cannot_be_identified() -> None:
    officials = ("[Officials] {said} bridge {number} is old.", "Cu")
    finding = found(article(ORLOV, officials, ORLOV, officials))["unnamed_sources"]
    assert finding.text == "2 of 4 sentences that have a source rest on one that cannot be identified."
    assert finding.evidence == (1, 3)
    assert "unnamed_sources" not in found(article(ORLOV, officials, ORLOV, ORLOV))


def test_much_speculation_names_what_it_is_compared_with() -> None:
    finding = found(article(*[MAYBE] * 6, *[FACT] * 6))["much_speculation"]
    assert finding.text.startswith("More speculation than 9")
    assert finding.text.endswith(" news reports: 6 of 12 statements.")
    assert finding.evidence == (0, 1, 2, 3, 4, 5)
    assert "much_speculation" not in found(article(MAYBE, *[FACT] * 11))
    assert "much_speculation" not in found(article(MAYBE, MAYBE, *[FACT] * 6))  # two sentences are not much


def test_the_same_sentences_are_not_reported_twice() -> None:
    rules = found(article(*[MAYBE] * 6, *[FACT] * 6))
    assert "much_unsourced" not in rules


def test_opinion_that_comes_in_at_the_beginning_or_the_end_of_a_report() -> None:
    opening = found(article(OPINION, OPINION, *[FACT] * 10))["opens_with_opinion"]
    assert opening.text == "It opens with opinion in the outlet’s own voice: 2 of its first 3 statements."
    closing = found(article(*[FACT] * 10, OPINION, OPINION))["ends_with_opinion"]
    assert closing.text == (
        "It ends with opinion in the outlet’s own voice: 2 of its last 2 statements, 0 of the 10 before."
    )
    assert closing.evidence == (10, 11)


def test_an_opinion_piece_may_open_and_end_with_opinion() -> None:
    rules = found(article(*[OPINION] * 6, *[FACT] * 4, *[OPINION] * 2))
    assert not {"opens_with_opinion", "ends_with_opinion"} & set(rules)


def test_a_plain_report_has_no_finding() -> None:
    tolliver = ("[Piers Tolliver, of the bridge union,] {said} number {number} is not.", "Cn")
    assert found(article(FACT, FACT, ORLOV, FACT, tolliver, FACT, ORLOV, FACT, tolliver, FACT)) == {}


def test_every_rule_says_when_it_fires() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(rule.fires for rule in RULES)


def test_the_record_of_an_article_carries_its_framing() -> None:
    record = article(*[MAYBE] * 6, *[FACT] * 6, headline=("Bridge {may} fall", "S")).to_dict()
    framing = record["framing"]
    assert {"headline", "lost_attributions", "sources", "profile", "findings"} <= set(framing)
    assert framing["findings"][0]["rule"]
    assert framing["findings"][0]["evidence"] == [0, 1, 2, 3, 4, 5]
    assert json.loads(json.dumps(framing)) == framing


@pytest.mark.parametrize("text", ["", " ", "?", "\x00", "“", "\ud800 \u202e", "x" * 5000, "A B. " * 50])
def test_framing_never_fails_whatever_the_text(text: str) -> None:
    for code in ("F", "Cn", "Cu", "S", "O", "?", "-"):
        framing = labelled([[(text, code)] * 9], headline=(text, "F")).framing
        assert all(0 <= index < 9 for finding in framing.findings for index in finding.evidence)
