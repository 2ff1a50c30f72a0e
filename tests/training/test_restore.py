"""Weights as they are shipped become a float network again that says the same.

Run: pytest tests/training/test_restore.py
"""

import dataclasses
from pathlib import Path

import numpy as np

from onrecord.data.annotated import AnnotatedArticle
from onrecord.engine import OnnxEngine, TorchEngine
from onrecord.network import SourcingNetwork
from onrecord.pretrained import SHIPPED, WeightsFolder
from onrecord.training.finetune import packer_of
from onrecord.training.recipe import Recipe
from onrecord.training.restore import restore


def test_the_shipped_weights_say_the_same_in_float(
    articles: list[AnnotatedArticle], recipe: Recipe, tmp_path: Path
) -> None:
    restore(WeightsFolder.open(), tmp_path)
    packer = packer_of(tmp_path, recipe)
    texts = [sentence.text for sentence in articles[1].sentences]
    windows = packer.pack(
        [tokens.ids for tokens in packer.tokenize(texts)], packer.tokenize(["Bridge may reopen"])[0].ids
    )
    restored = TorchEngine(SourcingNetwork.from_pretrained(tmp_path), packer).run(windows)
    shipped = OnnxEngine(SHIPPED / "model.onnx", packer).run(windows)
    for one, other in zip(restored, shipped, strict=True):
        for name in ("label", "sourcing", "token", "span", "claim"):
            left, right = getattr(one, name), getattr(other, name)
            assert np.abs(left - right).max() < 0.1 * np.abs(right).max(), name


def test_a_float_network_beside_the_weights_is_taken_as_it_is(trained: Path, tmp_path: Path) -> None:
    shipped = WeightsFolder.open()
    restore(dataclasses.replace(shipped, network=trained), tmp_path)
    assert (tmp_path / "model.safetensors").read_bytes() == (trained / "model.safetensors").read_bytes()
