"""A stage is done once, by what made it, and goes on where it was killed.

Run: pytest tests/training/test_stages.py
"""

from pathlib import Path

import pytest

from onrecord.errors import InputError
from onrecord.training.stages import Stages


def test_a_stage_is_done_once(tmp_path: Path) -> None:
    done: list[Path] = []
    for _ in range(2):
        assert Stages(tmp_path, "data").run("1-start", done.append, {"rate": 1}) == tmp_path / "1-start"
    assert done == [tmp_path / "1-start"]
    assert list(Stages(tmp_path).minutes()) == ["1-start"]


def test_a_stage_that_was_killed_goes_on_in_its_folder(tmp_path: Path) -> None:
    def killed(folder: Path) -> None:
        (folder / "checkpoint").write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Stages(tmp_path).run("1-start", killed, 1)
    found: list[bool] = []
    Stages(tmp_path).run("1-start", lambda folder: found.append((folder / "checkpoint").exists()), 1)
    assert found == [True]


@pytest.mark.parametrize(("data", "rate"), [("other data", 1), ("data", 2)])
def test_what_was_made_otherwise_is_refused_and_so_is_what_came_of_it(tmp_path: Path, data: str, rate: int) -> None:
    def run(stages: Stages, rate: int) -> None:
        start = stages.run("1-start", lambda folder: None, rate)
        stages.run("2-end", lambda folder: None, start)

    run(Stages(tmp_path, "data"), 1)
    with pytest.raises(InputError, match="1-start was made by another recipe"):
        run(Stages(tmp_path, data), rate)
    (tmp_path / "1-start").rename(tmp_path / "gone")
    with pytest.raises(InputError, match="2-end was made by another recipe"):
        run(Stages(tmp_path, data), rate)


def test_a_folder_that_nobody_marked_is_not_taken_over(tmp_path: Path) -> None:
    (tmp_path / "1-start").mkdir()
    (tmp_path / "1-start" / "done.json").write_text("{}")
    with pytest.raises(InputError, match="remove it"):
        Stages(tmp_path).run("1-start", lambda folder: None, 1)
