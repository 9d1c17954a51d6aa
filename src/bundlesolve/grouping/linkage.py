"""Average linkage: the usual heuristic, for a start and to compare with."""

from __future__ import annotations

import numpy as np

from bundlesolve.learn.tables import FloatArray
from bundlesolve.model.frozen import IntArray


def average_linkage(score: FloatArray, least: float = 0.0) -> IntArray:
    """Merge the two groups of highest mean score, until it is below ``least``.

    Parameters
    ----------
    score
        Of each pair, symmetric; the diagonal does not count. Shape ``[n, n]``.
    least
        Mean score that a merger needs. Default 0.

    Returns
    -------
    IntArray
        Group of each item, numbered by first item. Shape ``[n]``.

    References
    ----------
    R. R. Sokal, C. D. Michener, "A statistical method for evaluating systematic
    relationships", University of Kansas Science Bulletin 38 (1958).
    """
    n = len(score)
    total = np.array(score, dtype=np.float64)
    np.fill_diagonal(total, -np.inf)
    size = np.ones(n)
    group = np.arange(n)
    alive = np.ones(n, dtype=bool)
    while alive.sum() > 1:
        mean = total / np.outer(size, size)
        place = int(np.argmax(mean))
        a, b = sorted(divmod(place, n))
        if mean[a, b] < least:
            break
        total[a] += total[b]
        total[:, a] = total[a]
        total[a, a] = -np.inf
        total[b, :] = total[:, b] = -np.inf
        size[a] += size[b]
        alive[b] = False
        group[group == b] = a
    return numbered(group)


def numbered(group: IntArray) -> IntArray:
    """Return the same division, groups numbered by their first item. Shape ``[n]``."""
    _, first, place = np.unique(group, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[place]
