"""Polishing shows single sentences in random company and passages as they were written.

Run: pytest tests/training/test_polish.py
"""

from pathlib import Path

import pytest

from onrecord.data.annotated import AnnotatedArticle
from onrecord.data.own import load_own
from onrecord.training import polish as module
from onrecord.training.recipe import Recipe


def test_passages_stay_whole_and_single_sentences_are_mixed(
    articles: list[AnnotatedArticle], recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[AnnotatedArticle] = []
    monkeypatch.setattr(module, "finetune", lambda trained, articles, recipe, folder: shown.extend(articles))
    module.polish(tmp_path, articles, recipe, tmp_path / "polished")
    own = load_own()
    settings = recipe.polishing
    for passage in (article for article in own if len(article.all_sentences) > 1):
        assert sum(article == passage for article in shown) == settings.passage_repeats
    singles = {article.sentences[0].text for article in own if len(article.all_sentences) == 1}
    mixed = [article for article in shown if article.sentences and article.sentences[0].text in singles]
    assert sum(len(article.sentences) for article in mixed) == settings.single_repeats * len(singles)
    assert {len(article.sentences) for article in mixed} == {1, 2, 3, 4}
