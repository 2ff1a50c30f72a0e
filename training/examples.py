"""Sentences and what the network is to say of them → batches: the rows that the network is trained on.

A row is a whole batch of about ``batch_tokens`` tokens: windows of like length, already padded. Every epoch cuts the
articles anew into windows of random size, with or without headline and context, and shows another third of the
sentences alone, so that the network is as good on one sentence as on an article.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from onrecord.data.annotated import AnnotatedArticle, AnnotatedSentence
from onrecord.labels import DRIFTS, LABELS, SOURCINGS, TOKEN_CLASSES
from onrecord.training.recipe import Finetuning, Recipe
from onrecord.windows import HEADLINE, TokenizedSentence, Window, WindowPacker

_HEADLINE_KEPT = 0.85
_BATCHES_SORTED_TOGETHER = 40


@dataclass(frozen=True, slots=True)
class Targets:
    """What the network is to say of a sentence: distributions times what the sentence counts for.

    *Shapes:* ``label`` (5,), ``sourcing`` (3,), ``token`` (token, 3). ``claim``: whether it carries the headline's
    claim, if that is known; ``drift``: how the headline puts what it carries, as a number in ``DRIFTS``.
    """

    label: np.ndarray
    sourcing: np.ndarray
    token: np.ndarray
    claim: bool | None = None
    drift: int | None = None


@dataclass(frozen=True, slots=True)
class Lesson:
    """An article to learn from: its sentences, the headline first if it ``has_headline``, and what to say of them."""

    tokens: list[TokenizedSentence]
    targets: list[Targets]
    has_headline: bool


Example = tuple[Window, dict[int, Targets]]
Item = TypeVar("Item")


def lessons(articles: Sequence[AnnotatedArticle], packer: WindowPacker, unsure_weight: float) -> list[Lesson]:
    """What annotated articles teach: the annotators' labels, at less weight where they were unsure."""
    made = []
    for article in articles:
        tokens = packer.tokenize([sentence.text for sentence in article.all_sentences])
        targets = [
            _annotated_targets(sentence, tokenized, unsure_weight)
            for sentence, tokenized in zip(article.all_sentences, tokens, strict=True)
        ]
        made.append(Lesson(tokens, targets, article.headline is not None))
    return made


def unlabelled(texts: Sequence[str], headline: str | None, packer: WindowPacker) -> Lesson:
    """An article of which nothing is known yet."""
    head = [headline] if headline is not None else []
    tokens = packer.tokenize([*head, *texts])
    return Lesson(tokens, [nothing(len(sentence.ids)) for sentence in tokens], headline is not None)


def nothing(tokens: int) -> Targets:
    """Targets that teach nothing of a sentence of so many tokens."""
    label, sourcing = np.zeros(len(LABELS), dtype=np.float32), np.zeros(len(SOURCINGS), dtype=np.float32)
    return Targets(label, sourcing, np.zeros((tokens, len(TOKEN_CLASSES)), dtype=np.float32))


def batches(material: Sequence[Lesson], packer: WindowPacker, recipe: Recipe, run: int = 0) -> list[list[Example]]:
    """The batches of all epochs of one of the recipe's runs, in the order of training."""
    settings = recipe.finetuning
    generator = random.Random(recipe.seed + run)
    made = []
    for _ in range(settings.epochs[run]):
        examples = [example for lesson in material for example in _cut(lesson, packer, settings, generator)]
        made += _group(examples, settings.batch_tokens, generator)
    return made


