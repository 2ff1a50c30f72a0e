"""``onrecord train``: one recipe in, a folder of weights out."""

import argparse
import logging
import sys
from pathlib import Path

from onrecord.training.pipeline import train
from onrecord.training.recipe import DEFAULT, Recipe


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``onrecord train``."""
    parser.add_argument("--recipe", type=Path, default=DEFAULT, help="a recipe file (default: the shipped weights')")
    parser.add_argument("--data-folder", type=Path, required=True, help="holds annotated/ and pool/")
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder of the run; resumed if it exists")


def run(arguments: argparse.Namespace) -> int:
    """Train; print the folder of the finished weights."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr, force=True)
    print(train(Recipe.from_file(arguments.recipe), arguments.data_folder, arguments.output))
    return 0
