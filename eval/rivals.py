"""The obvious ways to run a small transformer over sentences, for speed alone: its head is untrained."""

from collections.abc import Callable
from typing import Any

from onrecord.eval.embeddings import encoder_folder
from onrecord.labels import LABELS

_BATCH = 32


def transformer_rivals() -> list[tuple[str, Callable[[list[str]], object]]]:
    """Name and function of every way; all run the encoder that onrecord starts from, in float.

    :raises InputError: torch, transformers or the encoder are not installed.
    """
    folder = str(encoder_folder())
    from transformers import AutoTokenizer, BertForSequenceClassification, pipeline
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = BertForSequenceClassification.from_pretrained(folder, num_labels=len(LABELS)).eval()
    classify: Any = pipeline("text-classification", model=model, tokenizer=tokenizer, device="cpu")
    return [
        ("transformers pipeline, batch 1", lambda texts: classify(texts, batch_size=1, truncation=True)),
        (f"transformers pipeline, batch {_BATCH}", lambda texts: classify(texts, batch_size=_BATCH, truncation=True)),
        (f"torch, sorted batches of {_BATCH}", lambda texts: _sorted_batches(texts, tokenizer, model)),
    ]


def _sorted_batches(texts: list[str], tokenizer: Any, model: Any) -> None:
    import torch

    ordered = sorted(texts, key=len)
    with torch.inference_mode():
        for first in range(0, len(ordered), _BATCH):
            batch = tokenizer(ordered[first : first + _BATCH], padding=True, truncation=True, return_tensors="pt")
            model(**batch).logits.argmax(-1)
