"""Annotated articles become batches that say the right thing of the right token.

Run: pytest tests/training/test_examples.py
"""

from typing import Any

import numpy as np

from onrecord.data.annotated import AnnotatedArticle
from onrecord.labels import LABELS, TOKEN_CLASSES
from onrecord.training.examples import batches, lessons, row
from onrecord.training.recipe import Recipe
from onrecord.windows import WindowPacker


def _rows(articles: list[AnnotatedArticle], packer: WindowPacker, recipe: Recipe, run: int = 0) -> list[dict[str, Any]]:
    material = lessons(articles, packer, recipe.finetuning.unsure_weight)
    return [row(batch, packer) for batch in batches(material, packer, recipe, run)]


def test_targets_stand_at_their_sentences(
    articles: list[AnnotatedArticle], packer: WindowPacker, recipe: Recipe
) -> None:
    known = {sentence.text.lower(): sentence for article in articles for sentence in article.all_sentences}
    seen = set()
    for batch in _rows(articles, packer, recipe):
        targets = np.array(batch["label_targets"])
        for window, column in zip(*np.nonzero(targets.sum(-1)), strict=True):
            start, end = batch["starts"][window][column], batch["ends"][window][column]
            text = packer.tokenizer.decode(batch["input_ids"][window][start:end])
            sentence = known[text.replace(" .", ".")]
            assert LABELS[targets[window, column].argmax()] is sentence.label
            classes = batch["token_targets"][window][start:end].argmax(-1)
            ids = batch["input_ids"][window][start:end]
            for kind, span in (("source", sentence.source), ("cue", sentence.cue)):
                marked = [
                    token for token, number in zip(ids, classes, strict=True) if number == TOKEN_CLASSES.index(kind)
                ]
                words = sentence.text[slice(*span)].lower() if span else ""
                assert packer.tokenizer.decode(marked) == words
            seen.add(sentence.text)
    assert seen == {sentence.text for article in articles for sentence in article.all_sentences}


def test_padding_and_context_are_no_targets(
    articles: list[AnnotatedArticle], packer: WindowPacker, recipe: Recipe
) -> None:
    for batch in _rows(articles, packer, recipe):
        outside = np.array(batch["attention_mask"]) == 0
        assert not batch["token_targets"][outside].any()
        assert np.array(batch["input_ids"]).size <= max(recipe.finetuning.batch_tokens, 256)


def test_epochs_differ_and_seeds_decide(articles: list[AnnotatedArticle], packer: WindowPacker, recipe: Recipe) -> None:
    rows = [batch["input_ids"].tolist() for batch in _rows(articles, packer, recipe)]
    assert rows == [batch["input_ids"].tolist() for batch in _rows(articles, packer, recipe)]
    assert rows != [batch["input_ids"].tolist() for batch in _rows(articles, packer, recipe, run=1)]
    assert len({str(row) for row in rows}) > len(rows) / recipe.finetuning.epochs[0]
