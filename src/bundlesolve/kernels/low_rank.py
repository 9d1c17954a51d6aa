"""The sweep over one strip of rows that a low-rank semidefinite solver repeats."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from bundlesolve.kernels.compiling import njit

Singles = NDArray[np.float32]
"""Arrays in single precision: multipliers may round as they like."""


# Sums in any order are an order of magnitude faster here, and may round as they like.
@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def add_multipliers(
    block: Singles,
    worth: Singles,
    price: Singles,
    free: NDArray[np.bool_],
    first: int,
    penalty: float,
) -> tuple[float, float]:
    """Replace products by the pair worths with the penalty's multipliers added.

    An entry ``X_ij`` becomes ``q_ij + n_ij``, ``n_ij = max(0, price_ij - penalty * X_ij)``,
    without the maximum where ``X_ij`` has to be 0, and 0 on the diagonal.

    Parameters
    ----------
    block
        Rows ``first ..`` of ``X`` from column ``first`` on. Shape ``[rows, b - first]``.
        Overwritten.
    worth, price, free
        ``q``, the multipliers, and where products have to be 0. Shape ``[b, b]``.
    first
        Number of the strip's first row.
    penalty
        Weight of the squares.

    Returns
    -------
    The sums of ``n_ij^2`` and of ``q_ij X_ij``. What is right of the first ``rows`` columns
    counts twice, for it stands below the strip, too.
    """
    squares = worths = 0.0
    rows, size = block.shape
    weight = np.float32(penalty)
    zero = np.float32(0.0)
    for i in range(rows):
        values = block[i]
        pairs, prices = worth[first + i, first:], price[first + i, first:]
        loose = free[first + i, first:]
        values[i] = zero
        for times in range(1, 3):
            begin = 0 if times == 1 else rows
            end = rows if times == 1 else size
            square = worth_here = zero
            for j in range(begin, end):
                product = values[j]
                by = prices[j] - weight * product
                if by < zero and not loose[j]:
                    by = zero
                square += by * by
                worth_here += pairs[j] * product
                values[j] = pairs[j] + by
            squares += times * square
            worths += times * worth_here
    return squares, worths


@cache
def warm_up() -> None:
    """Compile the kernel on a tiny input."""
    one = np.ones((1, 1), dtype=np.float32)
    add_multipliers(one.copy(), one, one, np.zeros((1, 1), dtype=np.bool_), 0, 1.0)
