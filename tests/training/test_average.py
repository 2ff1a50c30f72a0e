"""One network blended into another: every number is where it should be.

Run: pytest tests/training/test_average.py
"""

import shutil
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

from onrecord.training.average import blend


@pytest.fixture
def later(trained: Path, tmp_path: Path) -> Path:
    """The trained network with every parameter greater by 1."""
    folder = shutil.copytree(trained, tmp_path / "later")
    weights = load_file(trained / "model.safetensors")
    raised = {name: value + 1 for name, value in weights.items()}
    save_file(raised, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def _raised_by(trained: Path, folder: Path) -> dict[str, float]:
    before, after = (load_file(each / "model.safetensors") for each in (trained, folder))
    return {name: float((after[name] - value).mean()) for name, value in before.items()}


def test_a_blend_keeps_so_much_of_the_network_before(trained: Path, later: Path, tmp_path: Path) -> None:
    blend(trained, later, 0.3, tmp_path / "blend")
    for raised in _raised_by(trained, tmp_path / "blend").values():
        assert raised == pytest.approx(0.7, abs=1e-4)


def test_what_only_the_later_network_has_learned_is_not_diluted(trained: Path, later: Path, tmp_path: Path) -> None:
    blend(trained, later, 0.3, tmp_path / "blend", "claim_head.")
    for name, raised in _raised_by(trained, tmp_path / "blend").items():
        assert raised == pytest.approx(1.0 if name.startswith("claim_head.") else 0.7, abs=1e-4)
