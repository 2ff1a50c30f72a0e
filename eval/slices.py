"""Scores on parts of the sample: where in the article, how long, in quotation marks or not, what kind of article."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np

from onrecord.data.annotated import AnnotatedSentence
from onrecord.eval import metrics
from onrecord.eval.bootstrap import Bootstrap
from onrecord.eval.evaluation import Evaluation, Section
from onrecord.eval.plots import Bar, bars
from onrecord.eval.samples import Sample
from onrecord.eval.scores import macro_f1
from onrecord.eval.tables import Cell, Table
from onrecord.labels import LABELS
from onrecord.windows import HEADLINE

_QUOTATION = re.compile(r"[\"“”„«»]|(?<!\w)['‘][^'‘’]{2,}['’](?!\w)")
_LENGTHS = (10, 20, 30)
_POSITIONS = (10, 25)

_NOTE = (
    "Position is the sentence's number in its article, from 0. Macro-F1 is over those of the four labels that the "
    "slice has, so accuracy compares better between slices. Sure and unsure: the annotator's own mark."
)


def slice_section(evaluation: Evaluation) -> Section:
    """How onrecord does on every slice of all samples together."""
    sample = evaluation.joined
    table = slice_table(sample, evaluation.predict(evaluation.onrecord, sample).labels, evaluation.command)
    measured = [Bar(str(row[0]), row[3]) for row in table.rows]
    plots = {f"Accuracy by slice on {sample.name}": bars(measured)}
    return Section("Slices", [table], plots=plots)


def slice_table(sample: Sample, predicted: np.ndarray, command: str) -> Table:
    """Sentences, macro-F1 and accuracy of every slice that is not empty. *Shape:* ``predicted`` (sentence,)."""
    rows: list[list[Cell]] = []
    for name, mask in slices(sample):
        if not mask.any():
            continue
        bootstrap = Bootstrap(sample.documents[mask])
        cells = metrics.confusion_cells(sample.labels[mask], predicted[mask], len(LABELS))
        score = macro_f1(sample.labels[mask])
        rows.append(
            [name, int(mask.sum()), bootstrap.estimate(cells, score), bootstrap.estimate(cells, metrics.accuracy)]
        )
    columns = ("slice", "sentences", "macro-F1", "accuracy")
    return Table("slices", "Slices", columns, rows, command, sample.name, len(sample), _NOTE)


def slices(sample: Sample) -> Iterator[tuple[str, np.ndarray]]:
    """Name and mask of every slice. *Shape:* masks (sentence,)."""
    kinds = np.array(sample.kinds)
    positions = np.array([annotation.index for annotation in sample.annotations])
    lengths = np.array([len(annotation.text.split()) for annotation in sample.annotations])
    yield "all", np.ones(len(sample), dtype=bool)
    yield "headline", positions == HEADLINE
    yield "body", positions != HEADLINE
    yield "with quotation marks", _where(sample, lambda annotation: bool(_QUOTATION.search(annotation.text)))
    yield "without quotation marks", _where(sample, lambda annotation: not _QUOTATION.search(annotation.text))
    yield f"up to {_LENGTHS[0]} words", lengths <= _LENGTHS[0]
    for low, high in pairwise(_LENGTHS):
        yield f"{low + 1} to {high} words", (lengths > low) & (lengths <= high)
    yield f"over {_LENGTHS[-1]} words", lengths > _LENGTHS[-1]
    for kind in sorted(set(sample.kinds)):
        yield f"kind: {kind}", kinds == kind
    yield "first sentence", positions == 0
    yield "all but the first", positions > 0
    yield f"positions 1 to {_POSITIONS[0] - 1}", (positions >= 1) & (positions < _POSITIONS[0])
    yield (
        f"positions {_POSITIONS[0]} to {_POSITIONS[1] - 1}",
        (positions >= _POSITIONS[0]) & (positions < _POSITIONS[1]),
    )
    yield f"from position {_POSITIONS[1]}", positions >= _POSITIONS[1]
    yield "annotator sure", _where(sample, lambda annotation: annotation.sure)
    yield "annotator unsure", _where(sample, lambda annotation: not annotation.sure)


def _where(sample: Sample, holds: Callable[[AnnotatedSentence], bool]) -> np.ndarray:
    return np.array([holds(annotation) for annotation in sample.annotations], dtype=bool)
