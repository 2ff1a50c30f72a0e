"""Does confidence mean what it says? Reliability, coverage against accuracy, and another mix of labels."""

from collections.abc import Mapping

import numpy as np

from onrecord.eval import metrics
from onrecord.eval.bootstrap import Bootstrap
from onrecord.eval.evaluation import Evaluation, Section
from onrecord.eval.passages import Predictions
from onrecord.eval.plots import Line, lines
from onrecord.eval.samples import Sample
from onrecord.eval.tables import Cell, Table
from onrecord.labels import LABELS, Label

_COVERAGES = (1.0, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.3)
_TRUSTED = 0.9
_SYSTEM_COLOURS = ("#2b6cb0", "#c05621", "#2f855a")

_MIXES: Mapping[str, Mapping[Label, float]] = {
    "a wire report": {
        Label.REPORTED_FACT: 0.45,
        Label.ATTRIBUTED_CLAIM: 0.45,
        Label.SPECULATION: 0.03,
        Label.ANALYST_OPINION: 0.03,
        Label.NONE: 0.04,
    },
    "an opinion page": {
        Label.REPORTED_FACT: 0.25,
        Label.ATTRIBUTED_CLAIM: 0.10,
        Label.SPECULATION: 0.10,
        Label.ANALYST_OPINION: 0.50,
        Label.NONE: 0.05,
    },
    "a preview": {
        Label.REPORTED_FACT: 0.25,
        Label.ATTRIBUTED_CLAIM: 0.20,
        Label.SPECULATION: 0.35,
        Label.ANALYST_OPINION: 0.15,
        Label.NONE: 0.05,
    },
    "all labels equally": dict.fromkeys(LABELS, 0.2),
}


def reliability_section(evaluation: Evaluation) -> Section:
    """Calibration of onrecord on all samples together."""
    sample, command = evaluation.joined, evaluation.command
    found = evaluation.predict(evaluation.onrecord, sample)
    correct = (found.labels == sample.labels).astype(float)
    confidence = found.probabilities.max(-1)
    share = trusted_share(confidence, correct, _TRUSTED)
    finding = (
        f"On {sample.name}, the surest {share:.0%} of sentences are labelled at least {_TRUSTED:.0%} right."
        if share
        else f"On {sample.name}, no share of the surest sentences is labelled {_TRUSTED:.0%} right."
    )
    return Section(
        "Calibration",
        [
            reliability_table(sample, confidence, correct, command),
            coverage_table(sample, confidence, correct, command),
            mix_table(sample, found, command),
        ],
        [finding],
        {
            f"Reliability on {sample.name}": _reliability_plot(confidence, correct),
            f"Coverage and accuracy on {sample.name}": _coverage_plot(evaluation, sample),
        },
    )


def reliability_table(sample: Sample, confidence: np.ndarray, correct: np.ndarray, command: str) -> Table:
    """Confidence against accuracy, a bin a row. *Shapes:* (sentence,)."""
    bootstrap, cells = Bootstrap(sample.documents), metrics.calibration_cells(confidence, correct)
    rows: list[list[Cell]] = []
    for number, (count, sure, right) in enumerate(cells.sum(0)):
        if count:
            shares = bootstrap.estimate(cells[:, number, [2, 0]], metrics.mean)
            width = f"{number / metrics.BINS:.1f} to {(number + 1) / metrics.BINS:.1f}"
            rows.append([width, int(count), float(sure / count), shares, float(sure / count - right / count)])
    columns = ("confidence", "sentences", "mean confidence", "accuracy", "confidence − accuracy")
    return Table("reliability", "Reliability", columns, rows, command, sample.name, len(sample))


