"""A trained network → the shipped folder: int8 ONNX graph, tokenizer, calibration.

The int8 file is refused if it labels held-out articles differently from the float network: agreement and loss are
bounded below.
"""

import json
import logging
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from tokenizers import Tokenizer

from onrecord.calibration import Calibration
from onrecord.data.annotated import AnnotatedArticle
from onrecord.engine import OnnxEngine, TorchEngine
from onrecord.errors import OnrecordError
from onrecord.labels import LABELS, SOURCINGS, STANDINGS
from onrecord.network import SourcingNetwork
from onrecord.pretrained import FORMAT, WeightsConfig, digest_of
from onrecord.training.calibrate import Outcomes, fit, score
from onrecord.training.graph import build
from onrecord.training.recipe import Recipe
from onrecord.training.rounding import observe
from onrecord.windows import WindowPacker

AGREEMENT = 0.99  # of int8 labels with float labels, at least
MACRO_F1_LOSS = 0.005  # from float to int8, at most


class ExportRefused(OnrecordError):
    """The int8 network differs too much from the float network."""


@dataclass(frozen=True)
class Fidelity:
    """How close int8 is to float, held out: share of equal labels, and macro-F1 over the four labels of each."""

    agreement: float
    float_macro_f1: float
    int8_macro_f1: float

    def check(self) -> None:
        """:raises ExportRefused: a bound is broken."""
        loss = self.float_macro_f1 - self.int8_macro_f1
        if self.agreement < AGREEMENT or loss > MACRO_F1_LOSS:
            raise ExportRefused(
                f"int8 agrees with float on {self.agreement:.2%} of sentences ({AGREEMENT:.0%} needed) and loses "
                f"{loss:.4f} macro-F1 (at most {MACRO_F1_LOSS} allowed); nothing was exported"
            )


def export(
    trained: Path,
    training: Sequence[AnnotatedArticle],
    held_out: Sequence[AnnotatedArticle],
    recipe: Recipe,
    folder: Path,
) -> Fidelity:
    """Write the weights folder of the network in ``trained`` to ``folder``.

    :param training: articles whose activations decide how weights are rounded.
    :param held_out: articles to calibrate on, and to compare int8 with float on.
    :raises ExportRefused: int8 differs too much from float on them; ``folder`` is left as it was.
    """
    network = SourcingNetwork.from_pretrained(trained, attn_implementation="eager").eval()
    tokenizer = Tokenizer.from_file(str(trained / "tokenizer.json"))
    packer = WindowPacker(tokenizer, recipe.windows.limit, recipe.windows.context)
    with tempfile.TemporaryDirectory() as work:
        int8 = Path(work) / "model.onnx"
        onnx.save(build(network, recipe.windows.limit, observe(network, packer, training)), int8)
        outcomes = score(OnnxEngine(int8, packer), packer, held_out)
        fidelity = compare(score(TorchEngine(network, packer), packer, held_out), outcomes)
        logging.getLogger(__name__).info("int8 against float: %s", fidelity)
        fidelity.check()
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(int8, folder / "model.onnx")
        shutil.copyfile(trained / "tokenizer.json", folder / "tokenizer.json")
    calibration = fit(outcomes)
    _config(folder, recipe, calibration, _provenance(trained, recipe, fidelity)).save(folder)
    return fidelity


def compare(of_float: Outcomes, of_int8: Outcomes) -> Fidelity:
    """Compare the labels of two engines on the same sentences."""
    from sklearn.metrics import f1_score

    predicted = [outcomes.label_logits.argmax(-1) for outcomes in (of_float, of_int8)]
    standings = [LABELS.index(label) for label in STANDINGS]
    macro_f1 = [
        float(f1_score(of_float.labels, labels, labels=standings, average="macro", zero_division=0))
        for labels in predicted
    ]
    return Fidelity(float(np.mean(predicted[0] == predicted[1])), *macro_f1)


def _config(folder: Path, recipe: Recipe, calibration: Calibration, provenance: dict[str, Any]) -> WeightsConfig:
    return WeightsConfig(
        format=FORMAT,
        labels=list(LABELS),
        sourcings=list(SOURCINGS),
        temperature=round(calibration.temperature, 4),
        sourcing_temperature=round(calibration.sourcing_temperature, 4),
        window_limit=recipe.windows.limit,
        window_context=recipe.windows.context,
        digests={name: digest_of(folder / name) for name in ("model.onnx", "tokenizer.json")},
        provenance=provenance,
    )


def _provenance(trained: Path, recipe: Recipe, fidelity: Fidelity) -> dict[str, Any]:
    """Where the weights come from: the run's own notes, its recipe, the libraries, and how close int8 came."""
    notes = trained / "provenance.json"
    libraries = ("torch", "transformers", "onnx", "onnxruntime", "tokenizers")
    return {
        **(json.loads(notes.read_text()) if notes.is_file() else {}),
        "encoder": recipe.start.encoder,
        "recipe": recipe.digest(),
        "fidelity": vars(fidelity),
        "versions": {name: version(name) for name in libraries},
    }
