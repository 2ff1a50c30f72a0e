"""Distillation: what several fine-tuned networks say of unlabelled articles becomes what one network learns.

The mean of the runs' probabilities is a better and a softer judge than each run (Hinton et al., 2015,
https://arxiv.org/abs/1503.02531), and the pool holds far more sentences than were annotated. The same pass teaches the
sentence vectors (``similarity.py``). First the pool is scored, part by part; then the mean of the runs' weights learns
from it, and from the annotated articles once more.
"""

import logging
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import onnx

from onrecord.article import Article
from onrecord.calibration import softmax
from onrecord.data.annotated import AnnotatedArticle
from onrecord.engine import OnnxEngine, Scores
from onrecord.labels import LABELS, SOURCINGS, SPANS
from onrecord.network import SourcingConfig, SourcingNetwork
from onrecord.training.examples import Lesson, Targets, lessons
from onrecord.training.finetune import one_epoch, packer_of, teach
from onrecord.training.graph import build
from onrecord.training.recipe import Recipe
from onrecord.training.similarity import similarity_network
from onrecord.windows import Piece, TokenizedSentence, Window, WindowPacker

log = logging.getLogger(__name__)

_PART = 200  # articles scored between two saves
_SAMPLE = 4000  # sentences on which the main directions of similarity are found
_LETTERS_A_TOKEN = 4.5


def score_pool(start: Path, runs: Sequence[Path], articles: Sequence[Article], recipe: Recipe, folder: Path) -> None:
    """Write what the runs, and the start encoder's similarity, say of ``articles`` to ``folder``, part by part.

    Killed and started again, it goes on with the next part.
    """
    packer = packer_of(start, recipe)
    chosen = _chosen(articles, recipe.distillation.tokens)
    sample = [sentence.text for article in chosen for sentence in article.sentences][:_SAMPLE]
    with tempfile.TemporaryDirectory() as work:
        networks = [SourcingNetwork.from_pretrained(run, attn_implementation="eager").eval() for run in runs]
        judges = [_engine(network, packer, Path(work) / str(number)) for number, network in enumerate(networks)]
        similarity = similarity_network(start, sample, recipe.windows.limit)
        measure = _engine(similarity, packer, Path(work) / "similarity")
        for first in range(0, len(chosen), _PART):
            path = folder / f"part-{first:06}.npz"
            if path.exists():
                continue
            targets = list(
                _score(chosen[first : first + _PART], packer, judges, measure, recipe.distillation.temperature)
            )
            _save(targets, path)
            log.info("%d of %d articles scored", min(first + _PART, len(chosen)), len(chosen))


def distil(
    start: Path,
    scored: Path,
    articles: Sequence[Article],
    annotated: Sequence[AnnotatedArticle],
    recipe: Recipe,
    folder: Path,
) -> None:
    """Train the network in ``start`` on the pool as scored in ``scored``, and on the annotated articles."""
    settings = recipe.distillation
    packer = packer_of(start, recipe)
    targets = _load(scored)
    material = []
    for article in _chosen(articles, settings.tokens):
        tokens = _tokenized(article, packer)
        material.append(Lesson(tokens, [next(targets) for _ in tokens], article.headline is not None))
    material += lessons(annotated, packer, recipe.finetuning.unsure_weight) * settings.annotated_repeats
    teach(start, material, packer, one_epoch(recipe, settings), folder)


def _chosen(articles: Sequence[Article], tokens: int) -> list[Article]:
    """The first articles that have about ``tokens`` tokens in all."""
    total = np.cumsum([len(article.text) / _LETTERS_A_TOKEN for article in articles])
    return list(articles[: int(np.searchsorted(total, tokens)) + 1])


def _tokenized(article: Article, packer: WindowPacker) -> list[TokenizedSentence]:
    """The sentences' tokens, those of the headline first if there is one."""
    head = [article.headline] if article.headline is not None else []
    return packer.tokenize([*head, *(sentence.text for sentence in article.sentences)])


def _engine(network: SourcingNetwork, packer: WindowPacker, path: Path) -> OnnxEngine:
    onnx.save(build(network, packer.limit), path)
    return OnnxEngine(path, packer)


def _score(
    articles: Sequence[Article],
    packer: WindowPacker,
    judges: Sequence[OnnxEngine],
    measure: OnnxEngine,
    temperature: float,
) -> Iterator[Targets]:
    """What is to be said of each sentence of each article; nothing of one too long for a window."""
    windows: list[Window] = []
    ids: dict[tuple[int, int], list[int]] = {}  # by number of article and sentence
    places: list[tuple[int, int, Piece, tuple[int, int]]] = []  # window, its piece, and whose it is
    for number, article in enumerate(articles):
        first = 0 if article.headline is None else 1
        sentences = [tokens.ids for tokens in _tokenized(article, packer)]
        ids |= {(number, sentence): tokens for sentence, tokens in enumerate(sentences, -first)}
        for window in packer.pack(sentences[first:], sentences[0] if first else None):
            places += [
                (len(windows), row, piece, (number, piece.sentence))
                for row, piece in enumerate(window.pieces)
                if piece.labelled and piece.end - piece.start == len(ids[number, piece.sentence]) > 0
            ]
            windows.append(window)
    opinions = [judge.run(windows) for judge in judges]
    alone = measure.run([packer.pack([ids[key]])[0] for *_, key in places])
    found = {
        key: _mean([scores[window].of_piece(row, piece) for scores in opinions], vector.vector[0], temperature)
        for (window, row, piece, key), vector in zip(places, alone, strict=True)
    }
    for key, tokens in ids.items():
        yield found.get(key) or _nothing(len(tokens))


def _mean(opinions: Sequence[Scores], vector: np.ndarray, temperature: float) -> Targets:
    return Targets(
        np.mean([softmax(scores.label / temperature) for scores in opinions], axis=0),
        np.mean([softmax(scores.sourcing / temperature) for scores in opinions], axis=0),
        np.mean([softmax(scores.span) for scores in opinions], axis=0),
        vector / np.linalg.norm(vector),
    )


def _nothing(tokens: int) -> Targets:
    """Targets that teach nothing."""
    shapes = ((len(LABELS),), (len(SOURCINGS),), (tokens, len(SPANS)), (SourcingConfig.vector_size,))
    return Targets(*(np.zeros(shape, dtype=np.float32) for shape in shapes))


def _save(targets: Sequence[Targets], path: Path) -> None:
    """Write targets in half precision, whole or not at all."""
    columns = {name: [getattr(target, name) for target in targets] for name in ("label", "sourcing", "vector")}
    arrays = {name: np.stack(column).astype(np.float16) for name, column in columns.items()}
    arrays["span"] = np.concatenate([target.span for target in targets]).astype(np.float16)
    arrays["tokens"] = np.array([len(target.span) for target in targets])
    unfinished = path.with_suffix(".unfinished.npz")
    np.savez(unfinished, **arrays)  # type: ignore[arg-type]  # numpy types its option allow_pickle as a name too
    unfinished.rename(path)


def _load(folder: Path) -> Iterator[Targets]:
    for path in sorted(folder.glob("part-??????.npz")):
        with np.load(path, allow_pickle=False) as arrays:
            columns = {name: arrays[name].astype(np.float32) for name in ("label", "sourcing", "span", "vector")}
            spans = np.split(columns["span"], np.cumsum(arrays["tokens"])[:-1])
        yield from map(Targets, columns["label"], columns["sourcing"], spans, columns["vector"])
