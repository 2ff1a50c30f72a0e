"""A teacher's way: it learns, is asked about all that is annotated, and its word reaches the network that is refined.

Run: pytest tests/training/test_teacher.py
"""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from onrecord.data.annotated import AnnotatedArticle
from onrecord.data.headline_claims import ClaimingHeadline, HeadedArticle
from onrecord.errors import WeightsError
from onrecord.labels import LABELS, Label
from onrecord.network import SourcingNetwork
from onrecord.pretrained import SHIPPED
from onrecord.training import refine as module
from onrecord.training.adapters import ADAPTERS, merge_adapters
from onrecord.training.examples import Lesson
from onrecord.training.finetune import packer_of
from onrecord.training.material import Material
from onrecord.training.mpnet import prepare_teacher
from onrecord.training.recipe import Recipe
from onrecord.training.soft_labels import load
from onrecord.training.teacher import ask, train_teacher

OPINION = LABELS.index(Label.ANALYST_OPINION)


@pytest.fixture(scope="module")
def material(articles: list[AnnotatedArticle]) -> Material:
    """Articles with and without a headline, one with a sentence longer than a window, and one under two headlines."""
    endless = dataclasses.replace(articles[0].sentences[0], text="The bridge is shut. " * 100)
    long = dataclasses.replace(articles[0], sentences=(*articles[0].sentences[:2], endless))
    headlines = (
        ClaimingHeadline("Harbour deep", "same", frozenset({0})),
        ClaimingHeadline("No", "absent", frozenset()),
    )
    return Material(
        articles[:2], [long], [HeadedArticle("own", "harbour", False, ("It is deep.", "Gulls."), headlines)]
    )


@pytest.fixture(scope="module")
def scored(teacher: Path, material: Material, recipe: Recipe, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scored")
    ask(teacher, material, recipe, folder)
    return folder


@pytest.fixture(scope="module")
def taught(
    mpnet: Path,
    articles: list[AnnotatedArticle],
    material: Material,
    recipe: Recipe,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A run's folders: a teacher's start, and the teacher."""
    run = tmp_path_factory.mktemp("taught")
    prepare_teacher(str(mpnet), SHIPPED / "tokenizer.json", run / "start")
    train_teacher(run / "start", articles * 8, material.headed, recipe, run / "teacher")
    return run


def test_it_learns_in_its_upper_layers(taught: Path) -> None:
    before, after = (load_file(taught / name / "model.safetensors") for name in ("start", "teacher"))
    moved = {name for name, value in before.items() if not torch.equal(value.float(), after[name].float())}
    assert any(".layer.1." in name for name in moved)
    assert not any(".layer.0." in name or "embeddings" in name for name in moved)


def test_what_it_learned_is_in_a_small_file(taught: Path, tmp_path: Path) -> None:
    merge_adapters(taught / "start", taught / "teacher" / ADAPTERS, tmp_path)
    again, before = (load_file(folder / "model.safetensors") for folder in (tmp_path, taught / "teacher"))
    assert all(torch.equal(value, before[name]) for name, value in again.items())
    sizes = [(tmp_path / name).stat().st_size for name in (ADAPTERS, "model.safetensors")]
    assert sizes[0] < sizes[1] / 10


def test_a_file_without_adapters_is_named(taught: Path, teacher: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no adapters", encoding="utf-8")
    for wrong in ("notes.txt", "nowhere"):
        with pytest.raises(WeightsError, match=f"cannot read adapters from .*{wrong}"):
            merge_adapters(taught / "start", tmp_path / wrong, tmp_path / "merged")
    with pytest.raises(WeightsError, match="do not fit the network"):
        merge_adapters(teacher, taught / "teacher" / ADAPTERS, tmp_path / "merged")


def test_every_sentence_is_spoken_of_but_the_endless_one(scored: Path, material: Material) -> None:
    sentences = [each for article in [*material.first, *material.added] for each in article.all_sentences]
    said = list(load(scored))
    assert len(said) == len(sentences) + 3
    for number, targets in enumerate(said):
        endless = number < len(sentences) and len(sentences[number].text) > 1000
        assert targets.label.argmax() == (0 if endless else OPINION)
        assert targets.label.sum() == pytest.approx(0 if endless else 1, abs=0.01)


def test_what_it_says_is_mixed_into_what_is_learned(
    trained: Path, material: Material, recipe: Recipe, scored: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taught: list[Lesson] = []
    monkeypatch.setattr(module, "teach", lambda trained, shown, *_: taught.extend(shown))
    settings = dataclasses.replace(recipe, teacher=dataclasses.replace(recipe.teacher, say=0.25))
    module.refine(trained, material, settings, Path("unused"), scored=scored)
    first = material.lessons(packer_of(trained, recipe), recipe.finetuning.unsure_weight)[0]
    for before, after in zip(first.targets, taught[0].targets, strict=True):
        assert after.label[OPINION] == pytest.approx(0.75 * before.label[OPINION] + 0.25, abs=0.01)
        assert after.label.argmax() == before.label.argmax()
    assert [len(lesson.tokens) for lesson in taught[-2:]] in ([3, 3], [3, 2])  # the second may be an excerpt
    for lesson in taught[-2:]:
        assert all(targets.label.argmax() == OPINION for targets in lesson.targets[1:])
    assert not taught[-1].targets[0].label.any()  # nobody knows what our own headlines are


def test_attention_is_biased_alike_in_every_implementation(teacher: Path) -> None:
    ids = torch.randint(5, 1000, (2, 20), generator=torch.Generator().manual_seed(1))
    mask = torch.ones_like(ids)
    mask[1, 12:] = 0
    place = torch.tensor([[1], [1]])
    scores = []
    for attention in ("eager", "sdpa"):
        network = SourcingNetwork.from_pretrained(teacher, attn_implementation=attention).eval()
        with torch.inference_mode():
            scores.append(network(ids, mask, torch.zeros_like(ids), place, place + 5).token_logits.numpy())
    assert np.abs(scores[0][:, :12] - scores[1][:, :12]).max() < 1e-4
