"""One run of the harness: which systems, on which samples, and the sections of results that come of it."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from onrecord.eval.baselines import baselines
from onrecord.eval.passages import Isolated, Onrecord, Predictions, System
from onrecord.eval.samples import Sample, join
from onrecord.eval.tables import Table
from onrecord.labeller import Labeller


@dataclass(frozen=True)
class Section:
    """Some results that belong together.

    :ivar findings: what the tables say, a sentence each, the gravest first.
    :ivar plots: SVG by title.
    """

    title: str
    tables: list[Table]
    findings: list[str] = field(default_factory=list)
    plots: dict[str, str] = field(default_factory=dict)


@dataclass
class Evaluation:
    """Labeller, baselines and samples; every system labels every sample once.

    :ivar weights: where the labeller's weights are from; ``None``: the shipped.
    :ivar folder: holds ``annotated`` and ``external``.
    :ivar command: what the user typed, to stand under every table.
    """

    labeller: Labeller
    weights: str | None
    samples: list[Sample]
    folder: Path
    command: str

    def __post_init__(self) -> None:
        self.onrecord = Onrecord(self.labeller)
        self._predictions: dict[tuple[str, str], Predictions] = {}

    @cached_property
    def baselines(self) -> list[System]:
        """What onrecord is compared with, trained when first asked for."""
        return baselines(self.folder)

    @property
    def systems(self) -> list[System]:
        """Onrecord, then what it is compared with."""
        return [self.onrecord, Isolated(self.onrecord), *self.baselines]

    @cached_property
    def joined(self) -> Sample:
        """All samples as one: slices and calibration need more sentences than one split has."""
        return join(" + ".join(sample.name for sample in self.samples), self.samples)

    def predict(self, system: System, sample: Sample) -> Predictions:
        """What a system says of a sample."""
        key = system.name, sample.name
        if key not in self._predictions:
            self._predictions[key] = system.predict(sample.passages)
        return self._predictions[key]

    def predict_all(self, sample: Sample) -> dict[str, Predictions]:
        """What every system says of a sample."""
        return {system.name: self.predict(system, sample) for system in self.systems}


def as_json(sections: list[Section], opening: list[str], versions: str) -> dict[str, Any]:
    """What may be published of a run: everything but sentences of others."""
    return {
        "versions": versions,
        "opening": opening,
        "findings": {section.title: section.findings for section in sections},
        "tables": {
            table.name: table.to_dict() for section in sections for table in section.tables if not table.private
        },
    }
