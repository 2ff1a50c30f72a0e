"""The command line. Data goes to standard output, everything else to standard error.

Exit status: 0 done; 1 some articles failed, each named; 2 wrong usage or input that cannot be used.
"""

import argparse
import importlib
import logging
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import onrecord
from onrecord.article import Article, decode, standard_input
from onrecord.errors import InputError, OnrecordError
from onrecord.formats import FORMATS
from onrecord.labelled import LabelledArticle

# Commands with dependencies of their own: module, extra to install, one line of help.
_EXTRAS = {
    "batch": ("onrecord.batch.command", "batch", "label files, folders and tables of articles, by the million"),
    "serve": ("onrecord.page.server", "serve", "open the local page and its JSON API"),
    "train": ("onrecord.training.command", "train", "make weights from annotations, by one recipe"),
    "export": ("onrecord.training.export_command", "train", "turn a trained network into weights"),
    "eval": ("onrecord.eval.command", "eval", "measure how good, how fast, against whom"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if sys.stderr is None:  # closed: what is meant for it must not go to standard output
        sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115
    try:
        parsed = _parser(arguments).parse_args(arguments)
        return int(parsed.run(parsed))
    except OnrecordError as error:
        print(f"onrecord: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(f"onrecord: {where}{error.strerror or error}; put that right and try again", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("onrecord: interrupted", file=sys.stderr)
        return 130


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="onrecord", description="Say on whose word each sentence of a news article stands."
    )
    parser.add_argument("--version", action="version", version=f"onrecord {onrecord.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_label(commands.add_parser("label", help="label one article"))
    for name, (module, extra, summary) in _EXTRAS.items():
        command = commands.add_parser(name, help=summary)
        if name in arguments[:1]:  # only the command that is asked for is imported
            loaded = _import_extra(module, extra)
            loaded.add_arguments(command)
            command.set_defaults(run=loaded.run)
    return parser


def _import_extra(module: str, extra: str):  # type: ignore[no-untyped-def]
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("onrecord"):
            raise
        raise OnrecordError(f"{error.name} is not installed; run: pip install 'onrecord[{extra}]'") from None


def _add_label(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a file of plain text, Markdown or HTML, or - for standard input")
    parser.add_argument("--format", choices=sorted(FORMATS), default="text", help="what to write (default: text)")
    parser.add_argument("--headline", help="the article's headline")
    parser.add_argument("-o", "--output", type=Path, metavar="OUT", help="write to this file, not standard output")
    parser.add_argument("--threads", type=int, metavar="N", help="cores to use (default: all)")
    parser.add_argument("--weights", metavar="FOLDER", help="a folder of weights or a hub id (default: the shipped)")
    parser.set_defaults(run=_label)


def _label(arguments: argparse.Namespace) -> int:
    logging.basicConfig(level=logging.INFO, format="onrecord: %(message)s", stream=sys.stderr)  # of very long articles
    if arguments.output is None and sys.stdout is None:
        raise InputError("standard output is closed; name a file with -o")
    if arguments.output is not None and arguments.output.resolve() == Path(arguments.file).resolve():
        raise InputError(f"{arguments.file} is the output too; name another output, so that it is not lost")
    labeller = onrecord.Labeller.from_pretrained(arguments.weights, threads=arguments.threads)
    article = labeller.label_article(_read(arguments.file, arguments.headline))
    if not article.sentences:
        print(f"onrecord: {arguments.file} holds no sentence", file=sys.stderr)
    forced = os.environ.get("FORCE_COLOR", "0") not in ("", "0")
    color = arguments.output is None and (forced or (sys.stdout.isatty() and not os.environ.get("NO_COLOR")))
    _write(_formatted(article, arguments.format, color), arguments.output)
    return 0


def _formatted(article: LabelledArticle, name: str, color: bool) -> str:
    if name == "text":
        from onrecord.terminal import render

        return render(article, shutil.get_terminal_size().columns, color)
    return FORMATS[name](article)


def _read(name: str, headline: str | None) -> Article:
    if name == "-":
        return Article(decode(standard_input().read(), "standard input"), headline, "-")
    return Article.from_file(name, headline)


def _write(content: str, output: Path | None) -> None:
    # Lone surrogates of damaged input cannot be written in UTF-8; they are written as "?" and nothing else is lost.
    encoded = content.encode("utf-8", errors="replace")
    if output is None:
        sys.stdout.buffer.write(encoded)
        sys.stdout.buffer.flush()
        return
    try:
        output.write_bytes(encoded)
    except OSError as error:
        raise InputError(f"cannot write {output}: {error.strerror}; name a file in a folder that exists") from error


if __name__ == "__main__":
    sys.exit(main())
