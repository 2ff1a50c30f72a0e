"""A tutored network comes to say what its teacher says, of labels and of states, and keeps what it knows of claims.

Run: pytest tests/training/test_tutor.py
"""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from onrecord.article import Article
from onrecord.data.annotated import AnnotatedArticle
from onrecord.data.headline_claims import ClaimingHeadline, HeadedArticle
from onrecord.engine import TorchEngine
from onrecord.labels import DRIFTS, LABELS, Label
from onrecord.network import SourcingNetwork
from onrecord.training import tutor as module
from onrecord.training.examples import Lesson
from onrecord.training.finetune import packer_of
from onrecord.training.material import Material
from onrecord.training.recipe import Recipe
from onrecord.training.tutor import tutor

HEADLINES = (ClaimingHeadline("Harbour deep", "same", frozenset({0})), ClaimingHeadline("No", "absent", frozenset()))
HEADED = HeadedArticle("own", "harbour", False, ("It is deep.", "Gulls watched."), HEADLINES)


@pytest.fixture
def settings(recipe: Recipe) -> Recipe:
    tutoring = dataclasses.replace(
        recipe.tutoring,
        tokens=4_000,
        annotated_tokens=150,
        claim_share=1.0,
        learning_rate=3e-3,
        head_learning_rate=1e-2,
    )
    return dataclasses.replace(recipe, tutoring=tutoring)


def test_a_network_comes_to_say_what_its_teacher_says(
    trained: Path, teacher: Path, articles: list[AnnotatedArticle], settings: Recipe, tmp_path: Path
) -> None:
    texts = [sentence.text for sentence in articles[0].sentences]
    tutor(teacher, trained, [Article(" ".join(texts))] * 60, Material(articles, [], [HEADED]), settings, tmp_path)
    packer = packer_of(tmp_path, settings)
    windows = [packer.pack([tokens.ids])[0] for tokens in packer.tokenize(texts)]
    scores = TorchEngine(SourcingNetwork.from_pretrained(tmp_path), packer).run(windows)
    assert {int(one.label.argmax()) for one in scores} == {LABELS.index(Label.ANALYST_OPINION)}


def test_the_map_to_the_states_of_the_teacher_is_fitted_and_not_saved(
    trained: Path,
    teacher: Path,
    articles: list[AnnotatedArticle],
    settings: Recipe,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lacked: list[float] = []

    def noted(ours, theirs):  # type: ignore[no-untyped-def]
        lacked.append(float(lacking(ours, theirs).detach()))
        return lacking(ours, theirs)

    lacking = module.lacking
    monkeypatch.setattr(module, "lacking", noted)
    pool = [Article(" ".join(sentence.text for sentence in articles[0].sentences))] * 60
    tutor(teacher, trained, pool, Material(articles, [], [HEADED]), settings, tmp_path)
    assert lacked[0] < 0.8  # of the variance, before any training; 1 without the fit
    assert np.mean(lacked[-3:]) < np.mean(lacked[:3])
    saved = load_file(tmp_path / "model.safetensors")
    assert saved.keys() == load_file(trained / "model.safetensors").keys()


def test_what_a_teacher_says_of_claims_is_learned_from_articles_that_nobody_annotated(
    trained: Path, teacher: Path, articles: list[AnnotatedArticle], settings: Recipe, tmp_path: Path
) -> None:
    network = SourcingNetwork.from_pretrained(teacher)
    network.claim_head.bias.data.fill_(20.0)  # to which every sentence carries every headline …
    network.drift_head.bias.data[DRIFTS.index("hardened")] = 20.0  # … which puts it harder
    network.save_pretrained(tmp_path / "teacher")
    pool = [Article("It rained. Gulls watched.", headline="Rain")] * 60
    tutor(tmp_path / "teacher", trained, pool, Material(articles, [], []), settings, tmp_path / "tutored")
    packer = packer_of(trained, settings)
    head, *body = (tokens.ids for tokens in packer.tokenize(["Snow", "It snowed.", "Cats slept."]))
    arrays = packer.collate(packer.pack(body, head))
    student = SourcingNetwork.from_pretrained(tmp_path / "tutored").eval()
    with torch.inference_mode():
        said = student(**{name: torch.from_numpy(array) for name, array in arrays.items()})
    assert (said.claim_logits[0, 1:3] > 0).all()
    assert {DRIFTS[number] for number in said.drift_logits[0, 1:3].argmax(-1)} == {"hardened"}


def test_annotated_articles_are_shown_without_labels_and_headlines_of_our_own_with_claims(
    trained: Path,
    teacher: Path,
    articles: list[AnnotatedArticle],
    settings: Recipe,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: list[Lesson] = []
    monkeypatch.setattr(module, "teach", lambda learning, lessons, *_, **options: shown.extend(lessons))
    tutor(teacher, trained, [Article("It rained.")], Material(articles, [], [HEADED]), settings, tmp_path)
    pool, *annotated = shown[:-2]
    assert len(pool.targets) == 1
    assert [len(lesson.targets) - lesson.has_headline for lesson in annotated] == [12, 12]  # 150 tokens are in two
    assert not any(targets.label.any() or targets.token.any() for lesson in shown for targets in lesson.targets)
    assert [[targets.claim for targets in lesson.targets[1:]] for lesson in shown[-2:]] == [[True, False], [False] * 2]
