"""Weights of several columns of scores, such that what was bought is likely."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundlesolve.learn.tables import FloatArray
from bundlesolve.model.frozen import IntArray

NOTHING = np.float32(-1e30)


def fit_softmax(
    columns: NDArray[np.float32],
    outside: NDArray[np.bool_],
    target: IntArray,
    *,
    ridge: float = 1e-3,
    steps: int = 60,
    start: FloatArray | None = None,
) -> FloatArray:
    """Return the weights of a conditional (multinomial) logit model. Shape ``[F]``.

    ::

        P(i | q) = exp(theta . phi_qi) / sum_{k outside} exp(theta . phi_qk)

    by maximum likelihood with the penalty ``ridge * |theta|^2`` on the mean over the
    queries; convex, by L-BFGS. The columns are best of comparable size.

    Parameters
    ----------
    columns
        ``phi``. Shape ``[F, q, n]``.
    outside
        True for the candidates. Shape ``[q, n]``.
    target
        The one that was bought. Shape ``[q]``.

    References
    ----------
    D. McFadden, "Conditional logit analysis of qualitative choice behavior", 1974.
    """
    from scipy.optimize import minimize

    rows = np.arange(len(target))
    wall = np.where(outside, np.float32(0), NOTHING)
    own = columns[:, rows, target].astype(np.float64)

    def loss(theta: FloatArray) -> tuple[float, FloatArray]:
        logits = wall.copy()
        for weight, column in zip(theta, columns, strict=True):
            logits += np.float32(weight) * column
        logits -= logits.max(axis=1, keepdims=True)
        np.exp(logits, out=logits)
        logits /= logits.sum(axis=1, keepdims=True)
        chance = logits[rows, target].astype(np.float64)
        value = -np.log(chance + 1e-30).mean() + ridge * theta @ theta
        flat = logits.ravel()
        mean = np.array([float(flat @ column.ravel()) for column in columns])
        slope = mean / len(target) - own.mean(axis=1) + 2 * ridge * theta
        return float(value), slope

    first = np.full(len(columns), 0.1) if start is None else start
    options = {"maxiter": steps}
    found = minimize(loss, first, jac=True, method="L-BFGS-B", options=options)
    theta: FloatArray = found.x
    return theta
