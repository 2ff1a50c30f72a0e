"""Make ``model/framing/reference.json``: what news articles are made of, to compare an article with.

Run, after the shipped weights have changed::

    python -m onrecord.training.reference --data-folder ../shared -o model/framing/reference.json
"""

import argparse
import datetime
import json
import logging
import random
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from onrecord.article import Article
from onrecord.data.pool import load_pool
from onrecord.errors import InputError, OnrecordError
from onrecord.framing.profile import LEAST_SENTENCES, MEASURES, OPINION_SHARE, Kind, kind_of, measure
from onrecord.labelled import LabelledArticle
from onrecord.labeller import Labeller
from onrecord.labels import STANDINGS
from onrecord.pretrained import WeightsFolder

log = logging.getLogger(__name__)

LEAST_ARTICLES = 20
"""With fewer articles of a kind there are no percentiles of it."""
_SEED = 1
_ARTICLES_PER_REPORT = 100
_NUMBERS = re.compile(r"\[[\s\d.,]+\]")


def main(arguments: Sequence[str] | None = None) -> int:
    """Label a sample of the pool; write the reference."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    parsed = _parser().parse_args(arguments)
    try:
        articles = list(load_pool(parsed.data_folder / "pool"))
        sample = random.Random(_SEED).sample(articles, min(parsed.articles, len(articles)))
        labeller = Labeller.from_pretrained(parsed.weights, threads=parsed.threads)
        content = reference(labeller.label_articles(sample))
    except OnrecordError as error:
        print(f"onrecord: {error}", file=sys.stderr)
        return 2
    content["provenance"] = {**_provenance(sample, parsed.weights), **content["provenance"]}
    written = _to_json(content)
    if parsed.output:
        parsed.output.write_text(written, encoding="utf-8")
    else:
        print(written, end="")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m onrecord.training.reference", description=__doc__)
    parser.add_argument("--data-folder", type=Path, default=Path("../shared"), help="holds pool/news.parquet")
    parser.add_argument("--articles", type=int, default=600, metavar="N", help="size of the sample (default: 600)")
    parser.add_argument("--weights", metavar="FOLDER", help="a folder of weights (default: the shipped)")
    parser.add_argument("--threads", type=int, metavar="N", help="cores to use (default: all)")
    parser.add_argument("-o", "--output", type=Path, metavar="OUT", help="write to this file, not standard output")
    return parser


def reference(articles: Iterable[LabelledArticle]) -> dict[str, Any]:
    """The percentiles of every measure, for each kind of article.

    :raises InputError: there are too few articles of a kind.
    """
    measured: dict[Kind, list[dict[str, float]]] = {kind: [] for kind in Kind}
    short = 0
    for article in _reported(articles):
        statements = [sentence for sentence in article.sentences if sentence.label in STANDINGS]
        kind = kind_of(statements)
        if kind:
            measured[kind].append(measure(statements))
        else:
            short += 1
    for kind, rows in measured.items():
        if len(rows) < LEAST_ARTICLES:
            raise InputError(
                f"the sample has {len(rows)} {kind.plural}, {LEAST_ARTICLES} are needed; give more --articles"
            )
    kinds = {kind.value: {"articles": len(rows), "percentiles": _percentiles(rows)} for kind, rows in measured.items()}
    return {"provenance": {"too_short": short}, "kinds": kinds}


def _percentiles(rows: Sequence[dict[str, float]]) -> dict[str, list[float]]:
    """The 1st to the 99th percentile of each measure: the least value that so many in a hundred do not exceed."""
    points = {
        name: np.percentile([row[name] for row in rows], range(1, 100), method="inverted_cdf") for name in MEASURES
    }
    return {name: [round(float(point), 4) for point in values] for name, values in points.items()}


def _provenance(sample: Sequence[Article], weights: str | None) -> dict[str, Any]:
    corpora = Counter((article.id or "").partition("/")[0] for article in sample)
    return {
        "articles": len(sample),
        "corpora": dict(sorted(corpora.items())),
        "seed": _SEED,
        "weights": WeightsFolder.open(weights).config.digests["model.onnx"],
        "date": datetime.date.today().isoformat(),
        "kind": f"opinion_piece: more than {OPINION_SHARE} of the statements are opinion in the outlet's own voice; "
        f"news_report: all others; articles with fewer than {LEAST_SENTENCES} statements are left out",
        "percentiles": "for each measure, the 1st to the 99th percentile of its share of an article's statements",
    }


def _reported(articles: Iterable[LabelledArticle]) -> Iterator[LabelledArticle]:
    for number, article in enumerate(articles, start=1):
        if number % _ARTICLES_PER_REPORT == 0:
            log.info("%d articles", number)
        yield article


def _to_json(content: dict[str, Any]) -> str:
    """JSON with one line for each list of numbers."""
    text = json.dumps(content, indent=1)
    return _NUMBERS.sub(lambda match: json.dumps(json.loads(match[0])), text) + "\n"


if __name__ == "__main__":
    sys.exit(main())
