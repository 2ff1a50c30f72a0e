"""The files of a batch run in progress, such that the run can be killed at any moment and go on from there.

Beside the output ``OUT`` lie, until the run is done, ``OUT.partial``, to which rows are only ever appended, and
``OUT.state.json``, which says how much of it counts. A commit appends, waits until that is on the disk, and only then
replaces the state, in one step. What a killed run had appended after its last commit is cut off when the run goes on.
"""

import errno
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import BinaryIO

from onrecord.errors import InputError, OnrecordError


@dataclass(frozen=True)
class State:
    """How far a run has come.

    :ivar options: everything that the bytes of the output depend on; a run goes on only under the same.
    :ivar items: articles of the inputs that are dealt with, ``rejects`` of them rejected.
    :ivar written: bytes of ``OUT.partial`` that count.
    :ivar rejects_written: bytes of ``OUT.rejects.jsonl`` that count.
    :ivar position: bytes of the inputs that are read.
    :ivar complete: all is written; only the last step, from ``OUT.partial`` to ``OUT``, may be missing.
    """

    options: Mapping[str, str]
    items: int = 0
    rejects: int = 0
    sentences: int = 0
    written: int = 0
    rejects_written: int = 0
    position: int = 0
    complete: bool = False


@dataclass(frozen=True)
class RunFiles:
    """Where a run keeps what."""

    output: Path

    def beside(self, suffix: str) -> Path:
        """A file that goes by the output's name."""
        return self.output.with_name(self.output.name + suffix)

    @property
    def partial(self) -> Path:
        """The rows so far."""
        return self.beside(".partial")

    @property
    def rejects(self) -> Path:
        """One JSON object for every article that was rejected; not there if none was."""
        return self.beside(".rejects.jsonl")

    @property
    def state(self) -> Path:
        """The state of the last commit."""
        return self.beside(".state.json")

    def all(self) -> list[Path]:
        """Every file that a run may write."""
        return [self.output, self.partial, self.rejects, self.state, *map(self.beside, (".new", ".state.json.new"))]


class Checkpoint:
    """A run's files, open: commits blocks of output, and makes the output when all are there."""

    def __init__(self, files: RunFiles, partial: BinaryIO, state: State) -> None:
        self._files = files
        self._partial = partial
        self.state = state

    @classmethod
    @contextmanager
    def open(
        cls, files: RunFiles, options: Mapping[str, str], header: bytes, resume: bool, overwrite: bool
    ) -> Iterator["Checkpoint"]:
        """Start a run, or go on with one.

        :param options: everything that the bytes of the output depend on.
        :param header: what the output begins with.
        :raises InputError: there is an output or an unfinished run that may not be overwritten, or nothing to resume,
            or what is there is of another run, or in use.
        """
        _check_may_write(files, resume, overwrite)
        checkpoint = None
        try:
            with files.partial.open("ab") as partial:
                _lock(partial, files)
                if resume and files.state.exists():
                    checkpoint = cls(files, partial, _read_state(files, options))
                    checkpoint._cut_off_uncommitted()
                else:
                    checkpoint = cls(files, partial, State(options))
                    checkpoint._start(header)
                yield checkpoint
        except OSError as error:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            reason = "the disk is full; make room" if full else f"{error.strerror or error}; put that right"
            done = checkpoint.state.items if checkpoint else 0
            what = f"open {error.filename}" if error.filename else f"write {files.output}"
            raise OnrecordError(
                f"cannot {what}: {reason} and go on with --resume ({done:,} articles are done)"
            ) from error

    def commit(
        self, content: bytes, reject_lines: bytes, *, items: int, rejects: int, sentences: int, position: int
    ) -> None:
        """Append to the output and to the rejects, and make it count.

        :raises OSError: it could not be written; nothing of it counts.
        """
        _append(self._partial, content)
        if reject_lines:
            with self._files.rejects.open("ab") as file:
                _append(file, reject_lines)
        state = self.state
        self._replace_state(
            State(
                options=state.options,
                items=state.items + items,
                rejects=state.rejects + rejects,
                sentences=state.sentences + sentences,
                written=state.written + len(content),
                rejects_written=state.rejects_written + len(reject_lines),
                position=position,
            )
        )

    def finish(self, make_output: Callable[[Path, Path], None]) -> None:
        """Make the output of what was written, with ``make_output(partial, output)``, and leave nothing else behind."""
        if not self.state.complete:
            self._replace_state(replace(self.state, complete=True))
        if self._files.partial.stat().st_size < self.state.written:  # killed just after this very step
            self._files.partial.unlink()
        else:
            make_output(self._files.partial, self._files.output)
        _sync_folder(self._files.output)
        self._files.state.unlink()

    def _start(self, header: bytes) -> None:
        self._files.state.unlink(missing_ok=True)
        self._files.rejects.unlink(missing_ok=True)
        self._partial.truncate(0)
        _append(self._partial, header)
        self._replace_state(replace(self.state, written=len(header)))

    def _cut_off_uncommitted(self) -> None:
        """Forget what a killed run wrote after its last commit."""
        pairs = [(self._files.partial, self.state.written), (self._files.rejects, self.state.rejects_written)]
        for path, size in pairs:
            found = path.stat().st_size if path.exists() else 0
            if found > size:
                os.truncate(path, size)
            elif found < size and not self.state.complete:
                raise InputError(f"{path} is shorter than it was: start again with --overwrite")

    def _replace_state(self, state: State) -> None:
        aside = self._files.beside(".state.json.new")
        with aside.open("wb") as file:
            _append(file, json.dumps(asdict(state), indent=2).encode() + b"\n")
        aside.replace(self._files.state)
        _sync_folder(self._files.state)
        self.state = state


def _check_may_write(files: RunFiles, resume: bool, overwrite: bool) -> None:
    output, unfinished = files.output, files.state.exists()
    if not output.parent.is_dir():
        raise InputError(f"there is no folder {output.parent} for {output.name}; make it or name another")
    if resume and overwrite:
        raise InputError("--resume goes on with a run and --overwrite starts again; give one of them")
    if unfinished and not resume and not overwrite:
        raise InputError(f"{output} has an unfinished run: go on with --resume, or start again with --overwrite")
    if output.exists() and not unfinished and resume:
        raise InputError(f"{output} is finished, there is nothing to resume; --overwrite makes it anew")
    if output.exists() and not unfinished and not overwrite:
        raise InputError(f"{output} exists; name another file or give --overwrite")


def _read_state(files: RunFiles, options: Mapping[str, str]) -> State:
    try:
        state = State(**json.loads(files.state.read_bytes()))
    except (ValueError, TypeError) as error:
        raise InputError(f"{files.state} is damaged ({error}); start again with --overwrite") from None
    different = sorted(name for name in {*options, *state.options} if options.get(name) != state.options.get(name))
    if different:
        raise InputError(
            f"the unfinished run of {files.output} had other {', '.join(different)}: give the same to --resume it, "
            "or start again with --overwrite"
        )
    return state


def _append(file: BinaryIO, content: bytes) -> None:
    """Write, and wait until it is on the disk."""
    file.write(content)
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    """Wait until the renaming of a file is on the disk."""
    if sys.platform != "win32":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _lock(file: BinaryIO, files: RunFiles) -> None:
    """Keep a second run from writing the same output; the lock goes with the process, however it ends."""
    if sys.platform != "win32":
        import fcntl

        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(f"another run is writing {files.output}; wait for it or name another file") from None
