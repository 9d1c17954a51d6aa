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

        logit P_i = a + b log p_i + sum_{f in 0.03, 0.1, 0.3} b_f log p_i(f)

    The coefficients are those that, after 60, 70, 80 and 90 % of the baskets, would have
    foretold the next 10 % best (binomial likelihood). Without times it is popularity.
    """

    name: ClassVar[str] = "trend"
    summary: ClassVar[str] = "forecast of the item's share from old and recent sales"
    formula: ClassVar[str] = "logit P_i = a + b log p_i + sum_f b_f log p_i(f)"
    personal: ClassVar[bool] = False

    def fit(self, receipts: Transactions, catalogue: Catalogue) -> Self:
        """Fit the line on forecasts within the past, then forecast."""
        self.line_ = np.array([0.0, 1.0, 0.0, 0.0, 0.0])
        if receipts.time is not None:
            tried = [_forecast(receipts, share) for share in HORIZONS]
            known = [part for part in tried if part is not None]
            if known:
                columns, share, times = (
                    np.concatenate(parts) for parts in zip(*known, strict=True)
                )
                self.line_ = fit_logistic(columns, share, times, ridge=1.0)
        if receipts.time is None:
            self.share_ = chances(History(receipts).share())
        else:
            z = _columns(receipts) @ self.line_
            self.share_ = chances(1.0 / (1.0 + np.exp(-z)))
        return self

    def predict(self, customer: IntArray | None = None) -> FloatArray:
        """Return the same for everybody."""
        if customer is None:
            return self.share_
        return np.broadcast_to(self.share_, (len(customer), len(self.share_)))


def _columns(receipts: Transactions) -> FloatArray:
    history = History(receipts)
    shares = [history.share(), *[history.share(fade) for fade in FADES]]
    return np.stack([np.ones(receipts.n), *[np.log(share) for share in shares]], axis=1)


def _forecast(
    receipts: Transactions, share: float
) -> tuple[FloatArray, FloatArray, FloatArray] | None:
    past = earlier(receipts, share)
    future = earlier(receipts, share + 0.1) & ~past
    if not past.any() or not future.any():
        return None
    later = receipts.some(future)
    times = np.full(receipts.n, float(later.m))
    return _columns(receipts.some(past)), later.baskets_with / later.m, times
