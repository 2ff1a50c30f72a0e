"""A trained network as an ONNX graph with int8 matrices, written out node by node for one window at a time.

Written out, the graph is two-dimensional (tokens by hidden size), holds no mask and no padding, and multiplies with
the kernel of ONNX Runtime that is fastest on a CPU: unsigned 8-bit activations by signed 8-bit weights, with a scale
for every token and for every output (EXPERIMENTS.md has what each step gave). The heads stay float.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from onrecord.engine import OUTPUTS
from onrecord.errors import InputError
from onrecord.network import SourcingNetwork
from onrecord.training.rounding import STEPS, Observed, column_scales, rounded

_OPSET = 18
_IR_VERSION = 9
_MICROSOFT = frozenset(("Gelu", "MatMulIntegerToFloat"))  # operators of ONNX Runtime's own

_MIDDLE = 128  # the zero point of activations on both sides of zero
_AFTER_GELU = 16  # the zero point of activations after Gelu, which is never below -0.17
_GELU_LEAST = 0.1701

Weights = Mapping[str, np.ndarray]

HEADS = dict(zip(("label", "sourcing", "token", "span", "claim"), OUTPUTS, strict=True))
"""What each head's scores are called, in the order in which they stand in the graph."""


class _Graph:
    """Nodes and constants in the making; every method gives the name of a value."""

    def __init__(self, observed: Observed) -> None:
        self.observed = observed
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self._known: dict[tuple[object, ...], str] = {}

    def add(self, operator: str, *inputs: str, output: str | None = None, **attributes: object) -> str:
        """A node of one output."""
        return self.split(operator, *inputs, outputs=[output or self._name()], **attributes)[0]

    def split(self, operator: str, *inputs: str, outputs: list[str] | int, **attributes: object) -> list[str]:
        """A node of several outputs."""
        names = [f"{self._name()}.{n}" for n in range(outputs)] if isinstance(outputs, int) else outputs
        domain = "com.microsoft" if operator in _MICROSOFT else ""
        self.nodes.append(helper.make_node(operator, inputs, names, domain=domain, **attributes))
        return names

    def constant(self, value: np.ndarray | np.generic) -> str:
        """A constant; equal ones are kept once."""
        array = np.ascontiguousarray(value)
        key = (array.dtype.str, np.shape(value), array.tobytes())
        if key not in self._known:
            self._known[key] = f"c{len(self.constants)}"
            self.constants.append(numpy_helper.from_array(array.reshape(np.shape(value)), self._known[key]))
        return self._known[key]

    def integers(self, *values: int) -> str:
        """A list of integers."""
        return self.constant(np.array(values, dtype=np.int64))

    def _name(self) -> str:
        return f"n{len(self.nodes)}"


def build(network: SourcingNetwork, longest: int, observed: Observed | None = None) -> onnx.ModelProto:
    """The graph of ``network`` for windows of at most ``longest`` tokens.

    Its inputs and outputs are those of the network for one window, without ``attention_mask``.

    :param observed: what the linear layers multiply, to smooth and round their weights by.
    :raises InputError: the network is a teacher, whose attention the graph has no place for.
    """
    if network.config.relative_attention_buckets:
        raise InputError("a teacher is not exported; export a network that learned from it")
    weights = {name: value.detach().float().numpy() for name, value in network.state_dict().items()}
    config = network.config
    graph = _Graph(observed or {})
    states, positions = _embed(graph, weights, longest, config.layer_norm_eps)
    layers = [states]
    for number in range(config.num_hidden_layers):
        prefix = f"bert.encoder.layer.{number}."
        states = _attend(graph, weights, prefix + "attention.", states, config.head_size, config.layer_norm_eps)
        states = _transform(graph, weights, prefix, states, config.layer_norm_eps)
        layers.append(states)
    _score(graph, weights, layers, positions)
    return _model(graph, weights)


def _embed(graph: _Graph, weights: Weights, longest: int, epsilon: float) -> tuple[str, str]:
    """States before the first layer, (token, hidden), and the numbers of the tokens' places, (token,)."""
    words = graph.add("Reshape", "input_ids", graph.integers(-1))
    types = graph.add("Reshape", "token_type_ids", graph.integers(-1))
    count = graph.add("Squeeze", graph.add("Shape", words))
    zero, one = graph.constant(np.int64(0)), graph.constant(np.int64(1))
    positions = graph.add("Range", zero, count, one)
    prefix = "bert.embeddings."
    total = graph.add(
        "Add",
        _look_up(graph, weights[prefix + "word_embeddings.weight"], words),
        graph.add("Gather", graph.constant(weights[prefix + "token_type_embeddings.weight"]), types),
    )
    total = graph.add(
        "Add", total, _look_up(graph, weights[prefix + "position_embeddings.weight"][:longest], positions)
    )
    return _normalize(graph, weights, prefix + "LayerNorm", total, epsilon), positions


