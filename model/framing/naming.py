"""The words that name somebody → what they say about who it is: a proper name, a role, a pronoun.

Rules and short word lists (``words.py``) for English: nothing is learnt, nobody is looked up.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from onrecord.framing.words import (
    BODIES,
    COMPOUND_ROLES,
    COURTESIES,
    DETERMINERS,
    FEMALE,
    GROUPS,
    JUNIOR,
    LONG_TITLES,
    MALE,
    NO_NAMES,
    PARTICLES,
    PREPOSITIONS,
    SMALL,
    SUFFIXES,
    TITLE_SURNAMES,
    TITLES,
    UTTERANCES,
)

APOSTROPHES = str.maketrans("’‘ʼ`´", "'''''")
CAPITALISED = r"(?:[Aa]l-|[Ee]l-|d'|O')?[A-ZÀ-ÖØ-ÞĀ-Ž][\w'’‘.&-]*"
_TOKEN = re.compile(r"[\w&][\w&.'-]*")
_OFFICE = re.compile(rf"\b(\w+) of (?:the )?{CAPITALISED} (?={CAPITALISED} {CAPITALISED})")
_PLACE = r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ.'’ -]+(?:,[\w. ]+)*,?"
_DATELINE = re.compile(rf"^{_PLACE}(?: ?\([\w ]+\) (?:--?|[–—])| (?:--|[–—])) (?=[A-ZÀ-ÖØ-Þ])")  # "LENT (VNA) - "
_STRAY = " \t\n,;:.–—-\"“”'’‘`[](){}/*#"
_WHO = "WHO"  # the one body whose initials are a pronoun


class Sort(StrEnum):
    """What kind of words name somebody."""

    PRONOUN = "pronoun"
    PERSON = "person"
    BODY = "body"  # an organisation, a document, a group
    NAME = "name"  # a proper name that may be a person's or a body's
    DESCRIPTION = "description"


@dataclass(frozen=True, slots=True)
class Naming:
    """What a source's words say about who it is. All but ``words`` in lower case, without points or possessives.

    :ivar words: the words, without stray punctuation.
    :ivar name: the proper name ("ana", "ruiz"); of a description, all its words but the determiners.
    :ivar roles: words that describe: "energy", "minister", "prime minister".
    :ivar head: of a description or a body, its main noun ("union"); else empty.
    :ivar gender: ``m``, ``f``, or empty if the words do not tell; of a pronoun also ``they`` and ``it``.
    """

    words: str
    sort: Sort
    name: tuple[str, ...]
    roles: frozenset[str] = frozenset()
    head: str = ""
    gender: str = ""
    definite: bool = False
    titled: bool = False

    @property
    def plural(self) -> bool:
        """Whether a description or a group means several: "officials", "two people"."""
        return bool(self.head) and (
            self.head in ("people", "police", "media") or re.search(r"[^s]s$", self.head) is not None
        )


_PRONOUNS = {"he": "m", "him": "m", "his": "m", "she": "f", "her": "f", "hers": "f", "they": "they", "them": "they"}
_PRONOUNS |= {"their": "they", "it": "it", "its": "it"}


@lru_cache(maxsize=4096)
def read(words: str) -> Naming | None:
    """Read the words that name somebody; ``None`` if they name nobody (``and``, ``the``)."""
    words = _clean(words)
    folded = words.casefold()
    if folded in _PRONOUNS:
        return Naming(words, Sort.PRONOUN, (folded,), gender=_PRONOUNS[folded])
    plain = _OFFICE.sub(_title_alone, words.translate(APOSTROPHES))
    segments = [segment.strip() for segment in plain.split(",") if segment.strip()]
    phrases = [tokens for tokens in (_TOKEN.findall(segment) for segment in segments) if tokens]
    if not phrases or all(fold(token) in DETERMINERS | SMALL | {"mr", "ms", "mrs"} for token in phrases[0]):
        return None
    first, *others = phrases
    owner = _utterer(first)
    if owner:
        return read(owner)
    found = _read_phrase(words, first)
    vague = found.sort is Sort.DESCRIPTION or (found.sort is Sort.NAME and fold(first[0]) in DETERMINERS)
    if vague and others and others[0][0][0].isupper() and not _group(found.head):
        named = _read_phrase(words, others[0])  # "the ambassador, David Vell"; "another Aldmerian, David Vell"
        if named.sort is not Sort.DESCRIPTION:
            return _described(named, first)
    return _described(found, others[0]) if others and found.sort is not Sort.DESCRIPTION else found


def fold(token: str) -> str:
    """A token as it is compared: lower case, without points and possessive."""
    token = token.casefold().replace(".", "")
    return token[:-2] if token.endswith("'s") else token.rstrip("'-")


def no_name(token: str) -> bool:
    """Whether a word that is written with a capital is yet no part of a name; "WHO" is, unlike "Who"."""
    return fold(token) in NO_NAMES and token != _WHO


def acronym(name: tuple[str, ...]) -> str:
    """The initials of a name of several words, small words left out."""
    return "".join(word[0] for word in name) if len(name) > 1 else ""


def same_full_name(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two full names can be one person's: "Ana Ruiz Molina", "Ana Ruiz", "A. Ruiz", "Ana M. Ruiz"."""
    shorter, longer = sorted((one, other), key=len)
    if len(shorter) < 2 or JUNIOR.intersection(one) != JUNIOR.intersection(other):
        return False
    if any(longer[n : n + len(shorter)] == shorter for n in range(len(longer) - len(shorter) + 1)):
        return True
    first, second = sorted((one[0], other[0]), key=len)
    inner = set(shorter[1:-1]) <= set(longer[1:-1])
    return one[-1] == other[-1] and inner and (first == second or (len(first) == 1 and second.startswith(first)))


