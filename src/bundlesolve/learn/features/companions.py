"""What those customers buy who ever bought the same things."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

MOST_ITEMS = 10_000
"""Beyond this the dense ``n x n`` matrix is left out."""


def companion_weights(
    counts: csr_matrix, ridge: float, least_customers: int
) -> NDArray[np.float32]:
    """Return how much having ever bought ``j`` speaks for buying ``i``. ``[n, n]``.

    The best linear guess of each item from all others over the customers (EASE), ``X`` = 1
    where a customer ever bought an item::

        B_ji = -P_ji / P_ii,  P = inverse(X'X + ridge I),  B_ii = 0

    A weight needs customers: a positive one those who bought both, a negative one those
    of the less bought item; without enough it is 0.

    Parameters
    ----------
    counts
        Baskets by customer and item. Shape ``[people, n]``.
    ridge
        Above 0, in customers.
    least_customers
        Behind a weight.

    Returns
    -------
    NDArray[np.float32]
        Empty where there are more than 10,000 items or nobody is known.

    References
    ----------
    H. Steck, "Embarrassingly shallow autoencoders for sparse data", WWW 2019.
    """
    from scipy.linalg.lapack import dpotrf, dpotri

    n = counts.shape[1]
    if n > MOST_ITEMS or not counts.nnz:
        return np.zeros((0, 0), dtype=np.float32)
    ever = counts.copy()
    ever.data = np.ones_like(ever.data)
    both = (ever.T @ ever).toarray()
    each = np.diag(both).copy()
    table = both.copy()
    table[np.diag_indices(n)] += ridge
    factor, failed = dpotrf(table, lower=1, overwrite_a=1)
    assert not failed, "a Gram matrix with a ridge is positive definite"
    inverse, failed = dpotri(factor, lower=1, overwrite_c=1)
    assert not failed, "its factor has no zero on the diagonal"
    precision = np.tril(inverse) + np.tril(inverse, -1).T
    weight = -precision / np.diag(precision)
    behind = np.where(weight > 0, both, np.minimum(each[:, None], each))
    weight[behind < least_customers] = 0.0
    np.fill_diagonal(weight, 0.0)
    return np.asarray(weight, dtype=np.float32)
