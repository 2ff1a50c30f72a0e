"""Calibration: the temperatures that make confidence mean what it says.

Temperature scaling is Guo et al., 2017, https://arxiv.org/abs/1706.04599.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from onrecord.calibration import Calibration, softmax
from onrecord.data.annotated import AnnotatedArticle, load_annotated
from onrecord.data.later_rounds import DEV_POOL, load_round
from onrecord.engine import Engine
from onrecord.labels import LABELS, SOURCINGS
from onrecord.windows import WindowPacker


def development(data: Path) -> list[AnnotatedArticle]:
    """The articles to calibrate on: ``dev``, and fourteen times as many sentences in ``dev_pool``.

    On ``dev`` alone confidence comes out too high, because networks were chosen on it.

    :param data: holds ``annotated/`` and ``pool/``.
    :raises DataError: they are missing.
    """
    return [*load_annotated("dev", data / "annotated"), *load_round(DEV_POOL, data / "pool")]


@dataclass(frozen=True)
class Outcomes:
    """What an engine said of annotated sentences, and what the annotators said.

    *Shapes:* ``label_logits`` (sentence, 5), ``sourcing_logits`` (sentence, 3), ``labels`` and ``sourcings``
    (sentence,).
    """

    label_logits: np.ndarray
    sourcing_logits: np.ndarray
    labels: np.ndarray
    sourcings: np.ndarray


def score(engine: Engine, packer: WindowPacker, articles: Sequence[AnnotatedArticle]) -> Outcomes:
    """Run the engine over annotated articles, each sentence in its place. A long sentence counts by its first piece."""
    windows, gold = [], []
    for article in articles:
        sentences = article.all_sentences
        ids = [tokens.ids for tokens in packer.tokenize([sentence.text for sentence in sentences])]
        first = 1 if article.headline else 0
        for window in packer.pack(ids[first:], ids[0] if article.headline else None):
            windows.append(window)
            gold.append([sentences[piece.sentence + first] for piece in window.pieces])
    rows = [
        (scores.label[row], scores.sourcing[row], sentence)
        for window, sentences, scores in zip(windows, gold, engine.run(windows), strict=True)
        for row, (piece, sentence) in enumerate(zip(window.pieces, sentences, strict=True))
        if piece.labelled and piece.offset == 0
    ]
    return Outcomes(
        np.stack([label for label, _, _ in rows]).astype(np.float64),
        np.stack([sourcing for _, sourcing, _ in rows]).astype(np.float64),
        np.array([LABELS.index(sentence.label) for _, _, sentence in rows]),
        np.array([SOURCINGS.index(sentence.sourcing) for _, _, sentence in rows]),
    )


def fit(outcomes: Outcomes) -> Calibration:
    """Temperatures that minimise the negative log-likelihood of ``outcomes``."""
    return Calibration(
        temperature=_temperature(outcomes.label_logits, outcomes.labels),
        sourcing_temperature=_temperature(outcomes.sourcing_logits, outcomes.sourcings),
    )


def _temperature(logits: np.ndarray, gold: np.ndarray) -> float:
    """*Shapes:* ``logits`` (sentence, class), ``gold`` (sentence,)."""

    def negative_log_likelihood(log_temperature: np.ndarray) -> float:
        probabilities = softmax(logits / np.exp(log_temperature[0]))
        return float(-np.log(probabilities[np.arange(len(gold)), gold] + 1e-12).mean())

    return float(np.exp(minimize(negative_log_likelihood, np.zeros(1), method="Nelder-Mead").x[0]))
