"""Labeller: split → pack → run → calibrate → labelled sentences."""

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from onrecord.article import Article, Sentence
from onrecord.calibration import Calibration
from onrecord.engine import Engine, OnnxEngine, Scores, TorchEngine
from onrecord.errors import InputError, WeightsError
from onrecord.labelled import LabelledArticle, LabelledSentence
from onrecord.labels import ALLOWED_SOURCINGS, LABELS, SOURCINGS, flag_of
from onrecord.pieces import pool
from onrecord.pretrained import WeightsFolder
from onrecord.spans import source_and_cue
from onrecord.windows import HEADLINE, TokenizedSentence, Window, WindowPacker

_WINDOWS_AT_ONCE = 64  # enough to keep every core busy, few enough to stream
_ARTICLES_AT_ONCE = 256  # that may have no windows at all


@dataclass(frozen=True, slots=True)
class _Prepared:
    """An article on its way through the engine: its sentences (headline first, if any), tokens and windows."""

    article: Article
    sentences: list[tuple[int, Sentence]]
    tokens: list[TokenizedSentence]
    windows: list[Window]


class Labeller:
    """Labels articles. Make one with :meth:`from_pretrained`, use it often: making it costs more than a label."""

    def __init__(
        self, engine: Engine, packer: WindowPacker, calibration: Calibration, abstain_below: float = 0.0
    ) -> None:
        if not 0 <= abstain_below <= 1:
            raise InputError(f"abstain_below is a probability between 0 and 1, not {abstain_below}")
        self._engine = engine
        self._packer = packer
        self._calibration = calibration
        self._abstain_below = abstain_below
        self._ahead = True
        self._loaded_with: tuple[Any, ...] | None = None  # arguments of from_pretrained

    @classmethod
    def from_pretrained(
        cls,
        source: str | Path | None = None,
        threads: int | None = None,
        abstain_below: float = 0.0,
        device: str | None = None,
    ) -> "Labeller":
        """Load weights.

        :param source: a folder or a hub id; by default the weights that onrecord ships.
        :param threads: how many cores the network uses; by default all. (Tokenizing, a hundredth of the work, uses all
            unless the environment variable ``TOKENIZERS_PARALLELISM`` is ``false``.)
        :param abstain_below: sentences labelled with less confidence than this get ``label=None``.
        :param device: a torch device such as ``"cuda"``: runs the float network, in bf16, if the weights have it.
        :raises WeightsError: the weights are missing, damaged or of another version.
        """
        if threads is not None and threads < 1:
            raise InputError(f"threads must be at least 1, not {threads}")
        folder = WeightsFolder.open(source)
        try:
            tokenizer = Tokenizer.from_file(str(folder.tokenizer))
        except Exception as error:  # tokenizers raises bare Exception
            raise WeightsError(f"{folder.tokenizer} is damaged ({error}); fetch the weights again") from None
        packer = WindowPacker(tokenizer, folder.config.window_limit, folder.config.window_context)
        engine = OnnxEngine(folder.model, packer, threads) if device is None else _torch_engine(folder, packer, device)
        labeller = cls(engine, packer, Calibration.from_config(folder.config), abstain_below)
        labeller._ahead = threads != 1  # one thread is to be one
        labeller._loaded_with = (source, threads, abstain_below, device)
        return labeller

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as what it was loaded with: in another process the weights are loaded again."""
        if self._loaded_with is None:
            raise InputError("only a labeller made with from_pretrained can be sent to another process")
        return Labeller.from_pretrained, self._loaded_with

    def __call__(self, batch: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
        """Label a batch of a table, for ``datasets.Dataset.map(labeller, batched=True)``.

        :param batch: columns; ``text`` is labelled, with ``headline`` or ``title`` as the headline if there is one.
        :return: new columns: ``sentences``, for every article its records as in CSV, flat and without nulls (the
            headline first, with index -1), and ``profile``.
        :raises InputError: there is no column ``text``, or it holds something that is not a string.
        """
        if "text" not in batch:
            raise InputError(f"there is no column 'text' but {', '.join(batch)}; rename the one that holds the text")
        texts = _many(batch["text"], "a batch has lists of texts and headlines; give map() the option batched=True")
        headlines = next((batch[name] for name in ("headline", "title") if name in batch), [None] * len(texts))
        articles = [Article(text, headline) for text, headline in zip(texts, headlines, strict=True)]
        labelled = list(self.label_articles(articles))
        return {
            "sentences": [[_without_nulls(record) for record in article.records()] for article in labelled],
            "profile": [article.profile.to_dict() for article in labelled],
        }

    def label_article(self, text: str | Article, headline: str | None = None) -> LabelledArticle:
        """Split an article into sentences and label each of them, and the headline.

        :raises InputError: the text is not a string.
        """
        article = text if isinstance(text, Article) else Article(text)
        if headline is not None:
            article = replace(article, headline=headline)
        return self._label_one(article, list(enumerate(article.sentences)))

    def label_articles(self, articles: Iterable[str | Article]) -> Iterator[LabelledArticle]:
        """Label any number of articles, lazily, in order, in bounded memory.

        :raises InputError: ``articles`` is a single one or a table, or holds something that is not an article.
        """
        return self._stream(_many(articles, "label_articles takes many articles; for a single one use label_article"))

    def _stream(self, articles: Iterable[str | Article]) -> Iterator[LabelledArticle]:
        prepared = (
            self._prepare(article, list(enumerate(article.sentences)))
            for article in (item if isinstance(item, Article) else Article(item) for item in articles)
        )
        groups = _groups(prepared)
        scored = _one_ahead(groups, self._score) if self._ahead else ((group, self._score(group)) for group in groups)
        for group, scores in scored:
            yield from self._assembled(group, scores)

    def label_sentences(self, sentences: Iterable[str], headline: str | None = None) -> list[LabelledSentence]:
        """Label sentences that follow each other in one article: one result each, in order, offsets in the sentence.

        :raises InputError: ``sentences`` is a single string or a table, or holds something that is not a string.
        """
        sentences = list(
            _many(sentences, "label_sentences takes a list of sentences; for a whole text use label_article")
        )
        for sentence in sentences:
            if not isinstance(sentence, str):
                raise InputError(f"a sentence must be a string, not {type(sentence).__name__}")
        numbered = [(number, Sentence(0, len(text), text)) for number, text in enumerate(sentences)]
        return list(self._label_one(Article("\n".join(sentences), headline), numbered).sentences)

    def _label_one(self, article: Article, sentences: list[tuple[int, Sentence]]) -> LabelledArticle:
        prepared = self._prepare(article, sentences)
        return self._assemble(prepared, self._score([prepared]))

    def _prepare(self, article: Article, sentences: list[tuple[int, Sentence]]) -> _Prepared:
        if article.headline is not None:
            sentences = [(HEADLINE, Sentence(0, len(article.headline), article.headline)), *sentences]
        tokens = self._packer.tokenize([sentence.text for _, sentence in sentences])
        ids = [tokenized.ids for tokenized in tokens]
        first = 0 if article.headline is None else 1
        windows = self._packer.pack(ids[first:], ids[0] if first else None)
        return _Prepared(article, sentences, tokens, windows)

    def _score(self, group: Sequence[_Prepared]) -> list[Scores]:
        return self._engine.run([window for prepared in group for window in prepared.windows])

    def _assembled(self, group: Sequence[_Prepared], scores: Sequence[Scores]) -> Iterator[LabelledArticle]:
        of_windows = iter(scores)
        for prepared in group:
            yield self._assemble(prepared, list(itertools.islice(of_windows, len(prepared.windows))))

    def _assemble(self, prepared: _Prepared, scores: Sequence[Scores]) -> LabelledArticle:
        """Bring the scores of an article's windows back to its sentences."""
        found: dict[int, list[Scores]] = {}
        for window, score in zip(prepared.windows, scores, strict=True):
            for row, piece in enumerate(window.pieces):
                if piece.labelled:
                    found.setdefault(piece.sentence, []).append(score.of_piece(row, piece))
        if not prepared.sentences:
            return LabelledArticle(prepared.article.text, None, (), prepared.article.id)
        pieces = [found[number] for number, _ in prepared.sentences]
        pooled = pool(pieces, self._calibration)
        labelled = [
            self._sentence(number, sentence, tokens, of_sentence, pooled.labels[row], pooled.sourcings[row])
            for row, ((number, sentence), tokens, of_sentence) in enumerate(
                zip(prepared.sentences, prepared.tokens, pieces, strict=True)
            )
        ]
        article = prepared.article
        headline = labelled.pop(0) if article.headline is not None else None
        carries = None if headline is None else pooled.claims[1:]
        return LabelledArticle(article.text, headline, tuple(labelled), article.id, carries)

    def _sentence(
        self,
        number: int,
        sentence: Sentence,
        tokens: TokenizedSentence,
        pieces: list[Scores],
        probabilities: np.ndarray,
        sourcings: np.ndarray,
    ) -> LabelledSentence:
        best = int(probabilities.argmax())
        confidence = float(probabilities[best])
        label = LABELS[best]
        sourcing = max(ALLOWED_SOURCINGS[label], key=lambda value: sourcings[SOURCINGS.index(value)])
        spans = pieces[0].span if len(pieces) == 1 else np.concatenate([piece.span for piece in pieces])
        source, cue = source_and_cue(spans, tokens, sentence, label, sourcing)
        abstains = confidence < self._abstain_below
        return LabelledSentence(
            index=number,
            start=sentence.start,
            end=sentence.end,
            text=sentence.text,
            label=None if abstains else label,
            confidence=confidence,
            probabilities=dict(zip(LABELS, probabilities.tolist(), strict=True)),
            sourcing=sourcing,
            source=source,
            cue=cue,
            flag=None if abstains else flag_of(label, sourcing),
        )


