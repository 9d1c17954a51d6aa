"""The wiring: questions to a scorer, answers to metrics."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bundlesolve.learn.evaluation.calibration import CalibrationCurve, calibration_curve
from bundlesolve.learn.evaluation.classification import auc, best_threshold, decisions
from bundlesolve.learn.evaluation.likelihood import log_softmax, surprise
from bundlesolve.learn.evaluation.ranking import ranking_metrics, ranks_of
from bundlesolve.learn.joint import Scorer
from bundlesolve.learn.queries import SEED, Queries
from bundlesolve.learn.softmax import fit_softmax
from bundlesolve.learn.tables import FloatArray
from bundlesolve.model.frozen import IntArray

CALIBRATION_QUERIES = 1000
NEGATIVES = 100


@dataclass(frozen=True)
class Evaluation:
    """What a scorer is worth on baskets it has not seen.

    Parameters
    ----------
    queries
        Number of questions.
    metrics
        By name; larger is better but for NLL and Brier.
    errors
        Standard error of the mean over the queries, of the metrics that are one.
    curve
        Calibration of yes-no chances.
    """

    queries: int
    metrics: dict[str, float]
    errors: dict[str, float]
    curve: CalibrationCurve

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name."""
        return {**dataclasses.asdict(self), "calibration_error": self.curve.error}


@dataclass(frozen=True)
class Calibrated:
    """Three numbers that turn any scores into a probability of the next item.

    ::

        P(i) = softmax(w0 * s + w1 * sign(s) log(1 + 20 |s|) + w2 * log(n_i + 1))

    with ``s`` the score over its standard deviation: so rankers and probability models
    are compared by one likelihood.
    """

    scale: float
    weights: FloatArray
    log_count: FloatArray

    def logits(self, scores: FloatArray) -> FloatArray:
        """Return the logits of scores. Shape ``[q, n]``."""
        columns = _columns(scores / self.scale, self.log_count)
        total: FloatArray = sum(w * c for w, c in zip(self.weights, columns, strict=True))
        return total


def _columns(s: FloatArray, log_count: FloatArray) -> list[FloatArray]:
    bent = np.sign(s) * np.log1p(20.0 * np.abs(s))
    return [s, bent, np.broadcast_to(log_count, s.shape)]


def calibrate(scorer: Scorer, valid: Queries, log_count: FloatArray) -> Calibrated:
    """Fit the three numbers to validation queries.

    Parameters
    ----------
    log_count
        ``log(n_i + 1)`` of the train baskets with each item. Shape ``[n]``.
    """
    order = np.random.default_rng(SEED).permutation(len(valid))[:CALIBRATION_QUERIES]
    some = valid.take(np.sort(order))
    scores = np.concatenate([scorer.score(part) for _, part in some.batches()])
    scale = float(scores.std()) or 1.0
    columns = np.stack(_columns(scores / scale, log_count)).astype(np.float32)
    start = np.array([0.1, 0.3, 0.5])
    weights = fit_softmax(
        columns, some.outside(), some.target, ridge=0.0, steps=30, start=start
    )
    return Calibrated(scale, weights, log_count)


def evaluate(
    scorer: Scorer,
    valid: Queries,
    test: Queries,
    log_count: FloatArray,
    ks: Sequence[int] = (10, 20),
) -> Evaluation:
    """Judge a scorer that was fitted to older baskets.

    * *Ranking*: where among the items outside the context is the one taken out?
      Recall@k, NDCG@k, MRR; ties count against it.
    * *Likelihood*: NLL, nats per item taken out, after `calibrate`.
    * *Yes or no*: cells are the item taken out and 100 other items that are not in the
      basket, drawn at random; a logistic line of the calibrated logit, fitted to
      validation cells, gives each a chance. AUC, Brier score and calibration curve; and
      accuracy, precision, recall and F1 at the threshold of best F1 in validation.

    Parameters
    ----------
    scorer
        Has seen neither valid nor test baskets, but for what a blend took from valid.
    valid, test
        The questions.
    log_count
        ``log(n_i + 1)`` of the train baskets with each item. Shape ``[n]``.
    ks
        Lengths of lists.
    """
    how = calibrate(scorer, valid, log_count)
    _, _, known, truth = _pass(scorer, valid, how)
    line = _logistic_line(known, truth)
    threshold = best_threshold(line[0] + line[1] * known, truth)
    ranks, nats, logit, positive = _pass(scorer, test, how)
    score = line[0] + line[1] * logit
    chance = 1.0 / (1.0 + np.exp(-score))
    metrics = {
        **ranking_metrics(ranks, ks),
        "NLL": float(nats.mean()),
        "AUC": auc(score, positive),
        "Brier": float(((chance - positive) ** 2).mean()),
        **decisions(score, positive, threshold),
    }
    roots = np.sqrt(max(len(test), 1))
    spread = {"MRR": (1.0 / ranks).std(), "NLL": nats.std()}
    for k in ks:
        spread[f"Recall@{k}"] = (ranks <= k).std()
        spread[f"NDCG@{k}"] = ((ranks <= k) / np.log2(1.0 + ranks)).std()
    errors = {name: float(value / roots) for name, value in spread.items()}
    return Evaluation(len(test), metrics, errors, calibration_curve(chance, positive))


def _pass(
    scorer: Scorer, queries: Queries, how: Calibrated
) -> tuple[IntArray, FloatArray, FloatArray, NDArray[np.bool_]]:
    """Ask everything once: ranks, nats, and logits and labels of cells."""
    ranks, nats = np.empty(len(queries), dtype=np.int64), np.empty(len(queries))
    logits: list[FloatArray] = []
    labels: list[NDArray[np.bool_]] = []
    rng = np.random.default_rng(SEED)
    for where, part in queries.batches():
        scores, outside = scorer.score(part), part.outside()
        ranks[where] = ranks_of(scores, outside, part.target)
        log_chance = log_softmax(how.logits(scores), outside)
        nats[where] = surprise(log_chance, part.target)
        rows = np.arange(len(part))
        own = log_chance[rows, part.target]
        outside[rows, part.target] = False
        drawn = rng.integers(0, part.n, (len(part), NEGATIVES))
        fair = outside[rows[:, None], drawn]
        others = log_chance[rows[:, None], drawn][fair]
        logits += [own, others]
        labels += [np.ones(len(own), bool), np.zeros(len(others), bool)]
    return ranks, nats, np.concatenate(logits), np.concatenate(labels)


def _logistic_line(x: FloatArray, y: NDArray[np.bool_], steps: int = 25) -> FloatArray:
    """Return ``a, b`` of ``P(y) = sigmoid(a + b x)`` by Newton's method (Platt)."""
    mean, spread = float(x.mean()), float(x.std()) or 1.0
    columns = np.stack([np.ones_like(x), (x - mean) / spread], axis=1)
    line = np.zeros(2)
    for _ in range(steps):
        chance = 1.0 / (1.0 + np.exp(-np.clip(columns @ line, -30.0, 30.0)))
        slope = columns.T @ (chance - y)
        bend = (columns * (chance * (1 - chance))[:, None]).T @ columns
        step = np.linalg.solve(bend + 1e-9 * np.eye(2), slope)
        line -= np.clip(step, -5.0, 5.0)
        if np.abs(step).max() < 1e-10:
            break
    return np.array([line[0] - line[1] * mean / spread, line[1] / spread])
