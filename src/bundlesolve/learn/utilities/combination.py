"""Utility by a combination of forecasts, weighed by what they would have foretold."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.features.history import History
from bundlesolve.learn.past_futures import past_futures, toward
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions
from bundlesolve.learn.utilities.model import UtilityModel, chances
from bundlesolve.learn.utilities.trend import Trend
from bundlesolve.model.frozen import IntArray

log = logging.getLogger(__name__)

FADES = (0.03, 0.1, 0.3)
"""In spans of the data: about ten days, a month and a quarter in a year."""


@dataclass
class Combination(UtilityModel):
    """A weighted sum of an item's old share, its recent shares and its trend.

    With ``p_i(f)`` the share of the baskets that hold the item, baskets fading by 1/e in
    a share ``f`` of the data's span, and ``T_i`` the forecast of `Trend`::

        P_i = theta_0 p_i + sum_{f in 0.03, 0.1, 0.3} theta_f p_i(f) + theta_T T_i

    ``theta`` is that which, after 50, 60, 70 and 80 % of the baskets, would have foretold
    the next 20 % with the least squared error ``(P_i - later p_i)^2 margin_i`` summed,
    drawn a little to popularity (``theta_0 = 1``, else 0); ``T_i`` is fitted anew to
    what was known then. Shares alone (`Smoothing`) are slow where sales rise, trend
    alone follows a rise too far: how much of each is what the shop's past tells.

    The root of the margin lies between money, where a few dear items settle all weights,
    and chances, where only popular ones do. Without times it is popularity.

    References
    ----------
    J. Bates, C. Granger, "The combination of forecasts", Operational Research Quarterly
    20 (1969); L. Breiman, "Stacked regressions", Machine Learning 24 (1996).
    """

    name: ClassVar[str] = "combination"
    summary: ClassVar[str] = "old and recent shares and trend, weighed by their past errors"
    formula: ClassVar[str] = "P_i = theta_0 p_i + sum_f theta_f p_i(f) + theta_T T_i"
    personal: ClassVar[bool] = False

    def fit(self, receipts: Transactions, catalogue: Catalogue) -> Self:
        """Fit the weights on forecasts within the past, then forecast."""
        self.theta_ = np.zeros(2 + len(FADES))
        self.theta_[0] = 1.0
        scale = np.sqrt(np.maximum(catalogue.margin, 0.0))
        known = [
            (_columns(past, catalogue) * scale[:, None], future.purchase_share * scale)
            for past, future in past_futures(receipts)
        ]
        if known:
            columns, target = (np.concatenate(part) for part in zip(*known, strict=True))
            self.theta_ = toward(self.theta_, columns, target)
        log.info("%s: theta %s", self.name, self.theta_.tolist())
        self.share_ = chances(_columns(receipts, catalogue) @ self.theta_)
        return self

    def predict(self, customer: IntArray | None = None) -> FloatArray:
        """Return the same for everybody."""
        if customer is None:
            return self.share_
        return np.broadcast_to(self.share_, (len(customer), len(self.share_)))


def _columns(receipts: Transactions, catalogue: Catalogue) -> FloatArray:
    history = History(receipts)
    shares = [history.share(), *(history.share(fade) for fade in FADES)]
    return np.stack([*shares, Trend().fit(receipts, catalogue).share_], axis=1)
