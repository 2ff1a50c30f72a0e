"""Fine-tuning learns, is deterministic on a CPU, and survives a kill.

Run: pytest tests/training/test_finetune.py
"""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from transformers import TrainerCallback

from onrecord.data.annotated import AnnotatedArticle
from onrecord.engine import TorchEngine
from onrecord.network import SourcingNetwork
from onrecord.training import arguments
from onrecord.training.arguments import last_checkpoint
from onrecord.training.average import average
from onrecord.training.calibrate import score
from onrecord.training.finetune import FinetuningTrainer, finetune
from onrecord.training.recipe import Recipe
from onrecord.windows import WindowPacker


def _weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model.safetensors")


def _equal(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_it_learns_the_training_sentences(trained: Path, articles: list[AnnotatedArticle], recipe: Recipe) -> None:
    network = SourcingNetwork.from_pretrained(trained)
    tokenizer = Tokenizer.from_file(str(trained / "tokenizer.json"))
    packer = WindowPacker(tokenizer, recipe.windows.limit, recipe.windows.context)
    outcomes = score(TorchEngine(network, packer), packer, articles)
    assert (outcomes.label_logits.argmax(-1) == outcomes.labels).mean() > 0.9
    assert network.config.id2label[1] == "attributed_claim"


def test_a_seed_decides_the_result(
    trained: Path, encoder: Path, articles: list[AnnotatedArticle], recipe: Recipe, tmp_path: Path
) -> None:
    finetune(encoder, articles, recipe, tmp_path)
    assert _equal(_weights(tmp_path), _weights(trained))


class _Kill(TrainerCallback):
    def on_step_end(self, args, state, control, **rest):  # type: ignore[no-untyped-def]
        if state.global_step == 7:
            raise KeyboardInterrupt


def test_a_killed_run_goes_on_to_the_same_result(
    trained: Path,
    encoder: Path,
    articles: list[AnnotatedArticle],
    recipe: Recipe,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(arguments, "CHECKPOINT_STEPS", 5)
    with monkeypatch.context() as killed:
        original = FinetuningTrainer.__init__

        def with_kill(self, *args, **settings):  # type: ignore[no-untyped-def]
            original(self, *args, **settings)
            self.add_callback(_Kill())

        killed.setattr(FinetuningTrainer, "__init__", with_kill)
        with pytest.raises(KeyboardInterrupt):
            finetune(encoder, articles, recipe, tmp_path)
    assert (tmp_path / "checkpoints" / "checkpoint-5").is_dir()
    finetune(encoder, articles, recipe, tmp_path)
    assert _equal(_weights(tmp_path), _weights(trained))
    assert not (tmp_path / "checkpoints").exists()


def test_the_average_lies_between_the_runs(
    trained: Path, encoder: Path, articles: list[AnnotatedArticle], recipe: Recipe, tmp_path: Path
) -> None:
    finetune(encoder, articles, recipe, tmp_path / "second", run=1)
    average([trained, tmp_path / "second"], tmp_path / "mean")
    one, other, mean = (_weights(folder) for folder in (trained, tmp_path / "second", tmp_path / "mean"))
    assert not _equal(one, other)
    assert all(torch.allclose(mean[name], (one[name] + other[name]) / 2) for name in mean)
    assert SourcingNetwork.from_pretrained(tmp_path / "mean").config.id2label[0] == "reported_fact"


def test_a_checkpoint_that_was_not_written_to_its_end_is_passed_over(tmp_path: Path) -> None:
    assert last_checkpoint(tmp_path) is None
    for step, state in ((500, True), (1000, True), (1500, False)):
        folder = tmp_path / f"checkpoint-{step}"
        folder.mkdir()
        (folder / "model.safetensors").touch()
        if state:
            (folder / "trainer_state.json").touch()
    assert last_checkpoint(tmp_path) == str(tmp_path / "checkpoint-1000")
