"""Weights as they are shipped → the float network that they came from, as nearly as int8 kept it: to train on from.

It reads the graph back in the order in which ``graph.py`` wrote it. What the graph left out or folded together stays
so: keys have no bias, and the bias of values is part of the output's.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from onrecord.errors import InputError
from onrecord.network import SourcingConfig, SourcingNetwork
from onrecord.pretrained import WeightsFolder
from onrecord.training.graph import HEADS, last_of

_PRODUCTS_A_LAYER = 4  # in int8


class _Reader:
    """The nodes of a graph, in order, and the constants that they take."""

    def __init__(self, graph: onnx.GraphProto) -> None:
        self._nodes = iter(graph.node)
        self._constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
        self.layers = sum(node.op_type == "MatMulIntegerToFloat" for node in graph.node) // _PRODUCTS_A_LAYER
        self.attention_heads, self.head_size = self._attention(graph)

    def next(self, operator: str) -> list[np.ndarray]:
        """The constants of the next node of this kind that has any of floats or int8; others before it are skipped."""
        for node in self._nodes:
            found = [self._constants[name] for name in node.input if name in self._constants]
            weights = [array for array in found if array.dtype in (np.float32, np.int8) and array.ndim]
            if node.op_type == operator and weights:
                return weights
        raise InputError(f"the graph of these weights has no {operator} where one is due; export them anew")

    def _attention(self, graph: onnx.GraphProto) -> tuple[int, int]:
        """Heads, each of which has a softmax of its own, and numbers in one, a third of what they are read from."""
        heads = sum(node.op_type == "Softmax" for node in graph.node) // max(1, self.layers)
        product = next((node for node in graph.node if node.op_type == "MatMulIntegerToFloat"), None)
        if product is None or not heads:
            raise InputError("the graph of these weights has no attention heads; export them anew")
        return heads, self._constants[product.input[1]].shape[1] // 3 // heads

    def table(self) -> np.ndarray:
        """A table of embeddings: its rows in int8, then their scales."""
        (rows,), (scales,) = self.next("Gather"), self.next("Gather")
        return rows.astype(np.float32) * scales

    def linear(self, smoothed: bool = False) -> tuple[np.ndarray, np.ndarray]:
        """A matrix in int8 and the bias added after it. *Shapes:* (in, out), (out,) or a part of it."""
        excess = 1 / self.next("Mul")[0] if smoothed else np.float32(1)
        matrix, scales = self.next("MatMulIntegerToFloat")
        (bias,) = self.next("Add")
        return matrix.astype(np.float32) * scales / np.reshape(excess, (-1, 1)), bias

    def normalization(self) -> tuple[np.ndarray, np.ndarray]:
        """Scale and bias of a layer norm."""
        scale, bias = self.next("LayerNormalization")
        return scale, bias


def restore(source: WeightsFolder, folder: Path) -> None:
    """Write the float network of ``source``, with its tokenizer, to ``folder``.

    :raises InputError: the graph is not one that this version of onrecord writes.
    """
    if source.network.is_dir():
        shutil.copytree(source.network, folder, dirs_exist_ok=True)
    else:
        _restore_graph(onnx.load(source.model).graph, folder)
    shutil.copyfile(source.tokenizer, folder / "tokenizer.json")


def _restore_graph(graph: onnx.GraphProto, folder: Path) -> None:
    reader = _Reader(graph)
    values = {name: np.array(value, order="C") for name, value in _values(reader)}
    network = SourcingNetwork(_config(values, reader))
    network.save_pretrained(folder, state_dict={name: torch.from_numpy(value) for name, value in values.items()})


def _config(values: dict[str, np.ndarray], reader: _Reader) -> SourcingConfig:
    prefix = "bert.embeddings."
    vocabulary, hidden = values[prefix + "word_embeddings.weight"].shape
    looked_at = reader.attention_heads * reader.head_size
    return SourcingConfig(
        vocab_size=vocabulary,
        hidden_size=hidden,
        num_hidden_layers=reader.layers,
        num_attention_heads=hidden // reader.head_size,
        attention_size=looked_at if looked_at < hidden else 0,
        intermediate_size=len(values["bert.encoder.layer.0.intermediate.dense.bias"]),
        max_position_embeddings=len(values[prefix + "position_embeddings.weight"]),
        type_vocab_size=len(values[prefix + "token_type_embeddings.weight"]),
    )


def _values(reader: _Reader) -> Iterator[tuple[str, np.ndarray]]:
    """Every parameter by its name in the network, in the order of the graph."""
    prefix = "bert.embeddings."
    yield prefix + "word_embeddings.weight", reader.table()
    yield prefix + "token_type_embeddings.weight", reader.next("Gather")[0]
    yield prefix + "position_embeddings.weight", reader.table()
    yield from _named(prefix + "LayerNorm", *reader.normalization())
    for number in range(reader.layers):
        prefix = f"bert.encoder.layer.{number}."
        matrix, bias = reader.linear(smoothed=True)
        scale = np.float32(reader.head_size**-0.5)
        query, key, value = np.split(matrix, 3, axis=1)
        yield from _named(prefix + "attention.self.query", query.T / scale, bias / scale)
        yield from _named(prefix + "attention.self.key", key.T, np.zeros_like(bias))
        yield from _named(prefix + "attention.self.value", value.T, np.zeros_like(bias))
        for name, smoothed in (("attention.output", False), ("intermediate", True), ("output", False)):
            matrix, bias = reader.linear(smoothed)
            yield from _named(f"{prefix}{name}.dense", matrix.T, bias)
            if name != "intermediate":
                yield from _named(f"{prefix}{name}.LayerNorm", *reader.normalization())
    halves = [reader.next("MatMul")[0] for _ in range(2)]
    yield from _named("span_head.states", np.concatenate(halves).T, reader.next("Add")[0])
    yield from _named("span_head.neighbours", *reader.next("Conv"))
    for head in HEADS:
        (matrix,), (bias,) = reader.next("MatMul"), reader.next("Add")
        yield from _named(last_of(head), matrix.T, bias)


def _named(name: str, weight: np.ndarray, bias: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    yield f"{name}.weight", weight
    yield f"{name}.bias", bias
