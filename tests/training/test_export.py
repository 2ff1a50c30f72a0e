"""Export keeps the labels, refuses what does not, and writes a folder that labels.

Run: pytest tests/training/test_export.py
"""

import copy
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from tokenizers import Tokenizer

from onrecord import Labeller
from onrecord.calibration import softmax
from onrecord.data.annotated import AnnotatedArticle
from onrecord.engine import OnnxEngine, TorchEngine
from onrecord.network import SourcingNetwork
from onrecord.pretrained import SHIPPED
from onrecord.training import export as export_module
from onrecord.training.calibrate import Outcomes, fit, score
from onrecord.training.card import write_card
from onrecord.training.export import ExportRefused, Fidelity, export
from onrecord.training.graph import build
from onrecord.training.recipe import Recipe
from onrecord.training.rounding import Observed
from onrecord.windows import WindowPacker


def test_the_exported_folder_labels_and_has_a_card(
    trained: Path, articles: list[AnnotatedArticle], recipe: Recipe, tmp_path: Path
) -> None:
    fidelity = export(trained, articles, articles, recipe, tmp_path)
    assert fidelity.agreement >= 0.99
    write_card(tmp_path)
    assert f"{fidelity.agreement:.2%}" in (tmp_path / "README.md").read_text(encoding="utf-8")
    labelled = Labeller.from_pretrained(tmp_path).label_sentences([s.text for s in articles[0].sentences])
    gold = [sentence.label for sentence in articles[0].sentences]
    assert np.mean([one.label is label for one, label in zip(labelled, gold, strict=True)]) > 0.9


def test_the_shipped_card_is_that_of_the_shipped_weights(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED, tmp_path, dirs_exist_ok=True)
    write_card(tmp_path)
    written, shipped = ((folder / "README.md").read_text(encoding="utf-8") for folder in (tmp_path, SHIPPED))
    assert set(written.splitlines()) <= set(shipped.splitlines())  # which has the report's tables too


def test_onnx_gives_what_torch_gives(trained: Path, articles: list[AnnotatedArticle], tmp_path: Path) -> None:
    network = SourcingNetwork.from_pretrained(trained)
    torch.manual_seed(0)
    for parameter in network.span_head.parameters():  # one that is not fitted says next to nothing
        torch.nn.init.normal_(parameter)
    packer = WindowPacker(Tokenizer.from_file(str(trained / "tokenizer.json")), 64, 16)
    onnx.save(build(network, 64), tmp_path / "model.onnx")
    engine = OnnxEngine(tmp_path / "model.onnx", packer, threads=2)
    one, other = score(engine, packer, articles), score(TorchEngine(network, packer, 5), packer, articles)
    assert np.abs(one.label_logits - other.label_logits).max() < 0.05  # of some two
    texts = [[sentence.text for sentence in article.all_sentences] for article in articles]
    windows = [w for ids in ([t.ids for t in packer.tokenize(t)] for t in texts) for w in packer.pack(ids[1:], ids[0])]
    for window, another in zip(engine.run(windows), TorchEngine(network, packer, 5).run(windows), strict=True):
        for name in ("sourcing", "token", "span", "claim"):
            ours, theirs = getattr(window, name), getattr(another, name)
            assert ours.shape == theirs.shape
            assert np.abs(ours - theirs).mean() < 0.02 * np.abs(theirs).mean()


def test_an_unfaithful_int8_model_is_refused_and_nothing_is_written(
    trained: Path,
    articles: list[AnnotatedArticle],
    recipe: Recipe,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def spoil(network: SourcingNetwork, longest: int, observed: Observed) -> onnx.ModelProto:
        network = copy.deepcopy(network)
        network.label_head.weight.data.neg_()
        return build(network, longest, observed)

    monkeypatch.setattr(export_module, "build", spoil)
    with pytest.raises(ExportRefused, match="nothing was exported"):
        export(trained, articles, articles, recipe, tmp_path / "weights")
    assert not (tmp_path / "weights").exists()


@pytest.mark.parametrize(
    ("agreement", "loss", "refused"), [(0.99, 0.005, False), (0.98, 0.0, True), (1.0, 0.006, True)]
)
def test_the_bounds(agreement: float, loss: float, refused: bool) -> None:
    fidelity = Fidelity(agreement, 0.75, 0.75 - loss + 1e-9)
    if refused:
        with pytest.raises(ExportRefused):
            fidelity.check()
    else:
        fidelity.check()


def test_the_temperature_makes_confidence_honest() -> None:
    generator = np.random.default_rng(0)
    honest = generator.normal(size=(4000, 5)) * 2
    labels = np.array([generator.choice(5, p=row) for row in softmax(honest)])
    overconfident = Outcomes(honest * 3, honest[:, :3] * 3, labels, labels % 3)
    assert fit(overconfident).temperature == pytest.approx(3, rel=0.1)
