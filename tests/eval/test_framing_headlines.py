"""Headline drift is scored by relation and by evidence, beside two baselines, on cases of our own."""

import json
from collections import Counter
from pathlib import Path

import pytest
from rule_labeller import RuleLabeller

from onrecord.data.headline_claims import ClaimingHeadline, HeadedArticle
from onrecord.errors import DataError
from onrecord.eval import framing_cases
from onrecord.eval.framing_cases import HALVES, RELATIONS, Case, controlled_cases, pool_cases, printed_cases
from onrecord.eval.framing_headlines import natural_table, relations_table, scores_table
from onrecord.eval.framing_systems import Answer, always_same, lead_only
from onrecord.eval.passages import Passage
from onrecord.eval.tables import Cell, Table
from onrecord.framing.headline import Relation

FACT, CLAIM, HEDGE = "The old ferry stopped running on Monday.", "The mayor said no.", "The ferry may stop in March."
OPINION, BYLINE = "The ferry should have been saved years ago.", "By Ana Osk"


def _case(document: str, relation: str, *evidence: int) -> Case:
    return Case(Passage(document, (FACT, CLAIM, HEDGE), "A headline"), Relation(relation), frozenset(evidence))


def _row(table: Table, name: str) -> list[Cell]:
    return next(list(row) for row in table.rows if row[0] == name)


def _value(cell: Cell) -> float:
    return float(str(cell).split()[0])


CASES = [_case("a", "same", 0), _case("b", "same", 1), _case("c", "hardened", 2), _case("d", "absent")]


def test_a_hardened_headline_is_found_or_missed_and_an_honest_one_suspected() -> None:
    ours = [
        Answer(Relation.HARDENED, (0,)),
        Answer(Relation.SAME, (0, 1)),
        Answer(Relation.HARDENED, (2,)),
        Answer(Relation.TOPIC),
    ]
    table = natural_table(
        CASES, {"onrecord": ours, "always same": [Answer(Relation.SAME)] * 4}, "onrecord eval framing"
    )
    assert _row(table, "false alarms")[1:] == [2, "≤ 4", 1, 0]
    assert _row(table, "hardened found")[1:] == [1, "≥ 4", 1, 0]
    assert [_value(cell) for cell in _row(table, "relation right")[3:]] == [0.5, 0.5]


def test_evidence_is_found_by_one_sentence_and_right_by_share_and_never_scored_where_none_is_given() -> None:
    ours = [
        Answer(Relation.SAME, (0, 1)),
        Answer(Relation.HARDENED, (0, 2)),
        Answer(Relation.SAME),
        Answer(Relation.SAME),
    ]
    table = natural_table(
        CASES, {"onrecord": ours, "always same": [Answer(Relation.SAME)] * 4}, "onrecord eval framing"
    )
    assert _row(table, "evidence found")[1:] == [2, "≥ 0.85", 0.5, None]
    assert _row(table, "evidence right")[3:] == [0.25, None]


def test_a_wrong_relation_costs_both_relations_and_one_that_is_not_there_is_wrong_too() -> None:
    cases = [_case(document, relation) for document in "ab" for relation in RELATIONS[:4]]
    right = [Answer(case.relation) for case in cases]
    wrong = [Answer(Relation.HARDENED), *right[1:7], Answer(Relation.TOPIC)]
    table = scores_table(
        cases, {"right": right, "wrong": wrong}, "onrecord eval framing", "building", "ours", "building.jsonl"
    )
    f1 = {relation: [_value(cell) for cell in _row(table, f"F1 of {relation}")[3:]] for relation in RELATIONS[:4]}
    assert f1 == {"same": [1, 0.667], "hardened": [1, 0.8], "softened": [1, 1], "absent": [1, 0.667]}
    assert [_value(cell) for cell in _row(table, "macro-F1")[3:]] == [
        1,
        pytest.approx((2 / 3 + 0.8 + 1 + 2 / 3) / 4, abs=1e-3),
    ]
    called = {(row[0], row[1]): list(row[2:]) for row in relations_table(table, cases, {"wrong": wrong}).rows}
    assert called["wrong", "same"] == [1, 1, 0, 0, 0]
    assert called["wrong", "absent"] == [0, 0, 0, 1, 1]


