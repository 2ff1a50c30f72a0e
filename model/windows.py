"""Sentences → token windows, and window positions → sentences again. Training and inference share this file.

A window is what the network reads at once::

    [CLS] headline [SEP] context sentence [SEP] sentence [SEP] sentence [SEP]
          type 1         type 0 …

Whole consecutive sentences of one article are packed up to ``limit`` tokens. The first window labels the headline;
later windows repeat it, and the last sentences before them, as context that is not labelled again. A sentence that
does not fit into a window is cut into pieces, whose scores are pooled by the caller.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from tokenizers import Tokenizer

HEADLINE = -1
"""The sentence number of the headline."""

_HEADLINE_CONTEXT = 48  # tokens of a headline that are repeated in later windows
_UNENCODABLE = re.compile("[\ud800-\udfff\x00]")
# Marks of Markdown say nothing about whose word a sentence is; the network has not seen them, so it is shown blanks.
_MARKDOWN = re.compile(r"^\s*(?:#{1,6}|[-*+•]|>)(?=\s)|\*\*|__|`|\[(?=[^\[\]]*\]\()|\]\([^()\s]*\)")


@dataclass(frozen=True, slots=True)
class TokenizedSentence:
    """Token ids of one sentence and, for each token, its code-point offsets in the sentence's text."""

    ids: list[int]
    offsets: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Piece:
    """Where a sentence, or a piece of a long one, stands in a window.

    Tokens ``start`` to ``end`` (exclusive) of the window are tokens ``offset`` … of sentence number ``sentence``;
    ``end`` is the position of the closing ``[SEP]``. Only ``labelled`` pieces are to be scored: others are context.
    """

    sentence: int
    start: int
    end: int
    offset: int
    labelled: bool


@dataclass(frozen=True, slots=True)
class Window:
    """One input of the network: token ids, token types (1 in the headline) and the pieces of sentences in it."""

    ids: list[int]
    types: list[int]
    pieces: list[Piece]


