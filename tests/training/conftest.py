"""A tiny encoder and a few annotated articles of our own, so that whole training stages run in seconds."""

import dataclasses
import json
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the train extra is not installed")

import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel, MPNetConfig, MPNetModel, MPNetTokenizer

from onrecord.data.annotated import AnnotatedArticle, AnnotatedSentence
from onrecord.labels import LABELS, Label, Sourcing
from onrecord.network import SourcingConfig, SourcingNetwork
from onrecord.pretrained import SHIPPED
from onrecord.training.finetune import finetune
from onrecord.training.recipe import Recipe
from onrecord.windows import WindowPacker

_SENTENCES = [
    ("The council closed the bridge on Monday.", Label.REPORTED_FACT, Sourcing.NONE, None, None),
    ("Mayor Ina Dorrit said it was safe.", Label.ATTRIBUTED_CLAIM, Sourcing.NAMED, "Mayor Ina Dorrit", "said"),
    ("It may reopen in spring.", Label.SPECULATION, Sourcing.NONE, None, "may"),
    ("The delay is a disgrace.", Label.ANALYST_OPINION, Sourcing.NONE, None, "a disgrace"),
    ("Read also", Label.NONE, Sourcing.NONE, None, None),
    ("Officials said repairs will take a month.", Label.ATTRIBUTED_CLAIM, Sourcing.UNNAMED, "Officials", "said"),
]


def _sentence(index: int, row: tuple) -> AnnotatedSentence:  # type: ignore[type-arg]
    text, label, sourcing, source, cue = row
    spans = [(text.index(words), text.index(words) + len(words)) if words else None for words in (source, cue)]
    return AnnotatedSentence(index, text, label, sourcing, spans[0], spans[1], index % 3 > 0, None)


@pytest.fixture(scope="session")
def articles() -> list[AnnotatedArticle]:
    headline = _sentence(-1, ("Bridge may reopen", Label.SPECULATION, Sourcing.NONE, None, "may"))
    return [
        AnnotatedArticle(
            "own",
            str(number),
            "The Haldersea Gazette",
            "news",
            headline if number % 2 else None,
            tuple(_sentence(index, _SENTENCES[(index + number) % 6]) for index in range(12)),
        )
        for number in range(6)
    ]


@pytest.fixture(scope="session")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("encoder")
    tokenizer = Tokenizer.from_file(str(SHIPPED / "tokenizer.json"))
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


@pytest.fixture(scope="session")
def packer() -> WindowPacker:
    return WindowPacker(Tokenizer.from_file(str(SHIPPED / "tokenizer.json")), 256, 48)


@pytest.fixture(scope="session")
def recipe() -> Recipe:
    shipped = Recipe.from_file()
    finetuning = dataclasses.replace(
        shipped.finetuning, epochs=(8, 4), batch_tokens=256, learning_rate=3e-3, head_learning_rate=1e-2
    )
    adaptation = dataclasses.replace(shipped.adaptation, tokens=3000, batch_tokens=512)
    teacher = dataclasses.replace(shipped.teacher, held_layers=1, batch_tokens=256)
    return dataclasses.replace(shipped, finetuning=finetuning, adaptation=adaptation, teacher=teacher)


@pytest.fixture(scope="session")
def trained(
    encoder: Path, articles: list[AnnotatedArticle], recipe: Recipe, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("trained")
    finetune(encoder, articles, recipe, folder)
    return folder


@pytest.fixture(scope="session")
def teacher(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network with a bias on distances, of another size than the student, to which all is opinion."""
    folder = tmp_path_factory.mktemp("teacher")
    student = SourcingNetwork.from_pretrained(trained)
    torch.manual_seed(5)
    settings = {**student.config.to_dict(), "hidden_size": 48, "num_attention_heads": 4}
    network = SourcingNetwork(SourcingConfig(**settings | {"relative_attention_buckets": 8}))
    network.label_head.bias.data[LABELS.index(Label.ANALYST_OPINION)] = 20.0
    network.save_pretrained(folder)
    (folder / "tokenizer.json").write_bytes((trained / "tokenizer.json").read_bytes())
    return folder


@pytest.fixture(scope="session")
def mpnet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny MPNet with the shipped tokenizer's pieces, in the reverse order."""
    folder = tmp_path_factory.mktemp("mpnet")
    content = json.loads((SHIPPED / "tokenizer.json").read_text(encoding="utf-8"))
    words = [piece for piece in reversed(content["model"]["vocab"]) if not piece.startswith("[")]
    pieces = ["<s>", "<pad>", "</s>", "<unk>", *words, "[", "[UNK]", "<mask>"]
    vocabulary = folder / "vocab.txt"
    vocabulary.write_text("\n".join(dict.fromkeys(pieces)), encoding="utf-8")
    MPNetTokenizer(str(vocabulary)).save_pretrained(folder)
    torch.manual_seed(3)
    config = MPNetConfig(
        vocab_size=len(pieces), hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
        initializer_range=0.5, pad_token_id=1, max_position_embeddings=300,
    )  # fmt: skip
    MPNetModel(config, add_pooling_layer=False).save_pretrained(folder)
    return folder
