"""Transfer: what onrecord reaches on corpora annotated by others. No weight has seen any of them."""

import logging
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from onrecord.errors import DataError
from onrecord.eval import metrics
from onrecord.eval.adapters import ADAPTERS, Adapter, Asked
from onrecord.eval.bootstrap import Bootstrap
from onrecord.eval.evaluation import Evaluation, Section
from onrecord.eval.passages import Predictions
from onrecord.eval.polnear import OWN_MARKS, polnear_sample, polnear_span_rows
from onrecord.eval.samples import number
from onrecord.eval.tables import Cell, Table

log = logging.getLogger(__name__)

_COMPARED = ("TF-IDF", "cue rules")  # embedding 60,000 sentences more would take a quarter of an hour

_NOTE = (
    "Yes/no questions put to corpora that no weight has seen; scores of `yes` and over both answers. Sentences of "
    "NewsDiscourse, Webis and PolNeAR are shown in their articles, the others alone; of PolNeAR, NewsDiscourse and "
    "CheckThat! it is the development part. Others' figures are from other "
    "parts of the corpus, by systems trained on it: a mark on the wall, not a race."
)


def transfer_section(evaluation: Evaluation) -> Section:
    """Every question to every corpus that is there; what is missing is said."""
    folder = evaluation.folder / "external"
    rows: list[list[Cell]] = []
    missing: dict[str, str] = {}
    predictions: dict[str, dict[str, Predictions]] = {}
    for adapter in ADAPTERS:
        try:
            asked = adapter.load(folder)
        except DataError as error:
            missing[adapter.corpus] = f"{adapter.corpus} is left out: {error}"
            continue
        if adapter.corpus not in predictions:
            predictions[adapter.corpus] = _predict(evaluation, adapter.corpus, asked)
        rows.append(transfer_row(adapter, asked, predictions[adapter.corpus]))
    for text in missing.values():
        log.warning(text)
    sentences = sum(len(next(iter(found.values())).labels) for found in predictions.values())
    tables = [
        _score_table(rows, evaluation.command, sentences),
        Table(
            "transfer-mapping",
            "How their answers are read",
            ("corpus", "question", "theirs ↔ ours"),
            [(adapter.corpus, adapter.question, adapter.mapping) for adapter in ADAPTERS],
            evaluation.command,
            "external",
            sentences,
        ),
    ]
    if "PolNeAR" in predictions:
        found = predictions["PolNeAR"][evaluation.onrecord.name]
        tables.append(_span_table(folder, found, evaluation.command))
    return Section("Transfer", tables, list(missing.values()))


def _predict(evaluation: Evaluation, corpus: str, asked: Asked) -> dict[str, Predictions]:
    log.info("labelling %s", corpus)
    systems = [evaluation.onrecord, *(system for system in evaluation.baselines if system.name in _COMPARED)]
    return {system.name: system.predict(asked.passages) for system in systems}


def _score_table(rows: list[list[Cell]], command: str, sentences: int) -> Table:
    scores = ("recall of yes", "F1 of yes", "macro-F1", "accuracy", "κ", *(f"macro-F1 of {name}" for name in _COMPARED))
    columns = ("corpus", "question", "sentences", "yes", *scores, "what others reach")
    return Table("transfer", "Transfer to corpora of others", columns, rows, command, "external", sentences, _NOTE)


def _span_table(folder: Path, found: Predictions, command: str) -> Table:
    return Table(
        "polnear-spans",
        "Source and cue spans on PolNeAR",
        ("span", "sentences with one", "precision", "recall", "F1", OWN_MARKS),
        polnear_span_rows(polnear_sample(folder), found),
        command,
        "PolNeAR dev",
        len(found.labels),
        "Over words. PolNeAR marks every attribution, also nested ones and those of clauses; onrecord gives one source "
        "and one cue a sentence, and none where the sentence as a whole is handed to nobody, so its recall is bounded: "
        "the last column keeps of PolNeAR's own marks the longest in each sentence that is sourced by them. Cues of "
        "sentences that onrecord takes for unsourced are hedges or judgements and not counted.",
    )


def transfer_row(adapter: Adapter, asked: Asked, predictions: Mapping[str, Predictions]) -> list[Cell]:
    """Scores of the first system, macro-F1 of those compared (empty where they were not made)."""
    answers = np.array(asked.answers)
    answered = answers >= 0
    documents = number(passage.document for passage in asked.passages for _ in passage.texts)[answered]
    bootstrap, gold = Bootstrap(documents), answers[answered]
    cells = {
        name: metrics.confusion_cells(gold, adapter.answer(found)[answered].astype(int), 2)
        for name, found in predictions.items()
    }
    first = next(iter(cells.values()))
    compared = [cells.get(name) for name in _COMPARED]
    return [
        adapter.corpus,
        adapter.question,
        len(gold),
        int(gold.sum()),
        bootstrap.estimate(first, lambda sums: metrics.precision_recall_f1(sums)[1][..., 1]),
        bootstrap.estimate(first, lambda sums: metrics.precision_recall_f1(sums)[2][..., 1]),
        bootstrap.estimate(first, _both_answers),
        bootstrap.estimate(first, metrics.accuracy),
        bootstrap.estimate(first, metrics.kappa),
        *(None if other is None else bootstrap.estimate(other, _both_answers) for other in compared),
        adapter.reached,
    ]


def _both_answers(sums: np.ndarray) -> np.ndarray:
    return metrics.macro_f1(sums, np.array([0, 1]))
