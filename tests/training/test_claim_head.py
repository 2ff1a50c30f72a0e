"""The claim head is fitted to headlines in the end, and nothing else moves.

Run: pytest tests/training/test_claim_head.py
"""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from onrecord.data.headline_claims import ClaimingHeadline, HeadedArticle
from onrecord.engine import TorchEngine
from onrecord.network import SourcingNetwork
from onrecord.training.claim_head import fit_claim_head
from onrecord.training.finetune import packer_of
from onrecord.training.recipe import Recipe

BODY = ("The harbour of Velmark is deep.", "Its dredger Amalia sank, divers said.", "Gulls watched.")
HEADLINES = (
    ClaimingHeadline("Dredger sinks, say divers", "same", frozenset({1})),
    ClaimingHeadline("Velmark harbour is deep", "same", frozenset({0})),
)
HEADED = HeadedArticle("own", "harbour", False, BODY, HEADLINES)


def _fitted(trained: Path, recipe: Recipe, pull: float, folder: Path) -> np.ndarray:
    """What the network says, once fitted, of the sentences under each headline. *Shape:* (headline, sentence)"""
    recipe = dataclasses.replace(recipe, claims=dataclasses.replace(recipe.claims, pull=pull))
    fit_claim_head(trained, [HEADED] * 5, recipe, folder)
    packer = packer_of(folder, recipe)
    body = [tokens.ids for tokens in packer.tokenize(BODY)]
    heads = [tokens.ids for tokens in packer.tokenize([headline.text for headline in HEADLINES])]
    engine = TorchEngine(SourcingNetwork.from_pretrained(folder), packer)
    return np.stack([scores.claim[1:, 0] for scores in engine.run([packer.pack(body, head)[0] for head in heads])])


def test_it_tells_what_carries_a_headline_and_all_other_weights_stay(
    trained: Path, recipe: Recipe, tmp_path: Path
) -> None:
    assert _fitted(trained, recipe, 1e-4, tmp_path).argmax(1).tolist() == [1, 0]
    before, after = (load_file(folder / "model.safetensors") for folder in (trained, tmp_path))
    moved = {name for name in before if not np.array_equal(before[name], after[name])}
    assert moved == {"claim_head.weight", "claim_head.bias"}


def test_a_strong_pull_keeps_the_head_near_to_what_it_was(trained: Path, recipe: Recipe, tmp_path: Path) -> None:
    _fitted(trained, recipe, 1e6, tmp_path)
    before, after = (load_file(folder / "model.safetensors")["claim_head.weight"] for folder in (trained, tmp_path))
    assert after == pytest.approx(before, abs=1e-3)
