"""The people and bodies of an article, and which of them some words mean."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from onrecord.framing.naming import (
    CAPITALISED,
    Naming,
    Sort,
    acronym,
    fold,
    is_acronym,
    no_name,
    read,
    same_full_name,
)
from onrecord.framing.words import (
    ANYONE,
    BODIES,
    CORPORATE,
    DETERMINERS,
    GENERIC_BODIES,
    GEOGRAPHY,
    JUNIOR,
    NO_NAMES,
    PARTICLES,
    QUANTIFIERS,
    TITLES,
)

_REACH = 5  # sentences that "the company" may look back for one that is not called so
_PARTICLE = "|".join(sorted(PARTICLES))
_RUN = re.compile(
    rf"{CAPITALISED}(?:\s(?:(?:{_PARTICLE})\s){{0,2}}{CAPITALISED}|\s(?:of|for)(?:\sthe)?\s{CAPITALISED})*"
)
_REST_OF_NAME = re.compile(rf"\.?\s{CAPITALISED}")
_APPOSITION = re.compile(r",\s([^,.;:“”\"]{2,80})")
_LEAD = re.compile(r"^[^,“\"]{3,80}(?:[“\"][^”\"]{1,30}[”\"])?,[”\"]? ")
_PLACE = re.compile(rf"\b(?:[Ii]n|[Aa]cross|[Ii]nto|[Nn]ear)\s({CAPITALISED}(?:\s{CAPITALISED})?)")
_QUOTATION = re.compile(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)")
_HE_SHE = re.compile(r"\b(?:he|his|she|her)\b", re.IGNORECASE)
_THING = re.compile(r"(?:tion|sion|ment|ness|ity|[ae]nce|ship|ism|ing|ics|ure)$")


@dataclass(eq=False, slots=True)
class Figure:
    """Somebody or something that the article names, and what it has been called so far.

    :ivar namings: what it has been called, each once; ``mentions``: the words that name it where it speaks.
    :ivar roles: everything that it has been described as.
    :ivar plural: whether its words mean several.
    :ivar last: number of the sentence that mentioned it last; -1 before the first.
    """

    named: bool = True
    namings: list[Naming] = field(default_factory=list)
    mentions: list[str] = field(default_factory=list)
    sorts: set[Sort] = field(default_factory=set)
    roles: set[str] = field(default_factory=set)
    gender: str = ""
    plural: bool = False
    speaks: bool = False
    last: int = -1
    _headed: bool = False  # called by the main noun of an organisation or a document

    def add(self, naming: Naming) -> None:
        """Remember what it is called here."""
        self.namings.append(naming)
        self.sorts.add(naming.sort)
        self.roles |= naming.roles
        self.gender = self.gender or (naming.gender if naming.gender in ("m", "f") else "")
        self.plural = self.plural or naming.plural
        self._headed = self._headed or naming.head in BODIES

    @property
    def is_body(self) -> bool:
        """Whether it must be an organisation, a document or a group."""
        return Sort.PERSON not in self.sorts and (Sort.BODY in self.sorts or self._headed or self.plural)

    @property
    def fullest(self) -> str:
        """The words with the longest proper name, or the longest of those without one."""
        proper = [naming for naming in self.namings if naming.sort not in (Sort.PRONOUN, Sort.DESCRIPTION)]
        best = max(proper or self.namings, key=lambda naming: (len(naming.name), len(naming.words)))
        return best.words

    def fits(self, gender: str) -> bool:
        """Whether a pronoun (``m``, ``f``, ``they``, ``it``) can mean it."""
        if gender == "they":
            return self.plural or self.is_body
        if gender == "it":
            return self.is_body or (self.sorts == {Sort.NAME} and not self.gender)
        thing = any(_THING.search(naming.head) for naming in self.namings)
        return not self.is_body and not thing and self.gender in ("", gender)


class Cast:
    """Everybody whom an article names; learns the full names first, then what they are called in order."""

    def __init__(self, texts: Sequence[str], sources: Sequence[Naming | None]) -> None:
        self.figures: list[Figure] = []
        self.unnamed_figures: list[Figure] = []
        self._forms: dict[str, Figure] = {}
        self._by_word: dict[str, dict[Figure, None]] = {}  # words of names, and initials, → who may be meant, in order
        self._places = {tuple(map(fold, match[1].split())) for text in texts for match in _PLACE.finditer(text)}
        self._runs = [list(_runs(text)) for text in texts]
        self._subject_starts = [_subject_starts(text) for text in texts]
        for runs, source in zip(self._runs, sources, strict=True):
            for naming in (*(naming for _, naming in runs), *([source] if source else [])):
                full = len(naming.name) > 1 and naming.sort not in (Sort.DESCRIPTION, Sort.PRONOUN)
                if (full or naming.titled) and " and " not in naming.words:
                    self._call(self._same(naming) or self.new(naming), naming)
        self._tell_genders(texts, sources)

    def _tell_genders(self, texts: Sequence[str], sources: Sequence[Naming | None]) -> None:
        """Learn from the article's own "he" and "she" which of them a figure is: "Ruiz said that she …"."""
        votes: dict[Figure, list[str]] = {}
        for text, runs, source in zip(texts, self._runs, sources, strict=True):
            subject = source or next((naming for start, naming in runs[:1] if start == 0), None)
            figure = self._same(subject) if subject and subject.sort in (Sort.PERSON, Sort.NAME) else None
            if figure:
                votes.setdefault(figure, []).extend(map(str.casefold, _HE_SHE.findall(_QUOTATION.sub(" ", text))))
        for figure, said in votes.items():
            female = sum(word in ("she", "her") for word in said)
            if not figure.gender and max(female, len(said) - female) >= max(1, 0.8 * len(said)):
                figure.gender = "f" if female > len(said) - female else "m"

    def mentioned(self, at: int) -> tuple[Figure | None, list[Figure]]:
        """The subject of sentence ``at``, if it is a figure, and all figures that it names; remembers that it does."""
        found = []
        subject = None
        for start, naming in self._runs[at]:
            figure = self._same(naming)
            if figure is not None:
                self._call(figure, naming)
                figure.last = at
                found.append(figure)
                subject = figure if start in self._subject_starts[at] else subject
        return subject, found

    def named(self, naming: Naming, at: int) -> Figure:
        """The figure that a source's words mean; a new one if the article has named none that they fit."""
        figure = self._described(naming, at) if naming.sort is Sort.DESCRIPTION else self._same(naming)
        figure = figure or self.new(naming)
        self._call(figure, naming)
        figure.last = at
        return figure

    def are_people(self, parts: Sequence[Naming | None]) -> bool:
        """Whether each of some words is a name of somebody whom the article names in full or with a title."""
        known = [self._same(part) for part in parts if part and part.sort in (Sort.PERSON, Sort.NAME)]
        people = [figure for figure in known if figure and not figure.is_body]
        certain = [Sort.PERSON in figure.sorts for figure in people]
        full = [any(len(naming.name) > 1 for naming in figure.namings) for figure in people]
        return len(people) == len(parts) and (all(certain) or (all(full) and not any(certain)))

    def unnamed(self, naming: Naming, at: int) -> Figure:
        """The unidentified figure of a description: one for each; "the official" is the last official."""
        words = tuple(word for word in naming.name if word not in QUANTIFIERS) or naming.name
        another = naming.words.casefold().startswith("another ")
        recent = sorted(self.unnamed_figures, key=lambda figure: figure.last, reverse=True)
        if naming.definite and not naming.plural:
            figure = next((known for known in recent if _is_the(naming, known)), None)
        else:
            figure = next((known for known in recent if any(each.name == words for each in known.namings)), None)
        if figure is None or another:
            figure = self.new(replace(naming, name=words), named=False)
        self._call(figure, replace(naming, name=words))
        figure.last = at
        return figure

    def fits(self, figure: Figure, gender: str) -> bool:
        """Whether a pronoun can mean a figure: "he" is no place, even where the place speaks."""
        names = [each.name for each in figure.namings]
        place = figure.sorts == {Sort.NAME} and all(each in self._places or each[0] in GEOGRAPHY for each in names)
        return figure.fits(gender) and not (place and gender in ("m", "f"))

    def new(self, naming: Naming, named: bool = True) -> Figure:
        """A figure that the article has not named so far."""
        figure = Figure(named)
        (self.figures if named else self.unnamed_figures).append(figure)
        self._call(figure, naming)
        return figure

    def _call(self, figure: Figure, naming: Naming) -> None:
        """Remember what a figure is called, and find it by these words from now on."""
        if naming in figure.namings:
            return
        figure.add(naming)
        if figure.named and naming.sort not in (Sort.DESCRIPTION, Sort.PRONOUN):
            for word in (*naming.name, acronym(naming.name)):
                self._by_word.setdefault(word, {})[figure] = None

    def _same(self, naming: Naming) -> Figure | None:
        """The figure that answers to a proper name: the best match, of equals the one mentioned last."""
        form = naming.words.casefold()
        if naming.titled and len(naming.name) == 1 and form in self._forms:
            return self._forms[form]
        words = (*naming.name, acronym(naming.name))
        known = {figure: None for word in words for figure in self._by_word.get(word, ())}
        ranks = {figure: rank for figure in known if (rank := _rank(naming, figure))}
        if not ranks:
            return None
        best = max(ranks, key=lambda figure: (ranks[figure], figure.last))
        if naming.titled:
            self._forms[form] = best
        return best

    def _described(self, naming: Naming, at: int) -> Figure | None:
        """The figure last mentioned that a description fits; the same words mean the same figure."""
        recent = sorted(self.figures, key=lambda figure: figure.last, reverse=True)
        for figure in recent:
            if any(known.sort is Sort.DESCRIPTION and known.name == naming.name for known in figure.namings):
                return figure
            if naming.definite and _is_described(naming, figure):
                return figure
        if naming.definite and naming.head in GENERIC_BODIES and len(naming.roles) == 1:
            near = [figure for figure in recent if figure.speaks and figure.last >= at - _REACH and figure.fits("it")]
            return near[0] if near else None
        return None


