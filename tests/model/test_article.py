"""Splitting and decoding: every sentence keeps its offsets, whatever the text.

Run: pytest tests/model/test_article.py
"""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord import Article, InputError
from onrecord.article import decode

FIXTURES = Path(__file__).parent.parent / "fixtures"

ugly_text = st.text(
    alphabet=st.one_of(
        st.sampled_from(list("aB.?! \n\r\t\"'“”’«»()#>-*\u2028\u0085\x00\u200f\u202e\u0301😀\ud800,;:[]`_")),
        st.characters(),
    ),
    max_size=400,
)


@given(ugly_text)
@settings(max_examples=300, deadline=None)
def test_sentences_cover_the_text_and_keep_their_offsets(text: str) -> None:
    sentences = Article(text).sentences
    position = 0
    for sentence in sentences:
        assert text[sentence.start : sentence.end] == sentence.text
        assert sentence.text == sentence.text.strip() != ""
        assert text[position : sentence.start].strip() == "", "words between sentences are lost"
        position = sentence.end
    assert text[position:].strip() == "", "words after the last sentence are lost"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The gate stood open. Nobody closed it.", ["The gate stood open.", "Nobody closed it."]),
        ("“Why now?” Dr. Ada Brel said. It rained.", ["“Why now?” Dr. Ada Brel said.", "It rained."]),
        ("“It is safe,” she said. “Go home.”", ["“It is safe,” she said.", "“Go home.”"]),
        ('"Are you sure?" asked Mr. Oake. He was not.', ['"Are you sure?" asked Mr. Oake.', "He was not."]),
        (
            "He left the tower. “We close today.\n\nWe said so.”",
            ["He left the tower.", "“We close today.", "We said so.”"],
        ),
        ("*Mirela Santovar writes for us.*", ["*Mirela Santovar writes for us.*"]),
        ("Mr. Oake paid $3.5 million on Jan. 5 at 3 p.m. in St. Orlan.", None),
        ("# A heading\nThe first line.\n\nThe second.", ["# A heading", "The first line.", "The second."]),
        ("One line.\r\nAnother line.\r\n", ["One line.", "Another line."]),
        ("- first point\n- second point", ["- first point", "- second point"]),
        ("", []),
        (" \n\t\r\n ", []),
    ],
)
def test_boundaries(text: str, expected: list[str] | None) -> None:
    found = [sentence.text for sentence in Article(text).sentences]
    assert found == ([text] if expected is None else expected)


def test_hard_wrapped_lines_are_one_paragraph() -> None:
    article = Article((FIXTURES / "column.txt").read_text(encoding="utf-8"))
    assert any("\n" in sentence.text for sentence in article.sentences)
    for sentence in article.sentences:
        assert sentence.text[-1] in '.?!”"’:)' or sentence.text.istitle() or len(sentence.text) < 80


def test_lines_that_are_paragraphs_stay_apart() -> None:
    article = Article.from_file(FIXTURES / "wire.txt")
    assert "\r\n" in article.text
    assert not any("\n" in sentence.text for sentence in article.sentences)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings_are_recognised(encoding: str) -> None:
    text = "“Ça va,” said René Dúlac in the café. It was a long day, and nobody slept.\r\n"
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)), bytes(range(32)) * 40])
def test_a_picture_is_refused_with_one_sentence(content: bytes) -> None:
    with pytest.raises(InputError, match="not a text file"):
        decode(content, "picture.png")


def test_a_missing_file_is_named() -> None:
    with pytest.raises(InputError, match=r"nowhere\.txt"):
        Article.from_file("nowhere.txt")


def test_text_must_be_a_string() -> None:
    with pytest.raises(InputError, match="must be a string"):
        Article(b"bytes")  # type: ignore[arg-type]
