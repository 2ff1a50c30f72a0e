"""Documents that repeat tables of a report, and whether they are in step with it.

A document marks the place with ``<!-- table:NAME -->`` and ``<!-- /table -->``; what is between them is the table.
"""

import json
import re
from pathlib import Path

from onrecord.errors import DataError, InputError
from onrecord.eval.scale import crawl_table
from onrecord.eval.tables import Table, to_markdown

_BLOCK = re.compile(r"(<!-- table:([\w-]+) -->\n).*?(<!-- /table -->)", re.DOTALL)


def read_tables(report: Path) -> dict[str, str]:
    """The tables of a ``report.json`` in Markdown, with the versions that made them, by name.

    :raises DataError: it is not there, or is no report.
    """
    try:
        content = json.loads(report.read_text(encoding="utf-8"))
        tables = {name: Table.from_dict(table) for name, table in content["tables"].items()}
        crawl = crawl_table(tables)  # worked out from others, so that it cannot be out of step with them
        found = [*tables.values(), *([crawl] if crawl else [])]
        return {table.name: f"{to_markdown(table)}\n\nMade by {content['versions']}." for table in found}
    except OSError as error:
        raise DataError(f"cannot read {report}: {error.strerror}; write it with: onrecord eval report") from error
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{report} is not a report: {error}; write it with: onrecord eval report") from error


def fill(document: str, tables: dict[str, str], name: str) -> str:
    """The document called ``name`` with every marked table as it is in the report.

    :raises InputError: it marks a table that the report does not have.
    """
    for _, wanted, _ in _BLOCK.findall(document):
        if wanted not in tables:
            raise InputError(f"{name} has a table {wanted!r} that the report lacks; it has {', '.join(tables)}")
    return _BLOCK.sub(lambda block: f"{block[1]}{tables[block[2]]}\n{block[3]}", document)


def update(documents: list[Path], report: Path, check: bool) -> list[Path]:
    """Write the report's tables into documents, or only see whether they are there; return those out of step.

    :raises DataError: the report or a document cannot be read.
    """
    tables, stale = read_tables(report), []
    for path in documents:
        try:
            document = path.read_text(encoding="utf-8")
        except OSError as error:
            raise DataError(f"cannot read {path}: {error.strerror}") from error
        filled = fill(document, tables, str(path))
        if filled != document:
            stale.append(path)
            if not check:
                path.write_text(filled, encoding="utf-8")
    return stale
