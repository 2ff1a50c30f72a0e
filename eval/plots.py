"""Plots as SVG text, to stand in a page that loads nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from onrecord.eval.tables import Cell, to_text

_INK, _PALE, _BLUE, _GRID = "#222", "#777", "#2b6cb0", "#ddd"
_SIZE, _MARGIN = 300, 46
_ROW = 22


@dataclass(frozen=True)
class Bar:
    """A named score between 0 and 1, with its interval if it has one."""

    name: str
    score: Cell


@dataclass(frozen=True)
class Line:
    """A named line through points, x and y between 0 and 1. *Shape:* ``points`` (point, 2)."""

    name: str
    points: np.ndarray
    colour: str = _BLUE


def bars(measured: Sequence[Bar]) -> str:
    """Scores from 0 to 1 as dots with their intervals, a row each."""
    left, right = 190, 560
    body = []
    for tick in (0, 0.25, 0.5, 0.75, 1):
        x = left + tick * (right - left)
        body += [_stroke(x, 4, x, _ROW * len(measured) + 6, _GRID), _text(x, _ROW * len(measured) + 20, f"{tick:g}")]
    for row, bar in enumerate(measured):
        y = _ROW * row + 18
        value, low, high = (getattr(bar.score, name, None) for name in ("value", "low", "high"))
        value = bar.score if isinstance(bar.score, float) else value
        body.append(_text(left - 8, y + 4, bar.name, "end"))
        if isinstance(low, float) and isinstance(high, float):
            body.append(_stroke(left + low * (right - left), y, left + high * (right - left), y, _BLUE, 2))
        if isinstance(value, float):
            body.append(f'<circle cx="{left + value * (right - left):.1f}" cy="{y}" r="4" fill="{_BLUE}"/>')
        body.append(_text(right + 10, y + 4, to_text(bar.score), "start"))
    return _svg(right + 150, _ROW * len(measured) + 28, body)


def lines(drawn: Sequence[Line], x_name: str, y_name: str, diagonal: bool = False) -> str:
    """Lines in a unit square; ``diagonal`` draws where x equals y."""
    body = [_stroke(*_at(0, tick), *_at(1, tick), _GRID) for tick in (0, 0.25, 0.5, 0.75, 1)]
    for tick in (0, 0.5, 1):
        body += [
            _text(_at(tick, 0)[0], _at(0, 0)[1] + 16, f"{tick:g}"),
            _text(_MARGIN - 6, _at(0, tick)[1] + 4, f"{tick:g}", "end"),
        ]
    if diagonal:
        body.append(_stroke(*_at(0, 0), *_at(1, 1), _PALE, 1, "4 4"))
    for row, line in enumerate(drawn):
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in (_at(*point) for point in line.points.tolist()))
        body.append(f'<polyline points="{points}" fill="none" stroke="{line.colour}" stroke-width="2"/>')
        body.append(_text(_MARGIN + _SIZE + 10, 20 + 18 * row, line.name, "start", line.colour))
    body += [_text(_MARGIN + _SIZE / 2, _SIZE + 56, x_name), _text(_MARGIN, 14, y_name, "start")]
    return _svg(_MARGIN + _SIZE + 170, _SIZE + 64, body)


def heat(counts: np.ndarray, names: Sequence[str], row_name: str, column_name: str) -> str:
    """A matrix of counts, each cell as dark as its share of its row. *Shape:* (class, class)."""
    left, top, cell = 150, 40, 62
    shares = counts / np.maximum(1, counts.sum(1, keepdims=True))
    body = [_text(left + cell * len(names) / 2, 12, column_name), _text(4, 12, row_name, "start")]
    for row, name in enumerate(names):
        y = top + row * cell / 2
        body += [_text(left - 8, y + 20, name, "end"), _text(left + row * cell + cell / 2, top - 8, name[:9])]
        for column in range(len(names)):
            x, share = left + column * cell, shares[row, column]
            fill = f'fill="{_BLUE}" fill-opacity="{share:.2f}" stroke="{_GRID}"'
            body.append(f'<rect x="{x}" y="{y:.0f}" width="{cell}" height="{cell / 2:.0f}" {fill}/>')
            body.append(_text(x + cell / 2, y + 20, str(counts[row, column]), colour="#fff" if share > 0.55 else _INK))
    return _svg(left + cell * len(names) + 10, int(top + cell / 2 * len(names) + 8), body)


def _at(x: float, y: float) -> tuple[float, float]:
    return _MARGIN + x * _SIZE, 22 + (1 - y) * _SIZE


def _stroke(x1: float, y1: float, x2: float, y2: float, colour: str, width: int = 1, dashes: str = "") -> str:
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{width}" stroke-dasharray="{dashes}"/>'


def _text(x: float, y: float, content: str, anchor: str = "middle", colour: str = _INK) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(content)}</text>'


def _svg(width: float, height: float, body: Sequence[str]) -> str:
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    style = 'font-family="system-ui, sans-serif" font-size="12"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size} {style}>{"".join(body)}</svg>'