def is_acronym(short: Naming, full: Naming) -> bool:
    """Whether a naming is the initials of another: "HWU", "Harbour Workers' Union"."""
    if len(short.name) != 1 or len(short.name[0]) != len(full.name):  # a letter a word; the initials only where so many
        return False
    letters = short.words.replace(".", "").split()[-1] if short.words else ""
    known = full.sort is Sort.BODY or (full.sort is Sort.NAME and len(full.name) > 2)
    return known and letters.isupper() and short.name[0] == acronym(full.name)


def _clean(words: str) -> str:
    words = _DATELINE.sub("", words).replace("]", "")  # "her lawyer Ana] Ruiz"
    words = re.split(r"[(\[\n]|\s[\"“]", words.strip(_STRAY) + ("." if words.endswith(".") else ""))[0]
    words = words.strip(_STRAY) + ("." if re.search(r"\.\w\.$", words) else "")  # the U.S.
    words = re.sub(r"['’‘]s?$", "", words)
    return re.sub(r"^(?:(?:and|but|by|to|as|both|then|says|said|s)\s+)+", "", words, flags=re.IGNORECASE).lstrip(_STRAY)


def _title_alone(office: re.Match[str]) -> str:
    """ "Secretary of State Odo Lenz" → "Secretary Odo Lenz"; what is no title stays: "University of Vell Port"."""
    return f"{office[1]} " if office[1].casefold() in TITLES else office[0]


def _utterer(tokens: list[str]) -> str:
    """Who made the statement in "Ana Ruiz's statement"; empty if the words are no such thing."""
    if len(tokens) > 1 and fold(tokens[-1]) in UTTERANCES and tokens[-2].endswith(("'s", "s'")):
        return " ".join([*tokens[:-2], re.sub(r"'s?$", "", tokens[-2])])
    return ""


def _read_phrase(words: str, tokens: list[str]) -> Naming:
    """Read a noun phrase without commas."""
    folded = [fold(token) for token in tokens]
    cut = _noun_phrase_end(tokens)
    start = _name_start(tokens[:cut], folded)
    run = [word for word in folded[start:cut] if word not in SUFFIXES]
    lead = folded[:start]
    content = tuple(word for word in folded if word not in SMALL and word not in DETERMINERS)
    titles = [word for word in lead if word in TITLES]
    definite = folded[0] in ("the", "this", "that", "these", "those", "same", "his", "her", "their", "its")
    if not run or (definite and len(run) == 1 and run[0] in BODIES and cut == len(tokens)):
        owner = _owner_end(tokens[:cut])
        roles = _roles(_without_owner(folded[:cut], owner)) or [folded[cut - 1]]
        gender = _gender(folded[owner:cut])
        return Naming(words, Sort.DESCRIPTION, content, frozenset(roles), roles[-1], gender, definite)
    joined = "and" in lead[-2:] and tokens[lead.index("and") - 1][0].isupper() and not titles
    of = len(run) == 1 and cut < len(tokens) and folded[cut] in ("of", "for") and not titles
    nouns = not COURTESIES.intersection(lead[-1:]) and BODIES.intersection((*run, *lead[-1:]))
    if joined or of or nouns or any(map(_group, run)) or (definite and len(lead) == 1):
        head = next((word for word in reversed(run) if word in BODIES or _group(word)), run[-1])
        return Naming(words, Sort.BODY, content, frozenset(content), head)
    certain = bool(titles) or (bool(lead) and lead[-1] not in DETERMINERS and tokens[start - 1].islower())
    sort = Sort.PERSON if certain else Sort.NAME
    return Naming(words, sort, tuple(run), frozenset(_roles(lead)), gender=_gender(lead), titled=bool(titles))


