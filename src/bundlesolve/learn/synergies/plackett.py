"""How often two items are in one basket, by their sales and their odds ratio."""

from __future__ import annotations

import numpy as np

from bundlesolve.learn.tables import FloatArray
from bundlesolve.model.frozen import IntArray

STEEPEST = 8.0
"""Largest log odds of a pair of average strength that `fit_slope` considers."""


def joint_share(a: FloatArray, b: FloatArray, log_odds: FloatArray) -> FloatArray:
    """Return the share of baskets with both items.

    With the odds ratio ``psi = exp(log_odds)``, the root of
    ``p (1 - a - b + p) = psi (a - p) (b - p)`` between the two shares::

        S = 1 + (a + b) (psi - 1)
        p = (S - sqrt(S^2 - 4 psi (psi - 1) a b)) / (2 (psi - 1))

    ``a * b`` where ``psi`` is 1. It is the joint probability of the pairwise log-linear
    (Ising) model of two items with these marginal shares.

    References
    ----------
    R. Plackett, "A class of bivariate distributions", JASA 60 (1965).
    """
    psi = np.exp(np.clip(log_odds, -30.0, 30.0))
    total = 1.0 + (a + b) * (psi - 1.0)
    root = np.sqrt(np.maximum(total**2 - 4.0 * psi * (psi - 1.0) * a * b, 0.0))
    # The other form of the root, which does not cancel: p = 2 psi a b / (S + root).
    both: FloatArray = 2.0 * psi * a * b / (total + root)
    return both


def fit_slope(
    strength: FloatArray, a: FloatArray, b: FloatArray, seen: IntArray, m: int
) -> float:
    """Return ``beta`` such that ``beta * strength`` are log odds ratios; 0 without pairs.

    Maximises the binomial likelihood of the joint baskets ``seen`` out of ``m``, the
    share of each item given.

    Parameters
    ----------
    strength
        Of each pair. Shape ``[p]``.
    a, b
        Share of the baskets that hold its items. Shape ``[p]``.
    seen
        Baskets that hold both. Shape ``[p]``.
    m
        Number of baskets.
    """
    from scipy.optimize import minimize_scalar

    use = (a > 0) & (b > 0) & (a < 1) & (b < 1) & (strength != 0)
    if not use.any():
        return 0.0
    w, a, b, seen = strength[use], a[use], b[use], seen[use]
    scale = float(np.abs(w).mean())

    def loss(slope: float) -> float:
        p = np.clip(joint_share(a, b, slope / scale * w), 1e-15, 1 - 1e-15)
        return -float((seen * np.log(p) + (m - seen) * np.log1p(-p)).sum()) / m

    found = minimize_scalar(loss, bounds=(-STEEPEST, STEEPEST), method="bounded")
    return float(found.x) / scale
