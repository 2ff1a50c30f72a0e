"""The operations of labelling are those of all its matrix products: with weights, and in attention."""

import numpy as np
import onnx
import pytest
from tokenizers import Tokenizer

from onrecord.eval.peak import operations
from onrecord.pretrained import SHIPPED

SENTENCE = "Mayor Ina Dorrit said on Monday that the bridge over the Halder was safe to cross."


@pytest.mark.parametrize("count", [1, 8])
def test_operations_of_a_window_are_what_the_sizes_of_its_matrices_say(count: int) -> None:
    tokenizer = Tokenizer.from_file(str(SHIPPED / "tokenizer.json"))
    tokens = 1 + count * (len(tokenizer.encode(SENTENCE, add_special_tokens=False).ids) + 1)
    graph = onnx.load(str(SHIPPED / "model.onnx")).graph
    sizes = {weight.name: tuple(weight.dims) for weight in graph.initializer}
    products = [node for node in graph.node if node.op_type == "MatMulIntegerToFloat"]
    matrices = [sizes[node.input[1]] for node in products]
    layers, of_a_layer = len(matrices) // 4, matrices[:4]  # attention's three in one, its output, feed-forward's two
    attention = of_a_layer[1][0]
    expected = 2 * tokens * sum(int(np.prod(shape)) for shape in matrices) + 4 * tokens**2 * attention * layers
    assert operations(None, [SENTENCE] * count) == pytest.approx(expected, rel=0.01)