def read_in_place(text: str, start: int, end: int) -> Naming | None:
    """Read ``text[start:end]`` with the description that follows it: "Ana Ruiz[, the energy minister]"."""
    titled = _REST_OF_NAME.match(text, end) if fold(text[start:end].strip()) in TITLES else None
    words = text[start : titled.end() if titled else end].rstrip()  # "Ms" is cut off: "Ms Ruiz"
    follows = _APPOSITION.match(text, start + len(words))
    first = follows[1].split(maxsplit=1)[0] if follows else ""
    describes = first in DETERMINERS or first in ("who", "which", "whose") or fold(first) in TITLES or first.isdigit()
    found = read(words)
    if follows and describes and found and found.sort is not Sort.PRONOUN:
        fuller = read(f"{words}, {follows[1]}")
        if fuller:
            return Naming(
                found.words,
                fuller.sort,
                fuller.name,
                fuller.roles,
                fuller.head,
                fuller.gender,
                fuller.definite,
                fuller.titled,
            )
    return found


def _subject_starts(text: str) -> tuple[int, ...]:
    """Where a sentence's subject can begin: "Ruiz cheered", "But Ruiz cheered", "On the quay, Ruiz cheered"."""
    first = text.split(" ", 1)[0]
    return (
        0,
        *((len(first) + 1,) if fold(first) in NO_NAMES else ()),
        *(match.end() for match in _LEAD.finditer(text)),
    )


