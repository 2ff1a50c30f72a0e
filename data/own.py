"""Training sentences of our own, written against confusions that the errors showed; never part of dev or test.

``own/may.tsv``: the encoder does not see capitals, and took the hedge *may* beside a weekday for the month.
"""

import csv
from pathlib import Path

from onrecord.data.annotated import AnnotatedArticle, AnnotatedSentence
from onrecord.labels import Label, Sourcing

FOLDER = Path(__file__).parent / "own"


def load_own() -> list[AnnotatedArticle]:
    """Every sentence as an article of its own."""
    articles = []
    for path in sorted(FOLDER.glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)):
                sentence = _sentence(row)
                articles.append(AnnotatedArticle("own", f"{path.stem}/{number}", "", "own", None, (sentence,)))
    return articles


def _sentence(row: dict[str, str]) -> AnnotatedSentence:
    text = row["text"]
    return AnnotatedSentence(
        index=0,
        text=text,
        label=Label(row["label"]),
        sourcing=Sourcing(row["sourcing"]),
        source=_span(text, row["source"]),
        cue=_span(text, row["cue"]),
        sure=True,
        second_label=None,
    )


def _span(text: str, words: str) -> tuple[int, int] | None:
    """Where the words stand in the text.

    :raises ValueError: they do not.
    """
    if not words:
        return None
    start = text.index(words)
    return start, start + len(words)
