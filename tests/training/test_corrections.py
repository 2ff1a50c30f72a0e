"""Labels corrected in Label Studio join the articles that are trained on, and the run says so.

Run: pytest tests/training/test_corrections.py
"""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tokenizers import Tokenizer

from onrecord.article import Article
from onrecord.cli import main
from onrecord.data.annotated import AnnotatedArticle
from onrecord.data.headline_claims import HeadedArticle
from onrecord.data.label_studio import load_label_studio
from onrecord.data.own import load_own, load_own_headlines
from onrecord.labels import LABELS, Label
from onrecord.pretrained import SHIPPED, WeightsFolder
from onrecord.training import pipeline
from onrecord.training.adapters import ADAPTERS
from onrecord.training.examples import batches, lessons, row
from onrecord.training.recipe import DEFAULT, Recipe
from onrecord.windows import WindowPacker

CORRECTED = "The new pumps might never run."


@pytest.fixture
def export(tmp_path: Path) -> Path:
    result = [
        {"from_name": "label", "type": "choices", "value": {"choices": ["speculation"]}},
        {"from_name": "sourcing", "type": "choices", "value": {"choices": ["none"]}},
        {"from_name": "span", "type": "labels", "value": {"start": 14, "end": 19, "text": "might", "labels": ["cue"]}},
    ]
    data = {"text": CORRECTED, "before": "", "headline": "", "article": "pumps.txt", "index": 4}
    path = tmp_path / "export.json"
    path.write_text(json.dumps([{"id": 1, "data": data, "annotations": [{"result": result}]}]), encoding="utf-8")
    return path


