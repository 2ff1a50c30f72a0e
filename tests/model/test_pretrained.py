"""A weights folder that is missing, damaged or foreign is refused in one sentence.

Run: pytest tests/model/test_pretrained.py
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from onrecord import Labeller, WeightsError
from onrecord.pretrained import SHIPPED


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "weights"))


def _truncate(folder: Path) -> None:
    model = folder / "model.onnx"
    model.write_bytes(model.read_bytes()[:100_000])


def _edit_config(**changes: object) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        path = folder / "config.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))

    return edit


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_truncate, "model.onnx is damaged"),
        (lambda folder: (folder / "model.onnx").unlink(), "model.onnx is missing"),
        (lambda folder: (folder / "tokenizer.json").unlink(), "tokenizer.json is missing"),
        (lambda folder: (folder / "config.json").unlink(), "holds no weights"),
        (lambda folder: (folder / "config.json").write_text("{"), "config.json is damaged"),
        (lambda folder: (folder / "config.json").write_text("[]"), "format None"),
        (_edit_config(format=99), "format 99"),
        (_edit_config(labels=["fact"]), "other labels"),
        (_edit_config(unknown=1), "config.json is damaged"),
    ],
)
def test_damage_is_named(weights: Path, damage: Callable[[Path], None], message: str) -> None:
    damage(weights)
    with pytest.raises(WeightsError, match=message):
        Labeller.from_pretrained(weights)


def test_a_sound_copy_is_loaded(weights: Path) -> None:
    assert Labeller.from_pretrained(weights).label_sentences(["It may rain."])


def test_a_name_that_is_neither_folder_nor_hub_id_is_refused() -> None:
    with pytest.raises(WeightsError, match="no folder"):
        Labeller.from_pretrained("./nowhere")
    with pytest.raises(WeightsError, match="no folder my runs/best"):
        Labeller.from_pretrained("my runs/best")


def test_shipped_files_hold_no_pickle() -> None:
    assert {path.name for path in SHIPPED.iterdir()} == {"README.md", "config.json", "model.onnx", "tokenizer.json"}
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < 21_500_000
