"""A recipe that cannot be followed is refused before any work.

Run: pytest tests/training/test_recipe.py
"""

from pathlib import Path

import pytest

from onrecord import InputError
from onrecord.training.recipe import DEFAULT, Recipe

SHIPPED = DEFAULT.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (SHIPPED.replace("epochs = [", 'epochs = ["one", '), "list of whole numbers"),
        (SHIPPED.replace("epochs = ", "epoch = "), "misses epochs"),
        (SHIPPED + "\nsurprise = 1\n", "unknown surprise"),
        (SHIPPED.replace("seed = 1", 'seed = "one"'), "seed must be of type int"),
        ("seed = ", "not TOML"),
        ("finetuning = 1", "misses"),
    ],
)
def test_faults_are_named(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "recipe.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        Recipe.from_file(path)


def test_a_missing_recipe_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read the recipe"):
        Recipe.from_file(tmp_path / "none.toml")


def test_every_setting_changes_the_digest(tmp_path: Path) -> None:
    path = tmp_path / "recipe.toml"
    path.write_text(SHIPPED.replace("seed = 1", "seed = 2"), encoding="utf-8")
    assert Recipe.from_file(path).digest() != Recipe.from_file().digest()
    assert Recipe.from_file().digest() == Recipe.from_file().digest()
