"""What all training stages share of ``transformers.TrainingArguments``."""

from pathlib import Path
from typing import Any

import torch
from transformers import TrainingArguments
from transformers.trainer_utils import get_last_checkpoint

CHECKPOINT_STEPS = 500


def training_arguments(checkpoints: Path, seed: int, **stage: Any) -> TrainingArguments:
    """Arguments for one stage: checkpoints to resume from, bfloat16, a warm-up and a linear decay."""
    defaults: dict[str, Any] = {
        "output_dir": str(checkpoints),
        "seed": seed,
        "bf16": True,
        "optim": "adamw_torch_fused",
        "lr_scheduler_type": "linear",
        "warmup_steps": 0.06,
        "weight_decay": 0.01,
        "max_grad_norm": 1.0,
        "save_steps": CHECKPOINT_STEPS,
        "save_total_limit": 1,
        "logging_steps": 50,
        "report_to": "none",
        "dataloader_num_workers": 0,
        "remove_unused_columns": False,
        "use_cpu": not torch.cuda.is_available(),
    }
    return TrainingArguments(**{**defaults, **stage})


def attention() -> str:
    """The fastest attention of the device: in bfloat16 on a CPU, plain matrix products beat torch's fused one."""
    return "sdpa" if torch.cuda.is_available() else "eager"


def last_checkpoint(folder: Path) -> str | None:
    """The newest checkpoint in ``folder``, or ``None``."""
    return get_last_checkpoint(str(folder)) if folder.is_dir() else None
