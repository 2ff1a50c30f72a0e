"""The labels: the only place where a label, a sourcing value or a flag is named and defined.

The full rules, with the order in which they are decided, are in ``data/CODEBOOK.md``.
"""

from enum import StrEnum


class Label(StrEnum):
    """On whose word a sentence stands. Compares equal to its plain string."""

    REPORTED_FACT = "reported_fact"
    ATTRIBUTED_CLAIM = "attributed_claim"
    SPECULATION = "speculation"
    ANALYST_OPINION = "analyst_opinion"
    NONE = "none"

    @property
    def words(self) -> str:
        """The label as a reader would say it: ``"reported fact"``."""
        return "no statement" if self is Label.NONE else self.value.replace("_", " ")

    @property
    def definition(self) -> str:
        """The codebook's line for this label."""
        return _DEFINITIONS[self]


class Sourcing(StrEnum):
    """Whether the content is handed to somebody, and whether that somebody can be identified."""

    NAMED = "named"
    UNNAMED = "unnamed"
    NONE = "none"


class Flag(StrEnum):
    """What a fact-checker should look at first."""

    UNSOURCED = "unsourced"
    VAGUE_SOURCE = "vague_source"


LABELS: tuple[Label, ...] = tuple(Label)
STANDINGS: tuple[Label, ...] = tuple(label for label in Label if label is not Label.NONE)
"""The four labels of sentences that state something; shares and macro-F1 are taken over these."""
CUED: tuple[Label, ...] = tuple(label for label in STANDINGS if label is not Label.REPORTED_FACT)
"""The labels that some words of a sentence give away: its cue."""
SOURCINGS: tuple[Sourcing, ...] = tuple(Sourcing)
ALLOWED_SOURCINGS: dict[Label, tuple[Sourcing, ...]] = {
    Label.REPORTED_FACT: (Sourcing.NONE,),
    Label.ATTRIBUTED_CLAIM: (Sourcing.NAMED, Sourcing.UNNAMED),
    Label.SPECULATION: (Sourcing.NONE,),
    Label.ANALYST_OPINION: SOURCINGS,
    Label.NONE: (Sourcing.NONE,),
}
"""The sourcings that a label can have."""
SPANS: tuple[str, ...] = ("source", *(f"cue of {label.value}" for label in CUED))
"""The kinds of spans that are told apart."""
TOKEN_CLASSES: tuple[str, ...] = ("outside", "source", "cue")
"""What a token can be, in training: part of the source, part of the cue, or neither."""
DRIFTS: tuple[str, ...] = ("same", "hardened", "softened")
"""How a headline can put a claim, against the sentence that carries it."""

_DEFINITIONS = {
    Label.REPORTED_FACT: "states, in the outlet's own voice and without a hedge, something that a third party "
    "could check",
    Label.ATTRIBUTED_CLAIM: "hands its main content to a source: a quotation, paraphrase, belief, promise or denial",
    Label.SPECULATION: "puts forward, in the outlet's own voice, something that it does not assert as settled",
    Label.ANALYST_OPINION: "interprets, evaluates or recommends: the outlet's own voice, or somebody cited for "
    "their interpretation",
    Label.NONE: "states nothing: a heading, byline, caption, link or advertisement",
}


def flag_of(label: Label, sourcing: Sourcing) -> Flag | None:
    """The flag that follows from a label and its sourcing, or ``None``.

    ``unsourced``: speculation or opinion in the outlet's own voice.
    ``vague_source``: a claim or an opinion handed to somebody who cannot be identified.
    """
    if label in (Label.SPECULATION, Label.ANALYST_OPINION) and sourcing is Sourcing.NONE:
        return Flag.UNSOURCED
    if label in (Label.ATTRIBUTED_CLAIM, Label.ANALYST_OPINION) and sourcing is Sourcing.UNNAMED:
        return Flag.VAGUE_SOURCE
    return None
