"""Forecasts tried within the past: what was known at a time, and what followed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bundlesolve.learn.synergies.pair_model import earlier
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions

HORIZONS = (0.5, 0.6, 0.7, 0.8)
"""Shares of the receipts after which a forecast is tried."""
AHEAD = 0.2
"""Share of the receipts that a forecast is judged on."""
RIDGE = 0.05


def past_futures(receipts: Transactions) -> Iterator[tuple[Transactions, Transactions]]:
    """Yield the baskets before each horizon and the next fifth; none without times."""
    if receipts.time is None:
        return
    for horizon in HORIZONS:
        early = earlier(receipts, horizon)
        next_ones = earlier(receipts, round(horizon + AHEAD, 9)) & ~early
        if early.any() and next_ones.any():
            yield receipts.some(early), receipts.some(next_ones)


def toward(
    prior: FloatArray, columns: FloatArray, target: FloatArray, ridge: float = RIDGE
) -> FloatArray:
    """Return least-squares weights drawn to a prior. Shape ``[F]``.

    Minimises ``|columns theta - target|^2 + ridge sum_f |column_f|^2 (theta_f -
    prior_f)^2``: free of the columns' units.

    Parameters
    ----------
    prior
        Weights without evidence. Shape ``[F]``.
    columns
        Shape ``[k, F]``.
    target
        Shape ``[k]``.
    ridge
        Above 0. Default 0.05.
    """
    gram = columns.T @ columns
    size = np.diag(gram)
    # An empty column keeps its prior.
    penalty = np.where(size > 0, ridge * size, 1.0)
    rest = columns.T @ (target - columns @ prior)
    found: FloatArray = prior + np.linalg.solve(gram + np.diag(penalty), rest)
    return np.round(found, 9)
