"""A whole run, every stage of it, from a tiny encoder and a tiny teacher to weights that label; and the run again.

Run: pytest tests/training/test_pipeline.py
"""

import dataclasses
import json
from pathlib import Path

import pytest

from onrecord import Labeller
from onrecord.article import Article
from onrecord.data.annotated import AnnotatedArticle
from onrecord.data.headline_claims import ClaimingHeadline, HeadedArticle
from onrecord.labels import LABELS
from onrecord.training import pipeline, refine
from onrecord.training.recipe import Recipe

POOL = [Article(f"The ferry to Orla sank in {year}. Officials said nobody drowned. It may rain.") for year in range(60)]
HEADLINES = (ClaimingHeadline("Ferry sinks", "same", frozenset({0})), ClaimingHeadline("No", "absent", frozenset()))
HEADED = [HeadedArticle("own", "ferry", False, ("The ferry sank.", "It may rain."), HEADLINES)] * 4


@pytest.fixture
def small(recipe: Recipe, encoder: Path, mpnet: Path, articles: list[AnnotatedArticle]) -> Recipe:
    def with_(part: str, **changes: object) -> dict[str, object]:
        return {part: dataclasses.replace(getattr(recipe, part), **changes)}

    return dataclasses.replace(
        recipe,
        **with_("start", encoder=str(encoder), vocabulary=3_000),
        **with_("distillation", tokens=500, annotated_repeats=1),
        **with_("teacher", encoder=str(mpnet)),
        **with_("refinement", share=0.5, window_sizes=(96,)),
        **with_("narrowing", attention_heads=1, feed_forward=40, tokens=500),
        **with_("claims", share=1.0),
        **with_("tutoring", tokens=500, annotated_tokens=150, claim_share=1.0),
    )


def test_a_run_makes_weights_that_label_and_is_not_done_twice(
    small: Recipe, articles: list[AnnotatedArticle], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "load_annotated", lambda split, folder: list(articles))
    monkeypatch.setattr(pipeline, "development", lambda folder: list(articles))
    monkeypatch.setattr(pipeline, "load_pool", lambda folder: iter(POOL))
    monkeypatch.setattr(pipeline, "load_later_rounds", lambda folder: articles[:2])
    monkeypatch.setattr(pipeline, "load_headline_claims", lambda folder: HEADED)
    for module in (pipeline, refine):
        monkeypatch.setattr(module, "load_own", list)
        monkeypatch.setattr(module, "load_own_headlines", list)
    weights = pipeline.train(small, tmp_path, tmp_path / "run")
    (sentence,) = Labeller.from_pretrained(weights).label_sentences(["The ferry sank."])
    assert set(sentence.probabilities) == set(LABELS)
    stages = sorted(json.loads((weights / "config.json").read_text())["provenance"]["minutes"])
    assert len(stages) == 20 and "16-tutored" in stages  # two runs of fine-tuning, and all but the weights themselves

    made = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.suffix in (".safetensors", ".onnx")}
    assert len(made) > 12
    assert pipeline.train(small, tmp_path, tmp_path / "run") == weights
    assert made == {path: path.stat().st_mtime_ns for path in made}
