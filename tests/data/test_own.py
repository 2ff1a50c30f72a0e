"""Training sentences of our own follow the codebook's consistency rules and stay out of all evaluation sets.

Run: pytest tests/data/test_own.py
"""

import json
from pathlib import Path

from onrecord.data.own import load_own
from onrecord.labels import Label, Sourcing

CONTRAST = Path(__file__).parents[2] / "eval" / "contrast"


def test_labels_and_sourcing_agree() -> None:
    sentences = [article.sentences[0] for article in load_own()]
    assert len(sentences) > 50
    for sentence in sentences:
        if sentence.label is Label.ATTRIBUTED_CLAIM:
            assert sentence.sourcing is not Sourcing.NONE
        if sentence.label in (Label.REPORTED_FACT, Label.SPECULATION):
            assert sentence.sourcing is Sourcing.NONE and sentence.source is None
        assert (sentence.cue is None) == (sentence.label is Label.REPORTED_FACT)


def test_no_sentence_is_in_a_contrast_set_or_twice() -> None:
    texts = [article.sentences[0].text for article in load_own()]
    assert len(set(texts)) == len(texts)
    tested = {
        side["text"]
        for path in CONTRAST.glob("*.jsonl")
        for pair in map(json.loads, path.read_text(encoding="utf-8").splitlines()[1:])
        for side in (pair["a"], pair["b"])
    }
    assert not tested & set(texts)
