"""The score sheet: how well systems label a sample, every score with its interval."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from onrecord.errors import DataError
from onrecord.eval import metrics, spans
from onrecord.eval.baselines import NOTE
from onrecord.eval.bootstrap import Bootstrap, Estimate
from onrecord.eval.evaluation import Evaluation, Section
from onrecord.eval.passages import Offsets, Predictions
from onrecord.eval.plots import heat
from onrecord.eval.samples import Sample
from onrecord.eval.tables import Cell, Table
from onrecord.labels import LABELS, SOURCINGS, STANDINGS

COVERAGE = 0.7

_NOTE = (
    "Macro-F1 is over the four labels that state something; a sentence of label `none` counts as a false positive of "
    "the label it is given. Sourcing is scored over all sentences. Span F1 is over words, exact match over the "
    "sentences in which annotation or system has a span. ECE: ten bins of equal width; by chance: its mean on so many "
    "sentences if every confidence were exactly the chance of being right. Brier: summed over five labels, 0 is best. "
    "In brackets: 95 % bootstrap interval over documents."
)


def score_sheet(sample: Sample, predictions: Mapping[str, Predictions], command: str) -> Table:
    """All overall scores of all systems, a system a column."""
    bootstrap = Bootstrap(sample.documents)
    columns = [_scores(sample, found, bootstrap) for found in predictions.values()]
    first = next(iter(predictions.values()))
    lead = [None if found is first else _lead(sample, first, found, bootstrap) for found in predictions.values()]
    rows: list[list[Cell]] = [[name, *(column[name] for column in columns)] for name in columns[0]]
    rows.insert(1, [f"macro-F1, lead of {next(iter(predictions))}", *lead])
    return Table(
        f"scores-{sample.name}",
        f"Scores on {sample.name}",
        ("", *predictions),
        rows,
        command,
        sample.name,
        len(sample),
        f"{_NOTE} {NOTE}{_second_pass(sample)}",
    )


def label_sheet(sample: Sample, predictions: Mapping[str, Predictions], command: str) -> Table:
    """Precision, recall and F1 of every label for the first system, F1 for the others."""
    bootstrap = Bootstrap(sample.documents)
    name = next(iter(predictions))
    by_system = {other: np.array(label_estimates(sample, found, bootstrap)).T for other, found in predictions.items()}
    rows: list[list[Cell]] = [
        [label.value, int((sample.labels == number).sum()), *by_system[name][number]]
        + [by_system[other][number][2] for other in predictions if other != name]
        for number, label in enumerate(LABELS)
    ]
    columns = ("label", "sentences", "precision", "recall", "F1", *(f"F1 of {o}" for o in predictions if o != name))
    return Table(
        f"labels-{sample.name}",
        f"Labels on {sample.name}",
        columns,
        rows,
        command,
        sample.name,
        len(sample),
        f"Precision, recall and F1 are those of {name}.",
    )


def label_estimates(sample: Sample, found: Predictions, bootstrap: Bootstrap) -> list[list[Estimate]]:
    """Precision, recall and F1, each of the five labels."""
    cells = metrics.confusion_cells(sample.labels, found.labels, len(LABELS))

    def of(which: int) -> Callable[[np.ndarray], np.ndarray]:
        return lambda sums: metrics.precision_recall_f1(sums)[which]

    return [bootstrap.estimates(cells, of(which)) for which in range(3)]


def confusion_table(sample: Sample, name: str, found: Predictions, command: str) -> Table:
    """Sentences by annotated (row) and predicted (column) label."""
    counts = metrics.confusion_cells(sample.labels, found.labels, len(LABELS)).sum(0).astype(int)
    rows: list[list[Cell]] = [[label.value, *map(int, row)] for label, row in zip(LABELS, counts, strict=True)]
    return Table(
        f"confusion-{sample.name}",
        f"Where {name} errs on {sample.name}",
        ("annotated \\ predicted", *LABELS),
        rows,
        command,
        sample.name,
        len(sample),
    )


def standings_of(labels: np.ndarray) -> np.ndarray:
    """The numbers of the labels over which macro-F1 is taken: those of the four that occur."""
    return np.array([number for number in range(len(STANDINGS)) if (labels == number).any()], dtype=int)


def macro_f1(labels: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Macro-F1 over the standings that occur in ``labels``, of summed confusion cells."""
    classes = standings_of(labels)
    return lambda sums: metrics.macro_f1(sums, classes)


