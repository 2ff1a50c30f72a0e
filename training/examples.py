"""Annotated articles → batches: the rows that the network is trained on.

A row is a whole batch of about ``batch_tokens`` tokens: windows of like length, already padded. Every epoch cuts the
articles anew into windows of random size, with or without headline and context, and shows another third of the
sentences alone, so that the network is as good on one sentence as on an article.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from onrecord.data.annotated import AnnotatedArticle, AnnotatedSentence
from onrecord.labels import LABELS, SOURCINGS, SPANS
from onrecord.training.recipe import Recipe
from onrecord.windows import HEADLINE, TokenizedSentence, Window, WindowPacker

IGNORED = -100  # torch's mark of a token that is no target
_WINDOW_SIZES = (96, 128, 192, 256)
_HEADLINE_KEPT = 0.85
_BATCHES_SORTED_TOGETHER = 40

Example = tuple[Window, dict[int, tuple[AnnotatedSentence, TokenizedSentence]]]


def batches(
    articles: Sequence[AnnotatedArticle], packer: WindowPacker, recipe: Recipe, run: int = 0
) -> Iterator[dict[str, Any]]:
    """Yield the batches of all epochs of one of the recipe's runs, in the order of training."""
    tokenized = [(article, packer.tokenize([s.text for s in article.all_sentences])) for article in articles]
    generator = random.Random(recipe.seed + run)
    for _ in range(recipe.finetuning.epochs[run]):
        examples = [
            example for article, tokens in tokenized for example in _cut(article, tokens, packer, recipe, generator)
        ]
        for group in _group(examples, recipe.finetuning.batch_tokens, generator):
            yield _row(group, packer, recipe.finetuning.unsure_weight)


def _cut(
    article: AnnotatedArticle,
    tokens: Sequence[TokenizedSentence],
    packer: WindowPacker,
    recipe: Recipe,
    generator: random.Random,
) -> Iterator[Example]:
    """Windows of an article, each with the annotations of its sentences, then single sentences."""
    annotated = list(zip(article.all_sentences, tokens, strict=True))
    headline = annotated[0] if article.headline else None
    body = annotated[1:] if headline else annotated
    sizes = [size for size in _WINDOW_SIZES if size <= recipe.windows.limit] or [recipe.windows.limit]
    limit, context = generator.choice(sizes), generator.choice((0, recipe.windows.context))
    varied = WindowPacker(packer.tokenizer, limit, context)
    shown = headline if headline and generator.random() < _HEADLINE_KEPT else None
    for window in varied.pack([tokens.ids for _, tokens in body], shown[1].ids if shown else None):
        yield window, dict(enumerate(body)) | ({HEADLINE: shown} if shown else {})
    for number, (_, alone) in enumerate(body):
        if generator.random() < recipe.finetuning.single_share:
            yield from ((window, {0: body[number]}) for window in packer.pack([alone.ids]))


def _group(examples: list[Example], batch_tokens: int, generator: random.Random) -> list[list[Example]]:
    """Batches of windows of like length, in random order."""
    generator.shuffle(examples)
    groups: list[list[Example]] = []
    mean = sum(len(window.ids) for window, _ in examples) / len(examples)
    pool = max(1, int(_BATCHES_SORTED_TOGETHER * batch_tokens / mean))
    for first in range(0, len(examples), pool):
        group: list[Example] = []
        for example in sorted(examples[first : first + pool], key=lambda example: len(example[0].ids)):
            if group and len(example[0].ids) * (len(group) + 1) > batch_tokens:
                groups.append(group)
                group = []
            group.append(example)
        groups.append(group)
    generator.shuffle(groups)
    return groups


def _row(group: Sequence[Example], packer: WindowPacker, unsure_weight: float) -> dict[str, Any]:
    batch: dict[str, Any] = packer.collate([window for window, _ in group])
    windows, tokens = batch["input_ids"].shape
    pieces = batch["starts"].shape[1]
    batch["label_targets"] = np.zeros((windows, pieces, len(LABELS)), dtype=np.float32)
    batch["sourcing_targets"] = np.zeros((windows, pieces, len(SOURCINGS)), dtype=np.float32)
    batch["span_targets"] = np.full((windows, tokens), IGNORED, dtype=np.int64)
    for row, (window, annotations) in enumerate(group):
        for column, piece in enumerate(window.pieces):
            if piece.labelled:
                sentence, tokenized = annotations[piece.sentence]
                weight = 1.0 if sentence.sure else unsure_weight
                batch["label_targets"][row, column, LABELS.index(sentence.label)] = weight
                batch["sourcing_targets"][row, column, SOURCINGS.index(sentence.sourcing)] = weight
                offsets = tokenized.offsets[piece.offset : piece.offset + piece.end - piece.start]
                batch["span_targets"][row, piece.start : piece.end] = list(_span_classes(sentence, offsets))
    return {name: array.tolist() for name, array in batch.items()}


def _span_classes(sentence: AnnotatedSentence, offsets: Iterable[tuple[int, int]]) -> Iterator[int]:
    """The class of each token: inside the source, inside the cue, or neither."""
    for start, end in offsets:
        if sentence.source and start < sentence.source[1] and end > sentence.source[0]:
            yield SPANS.index("source")
        elif sentence.cue and start < sentence.cue[1] and end > sentence.cue[0]:
            yield SPANS.index("cue")
        else:
            yield SPANS.index("outside")
