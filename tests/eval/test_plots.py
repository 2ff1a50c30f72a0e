"""Plots are well-formed SVG, put scores where they belong, and escape names."""

from xml.etree import ElementTree

import numpy as np

from onrecord.eval.bootstrap import Estimate
from onrecord.eval.plots import Bar, Line, bars, heat, lines

SVG = "{http://www.w3.org/2000/svg}"


def test_bars_put_a_score_between_its_bounds_and_half_way_for_a_half() -> None:
    root = ElementTree.fromstring(bars([Bar("a < b", Estimate(0.5, 0.25, 0.75)), Bar("c", 1.0), Bar("d", 0.0)]))
    half, one, zero = (float(dot.attrib["cx"]) for dot in root.iter(f"{SVG}circle"))
    assert half == (one + zero) / 2
    (interval,) = [line for line in root.iter(f"{SVG}line") if line.attrib["stroke-width"] == "2"]
    assert float(interval.attrib["x1"]) == zero + (one - zero) / 4
    assert "a < b" in [text.text for text in root.iter(f"{SVG}text")]


def test_lines_go_up_for_greater_values() -> None:
    root = ElementTree.fromstring(lines([Line("rises", np.array([[0.0, 0.0], [1.0, 1.0]]))], "x", "y", diagonal=True))
    (line,) = root.iter(f"{SVG}polyline")
    (x0, y0), (x1, y1) = (map(float, point.split(",")) for point in line.attrib["points"].split())
    assert x1 > x0 and y1 < y0


def test_heat_shades_by_share_of_the_row() -> None:
    root = ElementTree.fromstring(heat(np.array([[3, 1], [0, 0]]), ["a", "b"], "annotated", "predicted"))
    assert [cell.attrib["fill-opacity"] for cell in root.iter(f"{SVG}rect")] == ["0.75", "0.25", "0.00", "0.00"]
