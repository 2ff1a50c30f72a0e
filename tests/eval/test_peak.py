"""How many operations a network makes for a token is read from its file, in float or in int8."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from onrecord.eval.peak import operations_a_token

PLAIN = helper.make_node("MatMul", ["x", "weight"], ["y"])
OF_STATES = helper.make_node("MatMul", ["x", "y"], ["z"])
INT8 = helper.make_node("MatMulIntegerToFloat", ["x", "int8", "scale", "scale"], ["y"], domain="com.microsoft")


@pytest.mark.parametrize(("nodes", "operations"), [([PLAIN], 256), ([INT8], 128), ([PLAIN, OF_STATES, INT8], 384)])
def test_only_products_with_weights_count(tmp_path: Path, nodes: list[onnx.NodeProto], operations: int) -> None:
    weights = [
        numpy_helper.from_array(np.zeros((16, 8), dtype=np.float32), "weight"),
        numpy_helper.from_array(np.zeros((16, 4), dtype=np.int8), "int8"),
        numpy_helper.from_array(np.zeros((), dtype=np.float32), "scale"),
    ]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, (1, 16))
    used = [weight for weight in weights if any(weight.name in node.input for node in nodes)]
    graph = helper.make_graph(nodes, "g", [x], [], used)
    onnx.save(helper.make_model(graph), tmp_path / "model.onnx")
    assert operations_a_token(str(tmp_path / "model.onnx")) == operations
