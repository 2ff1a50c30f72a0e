"""An MPNet in our network's form gives the states that it gives in its own, for pieces numbered otherwise.

Run: pytest tests/training/test_mpnet.py
"""

from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer
from transformers import MPNetModel, MPNetTokenizer

from onrecord.errors import InputError
from onrecord.network import SourcingNetwork
from onrecord.pretrained import SHIPPED
from onrecord.training.mpnet import prepare_teacher

TEXT = "the mayor of velmark said on monday that the 🌉 would stay closed . " * 12  # past the nearest distances


def test_states_are_the_same(mpnet: Path, tmp_path: Path) -> None:
    prepare_teacher(str(mpnet), SHIPPED / "tokenizer.json", tmp_path)
    tokens = Tokenizer.from_file(str(tmp_path / "tokenizer.json")).encode(TEXT, add_special_tokens=False).tokens
    ours = Tokenizer.from_file(str(tmp_path / "tokenizer.json")).get_vocab()
    theirs = MPNetTokenizer.from_pretrained(mpnet).get_vocab()
    network = SourcingNetwork.from_pretrained(tmp_path, attn_implementation="eager").eval()
    states = {}
    network.bert.register_forward_hook(lambda *call: states.update(ours=call[2].last_hidden_state))
    ids = torch.tensor([[ours[name] for name in ("[CLS]", *tokens, "[SEP]", "[PAD]", "[PAD]")]])
    mask = (ids != ours["[PAD]"]).long()
    place = torch.tensor([[1]])
    model = MPNetModel.from_pretrained(mpnet, add_pooling_layer=False).eval()
    with torch.inference_mode():
        network(ids, mask, torch.zeros_like(ids), place, place + 1)
        their_ids = torch.tensor([[theirs[name] for name in ("<s>", *tokens, "</s>")]])
        states["theirs"] = model(their_ids).last_hidden_state
    assert torch.allclose(states["ours"][:, : len(tokens) + 2], states["theirs"], atol=1e-4)


def test_what_is_no_mpnet_is_named(encoder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot load the teacher's encoder from .*--without-teacher"):
        prepare_teacher(str(tmp_path / "nowhere"), encoder / "tokenizer.json", tmp_path)
    with pytest.raises(InputError, match="is no MPNet but bert"):
        prepare_teacher(str(encoder), encoder / "tokenizer.json", tmp_path)
