"""The rules by which findings on an article are made: conditions, thresholds and words, all in this one place.

A rule says what is on the page, never whether it is true, why it is there or what kind of outlet does so.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from onrecord.framing.attributions import LostAttribution
from onrecord.framing.headline import HeadlineDrift, Relation
from onrecord.framing.matching import named, stems
from onrecord.framing.naming import Sort, read
from onrecord.framing.profile import Composition, Kind, parts, reference
from onrecord.framing.sources import Source, Voices, is_sourced
from onrecord.framing.words import DETERMINERS, QUANTIFIERS
from onrecord.labels import STANDINGS, Flag, Label

if TYPE_CHECKING:
    from onrecord.labelled import LabelledArticle, LabelledSentence

# The thresholds of all rules; RULES, at the end, is the table of the rules themselves.
SURE_OF_HEADLINE = 0.5  # confidence in how the headline relates to the body
LEAST_SOURCED = 4  # sentences handed to a source, to speak of who gets to speak
LEAST_CLAIMS = 6  # to say that nobody answers them
UNNAMED_SHARE = 0.5  # of the sourced sentences, from sources that cannot be identified
UNUSUAL = 90  # percentile of a share among reference articles of the same kind
LEAST_UNUSUAL = 3  # sentences that make up such a share
LEAST_OWN = 2  # sentences of the outlet's own opinion in the first or last part of a news report
OWN_SHARE = 0.5  # of that part
OWN_ELSEWHERE = 0.1  # at most, of all that comes before the last part

_GUARDED = {
    Label.ATTRIBUTED_CLAIM: "hands to a source",
    Label.SPECULATION: "puts forward as possible",
    Label.ANALYST_OPINION: "gives as an opinion",
}
_MEASURED = {
    Label.SPECULATION: "speculation",
    Label.ANALYST_OPINION: "opinion",
    Flag.UNSOURCED: "speculation and opinion in the outlet’s own voice",
    Flag.VAGUE_SOURCE: "content from sources that cannot be identified",
}

Line = tuple[str, Sequence[int]]
"""A finding's text and evidence."""


@dataclass(frozen=True)
class Material:
    """What the rules look at."""

    article: "LabelledArticle"
    headline: HeadlineDrift | None
    lost_attributions: tuple[LostAttribution, ...]
    voices: Voices
    profile: Composition

    @property
    def statements(self) -> "list[LabelledSentence]":
        """The sentences that state something."""
        return [sentence for sentence in self.article.sentences if sentence.label in STANDINGS]

    def source_of(self, index: int) -> str:
        """Who carries a sentence, as ``called``; empty if nobody does."""
        return next((called(source) for source in self.voices.sources if index in source.sentences), "")


@dataclass(frozen=True, slots=True)
class Rule:
    """When a finding is made.

    :ivar fires: the condition, in words.
    :ivar find: gives the findings' texts and evidence.
    :ivar unless: rules that have said the same already, if they have fired.
    """

    name: str
    fires: str
    find: Callable[[Material], Iterator[Line]]
    unless: tuple[str, ...] = ()


def called(source: Source) -> str:
    """A source's name within a sentence of ours; empty if the article has no more for it than a pronoun or hearsay."""
    naming = read(source.name)
    if source.hearsay or (naming and naming.sort is Sort.PRONOUN):
        return ""
    first, *others = source.name.split(" ")
    return " ".join([first.lower() if first.lower() in DETERMINERS | QUANTIFIERS else first, *others])


def _headline(relation: Relation, line: Callable[[Material], str]) -> Callable[[Material], Iterator[Line]]:
    def find(material: Material) -> Iterator[Line]:
        drift = material.headline
        if drift and drift.relation is relation and drift.confidence >= SURE_OF_HEADLINE:
            yield line(material), drift.evidence

    return find


