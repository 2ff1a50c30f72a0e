"""Samples: annotated sentences as arrays, beside the passages that a system is shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from onrecord.data.annotated import AnnotatedArticle, AnnotatedSentence, load_annotated
from onrecord.data.later_rounds import DEV_POOL, load_round
from onrecord.errors import DataError
from onrecord.eval.passages import Passage
from onrecord.labels import LABELS, SOURCINGS

REPORTED_SPLITS = ("dev", "dev_dense", "test", "test_dense")
SPLITS = (*REPORTED_SPLITS, DEV_POOL)


@dataclass(frozen=True)
class Sample:
    """The sentences of annotated passages, headlines included, in the order in which a system labels them.

    *Shapes:* ``documents``, ``labels``, ``sourcings`` (sentence,): numbers of documents, in ``LABELS``, in
    ``SOURCINGS``. ``kinds`` and ``annotations`` have one entry a sentence too.

    :ivar labels_only: the sample says nothing of sourcing and spans.
    """

    name: str
    passages: tuple[Passage, ...]
    documents: np.ndarray
    labels: np.ndarray
    sourcings: np.ndarray
    kinds: tuple[str, ...]
    annotations: tuple[AnnotatedSentence, ...]
    labels_only: bool = False

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def texts(self) -> list[str]:
        """The text of every sentence."""
        return [annotation.text for annotation in self.annotations]

    @classmethod
    def of(cls, name: str, articles: Sequence[AnnotatedArticle], labels_only: bool = False) -> "Sample":
        """Flatten annotated articles."""
        passages: list[Passage] = []
        names: list[str] = []
        kinds: list[str] = []
        annotations: list[AnnotatedSentence] = []
        for article in articles:
            document = f"{article.corpus}/{article.document}"
            headline = article.headline.text if article.headline else None
            passages.append(Passage(document, tuple(s.text for s in article.sentences), headline))
            own = article.all_sentences
            annotations += own
            names += [document] * len(own)
            kinds += [article.kind] * len(own)
        return cls(
            name,
            tuple(passages),
            number(names),
            np.array([LABELS.index(annotation.label) for annotation in annotations], dtype=int),
            np.array([SOURCINGS.index(annotation.sourcing) for annotation in annotations], dtype=int),
            tuple(kinds),
            tuple(annotations),
            labels_only,
        )


def load_sample(split: str, folder: Path) -> Sample:
    """The sample of a split whose text is in ``folder`` or in its ``annotated`` (or ``pool``) folder.

    :raises DataError: the text is not there.
    """
    if split == DEV_POOL:
        return Sample.of(split, load_round(split, folder / "pool" if (folder / "pool").is_dir() else folder))
    annotated = folder / "annotated"
    return Sample.of(split, load_annotated(split, annotated if annotated.is_dir() else folder))


def join(name: str, samples: Sequence[Sample]) -> Sample:
    """Several samples as one; a document that occurs in two of them stays one document.

    :raises DataError: there is none.
    """
    if not samples:
        raise DataError("there is no annotated split to evaluate on; name one whose text is in the data folder")
    passages = tuple(passage for sample in samples for passage in sample.passages)
    return Sample(
        name,
        passages,
        number(passage.document for passage in passages for _ in passage.texts),
        np.concatenate([sample.labels for sample in samples]),
        np.concatenate([sample.sourcings for sample in samples]),
        tuple(kind for sample in samples for kind in sample.kinds),
        tuple(annotation for sample in samples for annotation in sample.annotations),
        any(sample.labels_only for sample in samples),
    )


def number(names: Iterable[str]) -> np.ndarray:
    """Number names from 0 by first occurrence. *Shape:* (name,)."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=int)
