"""Labels that people gave or corrected in Label Studio → annotated articles, to train on.

The tasks come from ``onrecord label --format label-studio``; what is read is the project's export as JSON.
"""

import json
import logging
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from onrecord.data.annotated import AnnotatedArticle, AnnotatedSentence
from onrecord.errors import DataError
from onrecord.labels import Label, Sourcing
from onrecord.windows import HEADLINE

log = logging.getLogger(__name__)

Span = tuple[int, int]


def load_label_studio(path: Path) -> list[AnnotatedArticle]:
    """Read an export. Of a task with several annotations the first counts; the second gives ``second_label``.

    Tasks that nobody annotated are left out; how many is logged as a warning. What is between two of them becomes an
    article of its own, so that no sentence is shown beside one that does not stand beside it.

    :raises DataError: this is no export of such tasks, or holds no annotation, or one that contradicts itself.
    """
    tasks = _read_tasks(path)
    by_article: dict[str, dict[int, AnnotatedSentence]] = defaultdict(dict)
    annotated = 0
    for number, task in enumerate(tasks, 1):
        try:
            annotations = [each for each in task.get("annotations", ()) if not each.get("was_cancelled")]
            if annotations:
                name, sentence = str(task["data"]["article"]), _sentence(task["data"], annotations)
                if sentence.index in by_article[name]:
                    raise ValueError(f"another task is sentence {sentence.index} of {name!r} too")
                by_article[name][sentence.index] = sentence
                annotated += 1
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            reason = f"there is no {error}" if isinstance(error, KeyError) else str(error)
            raise DataError(
                f"task {task.get('id', number)} of {path} is not as onrecord writes them: {reason}; correct it"
            ) from None
    if not annotated:
        raise DataError(f"{path} holds no annotation; export the project as JSON after annotating some tasks")
    if annotated < len(tasks):
        log.warning("%s: %d of %d tasks are not annotated and left out", path, len(tasks) - annotated, len(tasks))
    return [article for name, sentences in by_article.items() for article in _articles(name, sentences)]


def _read_tasks(path: Path) -> list[dict[str, Any]]:
    try:
        tasks = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}; give the file that Label Studio exported") from None
    except ValueError as error:
        raise DataError(f"{path} is not JSON ({error}); export the project in the format JSON") from None
    if not isinstance(tasks, list) or not all(isinstance(task, dict) for task in tasks):
        raise DataError(f"{path} is not a list of tasks; export the project in the format JSON, not JSON-MIN")
    return tasks


def _articles(name: str, sentences: dict[int, AnnotatedSentence]) -> Iterator[AnnotatedArticle]:
    """The stretches of consecutive sentences, the headline with the first of them."""
    headline = sentences.pop(HEADLINE, None)
    stretch: list[AnnotatedSentence] = []
    for index in sorted(sentences):
        if stretch and index > stretch[-1].index + 1:
            yield AnnotatedArticle("label_studio", name, "", "", headline, tuple(stretch))
            headline, stretch = None, []
        stretch.append(sentences[index])
    yield AnnotatedArticle("label_studio", name, "", "", headline, tuple(stretch))


def _sentence(data: dict[str, Any], annotations: list[dict[str, Any]]) -> AnnotatedSentence:
    text, first = data["text"], annotations[0]["result"]
    if not text.strip():
        raise ValueError("it has no text")
    return AnnotatedSentence(
        index=int(data["index"]),
        text=text,
        label=Label(_choice(first, "label")),
        sourcing=Sourcing(_choice(first, "sourcing")),
        source=_span(first, "source", text),
        cue=_span(first, "cue", text),
        sure=True,
        second_label=Label(_choice(annotations[1]["result"], "label")) if len(annotations) > 1 else None,
    )


def _choice(result: list[dict[str, Any]], name: str) -> str:
    chosen = [region["value"]["choices"] for region in result if region.get("from_name") == name]
    if len(chosen) != 1 or len(chosen[0]) != 1:
        raise ValueError(f"it should have one {name}")
    return str(chosen[0][0])


def _span(result: list[dict[str, Any]], kind: str, text: str) -> Span | None:
    values = [region["value"] for region in result if kind in region["value"].get("labels", ())]
    if not values:
        return None
    start, words = values[0]["start"], values[0]["text"]
    if text[start : start + len(words)] != words:  # a browser counts characters beyond the first 65,536 as two
        doubled = len(text.encode("utf-16-le")) // 2 - len(text)
        start = text.find(words, max(0, start - doubled))
    if start < 0:
        raise ValueError(f"its {kind} «{words}» is not in its text")
    return start, start + len(words)
