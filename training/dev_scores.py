"""What float networks are right about on the development sets: the rows of EXPERIMENTS.md.

A stage of a run writes a float network; this shows what the stage was good for, before anything is exported.

Run: python -m onrecord.training.dev_scores FOLDER STAGE [STAGE …] (FOLDER holds annotated/, pool/ and headlines/)
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import accuracy_score, f1_score, log_loss, roc_auc_score

from onrecord.calibration import softmax
from onrecord.data.annotated import AnnotatedArticle, load_annotated
from onrecord.data.later_rounds import DEV_POOL, load_round
from onrecord.engine import TorchEngine
from onrecord.errors import DataError
from onrecord.eval.framing_cases import Case, controlled_cases, natural_cases, pool_cases
from onrecord.framing.headline import Relation
from onrecord.labels import DRIFTS, LABELS, STANDINGS
from onrecord.network import SourcingNetwork
from onrecord.training.calibrate import Outcomes, score
from onrecord.training.finetune import packer_of
from onrecord.training.recipe import Recipe
from onrecord.training.teacher import load_to_read
from onrecord.windows import Window, WindowPacker

_FALSE_ALARMS = 0.03  # among honest headlines, at which hardened ones are counted as found


def labels_row(outcomes: Outcomes) -> str:
    """Accuracy over five labels / macro-F1 over four / sourcing macro-F1 / log-likelihood lost a sentence."""
    probabilities = softmax(outcomes.label_logits)
    said = probabilities.argmax(1)
    judged = [LABELS.index(label) for label in STANDINGS]
    return " / ".join(
        f"{value:.3f}"
        for value in (
            accuracy_score(outcomes.labels, said),
            f1_score(outcomes.labels, said, labels=judged, average="macro"),
            f1_score(outcomes.sourcings, outcomes.sourcing_logits.argmax(1), average="macro"),
            log_loss(outcomes.labels, probabilities, labels=range(len(LABELS))),
        )
    )


def claims_row(network: SourcingNetwork, packer: WindowPacker, cases: Sequence[Case]) -> str:
    """Areas under the curve: which sentence carries the claim; is a headline that it carries hardened, or the same?

    And the share of the hardened ones that are found with false alarms for 3 % of the honest ones.
    """
    carried, evidence, hardened, suspicion = [], [], [], []
    for case in cases:
        if case.relation is Relation.TOPIC:
            continue
        odds, drifts = _claims(network, packer, case)
        carried.append(odds)
        evidence += [number in case.evidence for number in range(len(odds))]
        if case.relation in (Relation.SAME, Relation.HARDENED):
            nearness = np.exp(odds - odds.max())
            hardened.append(case.relation is Relation.HARDENED)
            suspicion.append(nearness @ drifts[:, DRIFTS.index("hardened")] / nearness.sum())
    gold, scores = np.array(hardened), np.array(suspicion)
    bound = np.quantile(scores[~gold], 1 - _FALSE_ALARMS)
    return (
        f"{roc_auc_score(evidence, np.concatenate(carried)):.3f} / {roc_auc_score(gold, scores):.3f} / "
        f"{(scores[gold] > bound).sum()} of {gold.sum()}"
    )


def _claims(network: SourcingNetwork, packer: WindowPacker, case: Case) -> tuple[np.ndarray, np.ndarray]:
    """Log-odds of each sentence to carry the headline's claim, and how probably in which drift.

    A long sentence counts by its first piece. *Shapes:* (sentence,), (sentence, 3)
    """
    head, *body = [tokens.ids for tokens in packer.tokenize([case.passage.headline or "", *case.passage.sentences])]
    windows = packer.pack(body, head)
    arrays = {name: torch.from_numpy(array).to(network.device) for name, array in packer.collate(windows).items()}
    with torch.inference_mode():
        said = network(**arrays)
    places = np.array(list(_first_pieces(windows))).T
    odds = said.claim_logits[..., 0].float().cpu().numpy()[places[0], places[1]]
    return odds, said.drift_logits.float().softmax(-1).cpu().numpy()[places[0], places[1]]


def _first_pieces(windows: Sequence[Window]) -> Iterator[tuple[int, int]]:
    """Window and column of every sentence's first piece, in order."""
    for number, window in enumerate(windows):
        for column, piece in enumerate(window.pieces):
            if piece.labelled and piece.offset == 0 and piece.sentence >= 0:
                yield number, column


def _sets(folder: Path) -> dict[str, list[AnnotatedArticle]]:
    annotated = {split: load_annotated(split, folder / "annotated") for split in ("dev", "dev_dense")}
    return {**annotated, "dev_pool": load_round(DEV_POOL, folder / "pool")}


def main(folder: Path, networks: Sequence[Path]) -> None:
    """Print a table, a row a network: labels on each set, then claims on the news, a third of the pool's and ours."""
    sets = _sets(folder)
    headlines = {
        "news": natural_cases(folder / "headlines"),
        "pool, held out": pool_cases(folder / "pool")[::3],
        "building": controlled_cases("building"),
    }
    print("|", " | ".join(["network", *sets, "right", *headlines]), "|")
    for path in networks:
        network, packer = load_to_read(path), packer_of(path, Recipe.from_file())
        engine = TorchEngine(network, packer)
        found = [score(engine, packer, articles) for articles in sets.values()]
        right = sum(int((one.label_logits.argmax(1) == one.labels).sum()) for one in found)
        claims = [claims_row(network, packer, cases) for cases in headlines.values()]
        total = sum(len(one.labels) for one in found)
        print(
            "|", " | ".join([path.name, *map(labels_row, found), f"{right:,} of {total:,}", *claims]), "|", flush=True
        )


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("usage: python -m onrecord.training.dev_scores FOLDER STAGE [STAGE ...]")
    try:
        main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
    except DataError as error:
        sys.exit(f"onrecord: {error}")
