"""The exact int8 product is asked for where the fast one is inexact, and not where it only costs time.

Run: pytest tests/model/test_engine.py
"""

import numpy as np
import onnx
import onnxruntime
import pytest
from tokenizers import Tokenizer

from onrecord import engine as module
from onrecord.engine import OnnxEngine, int8_sums_overflow
from onrecord.pretrained import SHIPPED
from onrecord.windows import WindowPacker

EXACT = "session.x64quantprecision"


@pytest.mark.parametrize("overflow", [True, False])
def test_the_exact_product_is_asked_for_where_sums_overflow(overflow: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Session(onnxruntime.InferenceSession):
        def __init__(self, path: str, options: onnxruntime.SessionOptions, **rest: object) -> None:
            asked.append(options.get_session_config_entry(EXACT) if overflow else "")
            if not overflow:
                with pytest.raises(Exception, match=EXACT):
                    options.get_session_config_entry(EXACT)
            super().__init__(path, options, **rest)

    monkeypatch.setattr(module, "int8_sums_overflow", lambda: overflow)
    monkeypatch.setattr(onnxruntime, "InferenceSession", Session)
    packer = WindowPacker(Tokenizer.from_file(str(SHIPPED / "tokenizer.json")), 256, 24)
    [scores] = OnnxEngine(SHIPPED / "model.onnx", packer).run(packer.pack([packer.tokenize(["It rained."])[0].ids]))
    assert asked == ["1" if overflow else ""]
    assert np.isfinite(scores.label).all()


def test_sums_of_this_processor_overflow_if_its_product_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    class Saturating(onnxruntime.InferenceSession):
        def run(self, names: object, inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
            (product,) = super().run(names, inputs)
            pairs = len(inputs["b"]) // 2
            return [np.minimum(product, pairs * (2**15 - 1))]

    monkeypatch.setattr(onnxruntime, "InferenceSession", Saturating)
    int8_sums_overflow.cache_clear()
    assert int8_sums_overflow()
    int8_sums_overflow.cache_clear()


def test_the_product_that_is_tried_is_a_sound_model() -> None:
    model = onnx.load_model_from_string(module._PRODUCT)
    onnx.checker.check_model(model)
    assert [node.op_type for node in model.graph.node] == ["MatMulInteger"]
