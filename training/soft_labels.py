"""Soft labels: what trained networks say of sentences, kept on disk, as targets for another network.

Scoring takes long, so it is saved part by part: killed and started again, it goes on with the next part.
"""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from onrecord.calibration import softmax
from onrecord.engine import Engine, Scores
from onrecord.training.examples import Lesson, Targets, nothing
from onrecord.windows import Piece, Window, WindowPacker

log = logging.getLogger(__name__)

_PART = 200  # articles scored between two saves


def score(
    articles: Sequence[Lesson],
    packer: WindowPacker,
    judges: Sequence[Engine],
    folder: Path,
    temperature: float = 1.0,
) -> None:
    """Write to ``folder`` what the mean of the judges says of every sentence of every article.

    :param articles: their targets are not looked at.
    :param temperature: softens the judges' labels and sourcings.
    """
    for first in range(0, len(articles), _PART):
        path = folder / f"part-{first:06}.npz"
        if path.exists():
            continue
        _save(list(_score(articles[first : first + _PART], packer, judges, temperature)), path)
        log.info("%d of %d articles scored", min(first + _PART, len(articles)), len(articles))


def load(folder: Path) -> Iterator[Targets]:
    """What was written to ``folder``, sentence by sentence."""
    for path in sorted(folder.glob("part-??????.npz")):
        with np.load(path, allow_pickle=False) as arrays:
            label, sourcing, token = (arrays[name].astype(np.float32) for name in ("label", "sourcing", "token"))
            tokens = np.split(token, np.cumsum(arrays["tokens"])[:-1])
        yield from map(Targets, label, sourcing, tokens)


def _score(
    articles: Sequence[Lesson], packer: WindowPacker, judges: Sequence[Engine], temperature: float
) -> Iterator[Targets]:
    """What is to be said of each sentence of each article; nothing of one too long for a window."""
    windows: list[Window] = []
    ids: dict[tuple[int, int], list[int]] = {}  # by number of article and sentence
    places: list[tuple[int, int, Piece, tuple[int, int]]] = []  # window, its piece, and whose it is
    for number, article in enumerate(articles):
        first = 1 if article.has_headline else 0
        sentences = [tokens.ids for tokens in article.tokens]
        ids |= {(number, sentence): tokens for sentence, tokens in enumerate(sentences, -first)}
        for window in packer.pack(sentences[first:], sentences[0] if first else None):
            places += [
                (len(windows), row, piece, (number, piece.sentence))
                for row, piece in enumerate(window.pieces)
                if piece.labelled and piece.end - piece.start == len(ids[number, piece.sentence]) > 0
            ]
            windows.append(window)
    opinions = [judge.run(windows) for judge in judges]
    found = {
        key: _mean([scores[window].of_piece(row, piece) for scores in opinions], temperature)
        for window, row, piece, key in places
    }
    for key, tokens in ids.items():
        yield found.get(key) or nothing(len(tokens))


def _mean(opinions: Sequence[Scores], temperature: float) -> Targets:
    return Targets(
        np.mean([softmax(scores.label / temperature) for scores in opinions], axis=0),
        np.mean([softmax(scores.sourcing / temperature) for scores in opinions], axis=0),
        np.mean([softmax(scores.token) for scores in opinions], axis=0),
    )


def _save(targets: Sequence[Targets], path: Path) -> None:
    """Write targets in half precision, whole or not at all."""
    columns = {name: [getattr(target, name) for target in targets] for name in ("label", "sourcing")}
    arrays = {name: np.stack(column).astype(np.float16) for name, column in columns.items()}
    arrays["token"] = np.concatenate([target.token for target in targets]).astype(np.float16)
    arrays["tokens"] = np.array([len(target.token) for target in targets])
    unfinished = path.with_suffix(".unfinished.npz")
    np.savez(unfinished, **arrays)  # type: ignore[arg-type]  # numpy types its option allow_pickle as a name too
    unfinished.rename(path)
