"""How many operations a network makes for a token is read from its file, packed weights or not."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from onrecord.eval.peak import operations_a_token

PLAIN = helper.make_node("MatMul", ["x", "weight"], ["y"])
OF_STATES = helper.make_node("MatMul", ["x", "y"], ["z"])
PACKED = helper.make_node("MatMulNBits", ["x", "packed", "scales"], ["y"], domain="com.microsoft", K=16, N=4, bits=8)


@pytest.mark.parametrize(("nodes", "operations"), [([PLAIN], 256), ([PACKED], 128), ([PLAIN, OF_STATES, PACKED], 384)])
def test_only_products_with_weights_count(tmp_path: Path, nodes: list[onnx.NodeProto], operations: int) -> None:
    weights = [
        numpy_helper.from_array(np.zeros((16, 8), dtype=np.float32), "weight"),
        numpy_helper.from_array(np.zeros((4, 1, 16), dtype=np.uint8), "packed"),
        numpy_helper.from_array(np.zeros((4, 1), dtype=np.float32), "scales"),
    ]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, (1, 16))
    used = [weight for weight in weights if any(weight.name in node.input for node in nodes)]
    graph = helper.make_graph(nodes, "g", [x], [], used)
    onnx.save(helper.make_model(graph), tmp_path / "model.onnx")
    assert operations_a_token(str(tmp_path / "model.onnx")) == operations
