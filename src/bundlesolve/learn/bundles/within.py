"""Least squares inside sets: what sets a pair apart from the others of its set."""

from __future__ import annotations

import numpy as np

from bundlesolve.learn.tables import FloatArray
from bundlesolve.model.frozen import IntArray


def within_sets(
    table: FloatArray, label: FloatArray, size: IntArray, penalty: float
) -> FloatArray:
    """Return the coefficients of a ridge regression with an intercept a set. ``[f]``.

    ::

        minimise  sum_s |P_s|^(-1/2) sum_{p in P_s} (y_p - y_s - b . (x_p - x_s))^2
                  + penalty |b|^2

    with ``x_s`` and ``y_s`` the means over the pairs ``P_s`` of set ``s`` (the "within"
    estimator of panel data; Mundlak, Econometrica 1978). Some sets are one bundle and some
    are none; a regression over all pairs spends its coefficients on telling them apart,
    this one on the order inside a set only.

    Parameters
    ----------
    table
        Features of the pairs, set after set. Shape ``[p, f]``.
    label
        What is to be foretold: in how many bundles a pair is. Shape ``[p]``.
    size
        Pairs of each set, 1 or more, summing to ``p``.
    penalty
        More than 0.
    """
    start = np.concatenate([[0], np.cumsum(size)[:-1]])
    root = np.repeat(size.astype(np.float64) ** -0.25, size)

    def apart(value: FloatArray) -> FloatArray:
        mean = np.add.reduceat(value, start, axis=0).T / size
        return np.asarray(((value - np.repeat(mean.T, size, axis=0)).T * root).T)

    x, y = apart(table), apart(label)
    gram = x.T @ x
    gram[np.diag_indices_from(gram)] += penalty
    return np.asarray(np.linalg.solve(gram, x.T @ y), dtype=np.float64)
