"""What stands out in how an article treats its claims: one line each, with the rule that fired and the sentences.

A finding says what is on the page. It is no verdict on whether anything is true, on anybody's motive or on an outlet.
"""

from dataclasses import dataclass
from typing import Any

from onrecord.framing.rules import RULES, Material


@dataclass(frozen=True, slots=True)
class Finding:
    """One line on an article.

    :ivar rule: the name of the rule that fired, one of ``onrecord.framing.rules.RULES``.
    :ivar text: what was found, in plain words. It can hold words of the article: a source's name.
    :ivar evidence: the numbers of the sentences that show it, from 0.
    """

    rule: str
    text: str
    evidence: tuple[int, ...]

    def to_dict(self) -> dict[str, Any]:
        """A plain dictionary, for JSON."""
        return {"rule": self.rule, "text": self.text, "evidence": list(self.evidence)}


def findings(material: Material) -> tuple[Finding, ...]:
    """All findings on an article, in the order of ``RULES``."""
    found: list[Finding] = []
    for rule in RULES:
        if not {finding.rule for finding in found} & set(rule.unless):
            found += (Finding(rule.name, text, tuple(evidence)) for text, evidence in rule.find(material))
    return tuple(found)
