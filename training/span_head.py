"""In the end, what tells source and cue from other words is fitted to the states of the finished network.

Until then its states have learned from classes of tokens what belongs to a span, not where a span ends; runs of tokens
judged as a whole do that (``SpanHead``). Annotated sentences are read once, which takes some 2 GB of memory; then the
head alone learns from what it sees of them.
"""

import logging
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pad_sequence
from transformers import get_linear_schedule_with_warmup

from onrecord.data.annotated import AnnotatedArticle
from onrecord.errors import DataError
from onrecord.labels import CUED, LABELS, SOURCINGS, SPANS, TOKEN_CLASSES, Sourcing
from onrecord.network import SPAN_REACH, SourcingNetwork, SpanHead
from onrecord.training.examples import Example, Targets, lessons, of_like_length
from onrecord.training.finetune import packer_of
from onrecord.training.held import seen_by
from onrecord.training.recipe import Recipe

log = logging.getLogger(__name__)

_WARMUP = 0.02  # of all steps
_RUNS_AT_ONCE = 1_000_000  # of each kind that a step compares, at most
_SORTED_TOGETHER = 16  # batches, of sentences of like length


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the head sees of a sentence, and where it is to find what.

    :ivar states: of its tokens and those within reach. *Shape:* (token, 2 hidden)
    :ivar first: with ``last``: its first and last token among them.
    :ivar runs: kind, first and last token of each span, counted from ``first``; -1 where there is none, or where a
        source holds all of the cue.
    :ivar weight: what it counts for; more than nothing.
    """

    states: Tensor
    first: int
    last: int
    runs: list[tuple[int, int, int]]
    weight: float


def fit_span_head(trained: Path, articles: Sequence[AnnotatedArticle], recipe: Recipe, folder: Path) -> None:
    """Fit a new span head of the network in ``trained`` to annotated spans; write the network to ``folder``.

    :raises DataError: nothing has an annotated source or cue.
    """
    seen = list(_seen_by_head(trained, articles, recipe))
    if not seen:
        raise DataError("no annotated sentence has a source or a cue; train with the articles in annotated/ too")
    log.info("%d sentences with spans read", len(seen))
    network = SourcingNetwork.from_pretrained(trained)
    torch.manual_seed(recipe.seed)
    head = network.span_head = SpanHead(network.config.hidden_size)
    generator, settings = Random(recipe.seed), recipe.spans
    epochs = [_grouped(seen, settings.batch_sentences, generator) for _ in range(settings.epochs)]
    steps = sum(map(len, epochs))
    optimizer = torch.optim.AdamW(head.parameters(), lr=settings.learning_rate, weight_decay=0.0)
    schedule = get_linear_schedule_with_warmup(optimizer, round(_WARMUP * steps), steps)
    for number, epoch in enumerate(epochs, 1):
        total = 0.0
        for batch in epoch:
            optimizer.zero_grad()
            loss = _loss(head, batch)
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        log.info("spans, epoch %d of %d: loss %.3f", number, settings.epochs, total / max(1, len(epoch)))
    network.save_pretrained(folder)
    shutil.copyfile(trained / "tokenizer.json", folder / "tokenizer.json")


def _seen_by_head(trained: Path, articles: Sequence[AnnotatedArticle], recipe: Recipe) -> Iterator[_Seen]:
    """What the finished network shows of every sentence that has a source or a cue to find."""
    packer = packer_of(trained, recipe)
    annotated = [article for article in articles if any(sentence.has_spans for sentence in article.all_sentences)]
    material = lessons(annotated, packer, recipe.finetuning.unsure_weight)
    for batch, _, handed in seen_by("span_head", trained, material, packer, recipe):
        yield from _sentences(batch, handed)


def _sentences(batch: Sequence[Example], states: Tensor) -> Iterator[_Seen]:
    """*Shape:* ``states`` (window, token, 2 hidden)"""
    for (window, known), of_window in zip(batch, states, strict=True):
        for piece in window.pieces:
            targets = known[piece.sentence] if piece.labelled else None
            if targets is None or piece.end - piece.start != len(targets.token) or not (runs := _runs(targets)):
                continue  # context, one of several pieces, or nothing to learn
            first = max(0, piece.start - SPAN_REACH)
            within = of_window[first : min(len(window.ids), piece.end + SPAN_REACH)].half().clone()
            yield _Seen(within, piece.start - first, piece.end - 1 - first, runs, float(targets.label.sum()))


def _runs(targets: Targets) -> list[tuple[int, int, int]]:
    """The kinds of spans that a sentence with these labels has, each with its first and last token."""
    if not targets.token.any() or not targets.label.any():
        return []
    classes = targets.token.argmax(-1)
    label, sourcing = LABELS[targets.label.argmax()], SOURCINGS[targets.sourcing.argmax()]
    kinds = ["source"] if sourcing is not Sourcing.NONE else []
    kinds += [f"cue of {label.value}"] if label in CUED else []
    found = []
    for kind in kinds:
        (inside,) = np.nonzero(classes == TOKEN_CLASSES.index(kind.split()[0]))
        first, last = (int(inside[0]), int(inside[-1])) if len(inside) else (-1, -1)
        found.append((SPANS.index(kind), first, last))
    return found


def _grouped(seen: Sequence[_Seen], size: int, generator: Random) -> list[list[_Seen]]:
    """Batches of sentences of like length, in random order."""

    def fits(count: int, length: int) -> bool:
        return count <= size and count * length**2 <= _RUNS_AT_ONCE

    order = generator.sample(seen, len(seen))
    groups = list(of_like_length(order, lambda one: len(one.states), size * _SORTED_TOGETHER, fits))
    return generator.sample(groups, len(groups))


def _loss(head: SpanHead, batch: Sequence[_Seen]) -> Tensor:
    """Mean cross-entropy of the runs that the annotators chose, among all runs of the sentence and none."""
    states = pad_sequence([sentence.states.float() for sentence in batch], batch_first=True)
    positions = torch.arange(states.shape[1])
    lengths, first, last = (
        torch.tensor(column)[:, None]
        for column in zip(*((len(one.states), one.first, one.last) for one in batch), strict=True)
    )
    scores = head(states, (positions < lengths).float()).unflatten(-1, (len(SPANS), 3))
    wanted = [(number, run, sentence) for number, sentence in enumerate(batch) for run in sentence.runs]
    numbers = torch.tensor([number for number, _, _ in wanted])
    kinds = torch.tensor([kind for _, (kind, _, _), _ in wanted])
    inside = ((positions >= first) & (positions <= last))[numbers]
    runs = run_scores(scores[numbers, :, kinds], inside)
    none = runs.new_zeros(len(runs), 1)
    length = states.shape[1]
    chosen = torch.tensor(
        [
            length * length if start < 0 else (sentence.first + start) * length + sentence.first + end
            for _, (_, start, end), sentence in wanted
        ]
    )
    weights = torch.tensor([sentence.weight for _, _, sentence in wanted])
    losses = cross_entropy(torch.cat((runs.flatten(1), none), dim=1), chosen, reduction="none")
    return (losses * weights).sum() / weights.sum()


def run_scores(scores: Tensor, inside: Tensor) -> Tensor:
    """The score of every run of tokens, by its first and its last one; -inf where there is none.

    *Shapes:* ``scores`` (span, token, 3), ``inside`` (span, token) → (span, token, token)
    """
    start, end, part = scores.unbind(-1)
    so_far = part.cumsum(-1)
    runs = (start - so_far + part).unsqueeze(-1) + (end + so_far).unsqueeze(-2)
    possible = inside.unsqueeze(-1) & inside.unsqueeze(-2)
    return runs.masked_fill(~possible.triu(), -torch.inf)
