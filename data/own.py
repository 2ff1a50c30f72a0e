"""Training sentences of our own, written against confusions that the errors showed; never part of dev or test.

``own/*.tsv`` holds single sentences: the encoder does not see capitals, and took the hedge *may* beside a weekday for
the month. ``own/*.jsonl`` holds passages, whose sentences stand under their headline and beside their neighbours; the
variants of a twin (``twin-…/1``, ``twin-…/2``) differ in a name, party, country, gender … and have the same labels.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from onrecord.data.annotated import AnnotatedArticle, AnnotatedSentence
from onrecord.data.standoff import find_span
from onrecord.errors import DataError
from onrecord.labels import Label, Sourcing
from onrecord.windows import HEADLINE

FOLDER = Path(__file__).parent / "own"


def load_own() -> list[AnnotatedArticle]:
    """Every single sentence as an article of its own, then every passage as it is.

    :raises DataError: a span is not in its sentence, or label, sourcing and spans contradict each other.
    """
    return [*_singles(), *_passages()]


def _singles() -> Iterator[AnnotatedArticle]:
    for path in sorted(FOLDER.glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)):
                yield AnnotatedArticle("own", f"{path.stem}/{number}", "", "own", None, (_sentence(0, row),))


def _passages() -> Iterator[AnnotatedArticle]:
    for path in sorted(FOLDER.glob("*.jsonl")):
        for passage in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            headline = _sentence(HEADLINE, passage["headline"]) if passage["headline"] else None
            sentences = tuple(_sentence(number, row) for number, row in enumerate(passage["sentences"]))
            yield AnnotatedArticle("own", passage["id"], "", passage["kind"], headline, sentences)


def _sentence(index: int, row: Mapping[str, str]) -> AnnotatedSentence:
    text, label, sourcing = row["text"], Label(row["label"]), Sourcing(row["sourcing"])
    source, cue = find_span(text, row["source"]), find_span(text, row["cue"])
    if label is Label.ATTRIBUTED_CLAIM and sourcing is Sourcing.NONE:
        raise DataError(f"the claim «{text}» is handed to nobody; make it named or unnamed")
    if label not in (Label.ATTRIBUTED_CLAIM, Label.ANALYST_OPINION) and sourcing is not Sourcing.NONE:
        raise DataError(f"«{text}» is a {label} with a {sourcing} source; a {label} is the outlet's own voice")
    if source and sourcing is Sourcing.NONE:
        raise DataError(f"«{text}» has a source span but no sourcing; mark the source as named or unnamed")
    if cue and label in (Label.REPORTED_FACT, Label.NONE):
        raise DataError(f"«{text}» is a {label} with a cue; leave the cue empty")
    return AnnotatedSentence(index, text, label, sourcing, source, cue, sure=True, second_label=None)