def _hardened(material: Material) -> str:
    headline = material.article.headline
    assert material.headline and headline
    evidence = [material.article.sentences[index] for index in material.headline.evidence]
    first = next((sentence for sentence in evidence if sentence.label in _GUARDED), None)
    source = material.source_of(first.index) if first else ""
    if source:
        whom = ", whom it names" if named(source, stems(headline.text)) else ""
        return f"The headline states as fact what the article attributes to {source}{whom}."
    stands = _GUARDED[first.label] if first and first.label else "states less firmly"
    return f"The headline states as fact what the article {stands}."


def _softened(material: Material) -> str:
    headline = material.article.headline
    stands = _GUARDED.get(headline.label) if headline and headline.label else None
    return f"The headline {stands or 'states less firmly'} what the article states as fact."


def _lost(order: Literal["dropped", "late"]) -> Callable[[Material], Iterator[Line]]:
    def find(material: Material) -> Iterator[Line]:
        for lost in material.lost_attributions:
            if lost.order != order:
                continue
            label = material.article.sentences[lost.attributed].label
            hedged = label is Label.SPECULATION
            source = material.source_of(lost.attributed) or "a source"
            if order == "dropped":
                first = "put forward as possible" if hedged else f"attributed to {source}"
                yield (
                    f"What is first {first} is stated as fact {lost.distance} sentences later.",
                    (lost.attributed, lost.flat),
                )
            else:
                then = "put forward as possible only" if hedged else f"attributed to {source} only"
                yield (
                    f"What is first stated as fact is {then} {lost.distance} sentences later.",
                    (lost.flat, lost.attributed),
                )

    return find


def _sourced(material: Material) -> "list[LabelledSentence]":
    return [sentence for sentence in material.statements if is_sourced(sentence)]


def _single_source(material: Material) -> Iterator[Line]:
    sourced = _sourced(material)
    if material.voices.single_source and len(sourced) >= LEAST_SOURCED:
        [source] = material.voices.sources
        name = called(source)
        which = f": {name}" if name else ""
        yield f"All {len(sourced)} sentences that have a source have the same one{which}.", source.sentences


def _unnamed_sources(material: Material) -> Iterator[Line]:
    sourced = len(_sourced(material))
    if sourced >= LEAST_SOURCED and material.voices.unnamed_share >= UNNAMED_SHARE:
        unnamed = {index for source in material.voices.sources if not source.named for index in source.sentences}
        yield (
            f"{len(unnamed)} of {sourced} sentences that have a source rest on one that cannot be identified.",
            sorted(unnamed),
        )


def _unanswered(material: Material) -> Iterator[Line]:
    claims = [sentence.index for sentence in material.statements if sentence.label is Label.ATTRIBUTED_CLAIM]
    if len(claims) >= LEAST_CLAIMS and material.voices.unanswered == len(claims):
        yield f"On none of its {len(claims)} claims does a second source speak to the same subject.", claims


def _unusual(measure: Label | Flag) -> Callable[[Material], Iterator[Line]]:
    def find(material: Material) -> Iterator[Line]:
        kind, percentiles = material.profile.kind, material.profile.percentiles
        statements = material.statements
        evidence = [sentence.index for sentence in statements if measure in (sentence.label, sentence.flag)]
        if kind and percentiles and percentiles[measure] >= UNUSUAL and len(evidence) >= LEAST_UNUSUAL:
            others = f"{reference()['kinds'][kind]['articles']:,} {kind.plural}"
            counted = f"{len(evidence)} of {len(statements)} statements"
            yield f"More {_MEASURED[measure]} than {percentiles[measure]} % of {others}: {counted}.", evidence

    return find


def _opens_with_opinion(material: Material) -> Iterator[Line]:
    if material.profile.kind is Kind.NEWS_REPORT:
        first = parts(material.statements)[0]
        own = _own_opinion(first)
        if len(own) >= LEAST_OWN and len(own) >= OWN_SHARE * len(first):
            counted = f"{len(own)} of its first {len(first)} statements"
            yield f"It opens with opinion in the outlet’s own voice: {counted}.", own


