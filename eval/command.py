"""``onrecord eval``: the harness's door on the command line."""

import argparse
import logging
import shlex
import sys
from pathlib import Path

from onrecord.errors import DataError, InputError
from onrecord.eval.evaluation import Evaluation, Section
from onrecord.eval.own_data import load_csv
from onrecord.eval.report import SECTIONS, weights_name, write_report
from onrecord.eval.samples import REPORTED_SPLITS, SPLITS, Sample, load_sample
from onrecord.eval.tabled_documents import read_tables, update
from onrecord.eval.tables import to_markdown
from onrecord.labeller import Labeller

log = logging.getLogger(__name__)

DEFAULT_SPLITS = ["dev", "dev_dense"]  # test splits are for the final table: only when named
_OWN_JOBS = ("report", "targets", "tables")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "what",
        nargs="*",
        metavar="WHAT",
        help=f"splits ({', '.join(SPLITS)}; default: {' '.join(DEFAULT_SPLITS)}) and what to measure on them: "
        f"{', '.join(SECTIONS)} (default: scores); or all of it: report; or, from the last report, targets: print "
        "them beside what is reached, or tables: bring the documents in step",
    )
    parser.add_argument("--data-folder", type=Path, default=Path("../shared"), help="holds annotated/ and external/")
    parser.add_argument("--weights", metavar="FOLDER", help="a folder of weights or a hub id (default: the shipped)")
    parser.add_argument("--threads", type=int, metavar="N", help="cores to use (default: all)")
    parser.add_argument("-o", "--output", type=Path, default=Path("report"), help="the report's folder")
    parser.add_argument(
        "--check", action="store_true", help="tables: change nothing, fail if a document is out of step"
    )
    own = parser.add_argument_group("your own sentences, instead of splits")
    own.add_argument("--data", type=Path, metavar="FILE", help="a CSV file")
    own.add_argument("--text-column", default="text")
    own.add_argument("--label-column", default="label")
    own.add_argument("--document-column", help="names each row's article; its rows are shown together")


def run(arguments: argparse.Namespace) -> int:
    """Evaluate; return the exit status.

    :raises InputError: something is asked for that there is not.
    """
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    unknown = [word for word in arguments.what if word not in (*SPLITS, *SECTIONS, *_OWN_JOBS)]
    if unknown:
        known = ", ".join((*SPLITS, *SECTIONS, *_OWN_JOBS))
        raise InputError(f"there is nothing called {', '.join(unknown)} to evaluate; there are {known}")
    if "targets" in arguments.what:
        return _print_targets(arguments.output / "report.json", arguments.weights)
    if "tables" in arguments.what:
        return _update_tables(arguments.output / "report.json", arguments.check)
    labeller = Labeller.from_pretrained(arguments.weights, arguments.threads)
    samples, missing = _samples(arguments)
    evaluation = Evaluation(labeller, arguments.weights, samples, arguments.data_folder, _command())
    if "report" in arguments.what:
        missing += write_report(evaluation, arguments.output)
        log.info("written: %s", arguments.output / "report.html")
        _print_targets(arguments.output / "report.json", arguments.weights)
    else:
        for name in [word for word in arguments.what if word in SECTIONS] or ["scores"]:
            _print(SECTIONS[name](evaluation))
    return int(bool(missing))


def _print(section: Section) -> None:
    for finding in section.findings:
        print(f"- {finding}", end="\n\n")
    for table in section.tables:
        print(to_markdown(table), end="\n\n")


def _print_targets(report: Path, weights: str | None) -> int:
    """Print a report's targets beside what the weights reached.

    :raises DataError: there is no such report, or it is of other weights.
    """
    table = read_tables(report).get("targets", "")
    if weights_name(weights) not in table:
        raise DataError(
            f"{report} is of other weights, or older than the targets; write it anew with: "
            f"onrecord eval report {' '.join(REPORTED_SPLITS)}"
        )
    print(table)
    return 0


def _samples(arguments: argparse.Namespace) -> tuple[list[Sample], list[str]]:
    """The samples asked for, and what is wrong with those that cannot be had."""
    if arguments.data:
        own = load_csv(arguments.data, arguments.text_column, arguments.label_column, arguments.document_column)
        return [own], []
    samples, missing = [], []
    for split in dict.fromkeys(word for word in arguments.what if word in SPLITS) or DEFAULT_SPLITS:
        try:
            samples.append(load_sample(split, arguments.data_folder))
        except DataError as error:
            log.error("%s is left out: %s", split, error)
            missing.append(split)
    return samples, missing


def _update_tables(report: Path, check: bool) -> int:
    documents = [Path(name) for name in ("README.md", "model/weights/README.md", "docs/scale.md")]
    documents = [path for path in documents if path.is_file()]
    stale = update(documents, report, check)
    for path in stale:
        log.warning("%s %s", path, "is out of step; run: onrecord eval tables" if check else "updated")
    return int(check and bool(stale))


def _command() -> str:
    return shlex.join(["onrecord", *sys.argv[1:]])
