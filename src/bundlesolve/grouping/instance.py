"""A division into bundles as an instance: stock 1, as many bundles as could be of use."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bundlesolve.errors import InvalidParameter
from bundlesolve.learn.tables import FloatArray
from bundlesolve.model.amounts import Amounts
from bundlesolve.model.bundle import Bundle
from bundlesolve.model.frozen import IntArray, integers
from bundlesolve.model.instance import Instance
from bundlesolve.model.synergies import Synergies

DECIMALS = 4


def whole(worth: FloatArray) -> IntArray:
    """Return worths in units of ``10**-DECIMALS``, symmetric. Shape ``[n, n]``.

    Raises
    ------
    InvalidParameter
        If they are no symmetric square of finite numbers.
    """
    square = np.asarray(worth, dtype=np.float64)
    if square.ndim != 2 or square.shape[0] != square.shape[1]:
        raise InvalidParameter(f"worth: expected shape [n, n], found {square.shape}")
    off = square[~np.eye(len(square), dtype=bool)]
    if not np.isfinite(off).all() or not np.allclose(square, square.T, equal_nan=True):
        raise InvalidParameter("worth: expected a symmetric matrix of finite numbers")
    scaled = np.rint(np.where(np.eye(len(square)), 0.0, square) * 10**DECIMALS)
    lower = np.tril(scaled.astype(np.int64), -1)
    return np.asarray(lower + lower.T, dtype=np.int64)


def grouping_instance(
    items: Sequence[str], worth: FloatArray, most_bundles: int | None = None
) -> Instance:
    """Return the instance whose best answer is the best division.

    ::

        maximise  sum_k sum_{i<j both in k} worth_ij,   each item in at most one bundle k

    which is correlation clustering. An item alone earns nothing, in a bundle or out of
    all, so ``n // 2`` bundles lose nothing.

    Parameters
    ----------
    items
        Ids. ``n`` of them.
    worth
        Signed worth of each pair, symmetric. Shape ``[n, n]``.
    most_bundles
        Most bundles. Default ``n // 2``, at least 1.

    Raises
    ------
    InvalidParameter
        If ``worth`` is no symmetric matrix of finite numbers.

    References
    ----------
    N. Bansal, A. Blum, S. Chawla, "Correlation clustering", Machine Learning 56 (2004).
    """
    n = len(items)
    units = whole(worth)
    if len(units) != n:
        raise InvalidParameter(f"worth: expected {n} rows, found {len(units)}")
    first, second = np.nonzero(np.triu(units, 1))
    count = max(n // 2, 1) if most_bundles is None else most_bundles
    if count < 1:
        raise InvalidParameter(f"most_bundles: expected 1 or more, found {count}")
    return Instance(
        items=tuple(items),
        utility=integers(np.zeros(n, dtype=np.int64)),
        synergies=Synergies(integers(first), integers(second), units[first, second]),
        stock=Amounts(integers(np.arange(n)), integers(np.ones(n, dtype=np.int64))),
        bundles=tuple(Bundle(f"bundle {k + 1}") for k in range(count)),
        decimals=DECIMALS,
    )