def _look_up(graph: _Graph, table: np.ndarray, numbers: str) -> str:
    """Rows of a table that is kept in int8 with a scale for each row."""
    scales = column_scales(table.T)[:, None]
    rows = graph.add("Gather", graph.constant((table / scales).round().astype(np.int8)), numbers)
    return graph.add(
        "Mul", graph.add("Cast", rows, to=TensorProto.FLOAT), graph.add("Gather", graph.constant(scales), numbers)
    )


def _attend(graph: _Graph, weights: Weights, prefix: str, states: str, head_size: int, epsilon: float) -> str:
    """Self-attention and the layer norm after it: (token, hidden) → (token, hidden).

    The bias of keys moves all scores of a token alike and is left out; that of values passes through to the output.
    One head comes after the other: the scores of all of them together do not fit into a core's cache.
    """
    (query, query_bias), (key, _), (value, value_bias) = (
        _linear(weights, f"{prefix}self.{name}") for name in ("query", "key", "value")
    )
    output, output_bias = _linear(weights, prefix + "output.dense")
    size = query.shape[1]
    scale = np.float32(head_size**-0.5)
    product = _multiply(
        graph, prefix + "self.query", states, np.concatenate([query * scale, key, value], axis=1), smoothed=True
    )
    queries, keys, values = graph.split("Split", product, outputs=3, axis=1, num_outputs=3)
    queries = graph.add("Add", queries, graph.constant(query_bias * scale))
    heads = size // head_size
    by_head = (graph.split("Split", part, outputs=heads, axis=1, num_outputs=heads) for part in (queries, keys, values))
    context = graph.add("Concat", *(_attended(graph, *head) for head in zip(*by_head, strict=True)), axis=1)
    result = graph.add(
        "Add",
        _multiply(graph, prefix + "output.dense", context, output),
        graph.constant(output_bias + value_bias @ output),
    )
    return _normalize(graph, weights, prefix + "output.LayerNorm", graph.add("Add", result, states), epsilon)


def _attended(graph: _Graph, queries: str, keys: str, values: str) -> str:
    """What one head brings to every token: (token, head) three times → (token, head)."""
    scores = graph.add("MatMul", queries, graph.add("Transpose", keys, perm=[1, 0]))
    return graph.add("MatMul", graph.add("Softmax", scores, axis=-1), values)


def _transform(graph: _Graph, weights: Weights, prefix: str, states: str, epsilon: float) -> str:
    """The feed-forward part of a layer and the layer norm after it: (token, hidden) → (token, hidden)."""
    (inner, inner_bias), (outer, outer_bias) = (
        _linear(weights, prefix + name) for name in ("intermediate.dense", "output.dense")
    )
    active = _multiply(graph, prefix + "intermediate.dense", states, inner, smoothed=True)
    active = graph.add("Gelu", graph.add("Add", active, graph.constant(inner_bias)))
    result = _multiply(graph, prefix + "output.dense", active, outer, after_gelu=True)
    result = graph.add("Add", result, graph.constant(outer_bias))
    return _normalize(graph, weights, prefix + "output.LayerNorm", graph.add("Add", result, states), epsilon)


def _score(graph: _Graph, weights: Weights, layers: Sequence[str], positions: str) -> None:
    """The heads: a piece is the mean of its tokens beside its ``[SEP]``, as in ``sentence_states``."""
    states = layers[-1]
    starts, ends = (graph.add("Reshape", name, graph.integers(-1, 1)) for name in ("starts", "ends"))
    member = graph.add("And", graph.add("GreaterOrEqual", positions, starts), graph.add("Less", positions, ends))
    member = graph.add("Cast", member, to=TensorProto.FLOAT)
    count = graph.add("ReduceSum", member, graph.integers(-1), keepdims=1)
    count = graph.add("Max", count, graph.constant(np.float32(1)))
    mean = graph.add("Div", graph.add("MatMul", member, states), count)
    closing = graph.add("Gather", states, graph.add("Reshape", "ends", graph.integers(-1)))
    pieces = graph.add("Concat", mean, closing, axis=1)
    headline = graph.add("Gather", mean, graph.integers(0))  # the first piece, where there is a headline
    compared = graph.add("Concat", pieces, graph.add("Mul", mean, headline), axis=1)
    read = {"token": states, "span": _beside_neighbours(graph, weights, layers), "claim": compared}
    for head, output in HEADS.items():
        matrix, bias = _linear(weights, last_of(head))
        values = read.get(head, pieces)
        scores = graph.add("Add", graph.add("MatMul", values, graph.constant(matrix)), graph.constant(bias))
        graph.add("Unsqueeze", scores, graph.integers(0), output=output)


