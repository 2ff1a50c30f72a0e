"""How fast, on this machine, beside the obvious ways to label sentences: all in one run, on the same sentences."""

import importlib.util
import json
import logging
import math
import platform
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path

import numpy as np

from onrecord.article import Article
from onrecord.engine import available_cores
from onrecord.errors import DataError, InputError
from onrecord.eval.baselines import tfidf
from onrecord.eval.evaluation import Evaluation, Section
from onrecord.eval.passages import Passage
from onrecord.eval.peak import float_peak, int8_peak, operations
from onrecord.eval.rivals import transformer_rivals
from onrecord.eval.samples import load_sample
from onrecord.eval.tables import Cell, Table
from onrecord.pretrained import WeightsFolder

log = logging.getLogger(__name__)

_ARTICLES, _LATENCY_RUNS, _LATENCY_SENTENCES, _COLD_RUNS = 24, 60, 30, 5
_ROUNDS = 3  # the first one fills caches

# What a fresh process needs until its first label, and the most memory it has held after ten articles. Linux counts a
# parent's memory in ru_maxrss of its children, so VmHWM is read there.
_FRESH = """
import json, pathlib, re, resource, sys, time
start = time.perf_counter()
from onrecord import Labeller
labeller = Labeller.from_pretrained({weights!r})
labeller.label_article("Officials said the bridge is safe.")
wall, cpu = time.perf_counter() - start, time.process_time()
text = sys.stdin.read()
for _ in range(10):
    labeller.label_article(text)
status = pathlib.Path("/proc/self/status")
if status.exists():
    mebibytes = int(re.search(r"VmHWM:\\s*(\\d+)", status.read_text()).group(1)) / 1024
else:
    mebibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
print(json.dumps([wall, cpu, mebibytes]))
"""


def speed_section(evaluation: Evaluation) -> Section:
    """Throughput beside others', latency, cold start, memory, and the share of the machine's peak."""
    article = demonstration()
    sentences = [sentence.text for sentence in article.sentences]
    texts = sentences * _ARTICLES
    machine = f"{processor()}, {available_cores()} cores"
    rivals = _rivals(evaluation)
    took = _fastest(
        {
            "onrecord": lambda: list(evaluation.labeller.label_articles([article] * _ARTICLES)),
            **{name: lambda run=run: run(texts) for name, run, _ in rivals},  # type: ignore[misc]
        }
    )
    made = _ARTICLES * operations(evaluation.weights, sentences)
    reached = made / took["onrecord"]
    against: list[list[Cell]] = [
        ["onrecord", round(len(texts) / took["onrecord"]), 1.0, "in context, label, sourcing and spans"]
    ]
    for name, _, what_it_gives in rivals:
        against.append([name, round(len(texts) / took[name]), took[name] / took["onrecord"], what_it_gives])
    rows: list[list[Cell]] = [
        ["throughput", _ARTICLES / took["onrecord"], f"articles of {len(article.sentences)} sentences a second"],
        *_latency_rows(evaluation, article),
        *_fresh_rows(evaluation, article),
        ["model file", WeightsFolder.open(evaluation.weights).model.stat().st_size / 1e6, "MB"],
        ["matrix products of labelling", round(reached / 1e9, 1), "G operations a second"],
    ]
    for name, rate in _peaks().items():
        rows.append([name, round(rate / 1e9, 1), f"G operations a second; labelling reaches {reached / rate:.0%}"])
    throughput = Table(
        "speed",
        f"Throughput on {machine}",
        ("", "sentences a second", "times as slow as onrecord", "what it gives"),
        against,
        evaluation.command,
        f"{_ARTICLES} copies of the demonstration article",
        len(texts),
    )
    own = Table(
        "speed-onrecord",
        f"onrecord on {machine}",
        ("", "value", "unit"),
        rows,
        evaluation.command,
        "the demonstration article",
        len(article.sentences),
    )
    return Section("Speed", [throughput, own])


def processor() -> str:
    """The processor's name and what it can do with vectors, which decides how fast int8 is."""
    information = Path("/proc/cpuinfo")
    names = re.findall(r"^model name\s*: (.*)$", information.read_text(), re.MULTILINE) if information.exists() else []
    name = names[0] if names else platform.processor() or platform.machine()
    vectors = np.show_config(mode="dicts")["SIMD Extensions"]
    return f"{name} ({', '.join(vectors.get('found', vectors['baseline']))})"


def demonstration() -> Article:
    """The article that ``make demo`` labels.

    :raises DataError: this installation does not have it.
    """
    try:
        return Article(files("onrecord.data").joinpath("demo.md").read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"the demonstration article is not installed: {error}") from error


def _fastest(runs: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """How long, in seconds, the fastest run of each takes. They take turns, so that a slow minute meets all alike."""
    took = dict.fromkeys(runs, math.inf)
    for _ in range(_ROUNDS):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            took[name] = min(took[name], time.perf_counter() - start)
    return took


def _peaks() -> dict[str, float]:
    peaks = {"peak, float32, numpy": float_peak()}
    if importlib.util.find_spec("onnx") is None:
        log.warning("the int8 peak is left out: onnx is not installed; pip install 'onrecord[train]'")
    else:
        peaks["peak, int8, ONNX Runtime"] = int8_peak()
    return peaks


def _rivals(evaluation: Evaluation) -> list[tuple[str, Callable[[list[str]], object], str]]:
    found: list[tuple[str, Callable[[list[str]], object], str]] = []
    try:
        found += [(name, run, "label only, sentence alone; untrained head") for name, run in transformer_rivals()]
    except InputError as error:
        log.warning("transformers is left out: %s", error)
    try:
        system = tfidf(load_sample("train", evaluation.folder))
    except DataError as error:
        log.warning("TF-IDF is left out: %s", error)
    else:
        found.append(
            (
                "TF-IDF + logistic regression",
                lambda texts: system.predict([Passage("", tuple(texts))]),
                "label and sourcing, sentence alone",
            )
        )
    return found


def _latency_rows(evaluation: Evaluation, article: Article) -> list[list[Cell]]:
    last = article.sentences[:_LATENCY_SENTENCES][-1]
    short = Article(article.text[: last.end])
    times = []
    for _ in range(_LATENCY_RUNS):
        start = time.perf_counter()
        evaluation.labeller.label_article(short)
        times.append(1000 * (time.perf_counter() - start))
    count = len(short.sentences)
    return [
        [f"latency, {name}", round(float(np.percentile(times, share)), 1), f"ms for an article of {count} sentences"]
        for name, share in (("median", 50), ("99th percentile", 99))
    ]


def _fresh_rows(evaluation: Evaluation, article: Article) -> list[list[Cell]]:
    runs = []
    for _ in range(_COLD_RUNS):
        result = subprocess.run(
            [sys.executable, "-c", _FRESH.format(weights=evaluation.weights)],
            input=article.text,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        )
        runs.append(json.loads(result.stdout))
    wall, cpu, memory = (statistics.median(column) for column in zip(*runs, strict=True))
    return [
        ["cold start, wall", round(wall, 2), "s from a fresh process to the first label"],
        ["cold start, CPU", round(cpu, 2), "s"],
        ["peak memory", round(memory), "MiB, after ten articles"],
    ]