def row(batch: Sequence[Example], packer: WindowPacker) -> dict[str, np.ndarray]:
    """The network's input and target arrays of a batch; see ``SourcingNetwork.forward`` for their shapes."""
    arrays = packer.collate([window for window, _ in batch])
    windows, tokens = arrays["input_ids"].shape
    pieces = arrays["starts"].shape[1]
    arrays["label_targets"] = np.zeros((windows, pieces, len(LABELS)), dtype=np.float32)
    arrays["sourcing_targets"] = np.zeros((windows, pieces, len(SOURCINGS)), dtype=np.float32)
    arrays["token_targets"] = np.zeros((windows, tokens, len(TOKEN_CLASSES)), dtype=np.float32)
    arrays["claim_targets"] = np.full((windows, pieces), -1, dtype=np.float32)
    arrays["drift_targets"] = np.zeros((windows, pieces, len(DRIFTS)), dtype=np.float32)
    for number, (window, known) in enumerate(batch):
        under_headline = window.pieces[0].sentence == HEADLINE
        for column, piece in enumerate(window.pieces):
            if piece.labelled:
                targets = known[piece.sentence]
                arrays["label_targets"][number, column] = targets.label
                arrays["sourcing_targets"][number, column] = targets.sourcing
                first = piece.offset
                arrays["token_targets"][number, piece.start : piece.end] = targets.token[
                    first : first + piece.end - piece.start
                ]
                if targets.claim is not None and under_headline:
                    arrays["claim_targets"][number, column] = targets.claim
                    if targets.drift is not None:
                        arrays["drift_targets"][number, column, targets.drift] = 1.0
    return arrays


def _cut(lesson: Lesson, packer: WindowPacker, settings: Finetuning, generator: random.Random) -> Iterator[Example]:
    """Windows of an article, each with the targets of its sentences, then single sentences."""
    first = 1 if lesson.has_headline else 0
    ids = [tokens.ids for tokens in lesson.tokens]
    body = dict(enumerate(lesson.targets[first:]))
    sizes = [size for size in settings.window_sizes if size <= packer.limit] or [packer.limit]
    limit, context = generator.choice(sizes), generator.choice((0, packer.context))
    varied = WindowPacker(packer.tokenizer, limit, context)
    shown = lesson.has_headline and generator.random() < _HEADLINE_KEPT
    known = body | ({HEADLINE: lesson.targets[0]} if shown else {})
    for window in varied.pack(ids[first:], ids[0] if shown else None):
        yield window, known
    for number, alone in enumerate(ids[first:]):
        if generator.random() < settings.single_share:
            yield from ((window, {0: body[number]}) for window in packer.pack([alone]))


def _group(examples: list[Example], batch_tokens: int, generator: random.Random) -> list[list[Example]]:
    """Batches of windows of like length, in random order."""
    if not examples:
        return []
    generator.shuffle(examples)
    mean = sum(len(window.ids) for window, _ in examples) / len(examples)
    together = max(1, int(_BATCHES_SORTED_TOGETHER * batch_tokens / mean))

    def fits(count: int, length: int) -> bool:
        return count * length <= batch_tokens

    groups = list(of_like_length(examples, lambda example: len(example[0].ids), together, fits))
    generator.shuffle(groups)
    return groups


def of_like_length(
    items: Sequence[Item], length: Callable[[Item], int], together: int, fits: Callable[[int, int], bool]
) -> Iterator[list[Item]]:
    """Cut items into groups, sorted by length among so many that follow each other.

    :param fits: whether a group can be of so many items, the longest of this length; one alone always is.
    """
    for first in range(0, len(items), together):
        group: list[Item] = []
        for item in sorted(items[first : first + together], key=length):
            if group and not fits(len(group) + 1, length(item)):
                yield group
                group = []
            group.append(item)
        yield group


def _annotated_targets(sentence: AnnotatedSentence, tokens: TokenizedSentence, unsure_weight: float) -> Targets:
    weight = 1.0 if sentence.sure else unsure_weight
    targets = replace(nothing(len(tokens.ids)), claim=sentence.carries_headline)
    targets.label[LABELS.index(sentence.label)] = weight
    targets.sourcing[SOURCINGS.index(sentence.sourcing)] = weight
    if sentence.has_spans:
        for token, number in enumerate(_token_classes(sentence, tokens)):
            targets.token[token, number] = 1.0
    return targets


def _token_classes(sentence: AnnotatedSentence, tokens: TokenizedSentence) -> Iterator[int]:
    """The class of each token: inside the source, inside the cue, or neither."""
    for start, end in tokens.offsets:
        if sentence.source and start < sentence.source[1] and end > sentence.source[0]:
            yield TOKEN_CLASSES.index("source")
        elif sentence.cue and start < sentence.cue[1] and end > sentence.cue[0]:
            yield TOKEN_CLASSES.index("cue")
        else:
            yield TOKEN_CLASSES.index("outside")
