"""The stages of a run, each in a folder of its own, that says what made it and whether it is done.

A stage that is done is not run again, and a stage that was killed goes on from its checkpoint: the same command, given
again, goes on where it stopped. What a change of recipe or data does not touch stays; what it touches is refused.
"""

import dataclasses
import hashlib
import json
import logging
import platform
import time
from collections.abc import Callable
from pathlib import Path

from onrecord.errors import InputError

log = logging.getLogger(__name__)


class Stages:
    """The folder of a run.

    :param common: what made every stage, beside what is its own; as ``made_of`` below.
    """

    def __init__(self, folder: Path, *common: object) -> None:
        self.folder = folder
        self._common = common

    def run(self, name: str, work: Callable[[Path], object], *made_of: object) -> Path:
        """Do a stage's work in its folder, unless it is done; note the time it took, and on what.

        :param made_of: what decides what comes out: parts of the recipe, digests, folders of stages before it.
        :return: the folder.
        :raises InputError: the folder holds a stage that something else made.
        """
        folder = self.folder / name
        self._claim(folder, made_of)
        done = folder / "done.json"
        if done.exists():
            log.info("%s: done before", name)
            return folder
        log.info("%s: started", name)
        started = time.monotonic()
        work(folder)
        minutes = round((time.monotonic() - started) / 60, 1)
        done.write_text(json.dumps({"minutes": minutes, "machine": platform.machine()}))
        log.info("%s: took %s minutes", name, minutes)
        return folder

    def minutes(self) -> dict[str, float]:
        """Minutes that each finished stage took in the session that finished it, in the order of the stages."""
        stages = sorted(self.folder.glob("*/done.json"), key=lambda done: int(done.parent.name.partition("-")[0]))
        return {done.parent.name: json.loads(done.read_text())["minutes"] for done in stages}

    def _claim(self, folder: Path, made_of: tuple[object, ...]) -> None:
        """Make a folder this stage's own, by what makes it."""
        described = json.dumps([_description(part) for part in (*self._common, *made_of)], sort_keys=True)
        digest, mark = hashlib.sha256(described.encode()).hexdigest(), _mark(folder)
        begun = folder.is_dir() and any(folder.iterdir())
        if begun and (mark.read_text() if mark.exists() else "") != digest:
            raise InputError(
                f"{folder} was made by another recipe, on other data or corrections, or from another start; remove it "
                "and the stages after it, or name another folder"
            )
        folder.mkdir(parents=True, exist_ok=True)
        mark.write_text(digest)


def _mark(folder: Path) -> Path:
    return folder / "made_of.digest"


def _description(part: object) -> object:
    """A part of what made a stage, as JSON can say it: of a stage, what made that."""
    if isinstance(part, Path):
        return _mark(part).read_text()
    if dataclasses.is_dataclass(part) and not isinstance(part, type):
        return dataclasses.asdict(part)
    return part