def _many(items: Any, advice: str) -> Any:
    """The items, if they are what can be gone through for texts.

    :raises InputError: they are one text, nothing, or a table, whose items are the names of its columns.
    """
    if isinstance(items, str | bytes | Mapping) or not isinstance(items, Iterable):
        raise InputError(f"{advice} (this is {type(items).__name__})")
    if hasattr(items, "columns") or hasattr(items, "column_names"):
        raise InputError(f"a {type(items).__name__} is a table; give its column of texts")
    return items


def _torch_engine(folder: WeightsFolder, packer: WindowPacker, device: str) -> TorchEngine:
    if not folder.network.is_dir():
        raise WeightsError(
            f"these weights have no float network ({folder.network} is missing), which a device needs; leave device "
            "out, or name weights that were saved with onrecord.integrations.hub"
        )
    import torch

    from onrecord.network import SourcingNetwork

    network = SourcingNetwork.from_pretrained(folder.network, dtype=torch.bfloat16)
    return TorchEngine(network.to(device), packer)


def _without_nulls(record: dict[str, Any]) -> dict[str, Any]:
    """A record whose type does not depend on its content: a column that begins with nulls has no type to go on with."""
    words = {name: record[name]["text"] if record[name] else "" for name in ("source", "cue")}
    blanks = {name: record[name] or "" for name in ("label", "flag")}
    return {name: value for name, value in {**record, **words, **blanks}.items() if name != "article"}


