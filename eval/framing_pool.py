"""Framing of pool articles: what share of labelling it costs, and how many lost attributions it reports."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from onrecord.article import Article
from onrecord.data.pool import load_pool
from onrecord.eval.speed import demonstration
from onrecord.eval.tables import Cell, Table
from onrecord.labeller import Labeller

if TYPE_CHECKING:
    from onrecord.framing.attributions import LostAttribution

_EVERY = 23
"""The pool's articles lie corpus by corpus; one in so many is read, 506 of 11,618."""
_DEMONSTRATIONS = 20
_ANY = 10**6  # sentences: farther than any two of an article are apart
_DISTANCES = {
    "any": (1, _ANY),
    "1 to 2": (1, 2),
    "3 to 5": (3, 5),
    "6 to 10": (6, 10),
    "11 to 20": (11, 20),
    "21 or more": (21, _ANY),
}
"""Nearest and farthest of each bin, in sentences."""


@dataclass(frozen=True)
class Reading:
    """One article, read: its sentences, the seconds that labelling and framing took, the lost attributions."""

    sentences: int
    labelling: float
    framing: float
    lost: "tuple[LostAttribution, ...]"


def pool_articles(folder: Path) -> Iterable[Article]:
    """A sample of ``folder/pool``.

    :raises DataError: the pool is not there.
    """
    return islice(load_pool(folder / "pool"), None, None, _EVERY)


def read(labeller: Labeller, articles: Iterable[Article]) -> list[Reading]:
    """Label articles one by one, then ask for their framing."""
    readings = []
    for article in articles:
        start = time.perf_counter()
        labelled = labeller.label_article(article)
        between = time.perf_counter()
        framing = labelled.framing
        end = time.perf_counter()
        readings.append(Reading(len(labelled.sentences), between - start, end - between, framing.lost_attributions))
    return readings


def read_demonstration(labeller: Labeller) -> list[Reading]:
    """The demonstration article, again and again; the first time, which fills caches, is left out."""
    return read(labeller, [demonstration()] * (_DEMONSTRATIONS + 1))[1:]


def speed_table(readings: Mapping[str, Sequence[Reading]], command: str) -> Table:
    """Framing beside labelling, a set of articles a row."""
    rows: list[list[Cell]] = []
    for name, some in readings.items():
        sentences = sum(one.sentences for one in some) / len(some)
        labelling = sum(one.labelling for one in some) / len(some)
        framing = sum(one.framing for one in some) / len(some)
        rows.append([name, len(some), sentences, 1000 * labelling, 1000 * framing, framing / labelling])
    columns = ("", "articles", "sentences an article", "labelling, ms", "framing, ms", "framing's share, target ≤ 0.15")
    total = sum(one.sentences for some in readings.values() for one in some)
    note = "Means an article, one article at a time; the share is of the time that labelling takes without framing."
    return Table(
        "framing-speed", "What framing adds to labelling", columns, rows, command, " + ".join(readings), total, note
    )


def lost_table(readings: Sequence[Reading], command: str) -> Table:
    """Lost attributions by distance: how many, and how many for the pairs of sentences that lie so far apart."""
    columns = ("sentences apart", "lost attributions", "per 100 articles", "dropped", "late", "per 10,000 pairs")
    with_any = sum(bool(reading.lost) for reading in readings)
    note = (
        f"{with_any:,} of {len(readings):,} articles have any. Dropped: the source comes first and is missing later; "
        "late: the other way round. Per 10,000 pairs: of sentences that lie so far apart, of which long articles have "
        "more. How many are right is read by eye, and not claimed here."
    )
    return Table(
        "framing-lost",
        "Attributions that get lost",
        columns,
        [[name, *_lost_row(readings, *distances)] for name, distances in _DISTANCES.items()],
        command,
        f"one pool article in {_EVERY}",
        sum(reading.sentences for reading in readings),
        note,
    )


def _lost_row(readings: Sequence[Reading], nearest: int, farthest: int) -> list[Cell]:
    lost = [one for reading in readings for one in reading.lost if nearest <= one.distance <= farthest]
    orders = [sum(one.order == order for one in lost) for order in ("dropped", "late")]
    pairs = sum(_pairs(reading.sentences, nearest, farthest) for reading in readings)
    return [len(lost), 100 * len(lost) / max(1, len(readings)), *orders, 1e4 * len(lost) / max(1, pairs)]


def _pairs(sentences: int, nearest: int, farthest: int) -> int:
    """How many pairs of an article's sentences lie ``nearest`` to ``farthest`` apart."""
    return sum(sentences - distance for distance in range(nearest, min(farthest, sentences - 1) + 1))