class WindowPacker:
    """Turns the sentences of an article into windows of at most ``limit`` tokens.

    :param tokenizer: a BERT-shaped tokenizer with ``[CLS]``, ``[SEP]`` and ``[PAD]``.
    :param limit: the most tokens a window holds, its special tokens counted in.
    :param context: the most tokens of preceding sentences that a following window repeats.
    """

    def __init__(self, tokenizer: Tokenizer, limit: int, context: int) -> None:
        self.tokenizer = tokenizer
        self.limit = limit
        self.context = context
        vocabulary = tokenizer.get_vocab()
        self.cls, self.sep, self.pad = (vocabulary[token] for token in ("[CLS]", "[SEP]", "[PAD]"))
        tokenizer.no_padding()
        tokenizer.no_truncation()

    def tokenize(self, texts: Sequence[str]) -> list[TokenizedSentence]:
        """Tokenize sentences; what cannot be encoded (lone surrogates, NUL) or is markup becomes a blank."""
        encodings = self.tokenizer.encode_batch([_readable(text) for text in texts], add_special_tokens=False)
        return [TokenizedSentence(encoding.ids, encoding.offsets) for encoding in encodings]

    def pack(self, sentences: Sequence[list[int]], headline: list[int] | None = None) -> list[Window]:
        """Pack the token ids of an article's sentences, and of its headline, into windows.

        Every sentence, and the headline if there is one, is labelled in exactly one window (in pieces, perhaps in
        several).
        """
        windows: list[Window] = []
        header = None if headline is None else headline[:_HEADLINE_CONTEXT]
        whole = headline == header
        if headline is not None and not whole:
            windows += self._pack_long_headline(headline)
        window = self._open(header, label_header=headline is not None and whole)
        for number, offset, ids in _cut(sentences, self.limit - len(window.ids) - 1):
            if len(window.ids) + len(ids) + 1 > self.limit:
                windows.append(window)
                window = self._follow(window, header, self.limit - len(ids) - 1)
            self._add(window, number, offset, ids, labelled=True)
        if any(piece.labelled for piece in window.pieces):
            windows.append(window)
        return windows

    def collate(self, windows: Sequence[Window]) -> dict[str, np.ndarray]:
        """Pad windows into the network's input arrays, all int64.

        *Shapes:* ``input_ids``, ``attention_mask``, ``token_type_ids`` (window, token); ``starts``, ``ends``
        (window, piece), where a padding piece has ``start == end == 0``.
        """
        tokens = max(len(window.ids) for window in windows)
        pieces = max(len(window.pieces) for window in windows)
        batch = {
            "input_ids": np.full((len(windows), tokens), self.pad, dtype=np.int64),
            "attention_mask": np.zeros((len(windows), tokens), dtype=np.int64),
            "token_type_ids": np.zeros((len(windows), tokens), dtype=np.int64),
            "starts": np.zeros((len(windows), pieces), dtype=np.int64),
            "ends": np.zeros((len(windows), pieces), dtype=np.int64),
        }
        for row, window in enumerate(windows):
            batch["input_ids"][row, : len(window.ids)] = window.ids
            batch["attention_mask"][row, : len(window.ids)] = 1
            batch["token_type_ids"][row, : len(window.types)] = window.types
            batch["starts"][row, : len(window.pieces)] = [piece.start for piece in window.pieces]
            batch["ends"][row, : len(window.pieces)] = [piece.end for piece in window.pieces]
        return batch

    def _open(self, header: list[int] | None, label_header: bool) -> Window:
        window = Window([self.cls], [1 if header is not None else 0], [])
        if header is not None:
            self._add(window, HEADLINE, 0, header, labelled=label_header, token_type=1)
        return window

    def _follow(self, previous: Window, header: list[int] | None, room: int) -> Window:
        """Open the window after ``previous`` with as many of its last sentences as context and ``room`` allow."""
        window = self._open(header, label_header=False)
        budget = min(self.context, room - len(window.ids))
        repeated: list[Piece] = []
        for piece in reversed(previous.pieces):
            budget -= piece.end - piece.start + 1
            if budget < 0 or not piece.labelled or piece.sentence == HEADLINE:
                break
            repeated.append(piece)
        for piece in reversed(repeated):
            self._add(window, piece.sentence, piece.offset, previous.ids[piece.start : piece.end], labelled=False)
        return window

    def _add(
        self, window: Window, sentence: int, offset: int, ids: list[int], labelled: bool, token_type: int = 0
    ) -> None:
        start = len(window.ids)
        window.ids.extend((*ids, self.sep))
        window.types.extend([token_type] * (len(ids) + 1))
        window.pieces.append(Piece(sentence, start, start + len(ids), offset, labelled))

    def _pack_long_headline(self, headline: list[int]) -> list[Window]:
        """Windows of their own for a headline too long to be repeated as context."""
        return [
            Window(
                window.ids,
                [1] * len(window.types),
                [Piece(HEADLINE, piece.start, piece.end, piece.offset, piece.labelled) for piece in window.pieces],
            )
            for window in self.pack([headline])
        ]


def _cut(sentences: Sequence[list[int]], room: int) -> Iterator[tuple[int, int, list[int]]]:
    """Yield ``(sentence number, offset, token ids)``, sentences over ``room`` tokens in pieces of like size."""
    for number, ids in enumerate(sentences):
        count = max(1, -(-len(ids) // room))
        size = max(1, -(-len(ids) // count))
        for offset in range(0, max(1, len(ids)), size):
            yield number, offset, ids[offset : offset + size]


def _readable(text: str) -> str:
    """The text with markup and what cannot be encoded blanked out, at the same length."""
    text = _UNENCODABLE.sub(" ", text)
    return _MARKDOWN.sub(lambda match: " " * len(match.group()), text)
