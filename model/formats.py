"""A labelled article as text for other programs: JSON, JSONL, CSV, Label Studio."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from onrecord.label_studio import to_label_studio
from onrecord.labelled import LabelledArticle

FIELDS = (
    "article",
    "index",
    "start",
    "end",
    "text",
    "label",
    "confidence",
    "probabilities",
    "sourcing",
    "source",
    "cue",
    "flag",
)
"""The fields of a record, in order; one record a sentence."""


def to_json(article: LabelledArticle) -> str:
    """The whole article as one indented JSON object."""
    return json.dumps(article.to_dict(), indent=2, ensure_ascii=False) + "\n"


def to_jsonl(article: LabelledArticle) -> str:
    """One JSON object a sentence and line."""
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in article.records())


def to_csv(article: LabelledArticle) -> str:
    """One row a sentence under a header; source and cue as their words, probabilities as JSON."""
    return ",".join(FIELDS) + "\n" + to_rows(FIELDS, map(flat, article.records()))


def to_rows(fields: Sequence[str], records: Iterable[Mapping[str, Any]]) -> str:
    """Records as rows of CSV, without a header."""
    rows = []
    for record in records:
        buffer = io.StringIO(newline="")
        csv.DictWriter(buffer, fields).writerow(record)  # ends in \r\n: only so is a field with a lone \r quoted
        rows.append(buffer.getvalue().removesuffix("\r\n") + "\n")
    return "".join(rows)


def flat(record: dict[str, Any]) -> dict[str, Any]:
    """A record without nesting: source and cue as their words, probabilities as JSON."""
    flattened = {**record, "probabilities": json.dumps(record["probabilities"])}
    for name in ("source", "cue"):
        flattened[name] = record[name]["text"] if record[name] else ""
    return flattened


def to_html(article: LabelledArticle) -> str:
    """A self-contained page."""
    return article.to_html()


FORMATS: dict[str, Callable[[LabelledArticle], str]] = {
    "json": to_json,
    "jsonl": to_jsonl,
    "csv": to_csv,
    "html": to_html,
    "label-studio": to_label_studio,
    "text": str,
}
