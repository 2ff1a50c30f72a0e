"""Even-handedness of findings: does what is found in an article change when the party, the country … in it does?

Every article is swapped as a whole, headline and body, as it is for labels. Compared are the relation of the headline
and the rules of the findings, not their words, which may quote the word that was swapped.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from onrecord.eval import metrics
from onrecord.eval.bootstrap import Bootstrap, Estimate
from onrecord.eval.passages import Passage
from onrecord.eval.samples import number
from onrecord.eval.swap_words import ATTRIBUTES
from onrecord.eval.swaps import TARGET, swaps
from onrecord.eval.tables import Cell, Table
from onrecord.framing import Framing
from onrecord.labeller import Labeller


@dataclass(frozen=True)
class Found:
    """What framing says of an article: the headline's relation, if it has one, and the rules that fired, sorted."""

    relation: str | None
    rules: tuple[str, ...]


@dataclass(frozen=True)
class SwappedArticle:
    """What framing says of an article before and after a swap."""

    document: str
    before: Found
    after: Found


Measured = dict[tuple[str, str], list[SwappedArticle]]
"""The swaps of every attribute, in articles that are ``written`` or ``real``."""


def find(labeller: Labeller, passages: Sequence[Passage]) -> list[Found]:
    """What framing says of articles, one after another."""
    framings = (article.framing for article in labeller.label_articles(passage.article for passage in passages))
    return [_found(framing) for framing in framings]


def _found(framing: Framing) -> Found:
    relation = framing.headline.relation if framing.headline else None
    return Found(relation, tuple(sorted(finding.rule for finding in framing.findings)))


def measure_swaps(labeller: Labeller, written: Sequence[Passage], real: Sequence[Passage]) -> Measured:
    """Every swap of every attribute in articles of our own and in real ones."""
    measured: Measured = {}
    for kind, passages in (("written", written), ("real", real)):
        before = dict(zip(passages, find(labeller, passages), strict=True))
        for attribute in ATTRIBUTES:
            pairs = [(passage, changed) for passage in passages for changed in swaps(passage, attribute)]
            after = find(labeller, [changed for _, changed in pairs])
            measured[attribute, kind] = [
                SwappedArticle(passage.document, before[passage], found)
                for (passage, _), found in zip(pairs, after, strict=True)
            ]
    return measured


def swap_table(measured: Measured, command: str) -> Table:
    """Rates of change of the headline's relation and of the rules that fire, an attribute a row."""
    rows: list[list[Cell]] = [
        [attribute, kind, len({item.document for item in swapped}), len(swapped), *_rates(swapped)]
        for (attribute, kind), swapped in measured.items()
    ]
    columns = ("attribute", "articles are", "articles", "swaps", "headline's relation changes", "findings change")
    note = (
        "A swap is one article with one other set of words throughout. The findings change where a rule fires that did "
        f"not, or the other way round. Target for both: at most {TARGET:.0%}."
    )
    documents = {(kind, item.document) for (_, kind), swapped in measured.items() for item in swapped}
    title = "Findings that change when a word is swapped"
    split = f"{len(documents)} articles: eval/headlines, headlines dev"
    return Table("framing-swaps", title, columns, rows, command, split, len(documents), note)


def rule_table(measured: Measured, command: str) -> Table:
    """Which rules come and go under swaps, beside how often they fire."""
    fires: Counter[str] = Counter()
    comes: Counter[str] = Counter()
    goes: Counter[str] = Counter()
    swapped = [item for items in measured.values() for item in items]
    for item in swapped:
        before, after = Counter(item.before.rules), Counter(item.after.rules)
        fires += before
        comes += after - before
        goes += before - after
    rows: list[list[Cell]] = [[rule, fires[rule], comes[rule], goes[rule]] for rule in sorted({*fires, *comes})]
    columns = ("rule", "findings before the swap", "come with it", "go with it")
    return Table(
        "framing-swap-rules", "Rules that swaps turn on and off", columns, rows, command, "all swaps", len(swapped)
    )


def swap_finding(measured: Measured) -> str:
    """What the swaps say, in a sentence."""
    swapped = [item for items in measured.values() for item in items]
    relation = sum(item.before.relation != item.after.relation for item in swapped)
    rules = sum(item.before.rules != item.after.rules for item in swapped)
    return (
        f"Of {len(swapped):,} swaps of a party, country, name … through a whole article, {relation:,} change what is "
        f"said of its headline and {rules:,} the rules of its findings (target: {TARGET:.0%})."
    )


def _rates(swapped: Sequence[SwappedArticle]) -> list[Cell]:
    return [
        _rate(swapped, [item.before.relation != item.after.relation for item in swapped]),
        _rate(swapped, [item.before.rules != item.after.rules for item in swapped]),
    ]


def _rate(swapped: Sequence[SwappedArticle], changed: Sequence[bool]) -> Estimate | None:
    """Share of swaps that change something, resampled by article."""
    if not swapped:
        return None
    terms = np.array([(change, 1) for change in changed], dtype=float)
    return Bootstrap(number(item.document for item in swapped)).estimate(terms, metrics.mean)
