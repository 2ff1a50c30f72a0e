"""Headline drift: how many honest headlines are suspected, how many hardened ones found, and on what evidence."""

from collections.abc import Mapping, Sequence

import numpy as np

from onrecord.eval import metrics
from onrecord.eval.bootstrap import Bootstrap, Estimate, Metric
from onrecord.eval.framing_cases import RELATIONS, Case
from onrecord.eval.framing_systems import DRIFT_SYSTEMS, Answer
from onrecord.eval.samples import number
from onrecord.eval.tables import Cell, Table
from onrecord.framing.headline import Relation
from onrecord.labeller import Labeller

Answers = Mapping[str, Sequence[Answer]]
"""What every system says of the same cases."""

_SYSTEMS_NOTE = (
    "Always same: every headline is honest. Lead sentence only: the headline's label beside that of the first sentence "
    "that states anything; a fact above anything else is hardened, a claim or speculation above a fact softened. "
)
_NATURAL_NOTE = (
    _SYSTEMS_NOTE
    + "False alarms: `hardened` said of `same`. Evidence found: one of the sentences given is among the annotated "
    "ones; evidence right: share of the sentences given that are. Two thirds of the headlines were picked because they "
    "bear no mark of attribution or hedge while the lead does, so hardening is commoner here than in the news. The "
    "constants of headline drift were fitted on these headlines, on the pool's and on the building half, so only the "
    "held-out half is unseen."
)
_SCORES_NOTE = (
    _SYSTEMS_NOTE
    + "Evidence found and evidence right: of the headlines whose claim some sentence carries. In brackets: 95 % "
    "bootstrap interval, resampled by article."
)


def answer(labeller: Labeller, cases: Sequence[Case]) -> Answers:
    """Label every case's article under its headline, and ask every system."""
    articles = list(labeller.label_articles(case.passage.article for case in cases))
    return {name: [say(article) for article in articles] for name, say in DRIFT_SYSTEMS.items()}


def natural_table(cases: Sequence[Case], answers: Answers, command: str) -> Table:
    """Real headlines: counts, because the hardened ones are few."""
    same = [row for row, case in enumerate(cases) if case.relation is Relation.SAME]
    hardened = [row for row, case in enumerate(cases) if case.relation is Relation.HARDENED]
    rows: list[list[Cell]] = [
        ["false alarms", len(same), "≤ 4", *_suspected(same, answers)],
        ["hardened found", len(hardened), "≥ 4", *_suspected(hardened, answers)],
        *_evidence_rows(cases, same, answers, "≥ 0.85"),
        ["relation right", len(cases), "", *_scores(cases, answers, metrics.accuracy)],
    ]
    title, split = "Headline drift in the news", "headlines, dev"
    return Table("framing-natural", title, _columns(answers), rows, command, split, _sentences(cases), _NATURAL_NOTE)


def scores_table(cases: Sequence[Case], answers: Answers, command: str, name: str, title: str, split: str) -> Table:
    """Articles, each under one or several headlines: F1 of every relation.

    The targets are for headlines that were kept aside, and stand beside others to compare.
    """
    present = [row for row, relation in enumerate(RELATIONS) if any(case.relation is relation for case in cases)]
    macro = _scores(cases, answers, lambda sums: metrics.macro_f1(sums, np.array(present)))
    rows: list[list[Cell]] = [["macro-F1", len(cases), "≥ 0.85", *macro]]
    for row in present:
        count = sum(case.relation is RELATIONS[row] for case in cases)
        target = "≥ 0.90" if RELATIONS[row] is Relation.HARDENED else ""
        rows.append([f"F1 of {RELATIONS[row]}", count, target, *_scores(cases, answers, _f1_of(row))])
    rows += _evidence_rows(cases, [row for row, case in enumerate(cases) if case.evidence], answers, "")
    title, columns = f"Headline drift in {title}", _columns(answers)
    return Table(f"framing-{name}", title, columns, rows, command, split, _sentences(cases), _SCORES_NOTE)


def relations_table(table: Table, cases: Sequence[Case], answers: Answers) -> Table:
    """What every system says of every relation, to stand below ``table``."""
    rows: list[list[Cell]] = []
    for system, found in answers.items():
        counts = _cells(cases, found).sum(0).astype(int)
        rows += [
            [system, relation, *map(int, counts[row])] for row, relation in enumerate(RELATIONS) if counts[row].any()
        ]
    columns = ("system", "is", *(f"called {relation}" for relation in RELATIONS))
    title = f"{table.title}: what is called what"
    return Table(f"{table.name}-relations", title, columns, rows, table.command, table.split, table.sentences)


def _columns(answers: Answers) -> tuple[str, ...]:
    return ("", "of", "target", *answers)


def _sentences(cases: Sequence[Case]) -> int:
    """Sentences of all articles and headlines, each article counted once."""
    bodies = {case.passage.document: len(case.passage.sentences) for case in cases}
    return sum(bodies.values()) + len(cases)


def _suspected(rows: Sequence[int], answers: Answers) -> list[int]:
    """How many of the cases in ``rows`` every system calls hardened."""
    return [sum(found[row].relation is Relation.HARDENED for row in rows) for found in answers.values()]


def _cells(cases: Sequence[Case], found: Sequence[Answer]) -> np.ndarray:
    """One 1 a case, in the cell of its relation (row) and the one said (column). *Shape:* (case, 5, 5)."""
    gold = np.array([RELATIONS.index(case.relation) for case in cases], dtype=int)
    said = np.array([RELATIONS.index(one.relation) for one in found], dtype=int)
    return metrics.confusion_cells(gold, said, len(RELATIONS))


def _scores(cases: Sequence[Case], answers: Answers, score: Metric) -> list[Estimate]:
    bootstrap = Bootstrap(number(case.passage.document for case in cases))
    return [bootstrap.estimate(_cells(cases, found), score) for found in answers.values()]


def _f1_of(row: int) -> Metric:
    return lambda sums: metrics.precision_recall_f1(sums)[2][..., row]


def _evidence_rows(cases: Sequence[Case], rows: Sequence[int], answers: Answers, target: str) -> list[list[Cell]]:
    """Evidence found and evidence right over the cases in ``rows``; ``None`` for a system that gives no evidence."""
    found_row: list[Cell] = ["evidence found", len(rows), target]
    right_row: list[Cell] = ["evidence right", len(rows), ""]
    for found in answers.values():
        right = [len(cases[row].evidence & set(found[row].evidence)) for row in rows]
        given = sum(len(found[row].evidence) for row in rows)
        found_row.append(float(np.count_nonzero(right) / len(rows)) if given else None)
        right_row.append(sum(right) / given if given else None)
    return [found_row, right_row]
