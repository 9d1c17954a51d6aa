"""Utility by forecast: recent sales and old ones, weighed by what they foretold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.features.history import History
from bundlesolve.learn.synergies.pair_model import earlier
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions
from bundlesolve.learn.utilities.logistic_fit import fit_logistic
from bundlesolve.learn.utilities.model import UtilityModel, chances
from bundlesolve.model.frozen import IntArray

FADES = (0.03, 0.1, 0.3)
"""In spans of the data: about ten days, a month and a quarter in a year."""
HORIZONS = (0.6, 0.7, 0.8, 0.9)
"""Shares of the receipts after which a forecast of the next tenth is tried."""


@dataclass
class Trend(UtilityModel):
    """A forecast of each item's share of the coming baskets.

    With ``p_i(f)`` the share of the baskets that hold the item, baskets fading by 1/e in
    a share ``f`` of the data's span::

        logit P_i = logit p_i + a + b log p_i
                    + sum_{f in 0.03, 0.1, 0.3} b_f (log p_i(f) - log p_i)

    The coefficients are those that, after 60, 70, 80 and 90 % of the baskets, would have
    foretold the next 10 % best (binomial likelihood with a small penalty): few receipts
    leave them near 0, which is popularity. So it is without times.
    """

    name: ClassVar[str] = "trend"
    summary: ClassVar[str] = "forecast of the item's share from old and recent sales"
    formula: ClassVar[str] = (
        "logit P_i = logit p_i + a + b log p_i + sum_f b_f log(p_i(f) / p_i)"
    )
    personal: ClassVar[bool] = False

    def fit(self, receipts: Transactions, catalogue: Catalogue) -> Self:
        """Fit the line on forecasts within the past, then forecast."""
        self.line_ = np.zeros(2 + len(FADES))
        if receipts.time is not None:
            tried = [_forecast(receipts, share) for share in HORIZONS]
            known = [part for part in tried if part is not None]
            if known:
                columns, base, share, times = (
                    np.concatenate(parts) for parts in zip(*known, strict=True)
                )
                self.line_ = fit_logistic(columns, share, times, offset=base)
        columns, base = _columns(receipts)
        self.share_ = chances(1.0 / (1.0 + np.exp(-(base + columns @ self.line_))))
        return self

    def predict(self, customer: IntArray | None = None) -> FloatArray:
        """Return the same for everybody."""
        if customer is None:
            return self.share_
        return np.broadcast_to(self.share_, (len(customer), len(self.share_)))


def _columns(receipts: Transactions) -> tuple[FloatArray, FloatArray]:
    """Return the columns, and the logits of popularity."""
    history = History(receipts)
    share = chances(history.share())
    level = np.log(share)
    recent = [np.log(history.share(fade)) - level for fade in FADES]
    columns = np.stack([np.ones(receipts.n), level, *recent], axis=1)
    return columns, level - np.log1p(-share)


def _forecast(
    receipts: Transactions, share: float
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray] | None:
    past = earlier(receipts, share)
    future = earlier(receipts, share + 0.1) & ~past
    if not past.any() or not future.any():
        return None
    later = receipts.some(future)
    times = np.full(receipts.n, float(later.m))
    return *_columns(receipts.some(past)), later.baskets_with / later.m, times
