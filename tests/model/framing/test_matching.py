"""How alike sentences are in what they claim: shared words, names and numbers, and the direction of their vectors."""

import numpy as np

from onrecord.framing.matching import Claims, stem

SENTENCES = [
    "The mayor of Velm closed the Orla bridge on Monday.",
    "The bridge was shut because of cracks.",
    "Two bakeries in Velm have raised their prices.",
    "Closure of the bridge by the mayor, Ida Tarn, costs commuters 1,200 hours.",
]


def test_a_sentence_shares_most_with_its_paraphrase() -> None:
    """Forms of a word count as one word."""
    words = Claims.read(SENTENCES).words()
    assert words[0, 3] > words[0, 2] > 0
    assert stem("closure") == stem("closed") == stem("closing")


def test_who_says_so_is_no_part_of_the_claim() -> None:
    """A reporting frame or a hedge makes no claim alike, nor different."""
    words = Claims.read(["Taxes may rise, officials said.", "Taxes rise.", "Dogs may bark, he said."]).words()
    assert words[1, 0] == 1
    assert words[0, 2] == 0


def test_numbers_match_across_spellings() -> None:
    """Counting words and separators do not hide a number."""
    sentences = ["Seven boats, 1200 nets", "They lost 7 boats and 1,200 nets.", "They lost 8 boats, 12 nets."]
    words = Claims.read(sentences).words()
    assert words[0, 1] == 1
    assert 0 < words[0, 2] < 1


def test_initials_match_the_name_they_stand_for() -> None:
    """What a headline abbreviates, the body spells out."""
    words = Claims.read(["NTC fined", "The Northern Telegraph Company was fined.", "The company was fined."]).words()
    assert words[0, 1] == 1
    assert words[0, 2] < 1


def test_meaning_is_measured_against_the_spread_of_the_article() -> None:
    """Another scale of cosines, as other weights have, changes nothing."""
    angles = np.array([0.0, 0.1, 0.9, 1.5])
    wide = np.stack([np.cos(angles), np.sin(angles)], 1).astype(np.float32)
    meaning = Claims.read(SENTENCES, wide).meaning()
    assert meaning[0, 1] > meaning[0, 2] > meaning[0, 3]
    shared = np.concatenate([wide, np.full((4, 1), 2.0)], 1) / np.sqrt(5)  # all more alike: cosines from 0.8 up
    assert np.allclose(Claims.read(SENTENCES, shared.astype(np.float32)).meaning(), meaning, atol=1e-3)


def test_without_vectors_words_are_left() -> None:
    """Weights without a vector head: no meaning, no error."""
    claims = Claims.read(SENTENCES)
    assert not claims.meaning().any()
    assert claims.words()[0, 3] > 0


def test_sentences_cover_together_what_neither_covers_alone() -> None:
    """A claim that is split over two sentences."""
    claims = Claims.read(["Mayor shuts bridge", "The mayor acted on Monday.", "The bridge is shut."])
    together = claims.covered(slice(None), claims.terms[1:2] + claims.terms[2:])
    assert np.isclose(together[0, 0], claims.words()[0, 1] + claims.words()[0, 2])
    assert np.isclose(together[0, 0], 1)


def test_text_without_words() -> None:
    """Nothing to compare is nothing in common."""
    claims = Claims.read(["…", "The bridge was shut.", ""])
    assert not claims.words()[0].any()
    assert not claims.words()[1, [0, 2]].any()


def test_meaning_is_in_standard_deviations_of_all_pairs() -> None:
    vectors = np.random.default_rng(1).normal(size=(len(SENTENCES), 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    claims = Claims.read(SENTENCES, vectors)
    pairs = claims.meaning()[np.triu_indices(len(SENTENCES), 1)]
    assert np.isclose(pairs.mean(), 0, atol=1e-4) and np.isclose(pairs.std(), 1, atol=1e-4)


def test_a_part_of_the_sentences_is_compared_as_in_the_whole() -> None:
    claims = Claims.read(SENTENCES, np.eye(len(SENTENCES), dtype=np.float32))
    rows, columns = np.array([2, 0]), slice(1, 3)
    assert np.allclose(claims.words(rows, columns), claims.words()[rows, columns])
    assert np.allclose(claims.meaning(rows, columns), claims.meaning()[rows, columns])