def last_of(head: str) -> str:
    """The name of a head's linear layer, its last one if it has several."""
    return "span_head.scores" if head == "span" else f"{head}_head"


def _beside_neighbours(graph: _Graph, weights: Weights, layers: Sequence[str]) -> str:
    """What the span head makes of each token and of those beside it: (token, hidden) twice → (token, units)."""
    matrix, bias = _linear(weights, "span_head.states")
    halves = (
        graph.add("MatMul", states, graph.constant(half))
        for states, half in zip(layers[-3:-1], np.split(matrix, 2), strict=True)
    )
    kept = graph.add("Add", graph.add("Add", *halves), graph.constant(bias))
    kernel, bias = (weights[f"span_head.neighbours.{part}"] for part in ("weight", "bias"))
    by_state = graph.add("Unsqueeze", graph.add("Transpose", kept, perm=[1, 0]), graph.integers(0))
    reach = kernel.shape[-1] // 2
    seen = graph.add("Conv", by_state, graph.constant(kernel), graph.constant(bias), pads=[reach, reach])
    return graph.add("Gelu", graph.add("Transpose", graph.add("Squeeze", seen, graph.integers(0)), perm=[1, 0]))


def _multiply(
    graph: _Graph, layer: str, values: str, matrix: np.ndarray, smoothed: bool = False, after_gelu: bool = False
) -> str:
    """The product with a matrix in int8: a scale for each of its columns, and for each row of ``values``.

    :param layer: under whose name the values were observed.
    """
    if layer in graph.observed:
        seen = graph.observed[layer]
        if smoothed:
            excess = seen.excess()
            values = graph.add("Mul", values, graph.constant(1 / excess))
            matrix, seen = matrix * excess[:, None], seen.divided(excess)
        matrix = rounded(matrix, seen)
    zero_point = np.uint8(_AFTER_GELU if after_gelu else _MIDDLE)
    greatest = graph.add(
        "ReduceMax", values if after_gelu else graph.add("Abs", values), graph.integers(-1), keepdims=1
    )
    steps = 255 - _AFTER_GELU if after_gelu else STEPS
    row_scales = graph.add("Mul", greatest, graph.constant(np.float32(1 / steps)))
    if after_gelu:
        row_scales = graph.add("Max", row_scales, graph.constant(np.float32(_GELU_LEAST / _AFTER_GELU)))
    flat = graph.add("Reshape", row_scales, graph.integers(-1))
    tokens = graph.add("Shape", "input_ids", start=1)  # not of the rows: so all products share what is made of it
    zero_points = graph.add("Expand", graph.constant(zero_point), tokens)
    rows = graph.add("QuantizeLinear", values, flat, zero_points, axis=0)
    scales = column_scales(matrix)
    product = graph.add(
        "MatMulIntegerToFloat",
        rows,
        graph.constant((matrix / scales).round().astype(np.int8)),
        graph.constant(np.float32(1)),
        graph.constant(scales),
        graph.constant(zero_point),
    )
    return graph.add("Mul", product, row_scales)


def _normalize(graph: _Graph, weights: Weights, name: str, states: str, epsilon: float) -> str:
    scale, bias = (graph.constant(weights[f"{name}.{part}"]) for part in ("weight", "bias"))
    return graph.add("LayerNormalization", states, scale, bias, axis=-1, epsilon=epsilon)


def _linear(weights: Weights, name: str) -> tuple[np.ndarray, np.ndarray]:
    """A linear layer as the matrix to multiply with from the right, and its bias. *Shapes:* (in, out), (out,)."""
    matrix = weights[f"{name}.weight"].T
    return matrix, weights.get(f"{name}.bias", np.zeros(matrix.shape[1], dtype=np.float32))


def _model(graph: _Graph, weights: Weights) -> onnx.ModelProto:
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, [1, axis])
        for name, axis in (("input_ids", "token"), ("token_type_ids", "token"), ("starts", "piece"), ("ends", "piece"))
    ]
    outputs = [
        helper.make_tensor_value_info(
            output,
            TensorProto.FLOAT,
            [1, "token" if head in ("token", "span") else "piece", len(weights[f"{last_of(head)}.weight"])],
        )
        for head, output in HEADS.items()
    ]
    made = helper.make_graph(graph.nodes, "onrecord", inputs, outputs, graph.constants)
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(made, opset_imports=opsets, ir_version=_IR_VERSION)
