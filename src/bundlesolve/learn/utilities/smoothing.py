"""Utility by exponential smoothing at several rates, weighed by what counts: money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.features.history import History
from bundlesolve.learn.past_futures import past_futures, toward
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions
from bundlesolve.learn.utilities.model import UtilityModel, chances
from bundlesolve.model.frozen import IntArray

FADES = (0.03, 0.1, 0.3)
"""In spans of the data: about ten days, a month and a quarter in a year."""


@dataclass
class Smoothing(UtilityModel):
    """A weighted sum of an item's old and recent shares of the baskets.

    With ``p_i(f)`` the share of the baskets that hold the item, baskets fading by 1/e in
    a share ``f`` of the data's span::

        P_i = theta_0 p_i + sum_{f in 0.03, 0.1, 0.3} theta_f p_i(f)

    ``theta`` is that which, after 50, 60, 70 and 80 % of the baskets, would have foretold
    the *money* of the next 20 % with the least squared error, ``(P_i - later p_i)^2
    margin_i^2`` summed, drawn a little to popularity (``theta_0 = 1``, else 0). A bundle
    is chosen by money, and least squares give the mean of what follows; `Trend`, fitted
    by the likelihood of logits, follows a rise too far. Without times it is popularity.

    References
    ----------
    C. Holt, "Forecasting seasonals and trends by exponentially weighted moving averages",
    ONR Memorandum 52 (1957).
    """

    name: ClassVar[str] = "smoothing"
    summary: ClassVar[str] = "old and recent shares, weighed by the money they foretold"
    formula: ClassVar[str] = "P_i = theta_0 p_i + sum_f theta_f p_i(f)"
    personal: ClassVar[bool] = False

    def fit(self, receipts: Transactions, catalogue: Catalogue) -> Self:
        """Fit the weights on forecasts within the past, then forecast."""
        popularity = np.zeros(1 + len(FADES))
        popularity[0] = 1.0
        margin = catalogue.margin
        known = [
            (_columns(past) * margin[:, None], future.purchase_share * margin)
            for past, future in past_futures(receipts)
        ]
        self.theta_ = popularity
        if known:
            columns, money = (np.concatenate(part) for part in zip(*known, strict=True))
            self.theta_ = toward(popularity, columns, money)
        self.share_ = self.forecast(receipts)
        return self

    def forecast(self, receipts: Transactions) -> FloatArray:
        """Return the chances that the fitted weights foretell after other baskets."""
        return chances(_columns(receipts) @ self.theta_)

    def predict(self, customer: IntArray | None = None) -> FloatArray:
        """Return the same for everybody."""
        if customer is None:
            return self.share_
        return np.broadcast_to(self.share_, (len(customer), len(self.share_)))


def _columns(receipts: Transactions) -> FloatArray:
    history = History(receipts)
    return np.stack([history.share(), *(history.share(fade) for fade in FADES)], axis=1)