def _scores(sample: Sample, found: Predictions, bootstrap: Bootstrap) -> dict[str, Cell]:
    gold, confidence = sample.labels, found.probabilities.max(-1)
    correct = (found.labels == gold).astype(float)
    cells = metrics.confusion_cells(gold, found.labels, len(LABELS))
    scores: dict[str, Cell] = {
        "macro-F1": bootstrap.estimate(cells, macro_f1(gold)),
        "accuracy": bootstrap.estimate(cells, metrics.accuracy),
        f"accuracy on the surest {COVERAGE:.0%}": bootstrap.estimate(
            metrics.covered_terms(confidence, correct, COVERAGE), metrics.mean
        ),
    }
    if not sample.labels_only:
        scores |= _sourcing_scores(sample, found, bootstrap)
    scores["ECE"] = bootstrap.estimate(
        metrics.calibration_cells(confidence, correct), metrics.expected_calibration_error
    )
    scores["ECE by chance"] = metrics.calibration_error_by_chance(confidence)
    scores["Brier"] = bootstrap.estimate(metrics.brier_terms(found.probabilities, gold), metrics.mean)
    return scores


def _second_pass(sample: Sample) -> str:
    """What an independent second annotation of the same sentences scores, where there is one."""
    second = [a.second_label for a in sample.annotations]
    if None in second or not second:
        return ""
    labels = np.array([LABELS.index(label) for label in second if label is not None])
    cells = metrics.confusion_cells(sample.labels, labels, len(LABELS)).sum(0)
    score, share = float(macro_f1(sample.labels)(cells)), float(metrics.accuracy(cells))
    return f" A second pass of the annotator scores macro-F1 {score:.3f}, accuracy {share:.3f}."


def _sourcing_scores(sample: Sample, found: Predictions, bootstrap: Bootstrap) -> dict[str, Cell]:
    cells = metrics.confusion_cells(sample.sourcings, found.sourcing, len(SOURCINGS))
    present = np.unique(sample.sourcings)
    source, cue = [a.source for a in sample.annotations], [a.cue for a in sample.annotations]
    return {
        "sourcing macro-F1": bootstrap.estimate(cells, lambda sums: metrics.macro_f1(sums, present)),
        **_span_scores("source", sample.texts, source, found.sources, bootstrap),
        **_span_scores("cue", sample.texts, cue, found.cues, bootstrap),
    }


def _span_scores(
    kind: str,
    texts: Sequence[str],
    wanted: Sequence[Offsets | None],
    given: Sequence[Offsets | None] | None,
    bootstrap: Bootstrap,
) -> dict[str, Cell]:
    if given is None:
        return {f"{kind} F1": None, f"{kind} exact": None}
    terms = spans.span_terms(texts, [spans.several(span) for span in wanted], [spans.several(span) for span in given])
    return {
        f"{kind} F1": bootstrap.estimate(terms, spans.token_f1),
        f"{kind} exact": bootstrap.estimate(terms, spans.exact_match),
    }


def _lead(sample: Sample, first: Predictions, other: Predictions, bootstrap: Bootstrap) -> Estimate:
    """How much more macro-F1 ``first`` has, over the same resamples."""
    both = np.stack(
        [metrics.confusion_cells(sample.labels, found.labels, len(LABELS)) for found in (first, other)], axis=1
    )
    score = macro_f1(sample.labels)
    return bootstrap.estimate(both, lambda sums: score(sums[..., 0, :, :]) - score(sums[..., 1, :, :]))


def score_section(evaluation: Evaluation) -> Section:
    """Score sheets of every split.

    :raises DataError: there is no split.
    """
    tables: list[Table] = []
    if not evaluation.samples:
        raise DataError("there is no annotated split to evaluate on; name a data folder that has one")
    findings: list[str] = []
    plots: dict[str, str] = {}
    names, ours = [label.value.split("_")[-1] for label in LABELS], evaluation.onrecord.name
    for sample in evaluation.samples:
        predictions = evaluation.predict_all(sample)
        confusion = confusion_table(sample, ours, predictions[ours], evaluation.command)
        tables += [
            score_sheet(sample, predictions, evaluation.command),
            label_sheet(sample, predictions, evaluation.command),
            confusion,
        ]
        counts = metrics.confusion_cells(sample.labels, predictions[ours].labels, len(LABELS)).sum(0).astype(int)
        plots[confusion.title] = heat(counts, names, "annotated", "predicted")
        findings.append(_comparison(sample, predictions))
    return Section("Scores", tables, findings, plots)


def _comparison(sample: Sample, predictions: Mapping[str, Predictions]) -> str:
    """Macro-F1 of all systems in a sentence: what context buys, and what the baselines reach."""
    score = macro_f1(sample.labels)
    reached = {
        name: float(score(metrics.confusion_cells(sample.labels, found.labels, len(LABELS)).sum(0)))
        for name, found in predictions.items()
    }
    (ours, best), *others = reached.items()
    rest = ", ".join(f"{name} {value:.2f}" for name, value in others)
    return f"Macro-F1 on {sample.name}: {ours} {best:.2f}, {rest}."