def _groups(prepared: Iterable[_Prepared]) -> Iterator[list[_Prepared]]:
    """Articles together until they have enough windows to keep the engine busy, or until the input breaks off."""
    group: list[_Prepared] = []
    windows = 0
    try:
        for article in prepared:
            group.append(article)
            windows += len(article.windows)
            if windows >= _WINDOWS_AT_ONCE or len(group) == _ARTICLES_AT_ONCE:
                yield group
                group, windows = [], 0
    except Exception:
        yield group
        raise
    if group:
        yield group


def _one_ahead(
    groups: Iterator[list[_Prepared]], score: Callable[[list[_Prepared]], list[Scores]]
) -> Iterator[tuple[list[_Prepared], list[Scores]]]:
    """Every group with its scores, in order; while the caller is busy with one, the next is being scored.

    If making a group fails, the groups before are given first.
    """
    failure = None
    waiting: deque[tuple[list[_Prepared], Future[list[Scores]]]] = deque()
    ahead = ThreadPoolExecutor(1)
    more = True
    try:
        while more or waiting:
            try:
                group = next(groups, None)
            except Exception as error:
                group, failure = None, error
            more = group is not None
            if group is not None:
                waiting.append((group, ahead.submit(score, group)))
            if len(waiting) > more:
                first, scores = waiting.popleft()
                yield first, scores.result()
    finally:
        ahead.shutdown(wait=False, cancel_futures=True)  # who stops early does not wait for a group
    if failure is not None:
        raise failure
