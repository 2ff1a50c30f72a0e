"""Refinement shows everything that was added, passages as written and single sentences in random company.

Run: pytest tests/training/test_refine.py
"""

import dataclasses
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from onrecord.data.annotated import AnnotatedArticle
from onrecord.data.own import load_own
from onrecord.pretrained import SHIPPED
from onrecord.training import refine as module
from onrecord.training.examples import batches, lessons, row
from onrecord.training.recipe import Recipe
from onrecord.windows import WindowPacker


def test_all_that_was_added_is_shown_and_our_own_in_company(
    articles: list[AnnotatedArticle], recipe: Recipe, trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[AnnotatedArticle] = []
    monkeypatch.setattr(module, "finetune", lambda trained, articles, *_: shown.extend(articles))
    monkeypatch.setattr(module, "load_own_headlines", lambda: articles[1:2])
    added = [dataclasses.replace(articles[0], document="added")]
    settings = dataclasses.replace(recipe.refinement, share=0.5, single_repeats=2, passage_repeats=3)
    module.refine(trained, articles, added, dataclasses.replace(recipe, refinement=settings), Path("unused"))
    assert sum(article.document == "added" for article in shown) == 1
    assert sum(article in articles for article in shown) == 3 + 1
    own = load_own()
    for passage in (article for article in own if len(article.all_sentences) > 1):
        assert sum(article == passage for article in shown) == 3
    singles = {article.sentences[0].text for article in own if len(article.all_sentences) == 1}
    mixed = [article for article in shown if article.sentences and article.sentences[0].text in singles]
    assert sum(len(article.sentences) for article in mixed) == 2 * len(singles)
    assert {len(article.sentences) for article in mixed} == {1, 2, 3, 4}


def test_sentences_without_spans_teach_none(articles: list[AnnotatedArticle], recipe: Recipe) -> None:
    packer = WindowPacker(Tokenizer.from_file(str(SHIPPED / "tokenizer.json")), 256, 48)
    for has_spans in (True, False):
        article = dataclasses.replace(
            articles[0],
            sentences=tuple(dataclasses.replace(sentence, has_spans=has_spans) for sentence in articles[0].sentences),
        )
        made = [row(batch, packer) for batch in batches(lessons([article], packer, 1.0), packer, recipe)]
        assert all(arrays["label_targets"].any() for arrays in made)
        assert any(arrays["span_targets"].any() for arrays in made) == has_spans
