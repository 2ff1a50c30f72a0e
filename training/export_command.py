"""``onrecord export``: a trained network in, a folder of int8 weights out, or a refusal."""

import argparse
import logging
import sys
from pathlib import Path

from onrecord.data.annotated import load_annotated
from onrecord.training.calibrate import development
from onrecord.training.card import write_card
from onrecord.training.export import export
from onrecord.training.recipe import DEFAULT, Recipe


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``onrecord export``."""
    parser.add_argument("trained", type=Path, metavar="FOLDER", help="a network as `onrecord train` saves it")
    parser.add_argument("--recipe", type=Path, default=DEFAULT, help="the recipe it was trained by")
    parser.add_argument("--data-folder", type=Path, required=True, help="holds annotated/ and pool/, for calibration")
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder of the weights")


def run(arguments: argparse.Namespace) -> int:
    """Export; print how close int8 is to float."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr, force=True)
    recipe = Recipe.from_file(arguments.recipe)
    training = load_annotated("train", arguments.data_folder / "annotated")
    print(export(arguments.trained, training, development(arguments.data_folder), recipe, arguments.output))
    write_card(arguments.output)
    return 0