def _ends_with_opinion(material: Material) -> Iterator[Line]:
    if material.profile.kind is Kind.NEWS_REPORT:
        *before, last = parts(material.statements)
        earlier = [sentence for part in before for sentence in part]
        own, own_earlier = _own_opinion(last), _own_opinion(earlier)
        enough = len(own) >= LEAST_OWN and len(own) >= OWN_SHARE * len(last)
        if enough and len(own_earlier) <= OWN_ELSEWHERE * len(earlier):
            counted = f"{len(own)} of its last {len(last)} statements, {len(own_earlier)} of the {len(earlier)} before"
            yield f"It ends with opinion in the outlet’s own voice: {counted}.", own


def _own_opinion(sentences: "Sequence[LabelledSentence]") -> list[int]:
    return [
        sentence.index
        for sentence in sentences
        if sentence.label is Label.ANALYST_OPINION and sentence.flag is Flag.UNSOURCED
    ]


_UNUSUAL = f"its share of the statements is at or above the {UNUSUAL}th percentile of reference articles of the kind"
_IN_REPORT = f"at least {LEAST_OWN} statements and {OWN_SHARE:.0%}"

RULES = (
    Rule(
        "hardened_headline",
        "the headline states as settled what the body only attributes, hedges or argues",
        _headline(Relation.HARDENED, _hardened),
    ),
    Rule(
        "absent_headline",
        "no sentence of the body was found that makes the headline's claim",
        _headline(Relation.ABSENT, lambda _: "No sentence of the article was found that makes the headline’s claim."),
    ),
    Rule(
        "softened_headline",
        "the headline attributes, hedges or argues what the body states as fact",
        _headline(Relation.SOFTENED, _softened),
    ),
    Rule(
        "dropped_attribution",
        "a claim is attributed or hedged where it first appears and stated as fact later",
        _lost("dropped"),
    ),
    Rule("late_attribution", "a claim is stated as fact and its source comes only far below", _lost("late")),
    Rule(
        "single_source",
        f"all sentences that have a source, at least {LEAST_SOURCED}, have the same one",
        _single_source,
    ),
    Rule(
        "unnamed_sources",
        f"of the sentences that have a source, at least {LEAST_SOURCED}, at least {UNNAMED_SHARE:.0%} rest on one that "
        "cannot be identified",
        _unnamed_sources,
    ),
    Rule(
        "unanswered_claims",
        f"no claim, of at least {LEAST_CLAIMS}, has another source speak to the same subject anywhere in the article",
        _unanswered,
        unless=("single_source",),
    ),
    Rule("much_speculation", f"speculation: {_UNUSUAL}", _unusual(Label.SPECULATION)),
    Rule("much_opinion", f"opinion: {_UNUSUAL}", _unusual(Label.ANALYST_OPINION)),
    Rule(
        "much_unsourced",
        f"speculation and opinion in the outlet's own voice: {_UNUSUAL}",
        _unusual(Flag.UNSOURCED),
        unless=("much_speculation", "much_opinion"),
    ),
    Rule(
        "much_vague_source",
        f"content from sources that cannot be identified: {_UNUSUAL}",
        _unusual(Flag.VAGUE_SOURCE),
        unless=("unnamed_sources",),
    ),
    Rule(
        "opens_with_opinion",
        f"in the first fifth of a news report, {_IN_REPORT} are opinion in the outlet's own voice",
        _opens_with_opinion,
    ),
    Rule(
        "ends_with_opinion",
        f"in the last fifth of a news report, {_IN_REPORT} are opinion in the outlet's own voice, and at most "
        f"{OWN_ELSEWHERE:.0%} of those before",
        _ends_with_opinion,
    ),
)
"""Every rule, in the order in which findings are listed."""

RULE_NAMED = {rule.name: rule for rule in RULES}
