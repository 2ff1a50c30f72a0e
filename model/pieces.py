"""What the network says of sentences, from what it says of their pieces: nearly always one each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from onrecord.calibration import Calibration
from onrecord.engine import Scores


@dataclass(frozen=True, slots=True)
class Pooled:
    """What is said of sentences: the mean of what is said of their pieces, which count by their tokens.

    *Shapes:* ``labels`` (sentence, 5) and ``sourcings`` (sentence, 3), probabilities; ``claims`` (sentence,), log-odds
    of carrying the headline's claim.
    """

    labels: np.ndarray
    sourcings: np.ndarray
    claims: np.ndarray


def pool(sentences: Sequence[Sequence[Scores]], calibration: Calibration) -> Pooled:
    """Pool the pieces of each sentence.

    :param sentences: one or more, each of one or more pieces.
    """
    pieces = [piece for of_sentence in sentences for piece in of_sentence]
    counts = [len(of_sentence) for of_sentence in sentences]
    first = np.cumsum([0, *counts[:-1]])
    tokens = np.array([max(1, len(piece.span)) for piece in pieces], dtype=np.float64)
    shares = tokens / np.repeat(np.add.reduceat(tokens, first), counts)

    def mean(rows: np.ndarray) -> np.ndarray:
        return np.asarray(np.add.reduceat(rows * shares[:, None], first))

    return Pooled(
        mean(calibration.labels(np.stack([piece.label for piece in pieces]))),
        mean(calibration.sourcings(np.stack([piece.sourcing for piece in pieces]))),
        mean(np.stack([piece.claim for piece in pieces]))[:, 0],
    )
