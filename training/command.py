"""``onrecord train``: one recipe in, a folder of weights out."""

import argparse
import dataclasses
import logging
import sys
from pathlib import Path

from onrecord.data.label_studio import load_label_studio
from onrecord.pretrained import SHIPPED
from onrecord.training.adapters import SHIPPED_ADAPTERS
from onrecord.training.pipeline import train
from onrecord.training.recipe import DEFAULT, Recipe


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``onrecord train``."""
    parser.add_argument("--recipe", type=Path, default=DEFAULT, help="a recipe file (default: the shipped weights')")
    parser.add_argument("--data-folder", type=Path, required=True, help="holds annotated/ and pool/")
    parser.add_argument(
        "--corrections",
        type=Path,
        nargs="+",
        default=[],
        metavar="FILE",
        help="what Label Studio exported as JSON: its sentences join the annotated articles",
    )
    parser.add_argument(
        "--start-from",
        metavar="FOLDER",
        help="go on from these weights (a folder or a hub id; 'shipped': those that onrecord ships) instead of "
        "starting from a public encoder, which takes hours more",
    )
    parser.add_argument(
        "--teacher",
        metavar="FILE",
        help="the adapters of a teacher trained before ('shipped': those that onrecord ships), instead of training one",
    )
    parser.add_argument(
        "--without-teacher",
        action="store_true",
        help="learn from the annotators alone: worse labels, but no larger network to fetch and to train first",
    )
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder of the run; resumed if it exists")


def run(arguments: argparse.Namespace) -> int:
    """Train; print the folder of the finished weights."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr, force=True)
    recipe = Recipe.from_file(arguments.recipe)
    if arguments.without_teacher:
        recipe = dataclasses.replace(recipe, teacher=dataclasses.replace(recipe.teacher, encoder=""))
    corrections = [article for path in arguments.corrections for article in load_label_studio(path)]
    start_from = SHIPPED if arguments.start_from == "shipped" else arguments.start_from
    adapters = SHIPPED_ADAPTERS if arguments.teacher == "shipped" else arguments.teacher and Path(arguments.teacher)
    print(train(recipe, arguments.data_folder, arguments.output, corrections, start_from, adapters))
    return 0
