"""The recipe: the numbers that decide what the weights become, read from one TOML file."""

import dataclasses
import hashlib
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onrecord.errors import InputError

DEFAULT = Path(__file__).parent / "recipe.toml"


@dataclass(frozen=True)
class Start:
    """The encoder that training starts from, and how many pieces of its vocabulary are kept."""

    encoder: str
    vocabulary: int


@dataclass(frozen=True)
class Windows:
    """Tokens in a window, and tokens of preceding sentences repeated in a following one."""

    limit: int
    context: int


@dataclass(frozen=True)
class Adaptation:
    """Masked-language-model training of the encoder on unlabelled articles; ``tokens = 0`` leaves it out."""

    tokens: int
    batch_tokens: int
    learning_rate: float
    mask: float


@dataclass(frozen=True)
class Finetuning:
    """Training of encoder and heads on the annotated sentences, in runs of ``epochs`` that are averaged in the end."""

    epochs: tuple[int, ...]
    batch_tokens: int
    learning_rate: float
    head_learning_rate: float
    weight_decay: float
    warmup: float
    dropout: float
    window_sizes: tuple[int, ...]
    single_share: float
    unsure_weight: float
    sourcing_weight: float
    span_weight: float
    claim_weight: float


@dataclass(frozen=True)
class Distillation:
    """Training of the averaged runs on about ``tokens`` of the pool as all runs see it; ``tokens = 0`` leaves it out.

    ``temperature`` softens the runs' labels; the annotated articles are repeated ``annotated_repeats`` times among it.
    """

    tokens: int
    temperature: float
    annotated_repeats: int
    single_share: float
    learning_rate: float
    head_learning_rate: float


@dataclass(frozen=True)
class Teacher:
    """One epoch of a larger network on all that is annotated; ``encoder = ""`` leaves it out.

    Of what the refined network is to say of a sentence, the teacher decides ``say``, and the annotators the rest.
    It learns by adapters of ``rank`` (``adapters.py``) in all layers but the lowest ``held_layers``, and is shown a
    ``claim_share`` of the articles under headlines of our own too.
    """

    encoder: str
    say: float
    rank: int
    held_layers: int
    batch_tokens: int
    learning_rate: float
    head_learning_rate: float
    dropout: float
    window_sizes: tuple[int, ...]
    single_share: float
    claim_share: float


@dataclass(frozen=True)
class Refinement:
    """``runs`` of one more epoch each, or 0; the network before them has a weight of ``kept`` in their average.

    They show the later rounds of annotation, articles under headlines of our own, and what we wrote ourselves some
    times over, among a ``share`` of the articles annotated first, or, with a teacher, all of them.
    """

    runs: int
    kept: float
    share: float
    single_repeats: int
    passage_repeats: int
    dropout: float
    window_sizes: tuple[int, ...]
    single_share: float
    learning_rate: float
    head_learning_rate: float


@dataclass(frozen=True)
class Narrowing:
    """How wide the network is in the end, and an epoch to make up for that; ``feed_forward = 0`` leaves both out.

    Every layer keeps so many ``attention_heads`` and ``feed_forward`` units. Then the network learns to do what it did
    before, on about ``tokens`` of the pool. A network that is no wider is left as it is.
    """

    attention_heads: int
    feed_forward: int
    tokens: int
    learning_rate: float


@dataclass(frozen=True)
class Claims:
    """An epoch more on what carries a headline's claim, with all else held; ``share = 0`` leaves it out.

    ``pull`` is the penalty on what the claim head moves, in the end, when it alone is fitted.
    """

    share: float
    learning_rate: float
    head_learning_rate: float
    pull: float


@dataclass(frozen=True)
class Spans:
    """Epochs in which the finished network's span head is fitted to annotated spans."""

    epochs: int
    batch_sentences: int
    learning_rate: float


@dataclass(frozen=True)
class Tutoring:
    """An epoch under the teacher's word alone; ``tokens = 0`` leaves it out.

    It shows about ``tokens`` of the pool, ``annotated_tokens`` of annotated articles and a ``claim_share`` of those
    under headlines of our own. ``state_weight`` is what the share of the teacher's states that cannot be told from the
    network's counts for, beside what the teacher says; ``kept`` the weight of the network before in the average.
    """

    kept: float
    tokens: int
    annotated_tokens: int
    claim_share: float
    state_weight: float
    learning_rate: float
    head_learning_rate: float


@dataclass(frozen=True)
class Recipe:
    """One run from a public encoder to shipped weights."""

    seed: int
    start: Start
    windows: Windows
    adaptation: Adaptation
    finetuning: Finetuning
    distillation: Distillation
    teacher: Teacher
    refinement: Refinement
    narrowing: Narrowing
    claims: Claims
    tutoring: Tutoring
    spans: Spans

    @classmethod
    def from_file(cls, path: Path = DEFAULT) -> "Recipe":
        """Read a recipe; every key must be there and none may be unknown.

        :raises InputError: the file is missing, is not TOML, or has a missing, unknown or wrongly typed key.
        """
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise InputError(f"cannot read the recipe {path}: {error.strerror}") from error
        except tomllib.TOMLDecodeError as error:
            raise InputError(f"the recipe {path} is not TOML: {error}") from error
        return _build(cls, content, str(path))

    def digest(self) -> str:
        """A short hash of all settings."""
        content = json.dumps(dataclasses.asdict(self), sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:16]


def _build(kind: type[Any], content: dict[str, Any], where: str) -> Any:
    fields: dict[str, Any] = {field.name: field.type for field in dataclasses.fields(kind)}
    for problem, keys in (("misses", fields.keys() - content.keys()), ("has unknown", content.keys() - fields.keys())):
        if keys:
            raise InputError(f"{where} {problem} {', '.join(sorted(keys))}; compare with {DEFAULT.name}")
    return kind(**{name: _checked(content[name], expected, f"{where}: {name}") for name, expected in fields.items()})


def _checked(value: Any, expected: Any, where: str) -> Any:
    """The value as the type expected: a table, a number, a text, or a list of whole numbers."""
    if dataclasses.is_dataclass(expected) and isinstance(value, dict):
        return _build(expected, value, where)  # type: ignore[arg-type]
    if expected is float and isinstance(value, int):
        return float(value)
    if expected == tuple[int, ...]:
        if value and isinstance(value, list) and all(isinstance(number, int) for number in value):
            return tuple(value)
        raise InputError(f"{where} must be a list of whole numbers, not {value!r}")
    if not isinstance(value, expected):
        raise InputError(f"{where} must be of type {expected.__name__}, not {value!r}")
    return value
