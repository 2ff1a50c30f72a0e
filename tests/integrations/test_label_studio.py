"""The way to Label Studio and back: tasks, least sure first, and the export read as annotated articles."""

import json
import logging
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from onrecord.data.label_studio import load_label_studio
from onrecord.errors import DataError
from onrecord.formats import FORMATS
from onrecord.label_studio import INTERFACE
from onrecord.labelled import LabelledArticle, LabelledSentence, Span
from onrecord.labels import LABELS, SOURCINGS, Label, Sourcing

TEXT = "🎉 The pier opened 🎉. Ana Orlov said it is safe. It may last."


def sentence(index: int, words: str, label: Label, confidence: float, **more: Any) -> LabelledSentence:
    start = TEXT.find(words) if index >= 0 else 0
    spans = {}
    for name in ("source", "cue"):
        if name in more:
            at = TEXT.find(more[name])
            spans[name] = Span(at, at + len(more[name]), more[name])
    return LabelledSentence(
        index=index,
        start=start,
        end=start + len(words),
        text=words,
        label=label,
        confidence=confidence,
        probabilities={each: confidence if each is label else (1 - confidence) / 4 for each in LABELS},
        sourcing=more.get("sourcing", Sourcing.NONE),
        source=spans.get("source"),
        cue=spans.get("cue"),
        flag=None,
    )


@pytest.fixture
def tasks() -> list[dict[str, Any]]:
    article = LabelledArticle(
        TEXT,
        sentence(-1, "Pier open", Label.REPORTED_FACT, 0.7),
        (
            sentence(0, "🎉 The pier opened 🎉.", Label.REPORTED_FACT, 0.9, cue="opened"),
            sentence(
                1,
                "Ana Orlov said it is safe.",
                Label.ATTRIBUTED_CLAIM,
                0.8,
                sourcing=Sourcing.NAMED,
                source="Ana Orlov",
                cue="said",
            ),
            sentence(2, "It may last.", Label.SPECULATION, 0.6, cue="may"),
        ),
        "pier.txt",
    )
    loaded = json.loads(FORMATS["label-studio"](article))
    assert isinstance(loaded, list)
    return loaded


def annotate(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As if somebody had accepted every prediction."""
    return [
        {**task, "id": n, "annotations": [{"result": task["predictions"][0]["result"]}]} for n, task in enumerate(tasks)
    ]


def load(tmp_path: Path, content: object) -> Any:
    path = tmp_path / "export.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return load_label_studio(path)


def test_the_least_sure_come_first(tasks: list[dict[str, Any]]) -> None:
    assert [task["predictions"][0]["score"] for task in tasks] == [0.6, 0.7, 0.8, 0.9]
    assert tasks[0]["data"]["before"] == "🎉 The pier opened 🎉. Ana Orlov said it is safe."


def test_every_prediction_fits_the_interface(tasks: list[dict[str, Any]]) -> None:
    view = ElementTree.fromstring(INTERFACE)
    values = {tag.get("name"): {each.get("value") for each in tag} for tag in view if len(tag)}
    assert values == {"span": {"source", "cue"}, "label": set(LABELS), "sourcing": set(SOURCINGS)}
    fields = {tag.get("value", "").removeprefix("$") for tag in view if tag.get("value", "").startswith("$")}
    for task in tasks:
        assert fields <= task["data"].keys()
        for region in task["predictions"][0]["result"]:
            kind = region["type"]
            assert set(region["value"][kind]) <= values[region["from_name"]]
            if kind == "labels":
                words = region["value"]
                assert task["data"]["text"][words["start"] : words["end"]] == words["text"]


def test_the_export_comes_back_as_the_article(tasks: list[dict[str, Any]], tmp_path: Path) -> None:
    [article] = load(tmp_path, annotate(tasks))
    assert article.document == "pier.txt"
    assert article.headline.text == "Pier open"
    assert [each.index for each in article.sentences] == [0, 1, 2]
    claim = article.sentences[1]
    assert (claim.label, claim.sourcing, claim.source, claim.cue) == (
        Label.ATTRIBUTED_CLAIM,
        Sourcing.NAMED,
        (0, 9),
        (10, 14),
    )


def test_a_correction_counts_and_a_second_annotator_is_kept(tasks: list[dict[str, Any]], tmp_path: Path) -> None:
    export = annotate(tasks)
    second = json.loads(json.dumps(export[0]["annotations"][0]))
    export[0]["annotations"][0]["result"][0]["value"]["choices"] = ["analyst_opinion"]
    export[0]["annotations"] = [{"was_cancelled": True, "result": []}, *export[0]["annotations"], second]
    [article] = load(tmp_path, export)
    assert (article.sentences[2].label, article.sentences[2].second_label) == (Label.ANALYST_OPINION, Label.SPECULATION)


def test_offsets_of_a_browser_are_put_right(tasks: list[dict[str, Any]], tmp_path: Path) -> None:
    export = annotate(tasks)
    for region in export[3]["annotations"][0]["result"]:
        if region["type"] == "labels":
            region["value"]["start"] += 1  # the emoji before it counts as two
            region["value"]["end"] += 1
    [article] = load(tmp_path, export)
    start, end = article.sentences[0].cue
    assert article.sentences[0].text[start:end] == "opened"


def test_tasks_without_annotation_are_counted(
    tasks: list[dict[str, Any]], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    export = annotate(tasks)
    export[1]["annotations"] = []
    with caplog.at_level(logging.WARNING):
        [article] = load(tmp_path, export)
    assert article.headline is None
    assert "1 of 4 tasks are not annotated" in caplog.text


def test_sentences_are_no_neighbours_across_one_that_is_missing(tasks: list[dict[str, Any]], tmp_path: Path) -> None:
    export = [task for task in annotate(tasks) if task["data"]["index"] != 1]
    first, second = load(tmp_path, export)
    assert first.headline and [each.index for each in first.sentences] == [0]
    assert second.headline is None and [each.index for each in second.sentences] == [2]


def test_articles_without_a_name_stay_apart(tasks: list[dict[str, Any]], tmp_path: Path) -> None:
    labelled = sentence(2, "It may last.", Label.SPECULATION, 0.6)
    texts = [TEXT, TEXT.replace("🎉", "*")]
    unnamed = [LabelledArticle(text, None, (labelled,), name) for text in texts for name in (None, "-")]
    exported = [json.loads(FORMATS["label-studio"](article)) for article in unnamed]
    assert exported[0] == exported[1] and exported[2] == exported[3]
    assert len(load(tmp_path, annotate(exported[0] + exported[2]))) == 2


def test_what_cannot_be_used_is_named(tasks: list[dict[str, Any]], tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no annotation"):
        load(tmp_path, tasks)
    with pytest.raises(DataError, match="not a list of tasks"):
        load(tmp_path, {"tasks": []})
    export = annotate(tasks)
    with pytest.raises(DataError, match=r"task 0 of .*another task is sentence 2 of 'pier\.txt' too"):
        load(tmp_path, export + export[:1])
    export[2]["annotations"][0]["result"][0]["value"]["choices"] = ["rumour"]
    with pytest.raises(DataError, match=r"task 2 of .*rumour"):
        load(tmp_path, export)
    foreign = [{"id": 8, "data": {"text": "It rained."}, "annotations": [{"result": []}]}]
    with pytest.raises(DataError, match=r"task 8 of .*there is no 'article'"):
        load(tmp_path, foreign)
    with pytest.raises(DataError, match=r"cannot read .*missing\.json"):
        load_label_studio(tmp_path / "missing.json")
