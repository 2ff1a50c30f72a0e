"""Low-rank adapters: a large network learns by small matrices beside its own, which alone are kept, in a small file.

To every linear map W of a layer they add a product B A of low rank, whose sum W + B A is one map again in the end (Hu
et al., 2021, "LoRA", https://arxiv.org/abs/2106.09685). W stays as it is, so the way back needs no more than the states
and is a third shorter.
"""

import shutil
from pathlib import Path

import torch
from peft import LoraConfig
from peft.tuners.lora import LoraModel
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from onrecord.errors import WeightsError
from onrecord.network import SourcingNetwork
from onrecord.training.arguments import has_bfloat16

ADAPTERS = "adapters.safetensors"
"""The file in a teacher's folder."""

SHIPPED_ADAPTERS = Path(__file__).parent / "teacher.safetensors"
"""What the teacher in this repository has learned: what EXPERIMENTS.md says of it, under "A teacher by adapters"."""

_SCALE = 2.0  # what B A is multiplied with
_RANK, _HELD_LAYERS = "rank", "held_layers"  # in the file's metadata


def add_adapters(network: SourcingNetwork, rank: int, held_layers: int) -> None:
    """Give every layer of ``network`` above the ``held_layers`` adapters of ``rank``; they and the heads alone learn.

    The rest is held in bfloat16 if that is faster.
    """
    if has_bfloat16():
        for module in (network.bert, getattr(network, "relative_attention_bias", None)):
            if module is not None:
                module.to(torch.bfloat16)
    _inject(network, rank, held_layers)
    for parameter in _learning(network).values():
        parameter.data = parameter.data.float()
        parameter.requires_grad_(True)


def save_adapters(network: SourcingNetwork, rank: int, held_layers: int, file: Path) -> None:
    """Write the adapters and heads of ``network`` to ``file``, in bfloat16."""
    values = {name: value.detach().to("cpu", torch.bfloat16).contiguous() for name, value in _learning(network).items()}
    save_file(values, file, metadata={_RANK: str(rank), _HELD_LAYERS: str(held_layers)})


def merge_adapters(start: Path, file: Path, folder: Path) -> None:
    """Write the network in ``start`` with what the adapters and heads in ``file`` have learned to ``folder``.

    :raises WeightsError: the file is missing or damaged, or was learned beside a network of another shape.
    """
    network = SourcingNetwork.from_pretrained(start)
    try:
        with safe_open(file, "pt") as content:
            metadata = content.metadata()
            values = {name: content.get_tensor(name).float() for name in content.keys()}  # noqa: SIM118
        adapted = _inject(network, int(metadata[_RANK]), int(metadata[_HELD_LAYERS]))
    except (OSError, SafetensorError, TypeError, KeyError, ValueError) as error:
        raise WeightsError(f"cannot read adapters from {file}: {error}; name a file that a run wrote") from error
    expected = {name: value.shape for name, value in _learning(network).items()}
    if expected != {name: value.shape for name, value in values.items()}:
        raise WeightsError(f"the adapters in {file} do not fit the network in {start}; train the teacher again")
    network.load_state_dict(values, strict=False)
    adapted.merge_and_unload()
    network.save_pretrained(folder)
    shutil.copyfile(start / "tokenizer.json", folder / "tokenizer.json")
    if file != folder / ADAPTERS:
        shutil.copyfile(file, folder / ADAPTERS)


def _inject(network: SourcingNetwork, rank: int, held_layers: int) -> LoraModel:
    layers = "|".join(str(number) for number in range(held_layers, network.config.num_hidden_layers))
    where = rf"bert\.encoder\.layer\.({layers})\..*(query|key|value|dense)"
    return LoraModel(network, LoraConfig(r=rank, lora_alpha=int(_SCALE * rank), target_modules=where), "default")


def _learning(network: SourcingNetwork) -> dict[str, Tensor]:
    """The adapters and heads, by name."""
    return {
        name: parameter
        for name, parameter in network.named_parameters()
        if ".lora_" in name or name.partition(".")[0].endswith("_head")
    }
