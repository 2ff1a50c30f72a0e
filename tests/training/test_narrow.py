"""A network in fewer heads and units: what goes is what is missed least, and what stays takes over for it.

Run: pytest tests/training/test_narrow.py
"""

import dataclasses
from pathlib import Path

import numpy as np
import onnx
import pytest

from onrecord.data.annotated import AnnotatedArticle
from onrecord.engine import Engine, OnnxEngine, Scores, TorchEngine
from onrecord.network import SourcingConfig, SourcingNetwork
from onrecord.training.finetune import packer_of
from onrecord.training.graph import build
from onrecord.training.narrow import is_wide, narrow, surviving
from onrecord.training.recipe import Recipe
from onrecord.windows import WindowPacker

TEXTS = ("Ana Ruiz said the bridge is safe.", "It may reopen on Monday.", "The bridge was closed on Tuesday.")


def _width(recipe: Recipe, heads: int, units: int) -> Recipe:
    settings = dataclasses.replace(recipe.narrowing, attention_heads=heads, feed_forward=units)
    return dataclasses.replace(recipe, narrowing=settings)


def _scores(engine: Engine, packer: WindowPacker) -> Scores:
    [scores] = engine.run(packer.pack([tokens.ids for tokens in packer.tokenize(TEXTS)]))
    return scores


def test_inputs_that_repeat_others_go_first_and_the_others_take_over() -> None:
    generator = np.random.default_rng(3)
    independent = generator.normal(size=(500, 4))
    inputs = np.concatenate([independent, 2 * independent[:, :3]], axis=1)  # the last three say nothing new
    matrix = generator.normal(size=(7, 5)).astype(np.float32)
    units, rows = surviving(matrix, inputs.T @ inputs + 1e-6 * np.eye(7), size=1, count=4)
    assert np.linalg.matrix_rank(inputs[:, units]) == 4
    assert inputs[:, units] @ rows == pytest.approx(inputs @ matrix, abs=1e-3)


def test_groups_stand_and_fall_together() -> None:
    products = np.diag([9.0, 9, 1, 1, 4, 4])
    units, rows = surviving(np.ones((6, 2), dtype=np.float32), products, size=2, count=2)
    assert units.tolist() == [0, 1, 4, 5]
    assert rows == pytest.approx(np.ones((4, 2)))


def test_a_network_of_the_same_width_says_the_same(
    trained: Path, articles: list[AnnotatedArticle], recipe: Recipe, tmp_path: Path
) -> None:
    narrow(trained, articles, _width(recipe, 2, 64), tmp_path)
    packer = packer_of(trained, recipe)
    before, after = (
        _scores(TorchEngine(SourcingNetwork.from_pretrained(one), packer), packer) for one in (trained, tmp_path)
    )
    assert after.label == pytest.approx(before.label, abs=1e-4)


def test_a_narrow_network_is_smaller_and_is_exported_as_it_is(
    trained: Path, articles: list[AnnotatedArticle], recipe: Recipe, tmp_path: Path
) -> None:
    narrow(trained, articles, _width(recipe, 1, 40), tmp_path)
    config = SourcingConfig.from_pretrained(tmp_path)
    assert (config.attention_size, config.intermediate_size, config.hidden_size) == (16, 40, 32)
    network = SourcingNetwork.from_pretrained(tmp_path)
    assert network.bert.encoder.layer[0].attention.self.query.weight.shape == (16, 32)
    packer = packer_of(tmp_path, recipe)
    onnx.save(build(network.eval(), 256), tmp_path / "model.onnx")
    of_torch = _scores(TorchEngine(network, packer), packer)
    of_onnx = _scores(OnnxEngine(tmp_path / "model.onnx", packer), packer)
    for name in ("label", "sourcing", "span", "claim"):
        assert getattr(of_onnx, name) == pytest.approx(getattr(of_torch, name), abs=0.1)
    wide = _scores(TorchEngine(SourcingNetwork.from_pretrained(trained), packer), packer)
    assert of_torch.label.argmax(-1).tolist() == wide.label.argmax(-1).tolist()  # so little is missed


def test_only_a_wider_network_is_cut(trained: Path, recipe: Recipe) -> None:
    assert is_wide(trained, _width(recipe, 1, 64)) and is_wide(trained, _width(recipe, 2, 40))
    assert not is_wide(trained, _width(recipe, 2, 64))