@pytest.mark.parametrize(
    ("headline", "sentences", "relation", "evidence"),
    [
        (FACT, (FACT, CLAIM), "same", (0,)),
        (FACT, (CLAIM, FACT), "hardened", (0,)),
        (FACT, (HEDGE,), "hardened", (0,)),
        (FACT, (BYLINE, OPINION), "hardened", (1,)),
        (CLAIM, (FACT,), "softened", (0,)),
        (HEDGE, (BYLINE, FACT), "softened", (1,)),
        (HEDGE, (CLAIM,), "same", (0,)),
        (OPINION, (FACT,), "same", (0,)),
        (BYLINE, (FACT,), "topic", ()),
        (FACT, (BYLINE,), "topic", ()),
    ],
)
def test_the_lead_baseline_compares_with_the_first_sentence_that_states_anything(
    labeller: RuleLabeller, headline: str, sentences: tuple[str, ...], relation: str, evidence: tuple[int, ...]
) -> None:
    (article,) = labeller.label_articles([Passage("d", sentences, headline).article])
    assert lead_only(article) == Answer(Relation(relation), evidence)
    assert always_same(article) == Answer(Relation.SAME)


@pytest.mark.parametrize("half", HALVES)
def test_every_article_of_our_own_has_the_four_headlines_and_evidence_for_all_but_absent(half: str) -> None:
    cases = controlled_cases(half)  # counted first: a failed assertion must not show a headline that nobody may see
    relations = Counter((case.relation, bool(case.evidence)) for case in cases)
    articles = len({case.passage.document for case in cases})
    assert articles >= 30
    assert relations == {(relation, relation != "absent"): articles for relation in RELATIONS[:4]}


def test_the_halves_share_no_article() -> None:
    bodies = [{case.passage.sentences for case in controlled_cases(half)} for half in HALVES]
    shared = len(bodies[0] & bodies[1])
    assert shared == 0


@pytest.mark.parametrize("change", [{"evidence": {"same": [2]}}, {"headlines": {"likely": FACT}}, {"text": None}])
def test_a_file_that_is_not_as_it_should_be_is_refused(tmp_path: Path, change: dict) -> None:
    content = {"id": "x1", "text": f"{FACT} {CLAIM}", "headlines": {"same": FACT}, "evidence": {"same": [0]}}
    (tmp_path / "building.jsonl").write_text(json.dumps(content), encoding="utf-8")
    (case,) = controlled_cases("building", tmp_path)
    assert case == Case(Passage("x1", (FACT, CLAIM), FACT), Relation.SAME, frozenset({0}))
    (tmp_path / "building.jsonl").write_text(json.dumps(content | change), encoding="utf-8")
    with pytest.raises(DataError, match=r"building\.jsonl"):
        controlled_cases("building", tmp_path)


def test_of_the_pool_what_was_printed_is_told_from_what_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    printed, written = (ClaimingHeadline(text, "same", frozenset({0})) for text in ("Ferry sinks", "Ferry may sink"))
    articles = [HeadedArticle("own", name, name == "b", ("It sank.",), (printed, written)) for name in "ab"]
    monkeypatch.setattr(framing_cases, "load_headline_claims", lambda folder: articles)
    found = [(case.passage.document, case.passage.headline) for case in printed_cases(Path())]
    assert found == [("own/a", "Ferry sinks"), ("own/b", "Ferry sinks")]
    kept = [(case.passage.document, case.passage.headline) for case in pool_cases(Path())]
    assert kept == [("own/b", "Ferry sinks"), ("own/b", "Ferry may sink")]
