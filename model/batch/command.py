"""``onrecord batch``: any number of articles, in order, in bounded memory, resumable.

Articles go through in blocks: read here, labelled and encoded in this process or in worker processes, appended to the
output and committed here. Only the blocks under way are held in memory.
"""

import argparse
import json
import logging
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import onrecord
from onrecord.batch.checkpoint import Checkpoint, RunFiles, State
from onrecord.batch.progress import Progress
from onrecord.batch.records import Columns, Reject
from onrecord.batch.sinks import PER, sink_for
from onrecord.batch.sources import KINDS, STDIN, Inputs, Item, Page
from onrecord.batch.workers import Block, LabelledBlock, Load, label_here, label_in_workers
from onrecord.errors import InputError
from onrecord.labeller import Labeller
from onrecord.pretrained import WeightsFolder, digest_of
from onrecord.reading import counted

# A block is what a killed run does again, what is held in memory, and what one worker may have to do while the others,
# at the end, have nothing left: a second or two of work, some ten news articles.
_BLOCK_ARTICLES = 128
_BLOCK_CHARACTERS = 50_000
_MARKUP = 16  # bytes of a page to a character of its article, or so


@dataclass(frozen=True)
class Job:
    """What a run is to do.

    :ivar inputs: files, folders, glob patterns, or ``-`` for standard input.
    :ivar output: a .jsonl, .csv or .parquet file.
    :ivar columns: where records keep text, headline and id.
    :ivar per: what a row of the output is, one of ``PER``.
    :ivar stdin_kind: what standard input holds, one of the values of ``KINDS``.
    :ivar workers: processes of one thread each; ``None``: this process alone, with a thread for every core.
    :ivar resume: go on with the run that was killed; ``overwrite``: start again, whatever is there.
    """

    inputs: tuple[str, ...]
    output: Path
    columns: Columns
    per: str = "sentence"
    stdin_kind: str = "jsonl"
    workers: int | None = None
    resume: bool = False
    overwrite: bool = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.description = (
        f"Label articles by the million. Inputs are files ({' '.join(KINDS)}, also with .gz .xz .zst), folders, "
        "patterns, or - for standard input. Exit status 1 if articles were rejected: see OUT.rejects.jsonl."
    )
    add = parser.add_argument
    add("inputs", nargs="+", metavar="INPUT", help="file, folder, pattern, or - for standard input")
    add("-o", "--output", required=True, metavar="OUT", help="a .jsonl, .csv or .parquet file")
    add("--per", choices=PER, default="sentence", help="what a row is (default: sentence)")
    add("--text-column", metavar="NAME", help="field or column of the text (default: text)")
    add("--headline-column", metavar="NAME", help="of the headline (default: headline or title)")
    add("--id-column", metavar="NAME", help="of the id (default: id)")
    kinds = sorted(set(KINDS.values()))
    add("--stdin-format", choices=kinds, default="jsonl", help="what - holds (default: jsonl)")
    add("--resume", action="store_true", help="go on with a run that was killed")
    add("--overwrite", action="store_true", help="start again, whatever is there")
    add("--workers", type=int, metavar="N", help="processes of a thread each (default: one, with a thread a core)")
    add("--ray", metavar="ADDRESS", help="on this Ray cluster; INPUT is Parquet and OUT a folder, wherever Ray reaches")
    add("--weights", metavar="FOLDER", help="a folder of weights or a hub id (default: the shipped)")


def run(arguments: argparse.Namespace) -> int:
    """Run the command; return the exit status."""
    logging.basicConfig(level=logging.WARNING, format="onrecord: %(message)s", stream=sys.stderr)  # of damaged files
    # Workers inherit it. Arrow's own allocator keeps what it has freed, so that memory would grow with the output.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    columns = Columns(arguments.text_column, arguments.headline_column, arguments.id_column)
    if arguments.ray is not None:
        return _run_on_ray(arguments, columns)
    job = Job(
        inputs=tuple(arguments.inputs),
        output=Path(arguments.output),
        columns=columns,
        per=arguments.per,
        stdin_kind=arguments.stdin_format,
        workers=arguments.workers,
        resume=arguments.resume,
        overwrite=arguments.overwrite,
    )
    weights = WeightsFolder.open(arguments.weights)
    load = partial(Labeller.from_pretrained, arguments.weights, threads=1 if job.workers else None)
    return 1 if label_files(job, load, digest_of(weights.model.parent / "config.json")) else 0


