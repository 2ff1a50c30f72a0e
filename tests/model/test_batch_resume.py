"""A run that is killed, or whose disk fills up, goes on with ``--resume`` to the very bytes of an undisturbed run."""

import errno
import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import stand_in

from onrecord.batch import command as batch
from onrecord.batch.command import Job, label_files
from onrecord.batch.records import Columns
from onrecord.errors import InputError, OnrecordError

HERE = Path(__file__).parent
SUFFIXES = ("jsonl", "csv", "parquet")

# Kills itself at the n-th call of a function of the modules that keep a run's files.
KILLED_RUN = """
import os, signal, sys
import pyarrow, pyarrow.ipc, pyarrow.parquet
sys.path.insert(0, {here!r})
import stand_in
from pathlib import Path
from onrecord.batch import command as batch
from onrecord.batch.command import Job, label_files
from onrecord.batch.records import Columns

batch._BLOCK_ARTICLES = 4
calls = 0

def count(frame, event, argument):
    global calls
    module = Path(frame.f_code.co_filename).stem
    if event in ("call", "c_call") and module in ("command", "checkpoint", "sinks", "workers"):
        calls += 1
        if calls == {at}:
            os.kill(os.getpid(), signal.SIGKILL)

sys.setprofile(count)
try:
    label_files(Job(({input!r},), Path({output!r}), Columns(), resume=True), stand_in.load, "weights")
finally:
    sys.setprofile(None)
    print(calls)
"""


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of four articles, so that a few dozen make several."""
    monkeypatch.setattr(batch, "_BLOCK_ARTICLES", 4)


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """Thirty invented articles, three of them unusable."""
    path = tmp_path / "articles.jsonl"
    lines = [
        json.dumps(
            {"id": f"a{n}", "title": f"Bridge {n} opens", "text": f"Bridge {n} is safe. It may close in {n} days."}
        )
        for n in range(30)
    ]
    lines[7], lines[19], lines[29] = "{not json", json.dumps({"id": "x"}), json.dumps({"text": "Pumps explode."})
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def whole_run(articles: Path, output: Path) -> dict[str, bytes]:
    """Run undisturbed; return the files by suffix."""
    assert label_files(Job((str(articles),), output, Columns()), stand_in.load, "weights") == 3
    return files_of(output)


def files_of(output: Path) -> dict[str, bytes]:
    return {path.name.removeprefix(output.name): path.read_bytes() for path in output.parent.glob(f"{output.name}*")}


def run_until_killed(articles: Path, output: Path, at: int) -> subprocess.CompletedProcess[str]:
    script = KILLED_RUN.format(here=str(HERE), at=at, input=str(articles), output=str(output))
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_run_killed_again_and_again_at_random_points_ends_with_the_same_bytes(
    articles: Path, tmp_path: Path, suffix: str
) -> None:
    expected = whole_run(articles, tmp_path / f"whole.{suffix}")
    calls = int(run_until_killed(articles, tmp_path / f"counted.{suffix}", at=0).stdout)
    random_points = random.Random(f"kill {suffix}")
    output = tmp_path / f"killed.{suffix}"
    kills = 0
    for _ in range(8):
        done = run_until_killed(articles, output, at=random_points.randrange(1, calls // 2))
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL, done.stderr
        kills += 1
    if not output.exists() or output.with_name(output.name + ".state.json").exists():
        label_files(Job((str(articles),), output, Columns(), resume=True), stand_in.load, "weights")
    assert kills >= 2
    assert files_of(output) == expected


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_kill_at_any_write_to_the_disk_loses_nothing(
    articles: Path, tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every place where the disk is touched, one after the other, in one process: the run is stopped there."""
    expected = whole_run(articles, tmp_path / f"whole.{suffix}")
    stopped = 0
    for at in range(1, 100):
        output = tmp_path / f"stopped{at}.{suffix}"
        disk = Disk(fail_at=at, error=Stop())
        with monkeypatch.context() as patch:
            disk.install(patch)
            try:
                label_files(Job((str(articles),), output, Columns()), stand_in.load, "weights")
                break
            except Stop:
                stopped += 1
        if files_of(output).keys() != expected.keys():
            label_files(Job((str(articles),), output, Columns(), resume=True), stand_in.load, "weights")
        assert files_of(output) == expected
    assert stopped > 20


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_torn_tail_is_cut_off(articles: Path, tmp_path: Path, suffix: str) -> None:
    """After a power cut, what was not yet committed may be there in part, or be zeros."""
    expected = whole_run(articles, tmp_path / f"whole.{suffix}")
    output = tmp_path / f"torn.{suffix}"
    stop_after_commits(articles, output, 3)
    for name, tail in ((".partial", b'{"article": "a12", "te'), (".rejects.jsonl", b"\0\0\0\0")):
        with output.with_name(output.name + name).open("ab") as file:
            file.write(tail)
    label_files(Job((str(articles),), output, Columns(), resume=True), stand_in.load, "weights")
    assert files_of(output) == expected


