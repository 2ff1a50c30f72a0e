"""What a crawl takes in core-hours, time, money and room, worked out from the rates that a report measured."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from onrecord.eval.speed import demonstration
from onrecord.eval.tables import Cell, Table

_FLEETS = ((1, 8), (1, 64), (16, 32))
"""Machines, and cores of each."""


@dataclass(frozen=True)
class Crawl:
    """A crawl to be labelled.

    :ivar articles: how many there are, of so many ``characters`` and ``sentences`` each; by default as in the pool.
    :ivar rate: characters that one core labels in a second; sentences differ too much in length to be counted.
    :ivar busy: the share of the time that a core labels; the rest goes by waiting for files, the last block, repairs.
    :ivar core_hour: what a core costs for an hour; yours to change.
    """

    articles: int = 100_000_000
    characters: int = 5_100
    sentences: int = 38
    rate: float = 25_000
    busy: float = 0.85
    core_hour: float = 0.04

    @property
    def core_hours(self) -> float:
        """Hours that one core would take."""
        return self.articles * self.characters / (self.rate * self.busy) / 3600

    @property
    def cost(self) -> float:
        """In the currency of ``core_hour``."""
        return self.core_hours * self.core_hour

    def hours(self, cores: int) -> float:
        """How long that many cores take."""
        return self.core_hours / cores

    def gigabytes(self, bytes_a_sentence: float) -> float:
        """Room that the output takes."""
        return self.articles * self.sentences * bytes_a_sentence / 1e9


def crawl_table(report: Mapping[str, Table]) -> Table | None:
    """A crawl of 100 million articles on the machine of a report; ``None`` if the report has measured no speed."""
    speed = report.get("speed-onrecord")
    if speed is None:
        return None
    crawl = Crawl(rate=measured_rate(speed))
    rows: list[list[Cell]] = [
        ["measured: characters a second and core", round(crawl.rate), f"{speed.title}, all at work"],
        ["assumed: articles", crawl.articles, f"of {crawl.characters:,} characters in {crawl.sentences} sentences"],
        [
            "assumed: share of the time at work",
            f"{crawl.busy:.0%}",
            "the rest waits for files, the last block, repairs",
        ],
        ["assumed: price of a core-hour", f"{crawl.core_hour:.2f}", "dollars; put yours in its place"],
        ["core-hours", round(crawl.core_hours), "characters ÷ (rate × share at work) ÷ 3,600"],
        ["cost", round(crawl.cost), "dollars: core-hours × price; the same on one machine and on many"],
    ]
    for machines, cores in _FLEETS:
        what = f"{machines} machine{'s' if machines > 1 else ''} of {cores} cores"
        rows.append([f"hours on {what}", f"{crawl.hours(machines * cores):,.1f}", _command(machines, cores)])
    for suffix, per, size in report["bulk-output"].rows if "bulk-output" in report else ():
        room = round(crawl.gigabytes(_number(size)))
        rows.append([f"output, {suffix}, a row of it: {per}", room, f"GB: {size} bytes a sentence"])
    title = f"A crawl of {crawl.articles:,} articles"
    return Table("crawl", title, ("", "value", "how"), rows, speed.command, speed.split, speed.sentences)


def measured_rate(speed: Table) -> float:
    """Characters a second and core, from the report's table of its machine.

    :raises ValueError: the table does not say.
    """
    throughput = [row[1] for row in speed.rows if row[0] == "throughput"]
    cores = re.search(r"(\d+) cores", speed.title)
    if not throughput or not cores:
        raise ValueError(f"the table {speed.name} has no throughput, or no number of cores in its title")
    return _number(throughput[0]) * len(demonstration().text) / int(cores[1])


def _number(cell: Cell) -> float:
    if not isinstance(cell, int | float):
        raise ValueError(f"{cell!r} is no number")
    return cell


def _command(machines: int, cores: int) -> str:
    return f"`--workers {cores}`" if machines == 1 else "`--ray`, or a share of the files to each machine"
