"""What onrecord has to beat: the majority, word lists, TF-IDF and frozen sentence embeddings, trained on ``train``."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import FunctionTransformer

from onrecord.errors import DataError, InputError
from onrecord.eval.cue_rules import CueRules
from onrecord.eval.embeddings import embed
from onrecord.eval.passages import Passage, Predictions, System
from onrecord.eval.samples import Sample, load_sample
from onrecord.labels import LABELS

log = logging.getLogger(__name__)

_EMBEDDED_SENTENCES = 8000  # of the 38,000: embedding all of them takes minutes
NOTE = (
    "The baselines see every sentence alone; majority and TF-IDF learn from all of `train`, the logistic regression on "
    f"frozen MiniLM embeddings from a random {_EMBEDDED_SENTENCES:,} sentences of it."
)


class Majority:
    """Every sentence gets the shares that labels have in the training data."""

    name = "majority"

    def __init__(self, train: Sample) -> None:
        self._shares = np.bincount(train.labels, minlength=len(LABELS)) / len(train)
        self._sourcing = int(np.bincount(train.sourcings).argmax())

    def predict(self, passages: Sequence[Passage]) -> Predictions:
        """The same for every text."""
        count = sum(len(passage.texts) for passage in passages)
        return Predictions(np.tile(self._shares, (count, 1)), np.full(count, self._sourcing))


class Regression:
    """Logistic regressions for label and sourcing over some features of a text, shown without its context.

    :param features: an unfitted scikit-learn transformer of texts.
    """

    def __init__(self, name: str, features: Any, texts: list[str], labels: np.ndarray, sourcings: np.ndarray) -> None:
        self.name = name
        self._features = features
        inputs = features.fit_transform(texts)
        self._label = LogisticRegression(C=4.0, max_iter=300).fit(inputs, labels)
        self._sourcing = LogisticRegression(C=4.0, max_iter=300).fit(inputs, sourcings)

    def predict(self, passages: Sequence[Passage]) -> Predictions:
        """Label every text by itself."""
        inputs = self._features.transform([text for passage in passages for text in passage.texts])
        probabilities = np.zeros((inputs.shape[0], len(LABELS)))
        probabilities[:, self._label.classes_] = self._label.predict_proba(inputs)
        return Predictions(probabilities, self._sourcing.predict(inputs))


def tfidf(train: Sample) -> Regression:
    """Words, signs and pairs of them, over all of the training sentences."""
    features = TfidfVectorizer(
        ngram_range=(1, 2), token_pattern=r"\w+|[^\w\s]", min_df=2, max_features=100_000, sublinear_tf=True
    )
    return Regression("TF-IDF", features, train.texts, train.labels, train.sourcings)


def frozen_minilm(train: Sample) -> Regression:
    """Sentence embeddings of all-MiniLM-L6-v2 as it comes, trained on a random part of the sentences.

    :raises InputError: torch, transformers or the encoder are not installed.
    """
    chosen = np.random.default_rng(0).permutation(len(train))[:_EMBEDDED_SENTENCES]
    texts = [train.texts[number] for number in chosen]
    return Regression("frozen MiniLM", FunctionTransformer(embed), texts, train.labels[chosen], train.sourcings[chosen])


def baselines(folder: Path) -> list[System]:
    """All baselines that can be made here; what is missing for the others is logged as a warning."""
    found: list[System] = [CueRules()]
    try:
        train = load_sample("train", folder)
    except DataError as error:
        log.warning("majority, TF-IDF and frozen MiniLM are left out: %s", error)
        return found
    found = [Majority(train), *found, tfidf(train)]
    try:
        found.append(frozen_minilm(train))
    except InputError as error:
        log.warning("frozen MiniLM is left out: %s", error)
    return found
