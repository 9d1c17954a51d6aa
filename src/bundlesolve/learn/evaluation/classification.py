"""Is this item in that basket, yes or no? Accuracy, precision, recall, AUC."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundlesolve.learn.tables import FloatArray


def auc(score: FloatArray, positive: NDArray[np.bool_]) -> float:
    """Return the chance that a positive scores above a negative; ties count half.

    By ranks (Mann-Whitney). NaN if there are not both.

    Parameters
    ----------
    score
        Higher is more likely. Shape ``[k]``.
    positive
        What is true. Shape ``[k]``.
    """
    many, yes = len(score), int(positive.sum())
    if yes in {0, many}:
        return float("nan")
    _, group, size = np.unique(score, return_inverse=True, return_counts=True)
    middle = np.cumsum(size) - (size - 1) / 2
    ranks = middle[group][positive].sum()
    return float((ranks - yes * (yes + 1) / 2) / (yes * (many - yes)))


def decisions(
    score: FloatArray, positive: NDArray[np.bool_], threshold: float
) -> dict[str, float]:
    """Return accuracy, precision, recall and F1 of "yes" where ``score >= threshold``.

    Precision is 0 if nothing is called positive; so is recall if nothing is.
    """
    called = score >= threshold
    hits = int((called & positive).sum())
    precision = hits / max(int(called.sum()), 1)
    recall = hits / max(int(positive.sum()), 1)
    total = precision + recall
    return {
        "accuracy": float((called == positive).mean()),
        "precision": precision,
        "recall": recall,
        "F1": 2 * precision * recall / total if total else 0.0,
    }


def best_threshold(score: FloatArray, positive: NDArray[np.bool_]) -> float:
    """Return the threshold of largest F1, to be found on validation cells."""
    order = np.argsort(-score, kind="stable")
    ranked = score[order]
    hits = np.cumsum(positive[order])
    called = np.arange(1, len(score) + 1)
    f1 = 2 * hits / (called + max(int(positive.sum()), 1))
    # Only the last of equal scores is a threshold.
    last = np.append(ranked[1:] != ranked[:-1], True)
    return float(ranked[int(np.argmax(np.where(last, f1, -1.0)))])
