"""A cut network takes after the whole one, learns of claims without unlearning its labels, and is fitted to them.

Run: pytest tests/training/test_imitate.py
"""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from onrecord.article import Article
from onrecord.data.annotated import AnnotatedArticle
from onrecord.data.headline_claims import ClaimingHeadline, HeadedArticle
from onrecord.engine import TorchEngine
from onrecord.labels import DRIFTS
from onrecord.network import SourcingNetwork
from onrecord.training.claim_heads import fit_claim_heads
from onrecord.training.finetune import packer_of
from onrecord.training.imitate import imitate, teach_claims
from onrecord.training.material import beginning
from onrecord.training.recipe import Recipe

BODY = ("The harbour of Velmark is deep.", "Its dredger Amalia sank, divers said.", "Gulls watched.")
HEADLINES = (
    ClaimingHeadline("Dredger sinks", "hardened", frozenset({1})),
    ClaimingHeadline("Velmark harbour is deep", "same", frozenset({0})),
)
HEADED = HeadedArticle("own", "harbour", False, BODY, HEADLINES)


def _labels(folder: Path, texts: list[str], recipe: Recipe) -> np.ndarray:
    """What a network says of each text alone. *Shape:* (text, 5)"""
    packer = packer_of(folder, recipe)
    windows = [packer.pack([tokens.ids])[0] for tokens in packer.tokenize(texts)]
    network = SourcingNetwork.from_pretrained(folder)
    return np.concatenate([scores.label for scores in TorchEngine(network, packer).run(windows)])


def _claims(folder: Path, recipe: Recipe) -> np.ndarray:
    """What a network says of the sentences under each headline. *Shape:* (headline, sentence)"""
    packer = packer_of(folder, recipe)
    engine = TorchEngine(SourcingNetwork.from_pretrained(folder), packer)
    body = [tokens.ids for tokens in packer.tokenize(BODY)]
    heads = [tokens.ids for tokens in packer.tokenize([headline.text for headline in HEADLINES])]
    windows = [packer.pack(body, head)[0] for head in heads]
    return np.stack([scores.claim[1:, 0] for scores in engine.run(windows)])


def _drifts(folder: Path, recipe: Recipe) -> list[str]:
    """What the network makes of each headline, above the sentence that carries it."""
    packer = packer_of(folder, recipe)
    network = SourcingNetwork.from_pretrained(folder).eval()
    body = [tokens.ids for tokens in packer.tokenize(BODY)]
    drifts = []
    for headline in HEADLINES:
        [head] = packer.tokenize([headline.text])
        arrays = packer.collate(packer.pack(body, head.ids))
        with torch.inference_mode():
            scores = network(**{name: torch.from_numpy(array) for name, array in arrays.items()}).drift_logits
        drifts += [DRIFTS[scores[0, number + 1].argmax()] for number in headline.evidence]
    return drifts


def test_a_cut_network_takes_after_the_whole_one(
    trained: Path, articles: list[AnnotatedArticle], recipe: Recipe, tmp_path: Path
) -> None:
    texts = [sentence.text for article in articles for sentence in article.sentences]
    settings = dataclasses.replace(recipe.narrowing, tokens=20_000, learning_rate=3e-3)
    network = SourcingNetwork.from_pretrained(trained)
    for layer in network.bert.encoder.layer:
        layer.attention.output.dense.weight.data.zero_()  # as if everything had been cut off
        layer.output.dense.weight.data.zero_()
    cut, imitating = tmp_path / "cut", tmp_path / "imitating"
    network.save_pretrained(cut)
    shutil.copyfile(trained / "tokenizer.json", cut / "tokenizer.json")
    pool = [Article(" ".join(texts))] * 10
    imitate(trained, cut, pool, dataclasses.replace(recipe, narrowing=settings), imitating)
    whole = _labels(trained, texts, recipe)
    before, after = (np.abs(_labels(one, texts, recipe) - whole).mean() for one in (cut, imitating))
    assert after < before / 2


def test_claims_are_learned_and_labels_are_kept(
    trained: Path, articles: list[AnnotatedArticle], recipe: Recipe, tmp_path: Path
) -> None:
    settings = dataclasses.replace(recipe.claims, share=1.0, learning_rate=1e-3, head_learning_rate=1e-2)
    recipe = dataclasses.replace(recipe, claims=settings)
    teach_claims(trained, trained, [HEADED] * 60, recipe, tmp_path)
    assert _claims(trained, recipe).argmax(1).tolist() != [1, 0]
    assert _claims(tmp_path, recipe).argmax(1).tolist() == [1, 0]
    texts = [sentence.text for article in articles for sentence in article.sentences]
    before, after = (_labels(one, texts, recipe).argmax(1) for one in (trained, tmp_path))
    assert (before == after).mean() > 0.95


def test_the_last_articles_are_shown_as_far_as_the_share_goes(
    trained: Path, recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[int] = []
    monkeypatch.setattr(
        "onrecord.training.imitate.teach",
        lambda trained, lessons, *_, **options: shown.extend(len(lesson.tokens) for lesson in lessons),
    )
    longer = dataclasses.replace(HEADED, sentences=(*BODY, "It rained."), headlines=HEADLINES[:1])
    settings = dataclasses.replace(recipe.claims, share=0.5)
    teach_claims(trained, trained, [HEADED, longer], dataclasses.replace(recipe, claims=settings), tmp_path)
    assert shown == [5]  # one headline and four sentences


def test_the_claim_heads_alone_are_fitted_to_headlines(trained: Path, recipe: Recipe, tmp_path: Path) -> None:
    fit_claim_heads(trained, [HEADED] * 5, _pulled(recipe, 1e-4), tmp_path)
    assert _claims(tmp_path, recipe).argmax(1).tolist() == [1, 0]
    assert _drifts(tmp_path, recipe) == ["hardened", "same"]
    before, after = (load_file(folder / "model.safetensors") for folder in (trained, tmp_path))
    moved = {name for name in before if not np.array_equal(before[name], after[name])}
    assert {name.partition(".")[0] for name in moved} == {"claim_head", "drift_head"}


def test_a_strong_pull_keeps_the_claim_head_near_to_what_it_was(trained: Path, recipe: Recipe, tmp_path: Path) -> None:
    fit_claim_heads(trained, [HEADED] * 5, _pulled(recipe, 1e6), tmp_path)
    before, after = (load_file(folder / "model.safetensors")["claim_head.weight"] for folder in (trained, tmp_path))
    assert after == pytest.approx(before, abs=1e-3)


def _pulled(recipe: Recipe, pull: float) -> Recipe:
    return dataclasses.replace(recipe, claims=dataclasses.replace(recipe.claims, pull=pull))


def test_the_pool_is_shown_as_far_as_asked_for() -> None:
    pool = [Article("It rained. " * 40), Article("It snowed.")]
    assert (beginning(pool, 50), beginning(pool, 10_000)) == (pool[:1], pool)
