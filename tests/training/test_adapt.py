"""Vocabulary pruning and masked-language-model adaptation.

Run: pytest tests/training/test_adapt.py
"""

from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer
from transformers import BertModel

from onrecord import Article, InputError
from onrecord.training.adapt import adapt
from onrecord.training.recipe import Recipe
from onrecord.training.vocabulary import SPECIAL, prepare_start

TEXT = (Path(__file__).parents[1] / "fixtures" / "analysis.md").read_text(encoding="utf-8")


def test_pruning_keeps_the_vectors_of_the_pieces_it_keeps(encoder: Path, tmp_path: Path) -> None:
    prepare_start(str(encoder), 600, [TEXT], tmp_path)
    before, after = (Tokenizer.from_file(str(folder / "tokenizer.json")) for folder in (encoder, tmp_path))
    assert after.get_vocab_size() == 600
    assert [after.token_to_id(token) for token in SPECIAL] == list(range(5))
    old, new = (BertModel.from_pretrained(folder).embeddings.word_embeddings.weight for folder in (encoder, tmp_path))
    for piece, index in after.get_vocab().items():
        assert torch.equal(new[index], old[before.token_to_id(piece)])


def test_pruned_words_are_spelled_out_not_lost(encoder: Path, tmp_path: Path) -> None:
    prepare_start(str(encoder), 600, [TEXT], tmp_path)
    tokenizer = Tokenizer.from_file(str(tmp_path / "tokenizer.json"))
    tokens = tokenizer.encode("unmistakable zeppelins", add_special_tokens=False).tokens
    assert "[UNK]" not in tokens
    assert "".join(token.removeprefix("##") for token in tokens) == "unmistakablezeppelins"


def test_an_encoder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot load a BERT-shaped encoder"):
        prepare_start(str(tmp_path / "nowhere"), 100, [TEXT], tmp_path)


def test_adaptation_changes_the_encoder_and_keeps_its_shape(encoder: Path, recipe: Recipe, tmp_path: Path) -> None:
    adapt(encoder, [Article(TEXT, "A headline")] * 8, recipe, tmp_path)
    before, after = (dict(BertModel.from_pretrained(folder).named_parameters()) for folder in (encoder, tmp_path))
    name = "encoder.layer.0.attention.self.query.weight"
    assert after[name].shape == before[name].shape
    assert not torch.equal(after[name], before[name])
    assert (tmp_path / "tokenizer.json").read_bytes() == (encoder / "tokenizer.json").read_bytes()
