"""What the vector head imitates: sentence similarity, as the start encoder was tuned for it before it read news.

all-MiniLM-L6-v2 gives texts of one meaning like embeddings (the mean of their tokens' states). The main directions of
these embeddings, found on a sample, become a vector head of the start encoder itself; what that network says of a
sentence alone is what the trained network learns to say of it in its article.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from onrecord.engine import TorchEngine
from onrecord.network import SourcingNetwork
from onrecord.windows import WindowPacker

_SAMPLE = 4000  # sentences on which the main directions are found


def similarity_network(start: Path, texts: Sequence[str], limit: int) -> SourcingNetwork:
    """The start encoder with a vector head that keeps most of the similarity among the first ``texts``.

    Its other heads are untrained.
    """
    network = SourcingNetwork.from_pretrained(start, attn_implementation="eager").eval()
    hidden = network.config.hidden_size
    packer = WindowPacker(Tokenizer.from_file(str(start / "tokenizer.json")), limit, context=0)
    network.vector_head = torch.nn.Linear(hidden, hidden, bias=False)
    torch.nn.init.eye_(network.vector_head.weight)
    states = _vectors(network, texts, packer)
    _, _, directions = np.linalg.svd(states, full_matrices=False)
    network.vector_head = torch.nn.Linear(hidden, network.config.vector_size, bias=False)
    torch.nn.init.zeros_(network.vector_head.weight)
    kept = directions[: network.config.vector_size]
    network.vector_head.weight.data[: len(kept)] = torch.from_numpy(kept)
    return network


def _vectors(network: SourcingNetwork, texts: Sequence[str], packer: WindowPacker) -> np.ndarray:
    """The vectors of the first texts, each alone, at length 1. *Shape:* (text, vector_size)"""
    read = [sentence.ids for sentence in packer.tokenize(texts[:_SAMPLE]) if sentence.ids]
    windows = [packer.pack([ids])[0] for ids in read]
    vectors = np.stack([scores.vector[0] for scores in TorchEngine(network, packer).run(windows)])
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