@pytest.mark.parametrize("at", [5, 11, 23, 37])
def test_a_full_disk_is_said_in_one_sentence_and_leaves_a_run_to_resume(
    articles: Path, tmp_path: Path, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = whole_run(articles, tmp_path / "whole.jsonl")
    output = tmp_path / "full.jsonl"
    with monkeypatch.context() as patch:
        Disk(at, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))).install(patch)
        with pytest.raises(OnrecordError, match=r"disk is full; make room and go on with --resume \(\d+ articles"):
            label_files(Job((str(articles),), output, Columns()), stand_in.load, "weights")
    label_files(Job((str(articles),), output, Columns(), resume=True), stand_in.load, "weights")
    assert files_of(output) == expected


def test_nothing_is_labelled_twice(articles: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    stop_after_commits(articles, output, 4)
    seen: list[str | None] = []

    class Watched(stand_in.StandIn):
        def label_articles(self, articles):  # type: ignore[no-untyped-def]
            articles = list(articles)
            seen.extend(article.id for article in articles)
            return super().label_articles(articles)

    label_files(Job((str(articles),), output, Columns(), resume=True), Watched, "weights")
    assert seen[0] == "a16"


def test_a_run_goes_on_only_under_the_same_conditions(articles: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    stop_after_commits(articles, output, 2)
    resumed = Job((str(articles),), output, Columns(), resume=True)
    with pytest.raises(InputError, match="other weights"):
        label_files(resumed, stand_in.load, "other weights")
    with pytest.raises(InputError, match="other text-column"):
        label_files(Job((str(articles),), output, Columns(text="title"), resume=True), stand_in.load, "weights")
    os.utime(articles, (0, 0))
    with pytest.raises(InputError, match="other inputs"):
        label_files(resumed, stand_in.load, "weights")


def test_no_output_is_overwritten_unasked(articles: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    job = Job((str(articles),), output, Columns())
    stop_after_commits(articles, output, 2)
    with pytest.raises(InputError, match="unfinished run: go on with --resume"):
        label_files(job, stand_in.load, "weights")
    again = Job((str(articles),), output, Columns(), overwrite=True)
    assert label_files(again, stand_in.load, "weights") == 3
    finished = files_of(output)
    with pytest.raises(InputError, match="exists; name another file or give --overwrite"):
        label_files(job, stand_in.load, "weights")
    with pytest.raises(InputError, match="nothing to resume"):
        label_files(Job((str(articles),), output, Columns(), resume=True), stand_in.load, "weights")
    assert files_of(output) == finished


def test_two_runs_do_not_write_one_output(articles: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"

    class Second(stand_in.StandIn):
        def __init__(self) -> None:
            with pytest.raises(InputError, match="another run is writing"):
                label_files(Job((str(articles),), output, Columns(), resume=True), stand_in.load, "weights")

    assert label_files(Job((str(articles),), output, Columns()), Second, "weights") == 3


class Stop(BaseException):
    """Ends a run where nothing can catch it."""


class Disk:
    """Fails at the n-th time that something is made to last: a write, a sync, a renaming or a deletion."""

    def __init__(self, fail_at: int, error: BaseException) -> None:
        self.left = fail_at
        self.error = error

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Put the failing functions in place of the real ones."""
        patch.setattr(os, "fsync", self.failing(os.fsync))
        for name in ("replace", "unlink"):
            patch.setattr(Path, name, self.failing(getattr(Path, name)))

    def failing(self, function):  # type: ignore[no-untyped-def]
        def fail(*arguments, **options):  # type: ignore[no-untyped-def]
            self.left -= 1
            if self.left == 0:
                raise self.error
            return function(*arguments, **options)

        return fail


def stop_after_commits(articles: Path, output: Path, commits: int) -> None:
    """Leave a run unfinished after so many blocks."""

    class Stopping(stand_in.StandIn):
        blocks = 0

        def label_articles(self, articles):  # type: ignore[no-untyped-def]
            self.blocks += 1
            if self.blocks > commits:
                raise Stop
            return super().label_articles(articles)

    with pytest.raises(Stop):
        label_files(Job((str(articles),), output, Columns()), Stopping, "weights")
