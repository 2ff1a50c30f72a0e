"""The span head is fitted to annotated spans in the end, and nothing else moves.

Run: pytest tests/training/test_span_head.py
"""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from onrecord.article import Sentence
from onrecord.data.annotated import AnnotatedArticle
from onrecord.engine import TorchEngine
from onrecord.errors import DataError
from onrecord.labels import SPANS
from onrecord.network import SourcingNetwork, SpanHead
from onrecord.spans import best_run, source_and_cue
from onrecord.training.finetune import packer_of
from onrecord.training.recipe import Recipe
from onrecord.training.span_head import fit_span_head, run_scores


@pytest.fixture(scope="module")
def fitted(
    trained: Path, articles: list[AnnotatedArticle], recipe: Recipe, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("fitted")
    spans = dataclasses.replace(recipe.spans, epochs=40, batch_sentences=8, learning_rate=1e-2)
    fit_span_head(trained, articles, dataclasses.replace(recipe, spans=spans), folder)
    return folder


def test_it_finds_the_annotated_words(fitted: Path, articles: list[AnnotatedArticle], recipe: Recipe) -> None:
    packer = packer_of(fitted, recipe)
    engine = TorchEngine(SourcingNetwork.from_pretrained(fitted), packer)
    for sentence in articles[0].sentences[:6]:
        [tokens] = packer.tokenize([sentence.text])
        [scores] = engine.run(packer.pack([tokens.ids]))
        whole = Sentence(0, len(sentence.text), sentence.text)
        found = source_and_cue(scores.span[1:-1], tokens, whole, sentence.label, sentence.sourcing)
        assert tuple(span and (span.start, span.end) for span in found) == (sentence.source, sentence.cue)


def test_nothing_else_moves(fitted: Path, trained: Path) -> None:
    before, after = (load_file(folder / "model.safetensors") for folder in (trained, fitted))
    moved = {name.partition(".")[0] for name in before if not torch.equal(before[name], after[name])}
    assert moved == {"span_head"}


def test_without_annotated_spans_there_is_nothing_to_fit(
    trained: Path, articles: list[AnnotatedArticle], recipe: Recipe, tmp_path: Path
) -> None:
    sentences = [dataclasses.replace(sentence, has_spans=False) for sentence in articles[0].sentences]
    bare = dataclasses.replace(articles[0], sentences=tuple(sentences))
    with pytest.raises(DataError, match="no annotated sentence"):
        fit_span_head(trained, [bare], recipe, tmp_path)


def test_the_run_that_is_taught_is_the_run_that_is_found() -> None:
    scores = torch.randn(20, 7, 3, generator=torch.Generator().manual_seed(0))
    inside = torch.ones(20, 7, dtype=torch.bool)
    words = np.arange(7)
    for of_run, (start, end, part) in zip(run_scores(scores, inside), scores.mT, strict=True):
        first, last = divmod(int(of_run.flatten().argmax()), 7)
        assert best_run(start.numpy(), end.numpy(), part.numpy(), words, words, surely=True) == (first, last)


def test_padding_changes_no_score() -> None:
    torch.manual_seed(0)
    head, states = SpanHead(8), torch.randn(2, 9, 16)
    with torch.inference_mode():
        padded = head(states, (torch.arange(9) < torch.tensor([[9], [5]])).float())[1, :5]
        alone = head(states[1:, :5], torch.ones(1, 5))[0]
    assert padded.shape == (5, 3 * len(SPANS))
    assert np.allclose(padded, alone, atol=1e-6)
