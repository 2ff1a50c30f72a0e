"""The machine's matrix peak, in float by numpy and in int8 by ONNX Runtime, and the share that labelling reaches."""

import importlib.util
import logging
import time
from collections.abc import Callable

import numpy as np
from tokenizers import Tokenizer

from onrecord.engine import available_cores
from onrecord.eval.tables import Cell
from onrecord.pretrained import WeightsFolder

log = logging.getLogger(__name__)

_SIZE, _SECONDS = 1024, 1.0  # long enough for threads of what was measured before to have gone to sleep


def peak_rows(weights: str | None, texts: list[str], sentences_a_second: float) -> list[list[Cell]]:
    """Peaks, and labelling's share of each. Needs onnx to read the shape of the network."""
    if importlib.util.find_spec("onnx") is None:
        log.warning("the share of the machine's peak is left out: onnx is not installed; pip install 'onrecord[train]'")
        return []
    folder = WeightsFolder.open(weights)
    tokenizer = Tokenizer.from_file(str(folder.tokenizer))
    encodings = tokenizer.encode_batch(texts, add_special_tokens=False)
    tokens_a_second = sentences_a_second * sum(len(encoding.ids) + 1 for encoding in encodings) / len(texts)
    reached = tokens_a_second * operations_a_token(str(folder.model)) / 1e9
    rows: list[list[Cell]] = [["matrix products of labelling", round(reached, 1), "G operations a second"]]
    for name, measure in (("float32, numpy", float_peak), ("int8, ONNX Runtime", int8_peak)):
        peak = measure()
        rows.append([f"peak, {name}", round(peak, 1), f"G operations a second; labelling reaches {reached / peak:.0%}"])
    return rows


def operations_a_token(model: str) -> int:
    """Multiplications and additions with weights that the network makes for one token; attention is left out."""
    import onnx

    graph = onnx.load(model).graph
    sizes = {weight.name: int(np.prod(weight.dims)) for weight in graph.initializer if len(weight.dims) == 2}
    total = 0
    for node in graph.node:
        if "MatMul" in node.op_type:
            total += sum(sizes.get(name, 0) for name in node.input)
    return 2 * total


def float_peak() -> float:
    """G operations a second of numpy's float32 matrix product, on as many cores as its BLAS takes."""
    left, right = np.ones((2, _SIZE, _SIZE), dtype=np.float32)
    return _rate(lambda: left @ right)


def int8_peak() -> float:
    """G operations a second of ONNX Runtime's int8 matrix product, on all cores."""
    import onnxruntime
    from onnx import TensorProto, helper

    shape = (_SIZE, _SIZE)
    right = np.ones(shape, dtype=np.int8)
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["left", "right"], ["product"])],
        "peak",
        [helper.make_tensor_value_info("left", TensorProto.UINT8, shape)],
        [helper.make_tensor_value_info("product", TensorProto.INT32, shape)],
        [helper.make_tensor("right", TensorProto.INT8, shape, right.tobytes(), raw=True)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = available_cores()
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    left = np.ones(shape, dtype=np.uint8)
    return _rate(lambda: session.run(None, {"left": left}))


def _rate(product: Callable[[], object]) -> float:
    product()
    times: list[float] = []
    while sum(times) < _SECONDS:
        start = time.perf_counter()
        product()
        times.append(time.perf_counter() - start)
    return 2 * _SIZE**3 / min(times) / 1e9
