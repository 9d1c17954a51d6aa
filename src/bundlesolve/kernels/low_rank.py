"""The sweep over one block of rows that a low-rank semidefinite solver repeats."""

from __future__ import annotations

from functools import cache

import numpy as np
from numba import njit
from numpy.typing import NDArray

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
        Rows ``first ..`` of ``X``. Shape ``[rows, b]``. Overwritten.
    worth, price, free
        The same rows of ``q``, of the multipliers and of where products have to be 0.
    first
        Number of the block's first row.
    penalty
        Weight of the squares.

    Returns
    -------
    The sums of ``n_ij^2`` and of ``q_ij X_ij``.
    """
    squares = worths = 0.0
    rows, size = block.shape
    weight = np.float32(penalty)
    zero = np.float32(0.0)
    for i in range(rows):
        square = worth_here = zero
        for j in range(size):
            product = block[i, j]
            by = price[i, j] - weight * product
            if by < zero and not free[i, j]:
                by = zero
            if j == first + i:
                by = zero
            square += by * by
            worth_here += worth[i, j] * product
            block[i, j] = worth[i, j] + by
        squares += square
        worths += worth_here
    return squares, worths


@cache
def warm_up() -> None:
    """Compile the kernel on a tiny input."""
    one = np.ones((1, 1), dtype=np.float32)
    add_multipliers(one.copy(), one, one, np.zeros((1, 1), dtype=np.bool_), 0, 1.0)
