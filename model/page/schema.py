"""What the JSON API takes and gives, for its checks and its OpenAPI description."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

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


class Reply(BaseModel):
    """What labelling an article gives."""

    records: list[Record] = Field(description="one a sentence, the headline first if there is one")
    profile: dict[str, Any] = Field(description="counts and shares of labels, numbers of flagged sentences")


class Refusal(BaseModel):
    """Why a request was not served."""

    detail: str
