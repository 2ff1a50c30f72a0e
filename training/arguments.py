"""What all training stages share of ``transformers.TrainingArguments``."""

from pathlib import Path
from typing import Any

import torch
from transformers import TrainingArguments

CHECKPOINT_STEPS = 500


def training_arguments(checkpoints: Path, seed: int, **stage: Any) -> TrainingArguments:
    """Arguments for one stage: checkpoints to resume from, a warm-up, a linear decay, bfloat16 where that is faster."""
    defaults: dict[str, Any] = {
        "output_dir": str(checkpoints),
        "seed": seed,
        "bf16": has_bfloat16(),
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


def has_bfloat16() -> bool:
    """Whether the device multiplies in bfloat16: a CPU without instructions for it takes many times as long."""
    return torch.cuda.is_available() or torch.cpu._is_avx512_bf16_supported()


def attention() -> str:
    """The fastest attention of the device: on a CPU, in bfloat16 at least, plain products beat torch's fused one."""
    return "sdpa" if torch.cuda.is_available() else "eager"


def last_checkpoint(folder: Path) -> str | None:
    """The newest checkpoint in ``folder`` that was written to its end, or ``None``."""
    whole = [state.parent for state in folder.glob("checkpoint-*/trainer_state.json")]  # the file written last
    return str(max(whole, key=lambda checkpoint: int(checkpoint.name.partition("-")[2]))) if whole else None
