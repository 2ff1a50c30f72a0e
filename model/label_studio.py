"""A labelled article as tasks for Label Studio, to be checked by people: a task a sentence, the least sure first.

``INTERFACE`` is the labelling interface that the tasks fit; ``onrecord.data.label_studio`` reads the export.
"""

import json
from typing import Any

from onrecord.article import short_hash
from onrecord.labelled import LabelledArticle, LabelledSentence, Span
from onrecord.labels import LABELS, SOURCINGS

_SENTENCES_BEFORE = 3  # shown, because a sentence is labelled in its place

INTERFACE = f"""<View>
  <Header value="$headline"/>
  <Text name="before" value="$before"/>
  <Labels name="span" toName="text">
    <Label value="source"/>
    <Label value="cue"/>
  </Labels>
  <Text name="text" value="$text"/>
  <Choices name="label" toName="text" choice="single" required="true">
    {" ".join(f'<Choice value="{label}"/>' for label in LABELS)}
  </Choices>
  <Choices name="sourcing" toName="text" choice="single" required="true">
    {" ".join(f'<Choice value="{sourcing}"/>' for sourcing in SOURCINGS)}
  </Choices>
</View>
"""
"""Paste this into a Label Studio project: Settings, Labeling Interface, Code."""


def to_label_studio(article: LabelledArticle) -> str:
    """A JSON array of tasks with the labels as predictions, in rising order of confidence."""
    by_confidence = sorted(article.all_sentences, key=lambda sentence: sentence.confidence)
    tasks = [_task(sentence, article) for sentence in by_confidence]
    return json.dumps(tasks, indent=2, ensure_ascii=False) + "\n"


def _task(sentence: LabelledSentence, article: LabelledArticle) -> dict[str, Any]:
    before = article.sentences[max(0, sentence.index - _SENTENCES_BEFORE) : max(0, sentence.index)]
    return {
        "data": {
            "text": sentence.text,
            "before": " ".join(each.text for each in before),
            "headline": article.headline.text if article.headline and sentence.index >= 0 else "",
            "article": _name(article),
            "index": sentence.index,
        },
        "predictions": [
            {"model_version": "onrecord", "score": round(sentence.confidence, 4), "result": _result(sentence)}
        ],
    }


def _name(article: LabelledArticle) -> str:
    """What tells it from other articles of the project: its id or, where that names nothing, a hash of its text."""
    if article.id in (None, "", "-"):
        return short_hash(article.text)
    return str(article.id)


def _result(sentence: LabelledSentence) -> list[dict[str, Any]]:
    result = [_region("sourcing", "choices", {"choices": [sentence.sourcing.value]})]
    if sentence.label is not None:
        result.insert(0, _region("label", "choices", {"choices": [sentence.label.value]}))
    for kind, span in (("source", sentence.source), ("cue", sentence.cue)):
        if span is not None:
            result.append(_region("span", "labels", {**_within(span, sentence), "labels": [kind]}))
    return result


def _within(span: Span, sentence: LabelledSentence) -> dict[str, Any]:
    """A span with its offsets in the sentence."""
    return {"start": span.start - sentence.start, "end": span.end - sentence.start, "text": span.text}


def _region(name: str, kind: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"from_name": name, "to_name": "text", "type": kind, "value": value}
