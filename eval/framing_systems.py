"""Who says what a headline does with its claim: onrecord, and the two baselines that it must beat."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from onrecord.framing.headline import Relation
from onrecord.labelled import LabelledArticle
from onrecord.labels import Label


@dataclass(frozen=True)
class Answer:
    """A relation, and the numbers of the sentences that are given as evidence for it."""

    relation: Relation
    evidence: tuple[int, ...] = ()


def onrecord_drift(article: LabelledArticle) -> Answer:
    """What onrecord says."""
    drift = article.framing.headline
    assert drift is not None, "every case has a headline"
    return Answer(drift.relation, drift.evidence)


def always_same(article: LabelledArticle) -> Answer:
    """Says of every headline that it is honest, which most are."""
    return Answer(Relation.SAME)


def lead_only(article: LabelledArticle) -> Answer:
    """Compares the headline with the first sentence that states anything, by onrecord's labels.

    A fact above anything else is hardened, a claim or speculation above a fact softened, all else the same; a headline
    that states nothing is a topic. It never says absent.
    """
    headline = article.headline.label if article.headline else None
    lead = next((sentence for sentence in article.sentences if sentence.label is not Label.NONE), None)
    if headline is Label.NONE or lead is None:
        return Answer(Relation.TOPIC)
    relation = Relation.SAME
    if headline is Label.REPORTED_FACT and lead.label is not Label.REPORTED_FACT:
        relation = Relation.HARDENED
    elif headline in (Label.ATTRIBUTED_CLAIM, Label.SPECULATION) and lead.label is Label.REPORTED_FACT:
        relation = Relation.SOFTENED
    return Answer(relation, (lead.index,))


DRIFT_SYSTEMS: Mapping[str, Callable[[LabelledArticle], Answer]] = {
    "onrecord": onrecord_drift,
    "always same": always_same,
    "lead sentence only": lead_only,
}
