"""The exact int8 product is asked for where the fast one is inexact, and not where it only costs time.

Run: pytest tests/model/test_engine.py
"""

from collections.abc import Iterator

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


@pytest.fixture
def packer() -> WindowPacker:
    return WindowPacker(Tokenizer.from_file(str(SHIPPED / "tokenizer.json")), 256, 24)


@pytest.mark.parametrize("overflow", [True, False])
def test_the_exact_product_is_asked_for_where_sums_overflow(
    overflow: bool, packer: WindowPacker, monkeypatch: pytest.MonkeyPatch
) -> None:
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
    [scores] = OnnxEngine(SHIPPED / "model.onnx", packer).run(packer.pack([packer.tokenize(["It rained."])[0].ids]))
    assert asked == ["1" if overflow else ""]
    assert np.isfinite(scores.label).all()


def test_many_threads_share_few_copies_of_the_network(packer: WindowPacker, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []

    class Session(onnxruntime.InferenceSession):
        def __init__(self, path: object, *rest: object, **options: object) -> None:
            loaded.append(str(path))
            super().__init__(path, *rest, **options)

    windows = [packer.pack([packer.tokenize([f"It rained for {day} days."])[0].ids])[0] for day in range(24)]
    alone = OnnxEngine(SHIPPED / "model.onnx", packer, threads=1).run(windows)
    int8_sums_overflow()  # tried once, in a session that is none of the engine's
    monkeypatch.setattr(onnxruntime, "InferenceSession", Session)
    together = OnnxEngine(SHIPPED / "model.onnx", packer, threads=9).run(windows)
    assert 1 <= len(loaded) <= 4
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one.label, other.label)


@pytest.fixture
def tried_anew() -> Iterator[None]:
    """What is known of this processor is forgotten, before and after."""
    int8_sums_overflow.cache_clear()
    yield
    int8_sums_overflow.cache_clear()


@pytest.mark.parametrize("saturates", [True, False])
def test_sums_overflow_where_the_product_is_wrong(
    saturates: bool, tried_anew: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Session:
        def __init__(self, *_: object, **__: object) -> None: ...

        def run(self, names: object, inputs: dict[str, np.ndarray]) -> list[np.ndarray]:
            left, right = (inputs[name].astype(np.int32) for name in ("a", "b"))
            pairs = left[:, None, 0::2] * right.T[:, 0::2] + left[:, None, 1::2] * right.T[:, 1::2]
            return [(pairs.clip(max=2**15 - 1) if saturates else pairs).sum(-1)]

    monkeypatch.setattr(onnxruntime, "InferenceSession", Session)
    assert int8_sums_overflow() is saturates


def test_the_product_that_is_tried_is_a_sound_model() -> None:
    model = onnx.load_model_from_string(module._PRODUCT)
    onnx.checker.check_model(model)
    assert [node.op_type for node in model.graph.node] == ["MatMulInteger"]
