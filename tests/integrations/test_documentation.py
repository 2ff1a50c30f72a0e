"""The examples in docs/pipelines.md run as they stand. One that needs what a test has not begins with ``# needs``."""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "pipelines.md"
EXAMPLES = dict(re.findall(r"^## (.+?)$(?:(?!^## ).)*?^```python\n(.+?)^```$", PAGE.read_text("utf-8"), re.M | re.S))


@pytest.mark.parametrize("name", EXAMPLES)
def test_example(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    compiled = compile(EXAMPLES[name], f"{PAGE.name}: {name}", "exec")
    if EXAMPLES[name].startswith("# needs"):
        return
    try:
        exec(compiled, {"__name__": "__main__"})
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("onrecord"):
            raise
        pytest.skip(f"{error.name} is not installed")
    assert capsys.readouterr().out.strip()


def test_every_section_has_an_example() -> None:
    assert list(EXAMPLES) == re.findall(r"^## (.+)$", PAGE.read_text("utf-8"), re.M)