def coverage_table(sample: Sample, confidence: np.ndarray, correct: np.ndarray, command: str) -> Table:
    """Accuracy on the surest sentences, and the confidence below which the others lie. *Shapes:* (sentence,)."""
    bootstrap, ordered = Bootstrap(sample.documents), np.sort(confidence)[::-1]
    rows: list[list[Cell]] = [
        [
            f"{share:.0%}",
            float(ordered[max(0, round(share * len(sample)) - 1)]),
            bootstrap.estimate(metrics.covered_terms(confidence, correct, share), metrics.mean),
        ]
        for share in _COVERAGES
    ]
    note = "`abstain_below` at the confidence given labels this share of such sentences and leaves out the rest."
    columns = ("share labelled", "confidence at least", "accuracy")
    return Table("coverage", "Accuracy on the surest", columns, rows, command, sample.name, len(sample), note)


def mix_table(sample: Sample, found: Predictions, command: str) -> Table:
    """Scores when the same sentences are weighted to other shares of labels."""
    bootstrap = Bootstrap(sample.documents)
    correct, confidence = (found.labels == sample.labels).astype(float), found.probabilities.max(-1)
    observed = np.bincount(sample.labels, minlength=len(LABELS)) / len(sample)
    rows: list[list[Cell]] = []
    for name, mix in {"as annotated": dict(zip(LABELS, observed, strict=True)), **_MIXES}.items():
        if any(mix[label] and not share for label, share in zip(LABELS, observed, strict=True)):
            continue  # a label that the sample lacks cannot be weighted up
        target = np.array([mix[label] for label in LABELS])
        weights = metrics.ratio(target, observed)[sample.labels][:, np.newaxis]
        cells = metrics.calibration_cells(confidence, correct) * weights[:, np.newaxis]
        rows.append(
            [
                name,
                bootstrap.estimate(np.stack((correct, np.ones(len(sample))), -1) * weights, metrics.mean),
                float(np.average(confidence, weights=weights[:, 0])),
                bootstrap.estimate(cells, metrics.expected_calibration_error),
                bootstrap.estimate(metrics.brier_terms(found.probabilities, sample.labels) * weights, metrics.mean),
            ]
        )
    columns = ("mix of labels", "accuracy", "mean confidence", "ECE", "Brier")
    shares = "; ".join(
        f"{name}: {', '.join(f'{label.words} {share:.0%}' for label, share in mix.items())}"
        for name, mix in _MIXES.items()
    )
    note = f"Mixes assumed, not measured: {shares}."
    return Table("label-mix", "Another mix of labels", columns, rows, command, sample.name, len(sample), note)


def trusted_share(confidence: np.ndarray, correct: np.ndarray, wanted: float) -> float:
    """The largest share of the surest sentences of which ``wanted`` are right. *Shapes:* (sentence,)."""
    running = correct[np.argsort(-confidence, kind="stable")].cumsum() / np.arange(1, len(correct) + 1)
    enough = np.flatnonzero(running >= wanted)
    return float((enough[-1] + 1) / len(correct)) if len(enough) else 0.0


def _reliability_plot(confidence: np.ndarray, correct: np.ndarray) -> str:
    cells = metrics.calibration_cells(confidence, correct).sum(0)
    cells = cells[cells[:, 0] > 0]
    points = np.stack((cells[:, 1] / cells[:, 0], cells[:, 2] / cells[:, 0]), axis=-1)
    return lines([Line("onrecord", points)], "mean confidence", "accuracy", diagonal=True)


def _coverage_plot(evaluation: Evaluation, sample: Sample) -> str:
    drawn = []
    compared = [evaluation.onrecord, *[s for s in evaluation.baselines if s.name in ("TF-IDF", "frozen MiniLM")]]
    for system, colour in zip(compared, _SYSTEM_COLOURS, strict=False):
        found = evaluation.predict(system, sample)
        order = np.argsort(-found.probabilities.max(-1), kind="stable")
        running = (found.labels == sample.labels)[order].cumsum() / np.arange(1, len(sample) + 1)
        kept = np.arange(len(sample) // 20, len(sample), max(1, len(sample) // 100))
        drawn.append(Line(system.name, np.stack(((kept + 1) / len(sample), running[kept]), axis=-1), colour))
    return lines(drawn, "share labelled, surest first", "accuracy")
