"""Weights with a float network, saved and loaded for a torch device; the network has random weights.

With a trained network, and by way of the hub: tests/training/test_float_network.py.
"""

from pathlib import Path

import pytest

from onrecord import Labeller
from onrecord.errors import WeightsError
from onrecord.pretrained import WeightsFolder

pytest.importorskip("torch")
pytest.importorskip("transformers")

TEXT = "The pier is closed. Mayor Ana Orlov said it may open in May. " * 20


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tokenizers import Tokenizer

    from onrecord.integrations.hub import save_pretrained
    from onrecord.network import SourcingConfig, SourcingNetwork

    words = Tokenizer.from_file(str(WeightsFolder.open().tokenizer)).get_vocab_size()
    config = SourcingConfig(
        vocab_size=words, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32
    )
    return save_pretrained(None, SourcingNetwork(config), tmp_path_factory.mktemp("hub") / "weights")


def test_the_folder_labels_with_and_without_a_device(folder: Path) -> None:
    shipped = Labeller.from_pretrained(threads=1).label_article(TEXT, "Pier")
    assert Labeller.from_pretrained(folder, threads=1).label_article(TEXT, "Pier") == shipped
    on_torch = Labeller.from_pretrained(folder, device="cpu").label_article(TEXT, "Pier")
    assert [each.text for each in on_torch.sentences] == [each.text for each in shipped.sentences]
    assert all(sum(each.probabilities.values()) == pytest.approx(1) for each in on_torch.sentences)
    assert {path.name for path in folder.iterdir()} >= {"README.md", "config.json", "model.onnx", "float"}


def test_weights_without_a_float_network_say_so() -> None:
    with pytest.raises(WeightsError, match="no float network"):
        Labeller.from_pretrained(device="cpu")
