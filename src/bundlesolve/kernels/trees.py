"""Asking many rows the questions of many trees."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundlesolve.kernels.compiling import njit
from bundlesolve.kernels.types import Floats, Ints


@njit(cache=True, nogil=True)
def sum_of_trees(
    rows: NDArray[np.float32],
    root: Ints,
    left: Ints,
    right: Ints,
    column: Ints,
    threshold: Floats,
    value: Floats,
) -> Floats:
    """Return the sum of the leaves' values for each row.

    ``rows`` has the shape ``[k, F]``; a leaf points to itself on both sides.
    """
    total = np.zeros(len(rows))
    for k in range(len(rows)):
        for tree in root:
            node = tree
            while left[node] != node:
                if rows[k, column[node]] <= threshold[node]:
                    node = left[node]
                else:
                    node = right[node]
            total[k] += value[node]
    return total
