"""Framing: is headline drift found, are findings even-handed, what do they cost, and how often do they come up?"""

import logging
from collections.abc import Callable, Mapping

from onrecord.errors import DataError
from onrecord.eval.evaluation import Evaluation, Section
from onrecord.eval.framing_cases import HALVES, Case, controlled_cases, natural_cases, pool_cases, printed_cases
from onrecord.eval.framing_emergent import emergent_table
from onrecord.eval.framing_headlines import answer, natural_table, relations_table, scores_table
from onrecord.eval.framing_pool import lost_table, pool_articles, read, read_demonstration, speed_table
from onrecord.eval.framing_swaps import measure_swaps, rule_table, swap_finding, swap_table
from onrecord.eval.tables import Table

log = logging.getLogger(__name__)

Part = tuple[list[Table], list[str]]
"""Tables, and what they say, a sentence each."""


def framing_section(evaluation: Evaluation) -> Section:
    """Every table of framing; a part whose data are missing is left out, and said so."""
    tables: list[Table] = []
    findings: list[str] = []
    for name, measure in _PARTS.items():
        log.info("framing: %s …", name)
        try:
            found, said = measure(evaluation)
        except DataError as error:
            found, said = [], [f"Left out of framing: {name}. {error}."]
            log.warning(said[0])
        tables += found
        findings += said
    return Section("Framing", tables, findings)


def _natural(evaluation: Evaluation) -> Part:
    cases = natural_cases(evaluation.folder / "headlines")
    answers = answer(evaluation.labeller, cases)
    table = natural_table(cases, answers, evaluation.command)
    (_, honest, _, alarms, *_), (_, hardened, _, found, *_) = table.rows[:2]
    said = (
        f"Of {honest} honest headlines in the news {alarms} are called hardened, of {hardened} hardened ones {found}."
    )
    return [table, relations_table(table, cases, answers)], [said]


def _controlled(evaluation: Evaluation) -> Part:
    tables: list[Table] = []
    for half in HALVES:
        title = f"articles of our own, {half.replace('_', ' ')}"
        split = f"eval/headlines/{half}.jsonl"
        tables += _under_headlines(evaluation, controlled_cases(half), half, title, split)
    return tables, []


def _pool_headlines(evaluation: Evaluation) -> Part:
    cases = pool_cases(evaluation.folder / "pool")
    title = "articles of the pool, held out of training, where its constants were fitted"
    return _under_headlines(evaluation, cases, "pool", title, "headline_claims, held out"), []


def _printed_headlines(evaluation: Evaluation) -> Part:
    cases = printed_cases(evaluation.folder / "pool")
    title = "articles of the pool, as printed; but for 250, the claim head was taught under them"
    return _under_headlines(evaluation, cases, "printed", title, "headline_claims, printed headlines"), []


def _under_headlines(evaluation: Evaluation, cases: list[Case], name: str, title: str, split: str) -> list[Table]:
    answers = answer(evaluation.labeller, cases)
    table = scores_table(cases, answers, evaluation.command, name, title, split)
    return [table, relations_table(table, cases, answers)]


def _emergent(evaluation: Evaluation) -> Part:
    return [emergent_table(evaluation.labeller, evaluation.folder / "external", evaluation.command)], []


def _even_handedness(evaluation: Evaluation) -> Part:
    real = [case.passage for case in natural_cases(evaluation.folder / "headlines")]
    written = [case.passage for half in HALVES for case in controlled_cases(half)]
    measured = measure_swaps(evaluation.labeller, written, real)
    tables = [swap_table(measured, evaluation.command), rule_table(measured, evaluation.command)]
    return tables, [swap_finding(measured)]


def _pool(evaluation: Evaluation) -> Part:
    readings = read(evaluation.labeller, pool_articles(evaluation.folder))
    by_name = {"demonstration article": read_demonstration(evaluation.labeller), "pool articles": readings}
    return [speed_table(by_name, evaluation.command), lost_table(readings, evaluation.command)], []


_PARTS: Mapping[str, Callable[[Evaluation], Part]] = {
    "headlines in the news": _natural,
    "headlines of our own": _controlled,
    "headlines of our own over articles of the pool": _pool_headlines,
    "headlines of the pool as printed": _printed_headlines,
    "Emergent": _emergent,
    "even-handedness of findings": _even_handedness,
    "speed and lost attributions": _pool,
}