@pytest.fixture
def stages(articles: list[AnnotatedArticle], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The articles that each stage of a run is given; the stages themselves do nothing."""
    given: dict[str, Any] = {}
    monkeypatch.setattr(pipeline, "load_annotated", lambda split, folder: list(articles))
    monkeypatch.setattr(pipeline, "development", lambda folder: articles[:2])
    monkeypatch.setattr(pipeline, "load_pool", lambda folder: iter(()))
    monkeypatch.setattr(pipeline, "load_later_rounds", lambda folder: [])
    headed = [HeadedArticle("own", str(held_out), held_out, (), ()) for held_out in (False, True)]
    monkeypatch.setattr(pipeline, "load_headline_claims", lambda folder: headed)
    monkeypatch.setattr(pipeline, "write_card", lambda folder: None)
    for name in (
        "prepare_start",
        "check_teacher",
        "prepare_teacher",
        "adapt",
        "average",
        "blend",
        "score_pool",
        "narrow",
    ):
        monkeypatch.setattr(pipeline, name, lambda *arguments, **options: None)

    def note(stage: str, position: int):  # type: ignore[no-untyped-def]
        def stand_in(*arguments: Any, **options: Any) -> None:
            given[stage] = arguments[position]
            for name in ("tokenizer.json", ADAPTERS):  # of which the next stages read
                (arguments[-1] / name).write_text("{}", encoding="utf-8")

        return stand_in

    monkeypatch.setattr(pipeline, "finetune", note("finetune", 1))
    monkeypatch.setattr(pipeline, "distil", note("distil", 3))
    monkeypatch.setattr(pipeline, "train_teacher", note("train_teacher", 1))
    monkeypatch.setattr(pipeline, "merge_adapters", note("merge_adapters", 1))
    monkeypatch.setattr(pipeline, "ask", note("ask", 1))
    monkeypatch.setattr(pipeline, "refine", note("refine", 1))
    monkeypatch.setattr(pipeline, "is_wide", lambda *arguments: True)
    monkeypatch.setattr(pipeline, "widths", lambda *arguments: {})
    monkeypatch.setattr(pipeline, "imitate", note("imitate", 0))
    monkeypatch.setattr(pipeline, "teach_claims", note("teach_claims", 1))
    monkeypatch.setattr(pipeline, "tutor", note("tutor", 1))
    monkeypatch.setattr(pipeline, "fit_claim_heads", note("fit_claim_heads", 0))
    monkeypatch.setattr(pipeline, "fit_span_head", note("fit_span_head", 1))
    monkeypatch.setattr(pipeline, "restore", note("restore", 0))
    monkeypatch.setattr(pipeline, "export", note("export", 2))
    return given


def train(tmp_path: Path, *options: str) -> int:
    return main(["train", "--data-folder", str(tmp_path), "-o", str(tmp_path / "run"), *options])


def recipe_with(folder: Path, words: str, others: str, like: Path = DEFAULT) -> str:
    """A recipe like the shipped one, or another, but for these words."""
    path = folder / "recipe.toml"
    text = like.read_text(encoding="utf-8")
    assert words in text
    path.write_text(text.replace(words, others), encoding="utf-8")
    return str(path)


def test_corrections_are_trained_on_and_not_calibrated_on(
    export: Path, tmp_path: Path, articles: list[AnnotatedArticle], stages: dict[str, Any]
) -> None:
    assert train(tmp_path, "--corrections", str(export), "--without-teacher") == 0
    assert stages["finetune"] == [*articles, *load_label_studio(export)]
    assert stages["refine"].added == load_label_studio(export)
    assert stages["fit_span_head"] == [*articles, *load_label_studio(export)]
    assert stages["export"] == articles[:2]
    assert [article.held_out for article in stages["refine"].headed] == [False]
    assert "ask" not in stages and "tutor" not in stages
    assert json.loads((tmp_path / "run" / "19-span-head" / "provenance.json").read_text())["corrections"] == 1


def test_a_run_with_corrections_is_not_taken_for_one_without(
    export: Path, tmp_path: Path, stages: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(tmp_path, "--corrections", str(export)) == 0
    assert train(tmp_path) == 2
    assert "on other data or corrections" in capsys.readouterr().err
    assert train(tmp_path, "--corrections", str(export)) == 0


def test_a_run_on_another_pool_is_not_taken_for_the_same(
    tmp_path: Path, stages: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(tmp_path) == 0
    monkeypatch.setattr(pipeline, "load_pool", lambda folder: iter([Article("It rained.", None, "own/1")]))
    assert train(tmp_path) == 2
    assert "on other data" in capsys.readouterr().err


def test_shipped_weights_are_refined_with_corrections_and_a_teacher(
    export: Path,
    tmp_path: Path,
    articles: list[AnnotatedArticle],
    stages: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert train(tmp_path, "--corrections", str(export), "--start-from", "shipped") == 0
    assert stages["restore"].model == SHIPPED / "model.onnx"
    learned = [*articles, *load_label_studio(export), *load_own(), *load_own_headlines()]
    assert stages["train_teacher"] == learned
    assert stages["refine"].added == stages["ask"].added == load_label_studio(export)
    assert train(tmp_path, "--corrections", str(export)) == 2
    assert "from another start" in capsys.readouterr().err


def test_a_cut_network_imitates_the_whole_one_and_learns_more_of_claims(tmp_path: Path, stages: dict[str, Any]) -> None:
    assert train(tmp_path, "--start-from", "shipped") == 0
    run = tmp_path / "run"
    assert (stages["imitate"], stages["teach_claims"]) == (run / "12-blended", run / "14-imitated")
    assert (stages["tutor"], stages["fit_claim_heads"]) == (run / "15-claims", run / "17-blended")
    assert (run / "19-span-head" / "provenance.json").is_file()


def test_what_the_recipe_leaves_out_is_left_out(tmp_path: Path, stages: dict[str, Any]) -> None:
    recipe = recipe_with(tmp_path, "feed_forward = 768 ", "feed_forward = 0 ")
    assert train(tmp_path, "--recipe", recipe, "--start-from", "shipped") == 0
    assert "imitate" not in stages and stages["teach_claims"] == tmp_path / "run" / "12-blended"
    assert not list((tmp_path / "run").glob("1[34]-*"))


def test_what_a_changed_recipe_does_not_touch_is_not_done_again(
    tmp_path: Path, stages: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(tmp_path, "--start-from", "shipped") == 0
    changed = "--recipe", recipe_with(tmp_path, "epochs = 10", "epochs = 11"), "--start-from", "shipped"
    capsys.readouterr()
    assert train(tmp_path, *changed) == 2
    assert f"{tmp_path / 'run' / '19-span-head'} was made by another recipe" in capsys.readouterr().err
    for stage in ("19-span-head", "20-weights"):
        shutil.rmtree(tmp_path / "run" / stage)
    stages.clear()
    assert train(tmp_path, *changed) == 0
    assert stages.keys() == {"fit_span_head", "export"}


def test_a_teacher_trained_before_is_not_trained_again(
    tmp_path: Path, stages: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    adapters = tmp_path / "adapters"
    adapters.write_bytes(b"what it learned")
    assert train(tmp_path, "--start-from", "shipped", "--teacher", str(adapters)) == 0
    assert stages["merge_adapters"] == adapters
    assert "ask" in stages and "tutor" in stages and "train_teacher" not in stages
    assert train(tmp_path, "--start-from", "shipped", "--teacher", str(tmp_path / "nowhere")) == 2
    assert "there are no adapters" in capsys.readouterr().err


def test_weights_are_not_refined_with_what_they_were_trained_on(
    tmp_path: Path, stages: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    trained_on = WeightsFolder.open(SHIPPED).config.provenance["data"]
    monkeypatch.setattr(pipeline, "data_digest", lambda articles: trained_on)
    monkeypatch.setattr(pipeline, "is_wide", lambda *arguments: False)
    assert train(tmp_path, "--start-from", "shipped") == 0
    assert stages.keys() == {"restore", "train_teacher", "tutor", "fit_claim_heads", "fit_span_head", "export"}
    assert stages["tutor"] == tmp_path / "run" / "6-restored"


def test_without_refinement_and_tutoring_there_is_no_teacher_either(tmp_path: Path, stages: dict[str, Any]) -> None:
    recipe_with(tmp_path, "runs = 1 ", "runs = 0 ")
    recipe = recipe_with(tmp_path, "tokens = 6_100_000 ", "tokens = 0 ", tmp_path / "recipe.toml")
    assert train(tmp_path, "--recipe", recipe) == 0
    assert stages.keys() == {
        "finetune",
        "distil",
        "imitate",
        "teach_claims",
        "fit_claim_heads",
        "fit_span_head",
        "export",
    }
    assert (tmp_path / "run" / "20-weights").is_dir()


def test_a_wrong_file_is_named_before_any_work(
    tmp_path: Path, stages: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "notes.txt"
    wrong.write_text("no JSON", encoding="utf-8")
    assert train(tmp_path, "--corrections", str(wrong)) == 2
    [line] = [line for line in capsys.readouterr().err.splitlines() if line]
    assert line.startswith(f"onrecord: {wrong} is not JSON") and "export the project" in line
    assert not (tmp_path / "run").exists() and stages == {}


def test_a_correction_becomes_a_target(export: Path, articles: list[AnnotatedArticle], recipe: Recipe) -> None:
    tokenizer = Tokenizer.from_file(str(SHIPPED / "tokenizer.json"))
    packer = WindowPacker(tokenizer, recipe.windows.limit, recipe.windows.context)
    ids = packer.tokenize([CORRECTED])[0].ids
    labels = set()
    material = lessons([*articles, *load_label_studio(export)], packer, recipe.finetuning.unsure_weight)
    for batch in (row(batch, packer) for batch in batches(material, packer, recipe)):
        targets = batch["label_targets"]
        for window, column in zip(*np.nonzero(targets.sum(-1)), strict=True):
            start, end = batch["starts"][window, column], batch["ends"][window, column]
            if batch["input_ids"][window, start:end].tolist() == ids:
                labels.add(LABELS[targets[window, column].argmax()])
    assert labels == {Label.SPECULATION}
