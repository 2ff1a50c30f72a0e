"""The other tables of framing: Emergent, swaps, speed, lost attributions; what is missing is said."""

import logging
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from rule_labeller import RuleLabeller

from onrecord.eval.evaluation import Evaluation
from onrecord.eval.framing import framing_section
from onrecord.eval.framing_emergent import asserts, score_rows
from onrecord.eval.framing_pool import Reading, lost_table, speed_table
from onrecord.eval.framing_swaps import find, measure_swaps, rule_table, swap_finding, swap_table
from onrecord.eval.passages import Passage
from onrecord.labelled import LabelledArticle
from onrecord.labels import Label


def _partisan(article: LabelledArticle) -> SimpleNamespace:
    """A framing that suspects Democrats' headlines, and finds each of their claims worth a line that quotes it."""
    claims = [one for one in article.sentences if one.label is Label.ATTRIBUTED_CLAIM and "Democrat" in one.text]
    headline = article.headline and SimpleNamespace(
        relation="hardened" if "Democrat" in article.headline.text else "same", evidence=(0,)
    )
    findings = tuple(SimpleNamespace(rule="claims", text=one.text, evidence=(one.index,)) for one in claims)
    return SimpleNamespace(headline=headline, findings=findings, lost_attributions=())


@pytest.fixture
def partisan(monkeypatch: pytest.MonkeyPatch) -> RuleLabeller:
    monkeypatch.setattr(LabelledArticle, "framing", property(_partisan))
    return RuleLabeller()


DEMOCRATS = Passage("a", ("Democrats said no.", "Nobody was at the hall on Monday."), "Democrats close the hall")
TORIES = Passage("b", ("Tories said no.",), "Tories close the hall")


def test_swaps_that_change_the_headlines_relation_or_the_rules_are_counted(partisan: RuleLabeller) -> None:
    measured = measure_swaps(partisan, [DEMOCRATS, TORIES], [TORIES])
    rows = {(row[0], row[1]): row[2:] for row in swap_table(measured, "onrecord eval framing").rows}
    articles, swaps, relation, findings = rows["party", "written"]
    assert (articles, swaps) == (2, 2)
    assert str(relation).startswith("0.500") and str(findings).startswith("0.500")
    assert str(rows["party", "real"][2]).startswith("0.000")
    assert rows["gender", "written"] == [0, 0, None, None]
    assert list(rule_table(measured, "onrecord eval framing").rows) == [["claims", 1, 0, 1]]
    assert "Of 3 swaps" in swap_finding(measured) and "1 change" in swap_finding(measured)


def test_a_finding_that_only_quotes_the_swapped_word_is_the_same_finding(
    partisan: RuleLabeller, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = find(partisan, [DEMOCRATS])
    quoted = Passage("a", ("Some Democrats said no.", *DEMOCRATS.sentences[1:]), DEMOCRATS.headline)
    assert find(partisan, [quoted]) == before
    assert find(partisan, [TORIES]) != before


def _lost(distance: int, order: str) -> SimpleNamespace:
    return SimpleNamespace(attributed=0, flat=distance, distance=distance, order=order, confidence=0.9)


def test_lost_attributions_are_counted_by_distance_and_beside_the_pairs_so_far_apart() -> None:
    lost = (_lost(1, "dropped"), _lost(4, "dropped"), _lost(30, "late"))
    table = lost_table([Reading(41, 1.0, 0.1, lost), Reading(2, 1.0, 0.1, ())], "onrecord eval framing")
    rows = {row[0]: list(row[1:]) for row in table.rows}
    assert rows["any"][:4] == [3, 150.0, 2, 1]
    assert rows["1 to 2"] == [1, 50.0, 1, 0, pytest.approx(1e4 / (40 + 39 + 1))]
    assert rows["3 to 5"] == [1, 50.0, 1, 0, pytest.approx(1e4 / (38 + 37 + 36))]
    assert rows["6 to 10"][:4] == [0, 0.0, 0, 0]
    assert rows["21 or more"] == [1, 50.0, 0, 1, pytest.approx(1e4 / sum(range(1, 21)))]
    assert rows["any"][4] == pytest.approx(3e4 / (41 * 40 / 2 + 1))
    assert "1 of 2 articles" in table.note


def test_the_share_of_framing_is_of_labelling_without_it() -> None:
    table = speed_table({"ours": [Reading(10, 0.04, 0.004, ()), Reading(30, 0.06, 0.016, ())]}, "onrecord eval framing")
    assert list(table.rows[0]) == ["ours", 2, 20.0, pytest.approx(50.0), pytest.approx(10.0), pytest.approx(0.2)]


def test_merely_reported_is_a_headline_that_hands_over_or_hedges(labeller: RuleLabeller) -> None:
    headlines = (
        "Bridge closed after a lorry hit the northern pier",
        "Bridge closed, the mayor said",
        "Bridge may close",
    )
    articles = labeller.label_articles(Passage("", (), headline).article for headline in headlines)
    assert [asserts(article.headline) for article in articles if article.headline] == [True, False, False]


def test_emergent_rows_score_asserted_and_merely_reported() -> None:
    rows = score_rows(
        [True, True, True, False], {"onrecord": [True, True, False, True], "always": [True] * 4}, np.array([0, 1, 2, 2])
    )
    values = {row[0]: [round(cell.value, 3) for cell in row[3:]] for row in rows}  # type: ignore[union-attr]
    assert values["F1 of asserted"] == [0.667, 0.857]
    assert values["F1 of merely reported"] == [0, 0]
    assert values["accuracy"] == [0.5, 0.75]
    assert [row[1] for row in rows] == [3, 1, 4, 4]


def test_missing_data_are_said_and_articles_of_our_own_are_scored_all_the_same(
    tmp_path: Path, partisan: RuleLabeller, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    section = framing_section(Evaluation(partisan, None, [], tmp_path, "onrecord eval framing"))  # type: ignore[arg-type]
    names = [table.name for table in section.tables]
    assert names == ["framing-building", "framing-building-relations", "framing-held_out", "framing-held_out-relations"]
    for missing in ("dev.parquet", "emergent_headlines.parquet", "news.parquet"):
        assert any(missing in finding for finding in section.findings) and missing in caplog.text
