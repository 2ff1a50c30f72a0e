"""Emergent's headlines about rumours: does the headline's standing tell those that assert from those that report?

Every headline is shown in the headline's place, above no body: the corpus has none. A rumour is asserted where its
headline is for it or against it, merely reported where it is observing.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from onrecord.data.external import load_emergent
from onrecord.eval import metrics
from onrecord.eval.bootstrap import Bootstrap, Metric
from onrecord.eval.passages import Passage
from onrecord.eval.samples import number
from onrecord.eval.tables import Cell, Table
from onrecord.framing.headline import guarded
from onrecord.labelled import LabelledSentence
from onrecord.labeller import Labeller

_NOTE = (
    "Asserted: for and against; merely reported: observing. onrecord's answer is the standing of the headline as "
    "headline drift takes it: asserted if it is more likely than not that the headline neither hands its content to "
    "anybody nor hedges it. Headlines are shown in the headline's place, above no body. Evaluation only: no weight has "
    "seen any of them."
)


def emergent_table(labeller: Labeller, folder: Path, command: str) -> Table:
    """F1 of asserted and of merely reported, beside calling every headline an assertion.

    :raises DataError: the corpus is not in ``folder``.
    """
    rows = load_emergent(folder)
    passages = [Passage(str(row), (), headline.headline) for row, headline in enumerate(rows)]
    articles = labeller.label_articles(passage.article for passage in passages)
    said = [article.headline is not None and asserts(article.headline) for article in articles]
    gold = [headline.stance != "observing" for headline in rows]
    rumours = number(headline.claim for headline in rows)
    scores = score_rows(gold, {"onrecord": said, "always asserted": [True] * len(rows)}, rumours)
    columns = ("", "of", "target", "onrecord", "always asserted")
    title = "Emergent headlines: asserted or merely reported"
    return Table("framing-emergent", title, columns, scores, command, "Emergent train+dev", len(rows), _NOTE)


def asserts(headline: LabelledSentence) -> bool:
    """Whether the headline hands its content to nobody and does not hedge it."""
    return guarded(headline) < 0.5


def score_rows(gold: Sequence[bool], answers: Mapping[str, Sequence[bool]], rumours: np.ndarray) -> list[list[Cell]]:
    """The scores, each a row, of every system; ``True`` is asserted. Headlines are resampled with their rumour.

    :param rumours: the number of each headline's rumour. *Shape:* (headline,)
    """
    bootstrap, asserted = Bootstrap(rumours), sum(gold)
    cells = [metrics.confusion_cells(np.array(gold, int), np.array(said, int), 2) for said in answers.values()]
    scores: tuple[tuple[str, int, str, Metric], ...] = (
        ("F1 of asserted", asserted, "≥ 0.85", lambda sums: metrics.precision_recall_f1(sums)[2][..., 1]),
        ("F1 of merely reported", len(gold) - asserted, "", lambda sums: metrics.precision_recall_f1(sums)[2][..., 0]),
        ("macro-F1", len(gold), "", lambda sums: metrics.macro_f1(sums, np.array([0, 1]))),
        ("accuracy", len(gold), "", metrics.accuracy),
    )
    return [
        [name, of, target, *(bootstrap.estimate(one, score) for one in cells)] for name, of, target, score in scores
    ]
