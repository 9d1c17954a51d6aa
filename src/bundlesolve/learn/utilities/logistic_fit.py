"""Logistic regression on shares, by Newton's method."""

from __future__ import annotations

import numpy as np

from bundlesolve.learn.tables import FloatArray


def fit_logistic(
    columns: FloatArray,
    share: FloatArray,
    times: FloatArray,
    *,
    ridge: float = 1.0,
    steps: int = 50,
    offset: FloatArray | None = None,
) -> FloatArray:
    """Return the coefficients of ``P = sigmoid(x . beta)``. Shape ``[F]``.

    Maximises ``sum times * (share log P + (1 - share) log(1 - P))`` less
    ``ridge / 2 * |beta scaled|^2``; the first column is 1 and not penalised, the others
    are scaled to a spread of 1 while fitting. Iteratively reweighted least squares with
    halved steps.

    Parameters
    ----------
    columns
        The first is 1. Shape ``[k, F]``.
    share
        Of the times that it happened, in [0, 1]. Shape ``[k]``.
    times
        Weights. Shape ``[k]``.
    ridge
        Default 1.
    offset
        Added to ``x . beta``, not fitted: what no evidence leaves standing. Shape
        ``[k]``. Default: 0.

    References
    ----------
    P. McCullagh, J. Nelder, *Generalized Linear Models*, 1989, section 4.4.
    """
    mean, spread = columns.mean(axis=0), columns.std(axis=0)
    mean[0], spread[0] = 0.0, 1.0
    spread[spread == 0] = 1.0
    x = (columns - mean) / spread
    penalty = np.full(x.shape[1], ridge)
    penalty[0] = 1e-9
    overall = np.clip(np.average(share, weights=times), 1e-9, 1 - 1e-9)
    beta = np.zeros(x.shape[1])
    fixed = np.zeros(len(x)) if offset is None else offset
    beta[0] = np.log(overall / (1 - overall)) - float(np.average(fixed, weights=times))

    def loss(b: FloatArray) -> float:
        z = fixed + x @ b
        fit = times @ (np.logaddexp(0.0, z) - share * z)
        return float(fit + penalty @ b**2 / 2)

    value = loss(beta)
    for _ in range(steps):
        chance = 1.0 / (1.0 + np.exp(-np.clip(fixed + x @ beta, -35.0, 35.0)))
        slope = x.T @ (times * (chance - share)) + penalty * beta
        bend = (x * (times * chance * (1 - chance))[:, None]).T @ x + np.diag(penalty)
        step = np.linalg.solve(bend, slope)
        length = 1.0
        while length > 1e-6 and loss(beta - length * step) > value:
            length /= 2
        beta = beta - length * step
        before, value = value, loss(beta)
        if before - value < 1e-10 * max(1.0, abs(value)):
            break
    found: FloatArray = beta / spread
    found[0] -= float(found[1:] @ mean[1:])
    return found
