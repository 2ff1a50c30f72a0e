"""What the network says of a sentence, from what it says of its pieces: nearly always one."""

from collections.abc import Sequence

import numpy as np

from onrecord.engine import Scores


def shares(pieces: Sequence[Scores]) -> np.ndarray:
    """What each piece of a sentence counts for: its share of the tokens. *Shape:* (piece,)"""
    tokens = np.array([max(1, len(piece.span)) for piece in pieces], dtype=np.float64)
    return tokens / tokens.sum()


def vector(pieces: Sequence[Scores]) -> np.ndarray:
    """The sentence's vector, at length 1. *Shape:* (vector_size,)"""
    mean = shares(pieces) @ np.stack([piece.vector for piece in pieces])
    return (mean / max(float(np.linalg.norm(mean)), 1e-9)).astype(np.float32)


def carries_claim(pieces: Sequence[Scores]) -> float:
    """The log-odds that the sentence carries the headline's claim."""
    return float(shares(pieces) @ np.concatenate([piece.claim for piece in pieces]))
