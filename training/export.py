"""A trained network → the shipped folder: fused ONNX graph, int8 weights, calibration, model card.

The int8 file is refused if it labels dev differently from the float network: agreement and loss are bounded below.
"""

import copy
import json
import logging
import shutil
import tempfile
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
from onnxruntime.transformers.fusion_options import FusionOptions
from onnxruntime.transformers.optimizer import optimize_model
from tokenizers import Tokenizer
from torch import Tensor

from onrecord.calibration import Calibration
from onrecord.data.annotated import AnnotatedArticle
from onrecord.engine import OUTPUTS, OnnxEngine, TorchEngine
from onrecord.errors import OnrecordError
from onrecord.labels import LABELS, SOURCINGS, STANDINGS
from onrecord.network import SourcingNetwork
from onrecord.pretrained import FORMAT, WeightsConfig, digest_of
from onrecord.training.calibrate import Outcomes, fit, score
from onrecord.training.recipe import Recipe
from onrecord.windows import WindowPacker

AGREEMENT = 0.99  # of int8 labels with float labels on dev, at least
MACRO_F1_LOSS = 0.005  # from float to int8 on dev, at most
_INPUTS = ("input_ids", "attention_mask", "token_type_ids", "starts", "ends")
_OPSET = 18
_BLOCK = 128  # weights that share a scale
_INT8_ACTIVATIONS = 4  # ONNX Runtime's accuracy level for int8 products


class ExportRefused(OnrecordError):
    """The int8 network differs too much from the float network."""


@dataclass(frozen=True)
class Fidelity:
    """How close int8 is to float on dev: share of equal labels, and macro-F1 over the four labels of each."""

    agreement: float
    float_macro_f1: float
    int8_macro_f1: float

    def check(self) -> None:
        """:raises ExportRefused: a bound is broken."""
        loss = self.float_macro_f1 - self.int8_macro_f1
        if self.agreement < AGREEMENT or loss > MACRO_F1_LOSS:
            raise ExportRefused(
                f"int8 agrees with float on {self.agreement:.2%} of dev (at least {AGREEMENT:.0%} needed) and loses "
                f"{loss:.4f} macro-F1 (at most {MACRO_F1_LOSS} allowed); nothing was exported"
            )


def export(trained: Path, dev: Sequence[AnnotatedArticle], recipe: Recipe, folder: Path) -> Fidelity:
    """Write the weights folder of the network in ``trained``, calibrated on ``dev``, to ``folder``.

    :raises ExportRefused: int8 differs too much from float on ``dev``; ``folder`` is left as it was.
    """
    network = SourcingNetwork.from_pretrained(trained, attn_implementation="eager").eval()
    tokenizer = Tokenizer.from_file(str(trained / "tokenizer.json"))
    packer = WindowPacker(tokenizer, recipe.windows.limit, recipe.windows.context)
    with tempfile.TemporaryDirectory() as work:
        int8 = Path(work) / "model.onnx"
        quantize(to_onnx(network, Path(work) / "float.onnx"), int8)
        outcomes = score(OnnxEngine(int8, packer), packer, dev)
        fidelity = compare(score(TorchEngine(network, packer), packer, dev), outcomes)
        logging.getLogger(__name__).info("int8 against float on dev: %s", fidelity)
        fidelity.check()
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(int8, folder / "model.onnx")
        shutil.copyfile(trained / "tokenizer.json", folder / "tokenizer.json")
    calibration = fit(outcomes)
    _config(folder, recipe, calibration, _provenance(trained, recipe, fidelity)).save(folder)
    return fidelity


def to_onnx(network: SourcingNetwork, path: Path) -> Path:
    """Write the network as an ONNX graph: int8 embeddings, float matrices, fused layer norms and activations."""
    network = copy.deepcopy(network)
    embeddings = network.bert.embeddings
    embeddings.word_embeddings = Int8Embedding(embeddings.word_embeddings)
    embeddings.position_embeddings = Int8Embedding(embeddings.position_embeddings)
    axes = {name: {0: "window", 1: "token" if name not in ("starts", "ends") else "piece"} for name in _INPUTS}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer warns of shapes that the graph keeps dynamic
        torch.onnx.export(
            _Traced(network),
            _example(),
            str(path),
            input_names=list(_INPUTS),
            output_names=list(OUTPUTS),
            dynamic_axes=axes,
            opset_version=_OPSET,
            dynamo=False,
        )
    config = network.config
    options = FusionOptions("bert")
    options.enable_attention = False  # fused, its matrices would stay float
    fused = optimize_model(
        str(path), "bert", config.num_attention_heads, config.hidden_size, optimization_options=options, opt_level=0
    )
    fused.save_model_to_file(str(path))
    return path


def quantize(model: Path, path: Path) -> None:
    """Write the graph with int8 matrices, one scale for every block of weights and of activations.

    Block-wise scales cost no speed on a CPU and err four times less than ``quantize_dynamic``'s (EXPERIMENTS.md).
    """
    logging.getLogger(MatMulNBitsQuantizer.__module__).setLevel(logging.WARNING)  # it reports every node
    quantizer = MatMulNBitsQuantizer(
        onnx.load(model), bits=8, block_size=_BLOCK, is_symmetric=True, accuracy_level=_INT8_ACTIVATIONS
    )
    quantizer.process()
    quantizer.model.save_model_to_file(str(path))


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


class Int8Embedding(torch.nn.Module):
    """An embedding table in int8 with a scale for each row."""

    def __init__(self, embedding: torch.nn.Embedding) -> None:
        super().__init__()
        weight = embedding.weight.detach()
        scale = weight.abs().amax(1, keepdim=True).clamp(min=1e-12) / 127
        self.scale = torch.nn.Buffer(scale)
        self.table = torch.nn.Buffer((weight / scale).round().to(torch.int8))

    def forward(self, ids: Tensor) -> Tensor:
        """*Shape:* (…) → (…, hidden)."""
        return self.table[ids].to(self.scale.dtype) * self.scale[ids]


class _Traced(torch.nn.Module):
    """The network with plain tensors out, as the tracer needs it."""

    def __init__(self, network: SourcingNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        output = self.network(*inputs)
        return tuple(output[name] for name in OUTPUTS)


def _example() -> tuple[Tensor, ...]:
    """Two windows, one padded: without padding the tracer would drop the attention mask."""
    ids = torch.full((2, 12), 7)
    mask = torch.ones_like(ids)
    mask[1, 8:] = 0
    starts, ends = torch.tensor([[1, 6], [1, 0]]), torch.tensor([[5, 11], [7, 0]])
    return ids, mask, torch.zeros_like(ids), starts, ends


def _config(folder: Path, recipe: Recipe, calibration: Calibration, provenance: dict[str, Any]) -> WeightsConfig:
    return WeightsConfig(
        format=FORMAT,
        labels=list(LABELS),
        sourcings=list(SOURCINGS),
        temperature=round(calibration.temperature, 4),
        label_bias=[round(float(bias), 4) for bias in calibration.label_bias],
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
