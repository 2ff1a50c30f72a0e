"""How alike sentences are in what they claim: shared words, names and numbers."""

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


def test_a_part_of_the_sentences_is_compared_as_in_the_whole() -> None:
    claims = Claims.read(SENTENCES)
    rows, columns = np.array([2, 0]), slice(1, 3)
    assert np.allclose(claims.words(rows, columns), claims.words()[rows, columns])