def _run_on_ray(arguments: argparse.Namespace, columns: Columns) -> int:
    if arguments.resume or arguments.workers:
        raise InputError("with --ray, Ray sees to workers and recovery; leave out --resume and --workers")
    try:
        from onrecord.integrations.ray import label_parquet
    except ModuleNotFoundError as error:
        raise InputError(f"--ray takes {error.name}; run: pip install 'onrecord[ray]'") from None
    rejected = label_parquet(
        arguments.ray,
        arguments.inputs,
        arguments.output,
        columns,
        arguments.per,
        arguments.weights,
        arguments.overwrite,
    )
    return 1 if rejected else 0


def label_files(job: Job, load: Load, weights: str) -> int:
    """Do a job; return how many articles were rejected.

    :param load: makes the labeller; must be picklable if there are workers.
    :param weights: tells the labeller's weights from others, so that no run goes on with different ones.
    :raises OnrecordError: the job cannot be done, or not to its end; what is done of it can be resumed.
    """
    if job.workers is not None and job.workers < 1:
        raise InputError(f"--workers must be at least 1, not {job.workers}")
    if job.resume and STDIN in job.inputs:
        raise InputError("standard input cannot be resumed: save it to a file and give that")
    files = RunFiles(job.output)
    inputs = Inputs(job.inputs, job.columns, job.stdin_kind, exclude=files.all())
    sink = sink_for(job.output, job.per)
    options = _options(job, inputs.survey(), weights)
    if inputs.others:
        print(f"onrecord: left out {counted(inputs.others, 'file')} of other kinds in these folders", file=sys.stderr)
    with Checkpoint.open(files, options, sink.header(), job.resume, job.overwrite) as checkpoint:
        progress = Progress(inputs.size, checkpoint.state.position)
        if not checkpoint.state.complete:
            blocks = _blocks(inputs.read(skip=checkpoint.state.items), inputs)
            if job.workers is None:
                labelled = label_here(blocks, load, sink)
            else:
                labelled = label_in_workers(blocks, load, sink, job.workers)
            _commit_all(labelled, checkpoint, progress)
        checkpoint.finish(sink.finish)
    progress.say(_summary(files, checkpoint.state, progress))
    return checkpoint.state.rejects


def _options(job: Job, inputs: str, weights: str) -> dict[str, str]:
    """Everything that the bytes of the output depend on, under the names that a refusal to resume gives them."""
    columns = {f"{name}-column": str(value) for name, value in asdict(job.columns).items()}
    return {"inputs": inputs, "weights": weights, "onrecord": onrecord.__version__, "per": job.per, **columns}


def _blocks(items: Iterable[Item], inputs: Inputs) -> Iterator[Block]:
    """Cut the input into blocks; where they end depends on nothing but the articles."""
    block: list[Item] = []
    characters = 0
    for item in items:
        block.append(item)
        characters += _size(item)
        if len(block) == _BLOCK_ARTICLES or characters >= _BLOCK_CHARACTERS:
            yield Block(block, inputs.position)
            block, characters = [], 0
    if block:
        yield Block(block, inputs.position)


def _size(item: Item) -> int:
    """Characters of an article, or about as many as a page's article may have."""
    if isinstance(item, Page):
        return len(item.content) // _MARKUP
    return 0 if isinstance(item, Reject) else len(item.text)


def _commit_all(blocks: Iterable[LabelledBlock], checkpoint: Checkpoint, progress: Progress) -> None:
    for block in blocks:
        for reject in block.rejects:
            progress.say(f"onrecord: {reject.article} {reject.reason}")
        lines = [json.dumps(asdict(reject), ensure_ascii=False) + "\n" for reject in block.rejects]
        checkpoint.commit(
            block.content,
            "".join(lines).encode(errors="replace"),
            items=block.items,
            rejects=len(block.rejects),
            sentences=block.sentences,
            position=block.position,
        )
        progress.add(block.items - len(block.rejects), block.sentences, block.position)


def _summary(files: RunFiles, state: State, progress: Progress) -> str:
    rejected = f"; {state.rejects:,} rejected, see {files.rejects}" if state.rejects else ""
    done = f"{counted(state.items - state.rejects, 'article')}, {counted(state.sentences, 'sentence')}"
    return f"{files.output}: {done}; {progress.rate()}{rejected}"
