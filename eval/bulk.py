"""Labelling in bulk with ``onrecord batch``: whether memory stays flat, and how much room the output takes.

Every run is a process of its own, over short articles made here: what grows with the number of articles, grows.
"""

import json
import logging
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from onrecord.article import Article
from onrecord.batch.sinks import sink_for
from onrecord.eval.evaluation import Evaluation, Section
from onrecord.eval.tables import Cell, Table

log = logging.getLogger(__name__)

ARTICLES = (1_000, 100_000)
GROWTH = 0.10
"""The most that memory may grow from the first number of articles to the last."""

_RUNS = ((".jsonl", "sentence", 0), (".parquet", "sentence", 0))  # with how many workers
_OUTPUTS = ((".jsonl", "sentence"), (".csv", "sentence"), (".parquet", "sentence"), (".parquet", "article"))

# Runs the command line and prints, in MiB, the most memory that this process has held, and the largest of its children.
# Linux counts a parent's memory in ru_maxrss of its children, so VmHWM is read there.
_MEASURED = """
import pathlib, re, resource, sys
from onrecord.cli import main
if __name__ == "__main__":
    status = main(sys.argv[1:])
    unit = 1024**2 if sys.platform == "darwin" else 1024
    own, child = (resource.getrusage(who).ru_maxrss / unit for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    status_file = pathlib.Path("/proc/self/status")
    if status_file.exists():
        own = int(re.search(r"VmHWM:\\s*(\\d+)", status_file.read_text()).group(1)) / 1024
    print(own, child)
    sys.exit(status)
"""


def bulk_section(evaluation: Evaluation) -> Section:
    """Peak memory over few and many articles, and bytes of output a sentence."""
    with tempfile.TemporaryDirectory() as folder:
        memory = memory_table(evaluation.weights, evaluation.command, Path(folder))
        tables = [memory, output_table(evaluation, Path(folder))] if evaluation.samples else [memory]
    growths = [row[-1] for row in memory.rows if isinstance(row[-1], float)]
    worst = max(growths)
    flat = "stays flat" if worst <= GROWTH else "does NOT stay flat"
    return Section(
        "Bulk labelling",
        tables,
        [f"Memory {flat}: at most {worst:+.0%} from {ARTICLES[0]:,} to {ARTICLES[1]:,} articles."],
    )


def memory_table(weights: str | None, command: str, folder: Path, articles: Sequence[int] = ARTICLES) -> Table:
    """Peak memory of ``onrecord batch``, child processes included, over each number of short articles.

    :param folder: where inputs and outputs are written.
    """
    rows: list[list[Cell]] = []
    for suffix, per, workers in _RUNS:
        peaks = [_peak(weights, _short_articles(number, folder), suffix, per, workers) for number in articles]
        rows.append([suffix, per, f"{workers} workers" if workers else "one", *peaks, peaks[-1] / peaks[0] - 1])
    columns = ("output", "a row is", "processes", *(f"MiB, {number:,} articles" for number in articles), "growth")
    note = f"Growth is to be at most {GROWTH}."
    if any(workers for *_, workers in _RUNS):
        note = f"With workers: their parent, and the largest of them as often as there are workers. {note}"
    split = "articles of one short sentence"
    return Table("bulk-memory", "Memory", columns, rows, command, split, max(articles), note)


def _short_articles(number: int, folder: Path) -> Path:
    path = folder / f"{number}.jsonl"
    if not path.exists():
        with path.open("w", encoding="utf-8") as file:
            for count in range(number):
                record = {"id": f"pier-{count}", "text": f"Pier {count} is shut."}  # what grows is the number
                file.write(json.dumps(record) + "\n")
    return path


def _peak(weights: str | None, articles: Path, suffix: str, per: str, workers: int) -> int:
    """Peak memory of a run in MiB."""
    log.info("memory: %s, %s, %s workers, %s", suffix, per, workers or "no", articles.name)
    command = [sys.executable, "-c", _MEASURED, "batch", str(articles), "--per", per, "--overwrite"]
    command += ["-o", str(articles.with_suffix(suffix).with_stem(f"{articles.stem}-labelled"))]
    command += ["--workers", str(workers)] if workers else []
    command += ["--weights", weights] if weights else []
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    own, child = map(float, run.stdout.split())
    return round(own + workers * child)


def output_table(evaluation: Evaluation, folder: Path) -> Table:
    """Bytes of output a sentence, on the evaluation's samples."""
    articles = (
        Article("\n\n".join(passage.sentences), passage.headline, f"https://news.example/{passage.document}")
        for sample in evaluation.samples
        for passage in sample.passages
    )
    labelled = list(evaluation.labeller.label_articles(articles))
    sentences = sum(len(article.all_sentences) for article in labelled)
    rows: list[list[Cell]] = []
    for suffix, per in _OUTPUTS:
        output = folder / f"{per}{suffix}"
        sink, written = sink_for(output, per), folder / "written"
        written.write_bytes(sink.header() + sink.encode(labelled))
        sink.finish(written, output)
        rows.append([suffix, per, round(output.stat().st_size / sentences)])
    split = " + ".join(sample.name for sample in evaluation.samples)
    columns = ("output", "a row is", "bytes a sentence")
    return Table("bulk-output", "Room that the output takes", columns, rows, evaluation.command, split, sentences)
