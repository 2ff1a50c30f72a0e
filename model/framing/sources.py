"""Labelled article → who gets to speak in it, and how much.

The words that name a source ("Energy Minister Ana Ruiz", "Ms Ruiz", "the minister", "she") are brought together by
rules, in the order of the article; where the rules do not tell, two mentions stay two sources.

- A proper name belongs to the person whose fuller name holds it; of several, the one mentioned last. A full name is
  looked for in the whole article, also where nobody is quoted.
- An organisation also answers to its initials ("HWU") and to its main noun ("the union").
- "The minister" is the person last mentioned who was called a minister; "the report" the report last mentioned.
- A pronoun is the last source, or subject of a sentence, whom it fits in gender and number.
- A quotation that goes on without naming anybody belongs to the sentence before it, or to the source named where the
  quotation ends.
- An unidentified source ("officials") is one source for each description, and never the same as a named one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from onrecord.framing.cast import Cast, Figure, read_in_place
from onrecord.framing.matching import terms_of
from onrecord.framing.naming import Naming, Sort, read
from onrecord.labels import Label, Sourcing

if TYPE_CHECKING:
    from onrecord.labelled import LabelledArticle, LabelledSentence

SINGLE_SOURCE_FROM = 3
"""An article with fewer sourced sentences than this is too short to call single-sourced."""
_SAME_TERMS = 2  # stems, names and numbers that sentences on the same subject share, at least
_PRONOUN_REACH = 8  # sentences that a pronoun may look back
_MARKS = re.compile(r"[“”\"]")
_HEARSAY = Naming("unidentified", Sort.DESCRIPTION, ("unidentified",))


@dataclass(frozen=True, slots=True)
class Source:
    """Somebody, or something, that sentences of the article are handed to.

    :ivar name: the fullest words that the article has for it; "unidentified" for all that is only hearsay
        ("reportedly"), of which nobody knows how many sources it has: such a source has no ``mentions``.
    :ivar named: whether it can be identified.
    :ivar mentions: the words that name it where it speaks, each once, in order.
    :ivar sentences: numbers of the sentences that it carries.
    :ivar share: of the article's sourced sentences. The shares can sum to less than 1 (a sentence whose source the
        article does not say) or to more (a sentence of two sources).
    """

    name: str
    named: bool
    mentions: tuple[str, ...]
    sentences: tuple[int, ...]
    share: float

    @property
    def hearsay(self) -> bool:
        """Whether nobody is said to have said it."""
        return not self.named and not self.mentions


@dataclass(frozen=True, slots=True)
class Voices:
    """Who gets to speak. Sourced sentences are all claims, and the opinions that are handed to somebody.

    :ivar sources: those that carry the most sentences first; of equals, the one that speaks first.
    :ivar single_source: whether all sourced sentences, at least three, come from one source; not if all are hearsay.
    :ivar unnamed_share: share of the sourced sentences whose source cannot be identified.
    :ivar unanswered: number of claims that no other source speaks to: nowhere in the article, before or after, is a
        sentence on the same subject handed to somebody else. Two sentences are on the same subject if they share two
        words of content, in whatever form, names or numbers. Claims whose source does not show are left out. It says
        that nobody else was heard on the claim, not that anybody disagrees or ought to.
    """

    sources: tuple[Source, ...]
    single_source: bool
    unnamed_share: float
    unanswered: int

    def to_dict(self) -> dict[str, Any]:
        """A plain dictionary, for JSON."""
        content = asdict(self)
        for source in content["sources"]:
            source["share"] = round(source["share"], 4)
        return {**content, "sources": list(content["sources"]), "unnamed_share": round(self.unnamed_share, 4)}


def voices(article: "LabelledArticle") -> Voices:
    """Who gets to speak in an article, how much, and how many claims nobody else speaks to."""
    speakers = _Attribution(article).speakers()
    sourced = [sentence.index for sentence in article.sentences if is_sourced(sentence)]
    total = len(sourced) or 1
    carried: dict[Figure, list[int]] = {}
    for index in sourced:
        for figure in speakers[index]:
            carried.setdefault(figure, []).append(index)
    ranked = sorted(carried, key=lambda figure: (-len(carried[figure]), carried[figure][0]))
    unnamed = {index for figure in ranked if not figure.named for index in carried[figure]}
    sources = tuple(_source(figure, carried[figure], total) for figure in ranked)
    single = len(sourced) >= SINGLE_SOURCE_FROM and len(sources) == 1 and len(sources[0].sentences) == len(sourced)
    return Voices(
        sources,
        single and not sources[0].hearsay,
        len(unnamed) / total,
        _unanswered(article, speakers),
    )


def _source(figure: Figure, sentences: list[int], total: int) -> Source:
    mentions = tuple(dict.fromkeys(figure.mentions))
    return Source(figure.fullest, figure.named, mentions, tuple(sentences), len(sentences) / total)


def is_sourced(sentence: "LabelledSentence") -> bool:
    """Whether it is a claim, or an opinion that is handed to somebody."""
    handed = sentence.sourcing is not Sourcing.NONE
    return sentence.label is Label.ATTRIBUTED_CLAIM or (sentence.label is Label.ANALYST_OPINION and handed)


def _naming(sentence: "LabelledSentence") -> Naming | None:
    """What a sentence calls its source; ``None`` if it has no words for it."""
    if sentence.source is None:
        return None
    start, end = sentence.source.start - sentence.start, sentence.source.end - sentence.start
    naming = read_in_place(sentence.text, start, end)
    if naming and sentence.sourcing is Sourcing.UNNAMED:  # a capital that opens a sentence makes no name
        plain = read(naming.words[0].lower() + naming.words[1:])
        return plain and replace(plain, words=naming.words)
    return naming


class _Attribution:
    """Goes through an article in order and finds who carries each sentence."""

    def __init__(self, article: "LabelledArticle") -> None:
        self._article = article
        self._sentences = article.sentences
        stated = ["" if sentence.label is Label.NONE else sentence.text for sentence in self._sentences]
        self._namings = [_naming(sentence) if is_sourced(sentence) else None for sentence in self._sentences]
        named = [
            naming if sentence.sourcing is Sourcing.NAMED else None
            for sentence, naming in zip(self._sentences, self._namings, strict=True)
        ]
        self._cast = Cast(stated, named)
        self._speakers: list[tuple[Figure, ...]] = []
        self._subjects: list[Figure | None] = []
        self._passing: list[list[Figure]] = []

    def speakers(self) -> list[tuple[Figure, ...]]:
        """Who carries each sentence: mostly one figure, none for a sentence that has no source or none that shows."""
        for sentence in self._sentences:
            subject, mentioned = self._cast.mentioned(sentence.index)
            self._subjects.append(subject)
            self._passing.append(mentioned)
            self._speakers.append(self._speaker(sentence) if is_sourced(sentence) else ())
        for index, end in _quotation_ends(self._article).items():
            if self._speakers[end] and self._sentences[end].source and self._cueless(index):
                self._speakers[index] = self._speakers[end]
        return self._speakers

    def _cueless(self, index: int) -> bool:
        sentence = self._sentences[index]
        return is_sourced(sentence) and sentence.source is None and sentence.cue is None

    def _speaker(self, sentence: "LabelledSentence") -> tuple[Figure, ...]:
        naming = self._namings[sentence.index]
        if naming is None:
            return self._continued(sentence)
        if naming.sort is Sort.PRONOUN:
            figures: tuple[Figure, ...] = (self._pronoun(naming, sentence),)
        elif sentence.sourcing is Sourcing.UNNAMED:
            figures = (self._cast.unnamed(naming, sentence.index),)
        else:
            figures = tuple(self._cast.named(each, sentence.index) for each in self._parts(naming))
        for figure in figures:
            figure.speaks = True
            figure.mentions.append(naming.words)
        return figures

    def _parts(self, naming: Naming) -> list[Naming]:
        """The two people of "Ruiz and Tolliver"; else the words as they are."""
        halves = [read(half) for half in re.split(r"\s+and\s+", naming.words)]
        if len(halves) == 2 and self._cast.are_people(halves):
            return [half for half in halves if half]
        return [naming]

    def _continued(self, sentence: "LabelledSentence") -> tuple[Figure, ...]:
        """Who carries a sentence that names no source: the one before it, or its own subject if it has a cue."""
        index = sentence.index
        if sentence.cue is not None and not _MARKS.match(sentence.text):
            if sentence.sourcing is Sourcing.UNNAMED:
                return (self._cast.unnamed(_HEARSAY, index),)
            subject = self._subjects[index]
            if subject:
                subject.speaks = True
                return (subject,)
        before = index - 1
        while before >= 0 and self._sentences[before].label is Label.NONE:
            before -= 1
        return self._speakers[before] if before >= 0 else ()

    def _pronoun(self, naming: Naming, sentence: "LabelledSentence") -> Figure:
        """The last source, or subject of a sentence, that a pronoun fits; else whom the text named just before."""
        gender, index = naming.gender, sentence.index
        figure = next((figure for figure in self._before(sentence) if self._cast.fits(figure, gender)), None)
        figure = figure or self._cast.new(naming, named=sentence.sourcing is not Sourcing.UNNAMED)
        figure.gender = figure.gender or (gender if gender in ("m", "f") else "")
        figure.last = index
        return figure

    def _before(self, sentence: "LabelledSentence") -> Iterator[Figure]:
        """Whom a pronoun may mean, the likeliest first. What is unidentified stays so, and is not meant from afar."""
        index, unnamed = sentence.index, sentence.sourcing is Sourcing.UNNAMED
        for at in range(index - 1, max(-1, index - 1 - _PRONOUN_REACH), -1):
            near = at >= index - 2
            heard = [figure for figure in self._speakers[at] if figure.named or figure.mentions]  # hearsay is nobody
            yield from (figure for figure in heard if unnamed != figure.named or (near and not unnamed))
            subject = self._subjects[at]
            if subject and not unnamed:
                yield subject
        if not unnamed:
            for at in range(index - 1, max(-1, index - 3), -1):
                yield from (figure for figure in reversed(self._passing[at]) if Sort.PERSON in figure.sorts)
        spoken = {figure for figures in self._speakers for figure in figures if figure.named != unnamed}
        if len(spoken) == 1:
            yield from spoken


def _quotation_ends(article: "LabelledArticle") -> dict[int, int]:
    """For every sentence whose quotation ends in a later one of its paragraph: the number of that sentence."""
    ends: dict[int, int] = {}
    open_from: int | None = None
    previous = 0
    for sentence in article.sentences:
        if "\n" in article.text[previous : sentence.start]:
            open_from = None
        previous = sentence.end
        for mark in _MARKS.findall(sentence.text):
            closes = mark == "”" or (mark == '"' and open_from is not None)
            if closes and open_from is not None:
                ends.update(dict.fromkeys(range(open_from, sentence.index), sentence.index))
            open_from = None if closes else sentence.index
    return ends


def _unanswered(article: "LabelledArticle", speakers: Sequence[tuple[Figure, ...]]) -> int:
    """Number of claims on whose subject nobody but their own source is heard."""
    terms = {index: terms_of(article.sentences[index].text) for index, figures in enumerate(speakers) if figures}

    def answers(other: int, index: int) -> bool:
        alike = len(terms[other] & terms[index]) >= _SAME_TERMS
        return alike and set(speakers[other]).isdisjoint(speakers[index])

    claims = [index for index in terms if article.sentences[index].label is Label.ATTRIBUTED_CLAIM]
    return sum(not any(answers(other, index) for other in terms) for index in claims)
