"""What the README shows is what the shipped weights give. Run: pytest tests/test_readme.py"""

import contextlib
import io
import re
from pathlib import Path

from onrecord import Article, Labeller
from onrecord.terminal import render

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found, f"the README has no {language} block"
    return found[1]


def _without_confidence(text: str) -> str:
    """Processors round int8 products differently: the last digit of a confidence may be another."""
    return re.sub(r"\b([FCSO]) +\d+", r"\1", text)


def test_the_demonstration_is_real_output() -> None:
    article = Labeller.from_pretrained().label_article(Article.from_file(ROOT / "data" / "demo.md"))
    printed = _without_confidence(render(article, 100, color=False))
    for part in _block("text").split("…\n"):
        assert _without_confidence(part).strip() in printed


def test_the_python_example_prints_what_it_says() -> None:
    example = _block("python").split("labeller =")[0]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(example, {})
    assert printed.getvalue().splitlines() == re.findall(r"^# (.*)$", example, re.MULTILINE)
