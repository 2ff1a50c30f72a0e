"""MPNet as a teacher: a larger public encoder, made to read the windows of the network that learns from it.

MPNet (Song et al., 2020, https://arxiv.org/abs/2004.09297) is BERT with a learned bias on the distance between tokens,
and uses BERT's word pieces under other numbers. With its table of pieces brought into the order of the smaller
network's, both networks read the same tokens, and what the teacher says of a token holds for the same token there.
"""

import shutil
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor
from transformers import AutoConfig, AutoTokenizer, MPNetModel

from onrecord.errors import InputError
from onrecord.network import SourcingConfig, SourcingNetwork

_SPECIAL = {"[PAD]": "<pad>", "[CLS]": "<s>", "[SEP]": "</s>", "[MASK]": "<mask>"}
_FIRST_POSITION = 2  # MPNet's table begins with two rows that no token uses
_RENAMED = {
    "attention.attn.q.": "attention.self.query.",
    "attention.attn.k.": "attention.self.key.",
    "attention.attn.v.": "attention.self.value.",
    "attention.attn.o.": "attention.output.dense.",
    "attention.LayerNorm.": "attention.output.LayerNorm.",
}


def check_teacher(encoder: str) -> None:
    """:raises InputError: the encoder is not there, or is no MPNet."""
    try:
        kind = AutoConfig.from_pretrained(encoder).model_type
    except (OSError, ValueError) as error:
        raise InputError(
            f"cannot load the teacher's encoder from {encoder}: {error}; name another in the recipe, or train with "
            "--without-teacher"
        ) from error
    if kind != "mpnet":
        raise InputError(f"the teacher's encoder {encoder} is no MPNet but {kind}; name one in the recipe")


def prepare_teacher(encoder: str, tokenizer: Path, folder: Path) -> None:
    """Write ``encoder`` as a :class:`SourcingNetwork` without heads, that reads ``tokenizer``'s pieces.

    :param encoder: a folder or hub id of an MPNet.
    :param tokenizer: the ``tokenizer.json`` of the network that is to learn from the teacher.
    :raises InputError: the encoder is not there, is no MPNet, or lacks pieces of the tokenizer.
    """
    check_teacher(encoder)
    try:
        model = MPNetModel.from_pretrained(encoder, add_pooling_layer=False)
        numbers = AutoTokenizer.from_pretrained(encoder).get_vocab()
    except (OSError, ValueError) as error:
        raise InputError(f"cannot load the teacher's encoder from {encoder}: {error}") from error
    pieces = Tokenizer.from_file(str(tokenizer)).get_vocab()
    names = [_SPECIAL.get(piece, piece) for piece in sorted(pieces, key=pieces.__getitem__)]
    missing = [name for name in names if name not in numbers]
    if missing:
        raise InputError(
            f"{encoder} lacks {len(missing)} word pieces of {tokenizer}; start both from BERT's uncased ones"
        )
    config = SourcingConfig(
        vocab_size=len(names),
        hidden_size=model.config.hidden_size,
        num_hidden_layers=model.config.num_hidden_layers,
        num_attention_heads=model.config.num_attention_heads,
        intermediate_size=model.config.intermediate_size,
        max_position_embeddings=model.config.max_position_embeddings - _FIRST_POSITION,
        layer_norm_eps=model.config.layer_norm_eps,
        relative_attention_buckets=model.config.relative_attention_num_buckets,
        pad_token_id=pieces["[PAD]"],
    )
    values = _values(model.state_dict(), [numbers[name] for name in names])
    network = SourcingNetwork(config)
    network.load_state_dict(values, strict=False)
    network.save_pretrained(folder, state_dict=values)
    shutil.copyfile(tokenizer, folder / "tokenizer.json")


def _values(state: dict[str, Tensor], rows: list[int]) -> dict[str, Tensor]:
    """MPNet's parameters under the names of BERT's; headlines begin as any text."""
    values = {}
    for name, value in state.items():
        for ours, theirs in _RENAMED.items():
            name = name.replace(ours, theirs)
        values[f"bert.{name}"] = value
    values["relative_attention_bias.weight"] = values.pop("bert.encoder.relative_attention_bias.weight")
    embeddings = "bert.embeddings."
    values[embeddings + "word_embeddings.weight"] = values[embeddings + "word_embeddings.weight"][rows]
    values[embeddings + "position_embeddings.weight"] = values[embeddings + "position_embeddings.weight"][
        _FIRST_POSITION:
    ]
    values[embeddings + "token_type_embeddings.weight"] = torch.zeros(2, values[embeddings + "LayerNorm.bias"].numel())
    return {name: value for name, value in values.items() if not name.endswith("position_ids")}
