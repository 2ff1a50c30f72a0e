"""Refinement shows everything that was added, passages as written and single sentences in random company.

Run: pytest tests/training/test_refine.py
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from onrecord.data.annotated import AnnotatedArticle
from onrecord.data.headline_claims import ClaimingHeadline, HeadedArticle
from onrecord.data.own import load_own, load_own_headlines
from onrecord.errors import DataError
from onrecord.labels import LABELS, Label
from onrecord.training import refine as module
from onrecord.training.examples import Lesson, Targets, batches, lessons, row
from onrecord.training.material import Material
from onrecord.training.recipe import Recipe
from onrecord.training.teacher import blended
from onrecord.windows import WindowPacker

HEADED = HeadedArticle(
    "own",
    "harbour",
    False,
    ("The harbour of Velmark is deep.", "Its dredger Amalia sank, divers said.", "Gulls watched."),
    (
        ClaimingHeadline("Dredger sinks, say divers", "same", frozenset({1})),
        ClaimingHeadline("Amalia goes down in harbour", "hardened", frozenset({1})),
        ClaimingHeadline("Amalia raised", "absent", frozenset()),
    ),
)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Lesson]:
    """What the network is taught, by a refinement that teaches nothing."""
    taught: list[Lesson] = []
    monkeypatch.setattr(module, "teach", lambda trained, material, *_: taught.extend(material))
    return taught


def _texts(material: Sequence[Lesson], packer: WindowPacker) -> list[str]:
    return [packer.tokenizer.decode([i for tokens in lesson.tokens for i in tokens.ids]) for lesson in material]


def test_all_that_was_added_is_shown_and_our_own_in_company(
    articles: list[AnnotatedArticle], recipe: Recipe, trained: Path, shown: list[Lesson], packer: WindowPacker
) -> None:
    settings = dataclasses.replace(recipe.refinement, share=0.5, single_repeats=2, passage_repeats=3)
    added = [dataclasses.replace(articles[0], sentences=articles[0].sentences[:5])]
    material = Material(articles, added, [HEADED])
    module.refine(trained, material, dataclasses.replace(recipe, refinement=settings), Path("unused"))
    counted = _texts(shown, packer)
    assert counted.count(_texts(lessons(added, packer, 1), packer)[0]) == 1
    assert sum(text in _texts(lessons(articles, packer, 1), packer) for text in counted) >= 3
    own = load_own()
    for passage in _texts(lessons([one for one in own if len(one.all_sentences) > 1], packer, 1), packer)[:40]:
        assert counted.count(passage) >= 3
    singles = [tuple(one.tokens[0].ids) for one in lessons(own, packer, 1) if len(one.tokens) == 1]
    known = set(singles)
    mixed = [one for one in shown if all(tuple(tokens.ids) in known for tokens in one.tokens)]
    assert sum(len(one.tokens) for one in mixed) == 2 * len(singles)
    assert {len(one.tokens) for one in mixed} == {1, 2, 3, 4}
    assert len(shown) == 3 + 1 + 3 * (len(own) - len(singles)) + len(mixed) + len(load_own_headlines()) + 3


def test_headlines_of_our_own_say_which_sentences_carry_them(
    recipe: Recipe, trained: Path, shown: list[Lesson], packer: WindowPacker
) -> None:
    module.refine(trained, Material([], [], [HEADED]), recipe, Path("unused"))
    for lesson, headline in zip(shown[-3:], HEADED.headlines, strict=True):
        head, *body = (packer.tokenizer.decode(tokens.ids) for tokens in lesson.tokens)
        assert head.startswith(headline.text.split()[0].lower())
        carried = [bool(headline.evidence) and text.startswith("its dredger") for text in body]
        assert [target.claim for target in lesson.targets] == [None, *carried]
        assert any(carried) == bool(headline.evidence)


def test_claims_are_taught_only_under_their_headline(packer: WindowPacker, recipe: Recipe) -> None:
    [article] = (one for one in load_own_headlines()[:1])
    material = lessons([article], packer, 1)
    seen = set()
    for batch in batches(material, packer, recipe):
        for example, claims in zip(batch, row(batch, packer)["claim_targets"], strict=True):
            seen.add(example[0].pieces[0].sentence)
            if example[0].pieces[0].sentence != -1:
                assert (claims == -1).all()
            else:
                assert claims[0] == -1 and (claims[1 : len(example[0].pieces)] >= 0).any()
    assert -1 in seen and len(seen) > 1


def test_a_teacher_has_its_say_and_the_last_word_where_nobody_else_speaks(
    articles: list[AnnotatedArticle], packer: WindowPacker
) -> None:
    material = lessons(articles[:1], packer, 1.0)
    annotated = material[0].targets
    opinion = np.eye(len(LABELS), dtype=np.float32)[LABELS.index(Label.ANALYST_OPINION)]
    said = [Targets(opinion, target.sourcing, target.token) for target in annotated]
    [lesson] = blended(material, said, 0.25)
    for before, after in zip(annotated, lesson.targets, strict=True):
        assert np.allclose(after.label, 0.75 * before.label + 0.25 * opinion)
    silent = [dataclasses.replace(target, label=np.zeros_like(target.label)) for target in annotated]
    [lesson] = blended([dataclasses.replace(material[0], targets=silent)], said, 0.25)
    assert all(np.array_equal(target.label, opinion) for target in lesson.targets)
    with pytest.raises(DataError, match="remove what it said"):
        blended(material, said[1:], 0.25)


def test_sentences_without_spans_teach_none(
    articles: list[AnnotatedArticle], recipe: Recipe, packer: WindowPacker
) -> None:
    for has_spans in (True, False):
        article = dataclasses.replace(
            articles[0],
            sentences=tuple(dataclasses.replace(sentence, has_spans=has_spans) for sentence in articles[0].sentences),
        )
        made = [row(batch, packer) for batch in batches(lessons([article], packer, 1.0), packer, recipe)]
        assert all(arrays["label_targets"].any() for arrays in made)
        assert any(arrays["token_targets"].any() for arrays in made) == has_spans
