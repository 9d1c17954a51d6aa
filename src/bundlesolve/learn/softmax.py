"""Weights of several columns of scores, such that what was bought is likely."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundlesolve.learn.tables import FloatArray
from bundlesolve.model.frozen import IntArray

NOTHING = np.float32(-1e30)
CHUNK = 64
"""Queries at a time, so that products of columns stay small."""
FEW = 500
"""Of more queries than this a quarter is fitted first."""
NEAR = 1e-6
"""Nats that another step may still gain."""


def fit_softmax(
    columns: NDArray[np.float32],
    outside: NDArray[np.bool_],
    target: IntArray,
    *,
    ridge: float = 1e-3,
    steps: int = 30,
    start: FloatArray | None = None,
) -> FloatArray:
    """Return the weights of a conditional (multinomial) logit model. Shape ``[F]``.

    ::

        P(i | q) = exp(theta . phi_qi) / sum_{k outside} exp(theta . phi_qk)

    by maximum likelihood with the penalty ``ridge * |theta|^2`` on the mean over the
    queries; convex, by Newton's method with step halving: the curvature is the mean
    covariance of the columns under ``P``. Every fourth query alone gives the first
    weights of many. The columns are best of comparable size.

    Parameters
    ----------
    columns
        ``phi``. Shape ``[F, q, n]``.
    outside
        True for the candidates. Shape ``[q, n]``.
    target
        The one that was bought. Shape ``[q]``.
    ridge
        0 or more. Default 0.001.
    steps
        Most steps. Default 30; fewer than ten are usual.
    start
        First weights. Default None: see above, or 0.1 each.

    References
    ----------
    D. McFadden, "Conditional logit analysis of qualitative choice behavior", 1974.
    """
    if start is None and len(target) > FEW:
        some = (columns[:, ::4], outside[::4], target[::4])
        start = fit_softmax(*some, ridge=ridge, steps=steps)
    theta = np.full(len(columns), 0.1) if start is None else start.astype(np.float64)
    value, slope, bend = _moments(columns, outside, target, theta, ridge)
    for _ in range(steps):
        # A column that is the same for all candidates bends nothing.
        bend[np.diag_indices_from(bend)] += 1e-7 * np.trace(bend) / len(bend) + 1e-12
        step = np.linalg.solve(bend, slope)
        gain = float(slope @ step)
        if gain < NEAR:
            break
        size = 1.0
        while True:
            tried = theta - size * step
            found = _moments(columns, outside, target, tried, ridge)
            if found[0] <= value - 1e-4 * size * gain:
                break
            size /= 2
            if size < 1e-3:  # what is left is rounding
                return theta
        theta, (value, slope, bend) = tried, found
    return theta


def _moments(
    columns: NDArray[np.float32],
    outside: NDArray[np.bool_],
    target: IntArray,
    theta: FloatArray,
    ridge: float,
) -> tuple[float, FloatArray, FloatArray]:
    """Return the penalised mean surprise, its gradient and its curvature."""
    many, queries, n = columns.shape
    weights = theta.astype(np.float32)
    value, slope, bend = 0.0, np.zeros(many), np.zeros((many, many))
    for begin in range(0, queries, CHUNK):
        part = slice(begin, min(begin + CHUNK, queries))
        phi = columns[:, part].reshape(many, -1)
        rows = np.arange(part.stop - begin)
        chance = (weights @ phi).reshape(len(rows), n)
        chance[~outside[part]] = NOTHING
        own = chance[rows, target[part]].astype(np.float64)
        most = chance.max(axis=1, keepdims=True)
        chance -= most
        np.exp(chance, out=chance)
        total = chance.sum(axis=1, keepdims=True)
        chance /= total
        value += float((most[:, 0] + np.log(total[:, 0]) - own).sum())
        weighed = phi * chance.reshape(1, -1)
        mean = weighed.reshape(many, len(rows), n).sum(axis=2, dtype=np.float64)
        slope += (mean - columns[:, part][:, rows, target[part]]).sum(axis=1)
        bend += weighed @ phi.T - mean @ mean.T
    value, slope, bend = value / queries, slope / queries, bend / queries
    penalty = 2 * ridge * np.eye(many)
    return value + ridge * float(theta @ theta), slope + penalty @ theta, bend + penalty
