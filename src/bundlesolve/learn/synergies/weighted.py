"""Joint shares of given pairs in baskets of unequal weight."""

from __future__ import annotations

from typing import Any

import numpy as np

from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions
from bundlesolve.model.frozen import IntArray

ROWS = 512
"""Items whose partners are held at a time, as a dense block."""


def joint_shares(
    receipts: Transactions,
    first: IntArray,
    second: IntArray,
    weight: FloatArray | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Return the weighted shares of baskets with both items of a pair, and with each.

    Parameters
    ----------
    receipts
        The sales.
    first, second
        Item numbers; sorted by ``first``. Shape ``[p]``.
    weight
        Of each basket, not negative. Shape ``[m]``. Default: all alike.

    Returns
    -------
    tuple
        Shapes ``[p]`` and ``[n]``.
    """
    matrix: Any = receipts.matrix().tocsr()
    w = np.ones(receipts.m) if weight is None else weight
    total = max(float(w.sum()), 1e-300)
    weighted = matrix.multiply(w[:, None] / total).tocsr()
    columns = matrix.T.tocsr()
    together = np.zeros(len(first))
    for begin in range(0, receipts.n, ROWS):
        low, high = np.searchsorted(first, [begin, begin + ROWS])
        if high > low:
            block = (columns[begin : begin + ROWS] @ weighted).toarray()
            together[low:high] = block[first[low:high] - begin, second[low:high]]
    return together, np.asarray(weighted.sum(axis=0)).ravel()
