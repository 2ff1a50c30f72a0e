"""Packing: every token of every sentence is labelled once and windows never overflow.

Run: pytest tests/model/test_windows.py
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from onrecord.pretrained import SHIPPED
from onrecord.windows import HEADLINE, WindowPacker


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(SHIPPED / "tokenizer.json"))


token_ids = st.lists(st.integers(10, 99), max_size=90)


@given(st.lists(token_ids, max_size=12), st.one_of(st.none(), token_ids), st.integers(64, 128), st.integers(0, 40))
@settings(max_examples=200, deadline=None)
def test_every_token_is_labelled_once(
    tokenizer: Tokenizer, sentences: list[list[int]], headline: list[int] | None, limit: int, context: int
) -> None:
    packer = WindowPacker(tokenizer, limit, context)
    labelled: dict[int, list[int]] = {}
    for window in packer.pack(sentences, headline):
        assert len(window.ids) == len(window.types) <= limit
        assert window.ids[0] == packer.cls
        for piece in window.pieces:
            ids = window.ids[piece.start : piece.end]
            whole = headline if piece.sentence == HEADLINE else sentences[piece.sentence]
            assert whole is not None
            assert ids == whole[piece.offset : piece.offset + len(ids)]
            assert window.ids[piece.end] == packer.sep
            assert window.types[piece.start] == (1 if piece.sentence == HEADLINE else 0)
            if piece.labelled:
                labelled.setdefault(piece.sentence, []).extend(ids)
    expected = dict(enumerate(sentences))
    if headline is not None:
        expected[HEADLINE] = headline
    assert labelled == expected


def test_context_repeats_the_sentences_before(tokenizer: Tokenizer) -> None:
    packer = WindowPacker(tokenizer, limit=64, context=40)
    sentences = [[number] * 15 for number in range(10, 18)]
    windows = packer.pack(sentences, [5] * 4)
    assert [piece.sentence for piece in windows[0].pieces if piece.labelled] == [HEADLINE, 0, 1, 2]
    repeated = [piece.sentence for piece in windows[1].pieces if not piece.labelled]
    assert repeated == [HEADLINE, 1, 2], "the headline and the last sentences that fit into the context"


def test_collate_pads_with_a_mask(tokenizer: Tokenizer) -> None:
    packer = WindowPacker(tokenizer, limit=64, context=0)
    windows = packer.pack([[7] * 5]) + packer.pack([[8] * 9, [9] * 2])
    batch = packer.collate(windows)
    assert batch["input_ids"].shape == (2, 14)
    assert np.array_equal(batch["attention_mask"].sum(1), [7, 14])
    assert batch["ends"].tolist() == [[6, 0], [10, 13]]


@pytest.mark.parametrize(
    "text",
    ["**The bridge** is `safe`", "## The bridge is safe", "> The bridge is safe", "[The bridge](http://x.y) is safe"],
)
def test_markup_is_hidden_from_the_network(tokenizer: Tokenizer, text: str) -> None:
    packer = WindowPacker(tokenizer, limit=64, context=0)
    plain, marked = packer.tokenize(["The bridge is safe", text])
    assert marked.ids == plain.ids
    words = [text[start:end].lower() for start, end in marked.offsets]
    assert words == ["the", "bridge", "is", "safe"], "offsets still point into the text as given"


@pytest.mark.parametrize("text", ["a\ud800b", "\x00", "\u202egnp", "e\u0301", "😀", "x" * 5000, ""])
def test_any_text_can_be_tokenized(tokenizer: Tokenizer, text: str) -> None:
    (tokens,) = WindowPacker(tokenizer, limit=64, context=0).tokenize([text])
    assert len(tokens.ids) == len(tokens.offsets)
    assert all(0 <= start <= end <= len(text) for start, end in tokens.offsets)
