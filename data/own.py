"""Training sentences of our own, written against confusions that the errors showed; never part of dev or test.

``own/*.tsv`` holds single sentences: the encoder does not see capitals, and took the hedge *may* beside a weekday for
the month. ``own/*.jsonl`` holds passages, whose sentences stand under their headline and beside their neighbours; the
variants of a twin (``twin-…/1``, ``twin-…/2``) differ in a name, party, country, gender … and have the same labels.
``own/headlines/*.jsonl`` holds articles, each under four headlines, with the sentences that carry each one's claim.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from onrecord.data.annotated import AnnotatedArticle, AnnotatedSentence
from onrecord.data.standoff import find_span
from onrecord.errors import DataError
from onrecord.labels import LABELS, SOURCINGS, Label, Sourcing
from onrecord.windows import HEADLINE

FOLDER = Path(__file__).parent / "own"
_LABEL_LETTERS = dict(zip("FASON", LABELS, strict=True))
_SOURCING_LETTERS = dict(zip("nu-", SOURCINGS, strict=True))


def load_own() -> list[AnnotatedArticle]:
    """Every single sentence as an article of its own, then every passage as it is.

    :raises DataError: a span is not in its sentence, or label, sourcing and spans contradict each other.
    """
    return [*_singles(), *_passages()]


def load_own_headlines() -> list[AnnotatedArticle]:
    """Every article under each of its headlines, without spans; ids end in the headline's relation to the body.

    :raises DataError: an article has more or fewer labels than sentences, or evidence that is none of them.
    """
    return [
        article
        for path in sorted((FOLDER / "headlines").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        for article in _under_headlines(json.loads(line))
    ]


def _under_headlines(content: Mapping[str, Any]) -> Iterator[AnnotatedArticle]:
    texts, codes = content["sentences"], content["labels"]
    if len(texts) != len(codes):
        raise DataError(f"article {content['id']} has {len(texts)} sentences and {len(codes)} labels")
    for relation, (headline, code) in content["headlines"].items():
        evidence = content["evidence"][relation]
        if not set(evidence) <= set(range(len(texts))):
            raise DataError(f"article {content['id']} has no sentences {evidence}")
        body = tuple(
            _coded(number, text, label, carries=number in evidence)
            for number, (text, label) in enumerate(zip(texts, codes, strict=True))
        )
        head = _coded(HEADLINE, headline, code, carries=None)
        yield AnnotatedArticle("own", f"{content['id']}/{relation}", "", content["kind"], head, body)


def _coded(index: int, text: str, code: str, carries: bool | None) -> AnnotatedSentence:
    """A sentence whose label and sourcing are given by their first letters, ``-`` for no source."""
    label, sourcing = _LABEL_LETTERS[code[0]], _SOURCING_LETTERS[code[1]]
    return AnnotatedSentence(index, text, label, sourcing, None, None, True, None, False, carries)


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
