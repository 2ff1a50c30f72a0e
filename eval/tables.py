"""Tables of results, and what a reader must know of each: command, split, sentences. Printed as Markdown."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from onrecord.eval.bootstrap import Estimate

Cell = str | int | float | Estimate | None


@dataclass(frozen=True)
class Table:
    """A table of results.

    :ivar name: what the table is called in the JSON and in the documents that repeat it.
    :ivar command: what prints it.
    :ivar split: what it was measured on, with ``sentences`` of it.
    :ivar note: how its columns are to be read.
    :ivar private: quotes sentences of others, so it stays out of the JSON, which may be published.
    """

    name: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    command: str
    split: str
    sentences: int
    note: str = ""
    private: bool = False

    @property
    def caption(self) -> str:
        """Where the numbers are from."""
        return f"`{self.command}` · {self.split} · {self.sentences:,} sentences"

    def to_dict(self) -> dict[str, Any]:
        """A plain dictionary, for JSON: an estimate is a dictionary of value, low and high."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Table":
        """The table that :meth:`to_dict` was made of."""
        rows = [[Estimate(**cell) if isinstance(cell, dict) else cell for cell in row] for row in content["rows"]]
        return cls(**{**content, "rows": rows})


def to_markdown(table: Table) -> str:
    """The table with its columns aligned, its title above, its note and caption below."""
    rows = [list(table.columns), *([to_text(cell) for cell in row] for row in table.rows)]
    rows = [[cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
    widths = [max(3, *(len(row[column]) for row in rows)) for column in range(len(table.columns))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join([f"**{table.title}**", "", *lines, "", " ".join(filter(None, (table.note, f"({table.caption})")))])


def to_text(cell: Cell) -> str:
    """A cell as it is read."""
    if cell is None:
        return "–"
    if isinstance(cell, float):
        return f"{cell:.3f}" if abs(cell) < 10 else f"{cell:.1f}"
    if isinstance(cell, int):
        return f"{cell:,}"
    return str(cell)
