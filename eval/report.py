"""The report: every section, and a first screen that says what the labels can be trusted with."""

import json
import logging
import platform
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

import onrecord
from onrecord.errors import DataError
from onrecord.eval import metrics
from onrecord.eval.bootstrap import Bootstrap
from onrecord.eval.bulk import bulk_section
from onrecord.eval.contrast import contrast_section
from onrecord.eval.evaluation import Evaluation, Section, as_json
from onrecord.eval.framing import framing_section
from onrecord.eval.page import to_document, to_page
from onrecord.eval.reliability import reliability_section
from onrecord.eval.scores import macro_f1, score_section
from onrecord.eval.slices import slice_section
from onrecord.eval.speed import speed_section
from onrecord.eval.swaps import even_handedness_section
from onrecord.eval.tables import Cell, Table
from onrecord.eval.targets import targets_table
from onrecord.eval.transfer import transfer_section
from onrecord.labels import LABELS, STANDINGS
from onrecord.pretrained import WeightsFolder

log = logging.getLogger(__name__)

TITLE = "What onrecord can be trusted with"
SECTIONS: dict[str, Callable[[Evaluation], Section]] = {
    "scores": score_section,
    "slices": slice_section,
    "calibration": reliability_section,
    "even-handedness": even_handedness_section,
    "contrast": contrast_section,
    "framing": framing_section,
    "transfer": transfer_section,
    "speed": speed_section,
    "bulk": bulk_section,
}
_ANNOTATOR = (
    "The annotator was a large language model that applied the codebook; two of its passes agree on 96.9 % of labels. "
    "How far people would agree with it is not known."
)
_PACKAGES = ("numpy", "onnxruntime", "tokenizers", "scikit-learn", "torch", "transformers")


def write_report(evaluation: Evaluation, folder: Path) -> list[str]:
    """Run every section and write ``report.html``, ``report.md`` and ``report.json``.

    A section whose data are missing is left out; the report says so, and what is missing is returned.
    """
    sections: list[Section] = []
    missing: list[str] = []
    for name, make in SECTIONS.items():
        log.info("%s …", name)
        try:
            sections.append(make(evaluation))
        except DataError as error:
            log.warning("%s is left out: %s", name, error)
            missing.append(f"Left out: {name}. {error}.")
    findings = opening(evaluation, sections) + missing
    targets = targets_table([table for section in sections for table in section.tables], evaluation.command)
    short = [summary(evaluation), targets] if evaluation.samples else [targets]
    sections.insert(0, Section("In short", short))
    about = versions(evaluation.weights)
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "report.html": to_page(TITLE, findings, sections, about),
        "report.md": to_document(TITLE, findings, sections, about),
        "report.json": json.dumps(as_json(sections, findings, about), indent=1, ensure_ascii=False) + "\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return missing


def summary(evaluation: Evaluation) -> Table:
    """Macro-F1 and accuracy of every system on every split."""
    rows: list[list[Cell]] = []
    for system in evaluation.systems:
        row: list[Cell] = [system.name]
        for sample in evaluation.samples:
            found = evaluation.predict(system, sample)
            cells = metrics.confusion_cells(sample.labels, found.labels, len(LABELS))
            bootstrap = Bootstrap(sample.documents)
            row += [
                bootstrap.estimate(cells, macro_f1(sample.labels)),
                bootstrap.estimate(cells, metrics.accuracy),
            ]
        rows.append(row)
    columns = ["", *(f"{score}, {s.name}" for s in evaluation.samples for score in ("macro-F1", "accuracy"))]
    sentences = sum(map(len, evaluation.samples))
    split = " + ".join(sample.name for sample in evaluation.samples)
    return Table("summary", "In short", columns, rows, evaluation.command, split, sentences)


def opening(evaluation: Evaluation, sections: list[Section]) -> list[str]:
    """The first screen: what can be trusted, what cannot, a sentence each; a failed target comes first."""
    by_title = {section.title: section for section in sections}
    findings = _trust(evaluation) if evaluation.samples else []
    for title in ("Scores", "Calibration", "Contrast sets"):
        findings += by_title[title].findings if title in by_title else []
    fairness = by_title["Even-handedness"].findings if "Even-handedness" in by_title else []
    return [*fairness, *findings] if any("Not even" in text for text in fairness) else [*findings, *fairness]


def _trust(evaluation: Evaluation) -> list[str]:
    """How often each label is right, and what that was measured against."""
    sample = evaluation.joined
    found = evaluation.predict(evaluation.onrecord, sample)
    cells = metrics.confusion_cells(sample.labels, found.labels, len(LABELS)).sum(0)
    precision, recall, _ = metrics.precision_recall_f1(cells)
    by_label = "; ".join(
        f"{label.words}: {precision[number]:.0%} of what it calls so is, and it finds {recall[number]:.0%}"
        for number, label in enumerate(STANDINGS)
    )
    findings = [
        f"On {sample.name}, {float(metrics.accuracy(cells)):.0%} of {len(sample):,} sentences get the label that they "
        f"are annotated with. {by_label}.",
        f"Before a sentence is held against anybody, a human should read it: {_often_taken(cells)}.",
    ]
    return findings if sample.labels_only else [*findings, _ANNOTATOR]


def _often_taken(cells: np.ndarray) -> str:
    """The commonest confusion, in words. *Shape:* (5, 5)."""
    errors = cells - np.diag(np.diag(cells))
    gold, predicted = np.unravel_index(errors.argmax(), errors.shape)
    share = errors[gold, predicted] / max(1, cells[gold].sum())
    return f"most often, {LABELS[gold].words} is taken for {LABELS[predicted].words} ({share:.0%} of it)"


def versions(weights: str | None) -> str:
    """The versions of all that took part, and the weights' hash."""
    found = [f"onrecord {onrecord.__version__}", f"Python {platform.python_version()}"]
    for package in _PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"{package} not installed")
    return ", ".join([*found, weights_name(weights), platform.machine()])


def weights_name(weights: str | None) -> str:
    """What weights are called in a report: by their hash."""
    return f"weights {WeightsFolder.open(weights).config.digests['model.onnx'][:12]}"
