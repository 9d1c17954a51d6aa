"""Utility by household: what a customer bought before, shrunk to what all buy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.features.history import History
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions
from bundlesolve.learn.utilities.model import UtilityModel, chances, check_above
from bundlesolve.learn.utilities.store_sparse import as_matrix, flat
from bundlesolve.learn.utilities.trend import Trend
from bundlesolve.model.frozen import IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

FADES = (0.1, 0.3)
"""Of the market's recent sales: about a month and a quarter in a year of data."""


@dataclass
class Household(UtilityModel):
    """Purchase chances of each customer by a gamma-Poisson (Bayesian) estimate.

    With ``c_hi`` of the ``m_h`` baskets of customer ``h`` holding item ``i`` and ``p_i``
    the share of all baskets that hold it::

        P_hi = (c_hi + strength * p_i) / (m_h + strength)

    the mean of the posterior of a Poisson rate whose prior has the mean ``p_i`` and is
    worth ``strength`` baskets. A new customer has ``p_i``; for anybody the forecast of
    `Trend` is given. To a basket model it offers more to weigh: the same with recent
    baskets only, the market's recent shares, and how often the item is bought again by
    those who had it.

    Parameters
    ----------
    strength
        Baskets that the prior is worth. Default 5.
    recent
        Fade of the recent counts, in spans of the data. Default 0.07.

    References
    ----------
    P. Fader, B. Hardie, "A note on the beta-binomial and gamma-Poisson models of
    purchasing", 2007; A. Ehrenberg, *Repeat-buying*, 1988.
    """

    name: ClassVar[str] = "household"
    summary: ClassVar[str] = "what the customer bought before, shrunk to what all buy"
    formula: ClassVar[str] = "P_hi = (c_hi + strength * p_i) / (m_h + strength)"

    strength: float = 5.0
    recent: float = 0.07

    def __post_init__(self) -> None:
        check_above(self, "strength")
        check_above(self, "recent")

    def fit(self, receipts: Transactions, catalogue: Catalogue) -> Self:
        """Count."""
        history = History(receipts)
        self.share_ = chances(history.share())
        self.trend_ = np.stack([chances(history.share(fade)) for fade in FADES])
        self.coming_ = Trend().fit(receipts, catalogue).share_
        self.repeat_ = history.repeat_rate
        for name, fade in (("ever", None), ("late", self.recent), ("year", 3 * FADES[0])):
            counts, baskets = history.bought(fade)
            for part, values in flat(counts).items():
                setattr(self, f"{name}_{part}_", values)
            setattr(self, f"{name}_baskets_", baskets)
        return self

    def predict(self, customer: IntArray | None = None) -> FloatArray:
        """Return the shrunk shares."""
        if customer is None:
            return self.coming_
        counts, baskets = self._bought("ever", customer)
        return chances(_shrunk(counts, baskets, self.strength, self.share_))

    def features(self, customer: IntArray) -> FloatArray:
        """Return eleven columns, in float32: see the class. ``[11, q, n]``."""
        shape = (len(customer), len(self.share_))
        ever, baskets = self._bought("ever", customer)
        year, recent_baskets = self._bought("year", customer)
        late, _ = self._bought("late", customer)
        had = (ever > 0).astype(np.float32)
        repeat = np.log(self.repeat_)
        columns = [
            np.log(self.share_),
            *np.log(self.trend_),
            np.log(_shrunk(ever, baskets, 2.0, self.share_)),
            np.log(_shrunk(ever, baskets, self.strength, self.share_)),
            np.log(_shrunk(ever, baskets, 50.0, self.share_)),
            np.log(_shrunk(year, recent_baskets, self.strength, self.trend_[1])),
            np.log1p(ever),
            had,
            had * (repeat - repeat.mean()),
            np.log1p(10.0 * late),
        ]
        return np.stack([np.broadcast_to(c, shape).astype(np.float32) for c in columns])

    def history(self, customer: IntArray) -> csr_matrix:
        """Return ``log(1 + baskets with the item)``. Shape ``[q, n]``."""
        learned = self.learned()
        counts = as_matrix(learned, "ever")[self._row(customer)]
        counts.data = np.log1p(counts.data)
        return counts

    def _row(self, customer: IntArray) -> IntArray:
        last = len(self.learned()["ever_baskets_"]) - 1
        return np.where((customer >= 0) & (customer < last), customer, last)

    def _bought(self, name: str, customer: IntArray) -> tuple[FloatArray, FloatArray]:
        learned, row = self.learned(), self._row(customer)
        counts = as_matrix(learned, name)[row].toarray()
        return counts, learned[f"{name}_baskets_"][row][:, None]


def _shrunk(
    counts: FloatArray, baskets: FloatArray, strength: float, share: FloatArray
) -> FloatArray:
    shrunk: FloatArray = (counts + strength * share) / (baskets + strength)
    return shrunk
