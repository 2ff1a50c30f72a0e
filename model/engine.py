"""Windows → scores: ONNX Runtime on a CPU, torch where there is a float network. Both give the same interface."""

import itertools
import logging
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from onrecord.errors import WeightsError
from onrecord.windows import Piece, Window, WindowPacker

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

    from onrecord.network import SourcingNetwork

log = logging.getLogger(__name__)

_SESSIONS = 4  # of some 25 MiB each
_WINDOWS_PER_REPORT = 1000  # some ten seconds of work on two cores

INPUTS = ("input_ids", "token_type_ids", "starts", "ends")  # of the ONNX graph, which reads one window at a time
OUTPUTS = ("label_logits", "sourcing_logits", "token_logits", "span_logits", "claim_logits")

# An ONNX model of one node, c = MatMulInteger(a, b): unsigned by signed 8-bit integers, summed in 32 bits.
_PRODUCT = (
    b'\x08\x08:\\\n\x18\n\x01a\n\x01b\x12\x01c"\rMatMulInteger\x12\x01gZ\x13\n\x01a\x12\x0e\n\x0c\x08\x02\x12'
    b"\x08\n\x02\x08\x04\n\x02\x08@Z\x13\n\x01b\x12\x0e\n\x0c\x08\x03\x12\x08\n\x02\x08@\n\x02\x08 b\x13\n\x01c"
    b"\x12\x0e\n\x0c\x08\x06\x12\x08\n\x02\x08\x04\n\x02\x08 B\x04\n\x00\x10\r"
)


@dataclass(frozen=True, slots=True)
class Scores:
    """What the network says of one window, before softmax.

    *Shapes:* ``label`` (piece, 5), ``sourcing`` (piece, 3), ``token`` (token, 3), ``span`` (token, 12), ``claim``
    (piece, 1). Labelling does without ``token``, which is for training.
    """

    label: np.ndarray
    sourcing: np.ndarray
    token: np.ndarray
    span: np.ndarray
    claim: np.ndarray

    def of_piece(self, row: int, piece: Piece) -> "Scores":
        """What is said of the window's piece number ``row``, and of its tokens."""
        tokens = slice(piece.start, piece.end)
        return Scores(self.label[row], self.sourcing[row], self.token[tokens], self.span[tokens], self.claim[row])


class Engine(Protocol):
    """Runs the network over windows, in whatever batches suit it."""

    def run(self, windows: Sequence[Window]) -> list[Scores]:
        """Score ``windows``; one result each, in order."""
        ...


class OnnxEngine:
    """The shipped int8 network on ONNX Runtime.

    Each window is a run of its own, ``threads`` of them side by side: nothing is padded, and a window's scores never
    depend on its neighbours in a batch. The first ``_SESSIONS`` threads have a session of their own, as a shared one
    hands a thread memory that lies in another core's cache.
    """

    def __init__(self, model: Path, packer: WindowPacker, threads: int | None = None) -> None:
        self._model = model
        self._packer = packer
        self._threads = threads or available_cores()
        self._sessions = [_session(model)]
        self._start_pool()

    def _start_pool(self) -> None:
        self._process = os.getpid()
        self._numbers = itertools.count()
        self._numbering = threading.Lock()
        self._own = threading.local()
        self._pool = ThreadPoolExecutor(self._threads, initializer=self._take_session)

    def _take_session(self) -> None:
        with self._numbering:
            number = next(self._numbers) % _SESSIONS
            if number == len(self._sessions):
                self._sessions.append(_session(self._model))
        self._own.session = self._sessions[number]

    def run(self, windows: Sequence[Window]) -> list[Scores]:
        """Score ``windows``; one result each, in order."""
        if len(windows) == 1:
            return [self._run_one(windows[0])]
        if self._process != os.getpid():  # forked: the pool's threads stayed behind
            self._start_pool()
        scores = []
        for score in self._pool.map(self._run_one, windows):
            scores.append(score)
            if len(scores) % _WINDOWS_PER_REPORT == 0:
                log.info("%d of %d windows", len(scores), len(windows))
        return scores

    def _run_one(self, window: Window) -> Scores:
        arrays = self._packer.collate([window])
        session = getattr(self._own, "session", self._sessions[0])
        return Scores(*(output[0] for output in session.run(OUTPUTS, {name: arrays[name] for name in INPUTS})))


def _session(model: Path) -> "InferenceSession":
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    if int8_sums_overflow():
        options.add_session_config_entry("session.x64quantprecision", "1")
    try:
        return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's exceptions share no base class of their own
        raise WeightsError(f"ONNX Runtime cannot load {model}: {error}") from error


class TorchEngine:
    """A float network on any torch device, in padded batches of windows of like length."""

    def __init__(self, network: "SourcingNetwork", packer: WindowPacker, batch_windows: int = 16) -> None:
        self._network = network.eval()
        self._packer = packer
        self._batch_windows = batch_windows

    def run(self, windows: Sequence[Window]) -> list[Scores]:
        """Score ``windows``; one result each, in order."""
        import torch

        scores: list[Scores | None] = [None] * len(windows)
        by_length = sorted(range(len(windows)), key=lambda number: len(windows[number].ids))
        for first in range(0, len(windows), self._batch_windows):
            numbers = by_length[first : first + self._batch_windows]
            batch = self._packer.collate([windows[number] for number in numbers])
            tensors = {name: torch.from_numpy(array).to(self._network.device) for name, array in batch.items()}
            with torch.inference_mode():
                output = self._network(**tensors)
            label, sourcing, token, span, claim = (output[name].float().cpu().numpy() for name in OUTPUTS)
            for row, number in enumerate(numbers):
                pieces, tokens = len(windows[number].pieces), len(windows[number].ids)
                scores[number] = Scores(
                    label[row, :pieces],
                    sourcing[row, :pieces],
                    token[row, :tokens],
                    span[row, :tokens],
                    claim[row, :pieces],
                )
        return [score for score in scores if score is not None]


@cache
def int8_sums_overflow() -> bool:
    """Whether this processor's fast int8 product is inexact: one without VNNI adds pairs of products up in 16 bits.

    ONNX Runtime has an exact product for such processors, which it takes everywhere once it is asked for, at more than
    twice the time where it is not needed.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    left, right = np.full((4, 64), 255, dtype=np.uint8), np.full((64, 32), 127, dtype=np.int8)
    session = onnxruntime.InferenceSession(_PRODUCT, options, providers=["CPUExecutionProvider"])
    (product,) = session.run(None, {"a": left, "b": right})
    return bool((product != 255 * 127 * 64).any())


def available_cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
