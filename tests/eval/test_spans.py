"""Span scores in words, by hand."""

import pytest

from onrecord.eval.spans import exact_match, span_terms, token_f1

TEXT = "Two people familiar with the plan said the ferry’s owner left."


def _span(words: str) -> tuple[tuple[int, int], ...]:
    start = TEXT.index(words)
    return ((start, start + len(words)),)


def test_partial_overlap_counts_words() -> None:
    terms = span_terms([TEXT], [_span("Two people familiar with the plan")], [_span("people familiar")])
    assert token_f1(terms.sum(0)) == pytest.approx(2 * 2 / (6 + 2))
    assert exact_match(terms.sum(0)) == 0


def test_punctuation_and_blanks_around_a_span_do_not_matter() -> None:
    terms = span_terms([TEXT], [_span("owner left")], [_span(" owner left.")])
    assert exact_match(terms.sum(0)) == token_f1(terms.sum(0)) == 1


def test_sentences_without_any_span_are_in_no_score() -> None:
    terms = span_terms([TEXT, TEXT], [_span("said"), ()], [_span("said"), ()])
    assert exact_match(terms.sum(0)) == token_f1(terms.sum(0)) == 1


def test_missed_and_invented_spans_both_cost() -> None:
    terms = span_terms([TEXT, TEXT], [_span("said"), ()], [(), _span("said")])
    assert exact_match(terms.sum(0)) == token_f1(terms.sum(0)) == 0


def test_a_word_with_an_apostrophe_is_one_word() -> None:
    terms = span_terms([TEXT], [_span("ferry’s")], [_span("ferry")])
    assert exact_match(terms.sum(0)) == 1