def _runs(text: str) -> Iterator[tuple[int, Naming]]:
    """The capitalised runs of a sentence that can be names, each with its offset."""
    for match in _RUN.finditer(text):
        start, end = match.span()
        while start < end and no_name(text[start:end].split(maxsplit=1)[0]):
            start += len(re.match(r"\S+\s*", text[start:end])[0])  # type: ignore[index]
        before = text[:start].rsplit(maxsplit=1)[-1:]
        if start < end and before and before[0] in TITLES:
            start = text.rindex(before[0], 0, start)
        naming = read_in_place(text, start, end) if start < end else None
        long = naming and len(naming.name) > (3 if naming.sort is Sort.NAME else 4)  # a heading, not a name
        if naming and naming.sort not in (Sort.PRONOUN, Sort.DESCRIPTION) and not long:
            yield start, naming if naming.sort is Sort.BODY else replace(naming, words=_without_place(naming))


def _without_place(naming: Naming) -> str:
    """The words of "Ana Ruiz of Velmark" without the place; "Secretary of State Ana Ruiz" has none."""
    heads = (naming.words[: match.start()] for match in re.finditer(r"\s(?:of|for)\s", naming.words))
    return next((head for head in heads if naming.name[-1] in map(fold, head.split())), naming.words)


def _rank(naming: Naming, figure: Figure) -> int:
    """How well a proper name fits a figure: 0 not at all, 1 first name, 2 surname, 3 initials, 4 full name."""
    if naming.gender and figure.gender and naming.gender != figure.gender:
        return 0
    is_body = figure.is_body
    return max((_fit(naming, known, is_body, figure.speaks) for known in figure.namings), default=0)


def _fit(naming: Naming, known: Naming, is_body: bool, speaks: bool) -> int:
    short, full = naming.name, known.name
    if known.sort in (Sort.DESCRIPTION, Sort.PRONOUN) or not short:
        return 0
    bodies = (naming.sort is Sort.BODY, is_body)
    if short == full:
        return 4 if bodies[0] == bodies[1] or len(full) > 1 or Sort.PERSON not in (naming.sort, known.sort) else 0
    if 1 in (len(short), len(full)) and (is_acronym(naming, known) or is_acronym(known, naming)):
        return 3
    if not any(word in full for word in short):
        return 0
    if any(bodies):
        shorter, longer = sorted((short, full), key=len)
        return 4 if len(shorter) > 1 and longer[:-1] == shorter and longer[-1] in CORPORATE else 0
    if len(short) > 1:
        titled = known.titled and naming.titled and len(full) == 1 and short[-1] == full[0]
        return 4 if same_full_name(short, full) or (titled and naming.roles & known.roles) else 0
    if naming.titled and not known.titled and JUNIOR.intersection(full):  # "President Ruiz" is not his son
        return 0
    if short[0] in full[1:] and full[0] not in GEOGRAPHY:
        return 2
    return int(short[0] == full[0] and not naming.titled and speaks)


def _is_described(naming: Naming, figure: Figure) -> bool:
    """Whether the article has said of a figure, before, all that a description says."""
    body = naming.head in BODIES or naming.plural
    if figure.last < 0 or figure.is_body != body or naming.head not in figure.roles:
        return False
    proper = {word for known in figure.namings for word in known.name if known.sort is not Sort.PERSON}
    return naming.roles <= figure.roles | proper


def _is_the(naming: Naming, known: Figure) -> bool:
    if known.plural:
        return False
    return naming.roles <= known.roles or (naming.head in ANYONE and len(naming.roles) == 1)
