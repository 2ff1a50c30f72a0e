"""A crawl is worked out from the report's tables, and says what it assumes.

Run: pytest tests/eval/test_scale.py
"""

import re
from pathlib import Path

import pytest

from onrecord.eval.scale import Crawl, crawl_table
from onrecord.eval.speed import demonstration
from onrecord.eval.tables import Table

PAGE = (Path(__file__).parents[2] / "docs" / "scale.md").read_text(encoding="utf-8")


def speed(throughput: float, cores: int) -> Table:
    rows = [["latency, median", 50.0, "ms"], ["throughput", throughput, "articles of 50 sentences a second"]]
    return Table("speed-onrecord", f"onrecord on x86_64, {cores} cores", ("", "value", "unit"), rows, "c", "demo", 50)


def rows(*tables: Table) -> dict[str, object]:
    table = crawl_table({table.name: table for table in tables})
    assert table is not None
    return {str(row[0]): row[1] for row in table.rows}


def test_core_hours_and_cost_follow_from_the_rate() -> None:
    crawl = Crawl(articles=3_600_000, characters=1_000, sentences=10, rate=20_000, busy=0.5, core_hour=0.1)
    assert (crawl.core_hours, crawl.hours(4), crawl.cost) == (100, 25, 10)
    assert crawl.gigabytes(500) == 18


def test_the_table_takes_rate_and_room_from_the_report() -> None:
    output = Table("bulk-output", "Room", ("output", "a row is", "bytes"), [[".csv", "sentence", 500]], "c", "dev", 9)
    found = rows(speed(12.0, 2), output)
    assert found["measured: characters a second and core"] == 12 * len(demonstration().text) / 2
    assert found["output, .csv, a row of it: sentence"] == 1900
    twice = rows(speed(24.0, 2))
    assert found["core-hours"] == pytest.approx(2 * twice["core-hours"], abs=1)
    assert float(found["hours on 1 machine of 64 cores"]) == pytest.approx(found["core-hours"] / 64, abs=0.1)


def test_without_a_measured_rate_there_is_no_table() -> None:
    assert crawl_table({}) is None
    with pytest.raises(ValueError, match="no throughput"):
        crawl_table({"speed-onrecord": Table("speed-onrecord", "2 cores", (), [], "c", "demo", 50)})


def test_the_example_on_the_page_runs(capsys: pytest.CaptureFixture[str]) -> None:
    exec(re.findall(r"^```python\n(.+?)^```$", PAGE, re.M | re.S)[0], {})
    assert re.match(r"\d+ core-hours, \d+ dollars, \d+ hours on 64 cores\n\d+ GB", capsys.readouterr().out)
