"""What the JSON API takes and gives, for its checks and its OpenAPI description."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from onrecord.framing.profile import Kind
from onrecord.labels import Flag, Label, Sourcing


class Text(BaseModel):
    """An article to label."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field(description="the article, as plain text or Markdown")
    headline: str | None = Field(None, description="its headline, if known")
    id: str | None = Field(None, description="the caller’s name for it, handed back as `article`")


class Words(BaseModel):
    """Some words of the article, by offsets in code points, `end` exclusive."""

    start: int
    end: int
    text: str


class Record(BaseModel):
    """A sentence, as in every other output of onrecord."""

    article: str | None = Field(description="the `id` that was given")
    index: int = Field(description="number of the sentence, from 0; -1 for the headline")
    start: int = Field(description="offset in the text (in the headline, for the headline), in code points")
    end: int = Field(description="offset of its end, exclusive")
    text: str = Field(description="the sentence: text[start:end]")
    label: Label | None = Field(description="on whose word it stands")
    confidence: float = Field(description="calibrated probability of the best label")
    probabilities: dict[Label, float] = Field(description="of all labels")
    sourcing: Sourcing = Field(description="whether it is handed to somebody, and whether they can be identified")
    source: Words | None = Field(description="the words that name who it is handed to")
    cue: Words | None = Field(description="the words that decided the label")
    flag: Flag | None = Field(description="what to look at first")


class Headline(BaseModel):
    """How the headline's claim stands against the body's."""

    relation: str = Field(description="`same`, `hardened`, `softened`, `absent` or `topic`")
    confidence: float
    evidence: list[int] = Field(description="numbers of the sentences that carry the headline's claim")


class LostAttribution(BaseModel):
    """A claim that has a source or a hedge in one sentence and none in another."""

    attributed: int = Field(description="number of the sentence with the source or hedge")
    flat: int = Field(description="number of the sentence without")
    distance: int = Field(description="how many sentences they are apart")
    order: str = Field(description="`dropped`: the source comes first; `late`: it comes last")
    confidence: float


class Source(BaseModel):
    """Somebody, or something, that sentences are handed to."""

    name: str = Field(description="the fullest words that the article has for it")
    named: bool = Field(description="whether it can be identified")
    mentions: list[str] = Field(description="the words that name it where it speaks")
    sentences: list[int] = Field(description="numbers of the sentences that it carries")
    share: float = Field(description="of the sentences that have a source")


class Composition(BaseModel):
    """What the article is made of; all shares are of the sentences that state something."""

    kind: Kind | None = Field(description="what it is compared with; null if it is too short")
    shares: dict[Label, float] = Field(description="of each label, by sentences")
    word_shares: dict[Label, float] = Field(description="of each label, by words")
    unsourced_share: float = Field(description="speculation and opinion in the outlet’s own voice")
    vague_source_share: float = Field(description="content from sources that cannot be identified")
    positions: list[dict[Label, float]] = Field(description="shares of the labels in five equal parts, first to last")
    percentiles: dict[Label | Flag, int] | None = Field(
        description="how many in a hundred reference articles of the kind have a smaller share"
    )


class Finding(BaseModel):
    """What stands out."""

    rule: str = Field(description="the rule that fired")
    text: str = Field(description="what was found, in plain words")
    evidence: list[int] = Field(description="numbers of the sentences that show it")


class Framing(BaseModel):
    """What the article does with its claims."""

    headline: Headline | None = Field(description="null without a headline")
    lost_attributions: list[LostAttribution]
    sources: list[Source] = Field(description="those that carry the most sentences first")
    single_source: bool = Field(description="whether all sentences that have a source, at least three, have the same")
    unnamed_share: float = Field(description="of the sentences that have a source: those where it is not identified")
    unanswered: int = Field(description="claims on whose subject no other source is heard")
    profile: Composition
    findings: list[Finding]


class Reply(BaseModel):
    """What labelling an article gives."""

    records: list[Record] = Field(description="one a sentence, the headline first if there is one")
    profile: dict[str, Any] = Field(description="counts and shares of labels, numbers of flagged sentences")
    framing: Framing = Field(description="what the article does with its claims")


class Refusal(BaseModel):
    """Why a request was not served."""

    detail: str
