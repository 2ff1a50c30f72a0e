"""Passages reach the labeller as they are split, and its spans come back as offsets in each sentence."""

import numpy as np
from rule_labeller import RuleLabeller

from onrecord.eval.passages import Isolated, Onrecord, Passage

PASSAGES = [
    Passage("a", ("Officials said it was safe. They left.", "It may rain."), "Why the bridge should go"),
    Passage("b", ("The bridge is 40 metres long.",)),
]


def test_given_sentences_are_not_split_anew() -> None:
    article = PASSAGES[0].article
    assert [sentence.text for sentence in article.sentences] == list(PASSAGES[0].sentences)


def test_one_prediction_a_text_headline_first(labeller: RuleLabeller) -> None:
    found = Onrecord(labeller).predict(PASSAGES)  # type: ignore[arg-type]
    assert found.labels.tolist() == [3, 1, 2, 0]
    assert found.cues == ((15, 21), (10, 14), (3, 6), None)


def test_alone_every_text_is_a_passage(labeller: RuleLabeller) -> None:
    system = Onrecord(labeller)  # type: ignore[arg-type]
    seen: list[Passage] = []
    predict = system.predict
    system.predict = lambda passages: (seen.extend(passages), predict(passages))[1]  # type: ignore[method-assign]
    found = Isolated(system).predict(PASSAGES)
    assert [passage.texts for passage in seen] == [(text,) for passage in PASSAGES for text in passage.texts]
    assert np.array_equal(found.labels, predict(PASSAGES).labels)
