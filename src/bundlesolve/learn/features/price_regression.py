"""Coefficients of price, promotion and trend, item by item, drawn to what all have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundlesolve.learn.features.price_panel import PricePanel
from bundlesolve.learn.tables import FloatArray

ROUNDS = 60
DISPERSED = 20
"""Round after which the counts' spread is measured; the first estimates stand by then."""
LEAST_SPREAD = 0.05
PRIOR_DOF = 5.0
LEAST_INFORMATION = 1e-3
"""Of an item's own counts: less is none, and such an item is no evidence for others."""


@dataclass(frozen=True, eq=False)
class Response:
    """What an item's sales answered to.

    Parameters
    ----------
    beta, variance
        Posterior modes and variances of price, promotion and trend. Shape ``[n, 3]``.
    mean, spread
        Of the items' coefficients; 0 for a column that never varied. Shape ``[3]``.
    information
        What the item's own counts tell of each, an inverse variance. Shape ``[n, 3]``.
    """

    beta: FloatArray
    variance: FloatArray
    mean: FloatArray
    spread: FloatArray
    information: FloatArray


def respond(panel: PricePanel) -> Response:
    """Fit the multinomial regression of `PriceEffects` and the items' distribution."""
    x, count = panel.columns, panel.count
    n, _, width = x.shape
    total = count.sum(1)
    beta, mean, variance = np.zeros((n, width)), np.zeros(width), np.ones(width)
    varied = (x.max(1) - x.min(1)).max(0) > 0
    dispersion = np.ones(n)
    spread_of = np.zeros((n, width))
    information = np.zeros((n, width))
    for step in range(ROUNDS):
        weight = np.exp(panel.offset + np.einsum("ntk,nk->nt", x, beta))
        chance = weight / np.maximum(weight.sum(1, keepdims=True), 1e-300)
        expected = total[:, None] * chance
        if step == DISPERSED:
            dispersion = _dispersion(count, expected, panel.active)
        centre = np.einsum("ntk,nt->nk", x, chance)
        apart = x - centre[:, None]
        slope = np.einsum("ntk,nt->nk", x, count - expected) / dispersion[:, None]
        bend = np.einsum("ntk,ntl,nt->nkl", apart, apart, expected)
        bend /= dispersion[:, None, None]
        information = np.einsum("nkk->nk", bend).copy()
        bend += np.diag(1.0 / variance)
        slope -= (beta - mean) / variance
        inverse = np.linalg.inv(bend)
        beta = beta + np.clip(np.einsum("nkl,nl->nk", inverse, slope), -1.0, 1.0)
        spread_of = np.einsum("nkk->nk", inverse)
        for k in range(width):
            told = information[:, k] > LEAST_INFORMATION
            if not varied[k] or not told.any():
                continue
            mean[k] = beta[told, k].mean()
            off = (beta[told, k] - mean[k]) ** 2 + spread_of[told, k]
            variance[k] = max(float(off.mean()), LEAST_SPREAD**2)
    beta[:, ~varied], mean[~varied] = 0.0, 0.0
    spread = np.where(varied, np.sqrt(variance), 0.0)
    return Response(beta, spread_of, mean, spread, information)


def _dispersion(
    count: FloatArray, expected: FloatArray, active: NDArray[np.bool_]
) -> FloatArray:
    """Return Pearson's statistic a degree of freedom, 1 or more, drawn to all's. [n]."""
    part = np.where(active, (count - expected) ** 2 / np.maximum(expected, 1e-9), 0.0)
    free = np.maximum(active.sum(1) - 1, 0)
    whole = part.sum() / max(int(free.sum()), 1)
    own = (part.sum(1) + PRIOR_DOF * whole) / (free + PRIOR_DOF)
    return np.asarray(np.maximum(own, 1.0), dtype=np.float64)
