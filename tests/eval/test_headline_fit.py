"""The fit that tells which sentences carry a headline's claim sees the right pairs and finds what tells them apart.

Run: pytest tests/eval/test_headline_fit.py
"""

from dataclasses import replace

import numpy as np
from rule_labeller import RuleLabeller

from onrecord.eval.framing_cases import Case
from onrecord.eval.headline_fit import fit, pairs
from onrecord.eval.passages import Passage
from onrecord.framing.headline import Relation

SENTENCES = ("The ferry stopped running on Monday.", "Gulls cried.", "By Ana Osk")
CASES = [
    Case(Passage("a", SENTENCES, "Ferry stops running"), Relation.SAME, frozenset({0})),
    Case(Passage("b", SENTENCES, "The quay, explained"), Relation.TOPIC, frozenset()),
    Case(Passage("c", SENTENCES[1:], "Gulls cry at the quay"), Relation.SAME, frozenset({0})),
]


class Seeing(RuleLabeller):
    """A labeller whose network sees a headline's claim in every sentence about gulls."""

    def label_articles(self, articles):  # type: ignore[no-untyped-def]
        for article in super().label_articles(articles):
            yield replace(article, carries=np.array([3.0 * ("Gulls" in one.text) for one in article.sentences]))


def test_every_claiming_headline_is_paired_with_every_sentence_of_its_article() -> None:
    features, evidence = pairs(Seeing(), CASES)  # type: ignore[arg-type]
    assert evidence.tolist() == [True, False, False, True, False]
    assert features[:, 0].tolist() == [0, 3, 0, 3, 0]
    assert features[0, 2] > 0.5 > features[1, 2]  # words in common


def test_the_fit_finds_the_feature_that_tells_evidence() -> None:
    generator = np.random.default_rng(0)
    features = generator.normal(size=(400, 3))
    evidence = features[:, 1] + 0.3 * generator.normal(size=400) > 1
    base, weights = fit(features, evidence)
    assert weights[1] > 5 * np.abs(weights[[0, 2]]).max()
    assert ((base + features @ weights > 0) == evidence).mean() > 0.9