def _name_start(tokens: list[str], folded: list[str]) -> int:
    """Where the run of capitalised words begins that ends the phrase; its length if there is no such run."""
    start = len(tokens)
    while start:
        token, word = tokens[start - 1], folded[start - 1]
        capital = re.match(CAPITALISED, token) is not None and not no_name(token) and token != "A"
        owner = token.endswith(("'s", "'")) and start < len(tokens) and not BODIES.issuperset(folded[start:])
        role = word in TITLES and not (start == len(tokens) and _surname(folded))
        if not (capital and not owner and not role) and not (word in PARTICLES and start < len(tokens)):
            break
        start -= 1
    while start < len(tokens) and tokens[start].islower() and folded[start] in PARTICLES and start == 0:
        start += 1
    return start


def _surname(folded: list[str]) -> bool:
    """Whether the title that ends the phrase is a name: "King", "Lena King", but not "the King"."""
    alone = len(folded) == 1
    named = folded[-1] in TITLE_SURNAMES and folded[0] not in DETERMINERS and folded[-2:-1] != ["of"]
    return (alone or named) and not _group(folded[-1])


def _described(naming: Naming, tokens: list[str]) -> Naming:
    """Add what a description beside the name says: "Ana Ruiz, the energy minister"."""
    folded = [fold(token) for token in tokens]
    if folded[0] in PREPOSITIONS:
        told = {"who": Sort.PERSON, "whose": Sort.PERSON, "which": Sort.BODY}.get(folded[0])
        return replace(naming, sort=told) if told and naming.sort is Sort.NAME else naming
    cut = _noun_phrase_end(tokens)
    owner = _owner_end(tokens[:cut])
    head, roles = folded[cut - 1], _roles(_without_owner(folded[:cut], owner))
    sort = naming.sort
    if sort is Sort.NAME and not tokens[cut - 1][0].isupper() and not head.isdigit():
        sort = Sort.BODY if head in BODIES else Sort.PERSON
    elif sort is Sort.NAME and (head in TITLES or head.isdigit()):
        sort = Sort.PERSON
    gender = naming.gender or _gender(folded[owner:cut])
    return replace(naming, sort=sort, roles=naming.roles.union(roles), gender=gender)


def _noun_phrase_end(tokens: list[str]) -> int:
    """Where a preposition or a relative pronoun ends the noun phrase that the tokens begin with."""
    ends = (n for n, token in enumerate(tokens) if n and fold(token) in PREPOSITIONS and token != _WHO)
    return next(ends, len(tokens))


def _owner_end(tokens: list[str]) -> int:
    """Behind the last possessive: what stands before it, such as "Ms" or "king", is said of somebody else."""
    return max((n + 1 for n, token in enumerate(tokens) if token.endswith(("'s", "s'"))), default=0)


def _without_owner(folded: list[str], owner: int) -> list[str]:
    """The words without an owner's titles: "the president's wife" is no president."""
    return [word for n, word in enumerate(folded) if n >= owner or word not in TITLES | COMPOUND_ROLES]


def _roles(folded: list[str]) -> list[str]:
    """The describing words; "vice president" is one, so that "the president" is not the vice president."""
    roles: list[str] = []
    for word in folded:
        if roles and roles[-1] in COMPOUND_ROLES:
            roles[-1] += " " + word
        elif word not in DETERMINERS and word not in SMALL:
            roles.append(LONG_TITLES.get(word, word))
    return roles


def _gender(folded: list[str]) -> str:
    for word in folded:
        if word in FEMALE or word.endswith("woman"):
            return "f"
        if word in MALE or word.endswith("sman"):
            return "m"
    return ""


def _group(word: str) -> bool:
    return word in GROUPS or (word.endswith("s") and word[:-1] in TITLES)
