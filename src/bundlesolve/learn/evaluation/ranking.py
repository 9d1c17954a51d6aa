"""Whether the item that was taken out is near the top: recall, NDCG, MRR."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bundlesolve.learn.tables import FloatArray
from bundlesolve.model.frozen import IntArray


def ranks_of(scores: FloatArray, outside: NDArray[np.bool_], target: IntArray) -> IntArray:
    """Return the rank of each target among the items outside its context; 1 is best.

    Ties count against the target: who scores everything alike has found nothing.

    Parameters
    ----------
    scores
        Higher is better. Shape ``[q, n]``.
    outside
        True where the item is a candidate; the target is. Shape ``[q, n]``.
    target
        Shape ``[q]``.
    """
    own = scores[np.arange(len(target)), target][:, None]
    ranks: IntArray = ((scores >= own) & outside).sum(axis=1)
    return ranks


def ranking_metrics(ranks: IntArray, ks: Sequence[int] = (10, 20)) -> dict[str, float]:
    """Return MRR and, for each k, Recall@k and NDCG@k, means over the queries.

    With one target a query, of rank r::

        Recall@k = [r <= k]     NDCG@k = [r <= k] / log2(1 + r)     MRR = 1 / r

    Precision@k is Recall@k / k and says nothing more.

    References
    ----------
    K. Järvelin, J. Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM
    Transactions on Information Systems 20 (2002).
    """
    found: dict[str, float] = {"MRR": float((1.0 / ranks).mean())}
    for k in ks:
        hit = ranks <= k
        found[f"Recall@{k}"] = float(hit.mean())
        found[f"NDCG@{k}"] = float((hit / np.log2(1.0 + ranks)).mean())
    return found
