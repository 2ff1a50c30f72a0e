"""How surely does a sentence carry the headline's claim? Prints constants of ``onrecord.framing.headline``.

A logistic regression (L2 penalty 1 on standardised features) of "annotated as evidence" over all pairs of headline and
sentence in the headlines of the news (dev), in the pool under headlines of our own (held out) and in `building.jsonl`.

Run: python -m onrecord.eval.headline_fit FOLDER (that holds headlines/ and pool/)
"""

import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from onrecord.errors import DataError
from onrecord.eval.framing_cases import Case, controlled_cases, natural_cases, pool_cases
from onrecord.framing.headline import Relation, match
from onrecord.labeller import Labeller

_OF_NETWORK = 2  # columns that the network fills


def pairs(labeller: Labeller, cases: list[Case]) -> tuple[np.ndarray, np.ndarray]:
    """Features of every pair of a headline and a sentence, and whether the sentence is evidence.

    *Shapes:* (pair, 6), (pair,).
    """
    claiming = [case for case in cases if case.relation is not Relation.TOPIC]
    articles = labeller.label_articles(case.passage.article for case in claiming)
    features = np.concatenate([match(article) for article in articles])
    evidence = [number in case.evidence for case in claiming for number in range(len(case.passage.sentences))]
    return features, np.array(evidence)


def fit(features: np.ndarray, evidence: np.ndarray) -> tuple[float, np.ndarray]:
    """Intercept and weights of the features. *Shapes:* (pair, feature), (pair,) → (feature,)."""
    scale = StandardScaler().fit(features)
    fitted = LogisticRegression(C=1.0, max_iter=1000).fit(scale.transform(features), evidence)
    weights = fitted.coef_[0] / scale.scale_
    return float(fitted.intercept_[0] - weights @ scale.mean_), weights


def main(folder: Path) -> None:
    """Fit on all sets together; print how well the network, words and both tell evidence from the rest on each."""
    labeller = Labeller.from_pretrained()
    sets = {
        "headlines of the news": natural_cases(folder / "headlines"),
        "pool, held out": pool_cases(folder / "pool"),
        "building": controlled_cases("building"),
    }
    found = {name: pairs(labeller, cases) for name, cases in sets.items()}
    features, evidence = (np.concatenate(parts) for parts in zip(*found.values(), strict=True))
    base, weights = fit(features, evidence)
    base_alone, alone = fit(features[:, _OF_NETWORK:], evidence)
    for name, (each, gold) in found.items():
        scores = {"network": each[:, 0], "words": each[:, _OF_NETWORK:] @ alone, "both": each @ weights}
        areas = ", ".join(f"{who} {roc_auc_score(gold, score):.3f}" for who, score in scores.items())
        print(f"{name}: {len(gold):,} pairs; area under the curve: {areas}")
    print(f"_WITH_NETWORK = {base:.2f}, ({', '.join(f'{weight:.2f}' for weight in weights)})")
    print(f"_WORDS_ALONE = {base_alone:.2f}, ({', '.join(f'{weight:.2f}' for weight in [0, 0, *alone])})")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m onrecord.eval.headline_fit FOLDER (that holds headlines/ and pool/)")
    try:
        main(Path(sys.argv[1]))
    except DataError as error:
        sys.exit(f"onrecord: {error}")
