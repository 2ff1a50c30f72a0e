"""A folder of weights: which files it holds, what its configuration says, and whether all of it is sound."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from onrecord.errors import WeightsError
from onrecord.labels import LABELS, SOURCINGS

FORMAT = 5
"""Raised when a folder written before cannot be read any more."""

SHIPPED = Path(__file__).parent / "weights"


@dataclass(frozen=True)
class WeightsConfig:
    """``config.json`` of a weights folder.

    :ivar temperature: divides the label logits; fitted on dev and dev_pool.
    :ivar sourcing_temperature: divides the sourcing logits.
    :ivar window_limit: with ``window_context``: how sentences are packed, in tokens.
    :ivar digests: SHA-256 of the other files the folder must hold.
    :ivar provenance: hashes of recipe and data, versions of the libraries, agreement of int8 with float.
    """

    format: int
    labels: list[str]
    sourcings: list[str]
    temperature: float
    sourcing_temperature: float
    window_limit: int
    window_context: int
    digests: dict[str, str]
    provenance: dict[str, Any]

    def save(self, folder: Path) -> None:
        """Write ``config.json`` to ``folder``."""
        (folder / "config.json").write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")


@dataclass(frozen=True)
class WeightsFolder:
    """Paths of what labelling reads, and the configuration.

    :ivar network: the float network, as transformers saves one; not in every folder.
    """

    model: Path
    tokenizer: Path
    network: Path
    config: WeightsConfig

    @classmethod
    def open(cls, source: str | Path | None = None) -> "WeightsFolder":
        """Open the shipped weights, a folder, or what a hub id names (the only case that uses the network).

        :raises WeightsError: something is missing, damaged or of another version.
        """
        folder = SHIPPED if source is None else Path(source)
        if source is not None and not folder.exists():
            folder = _from_hub(str(source))
        config = _read_config(folder)
        for name, digest in config.digests.items():
            _check_file(folder / name, digest)
        return cls(folder / "model.onnx", folder / "tokenizer.json", folder / "float", config)


def digest_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_config(folder: Path) -> WeightsConfig:
    path = folder / "config.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise WeightsError(f"{folder} holds no weights: {path.name} is missing; name a folder that has it") from None
    except ValueError as error:
        raise WeightsError(f"{path} is damaged ({error}); fetch the weights again") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        found = content.get("format") if isinstance(content, dict) else None
        raise WeightsError(
            f"{folder} has weights of format {found}, this version of onrecord reads format {FORMAT}; "
            "install the onrecord that wrote them or export them again"
        )
    try:
        config = WeightsConfig(**content)
    except TypeError as error:
        raise WeightsError(f"{path} is damaged ({error}); fetch the weights again") from None
    if config.labels != list(LABELS) or config.sourcings != list(SOURCINGS):
        raise WeightsError(f"{folder} was trained for other labels: {', '.join(config.labels)}")
    return config


def _check_file(path: Path, digest: str) -> None:
    if not path.is_file():
        raise WeightsError(f"{path} is missing; fetch the weights again")
    if digest_of(path) != digest:
        raise WeightsError(f"{path} is damaged: its hash is not the one in config.json; fetch the weights again")


def _from_hub(name: str) -> Path:
    if name.count("/") != 1 or name.startswith((".", "/", "~")):
        raise WeightsError(f"there is no folder {name}; name a folder of weights or a hub id such as owner/name")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import (
        HfHubHTTPError,
        HFValidationError,
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
    )

    try:
        return Path(snapshot_download(name))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, RepositoryNotFoundError, OSError) as error:
        raise WeightsError(f"there is no folder {name}, and the hub gave no such weights: {error}") from error
