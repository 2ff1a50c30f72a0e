"""Matrix products: how many operations labelling makes of them, and how many a second this machine can make at most."""

import json
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from onrecord.engine import INPUTS, available_cores
from onrecord.pretrained import WeightsFolder
from onrecord.windows import WindowPacker

_SIZE, _SECONDS = 1024, 2.0  # long enough for threads of what was measured before to have gone to sleep


def operations(weights: str | None, sentences: Sequence[str]) -> int:
    """Multiplications and additions in all matrix products that the network makes for an article without a headline.

    Attention's products are counted and so are tokens that a window repeats, as all of them are made. The shapes are
    those that ONNX Runtime met, by its own profile.
    """
    import onnxruntime

    folder = WeightsFolder.open(weights)
    tokenizer = Tokenizer.from_file(str(folder.tokenizer))
    packer = WindowPacker(tokenizer, folder.config.window_limit, folder.config.window_context)
    windows = packer.pack([sentence.ids for sentence in packer.tokenize(sentences)])
    options = onnxruntime.SessionOptions()
    options.enable_profiling = True
    with tempfile.TemporaryDirectory() as scratch:
        options.profile_file_prefix = str(Path(scratch) / "profile")
        session = onnxruntime.InferenceSession(str(folder.model), options, providers=["CPUExecutionProvider"])
        for window in windows:
            arrays = packer.collate([window])
            session.run(None, {name: arrays[name] for name in INPUTS})
        events = json.loads(Path(session.end_profiling()).read_text(encoding="utf-8"))
    return sum(_of_product(event["args"]) for event in events if event["name"].endswith("_kernel_time"))


def _of_product(node: dict[str, object]) -> int:
    """Of one node that ran: each number in the left matrix meets as many numbers of the right as that has columns."""
    if not any(name in str(node["op_name"]) for name in ("MatMul", "Gemm")):
        return 0
    (left, *_), (result, *_) = (_shapes(node[name]) for name in ("input_type_shape", "output_type_shape"))
    return 2 * int(np.prod(left)) * result[-1]


def _shapes(of_tensors: object) -> list[list[int]]:
    """From ``[{"float": [240, 32]}, …]``."""
    assert isinstance(of_tensors, list)
    return [shape for tensor in of_tensors for shape in tensor.values()]


def float_peak() -> float:
    """Operations a second of numpy's float32 matrix product, on as many cores as its BLAS takes."""
    left, right = np.ones((2, _SIZE, _SIZE), dtype=np.float32)
    return _rate(lambda: left @ right)


def int8_peak() -> float:
    """Operations a second of ONNX Runtime's product of unsigned by signed int8, on all cores. Needs onnx."""
    import onnxruntime
    from onnx import TensorProto, helper

    shape = (_SIZE, _SIZE)
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["left", "right"], ["product"])],
        "peak",
        [helper.make_tensor_value_info("left", TensorProto.UINT8, shape)],
        [helper.make_tensor_value_info("product", TensorProto.INT32, shape)],
        [helper.make_tensor("right", TensorProto.INT8, shape, np.ones(shape, dtype=np.int8).tobytes(), raw=True)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = available_cores()
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    left = np.ones(shape, dtype=np.uint8)
    return _rate(lambda: session.run(None, {"left": left}))


def _rate(product: Callable[[], object]) -> float:
    times: list[float] = []
    while sum(times) < _SECONDS:
        start = time.perf_counter()
        product()
        times.append(time.perf_counter() - start)
    return 2 * _SIZE**3 / float(np.median(times))
