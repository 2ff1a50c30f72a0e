"""Weights with their float network, for a GPU and for the Hugging Face hub: int8 and float in one folder, one card."""

import shutil
from pathlib import Path

from onrecord.errors import WeightsError
from onrecord.network import SourcingNetwork
from onrecord.pretrained import WeightsFolder


def save_pretrained(weights: str | Path | None, network: SourcingNetwork, folder: str | Path) -> Path:
    """Write a folder that ``Labeller.from_pretrained`` takes, with or without a device.

    :param weights: a folder of weights, as ``onrecord train`` makes it, card and all; by default the shipped one.
    :param network: the float network that the weights were exported from.
    :raises WeightsError: the weights are missing or damaged, or have no card.
    """
    opened = WeightsFolder.open(weights)
    source, target = opened.model.parent, Path(folder)
    if not (source / "README.md").is_file():
        raise WeightsError(f"{source} has no model card README.md; write the weights again with onrecord export")
    target.mkdir(parents=True, exist_ok=True)
    for name in ("config.json", "README.md", *opened.config.digests):
        shutil.copyfile(source / name, target / name)
    network.save_pretrained(target / "float")
    return target


def push_to_hub(folder: str | Path, name: str, private: bool = False) -> str:
    """Upload a folder of weights; return its address. ``Labeller.from_pretrained(name)`` takes what was pushed.

    :param name: ``owner/name`` on the hub; made if it is not there.
    :raises WeightsError: the weights are missing or damaged.
    """
    from huggingface_hub import HfApi

    WeightsFolder.open(folder)
    api = HfApi()
    api.create_repo(name, private=private, exist_ok=True)
    return str(api.upload_folder(repo_id=name, folder_path=folder).repo_url)
