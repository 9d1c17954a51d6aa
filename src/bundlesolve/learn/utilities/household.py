"""Utility by household: what a customer bought before, shrunk to what all buy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.features.categories import one_hot
from bundlesolve.learn.features.companions import companion_weights
from bundlesolve.learn.features.history import History
from bundlesolve.learn.synergies.pair_model import LEAST_CUSTOMERS
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
    `Trend` is given. To a basket model it offers more to weigh (`features`): the same
    with recent baskets only, the market's recent shares, how often the item is bought
    again by those who had it, and

    * *category*: the prior's mean is not ``p_i`` but the household's own rate of the
      category, itself shrunk, times the item's part of it::

          P_hi = (c_hi + s * q_hi) / (m_h + s),  s = 2, 10
          q_hi = (c_hc + 5 * p_c) / (m_h + 5) * p_i / p_c,  c the category of i

    * *recency*: ``log(a_hi + 0.02)`` and ``exp(-a_hi / 0.03)``, ``a_hi`` the age of the
      household's last basket with the item in spans of the data;
    * *companions*: what those households buy who ever bought the same things
      (`companion_weights`).

    Parameters
    ----------
    strength
        Baskets that the prior is worth. Default 5.
    recent
        Fade of the recent counts, in spans of the data. Default 0.07.
    ridge
        Of the companions, in households. Default 500.
    least_customers
        Households behind a weight of companions (k-anonymity). Default 5.

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
    ridge: float = 500.0
    least_customers: int = LEAST_CUSTOMERS

    def __post_init__(self) -> None:
        for field in ("strength", "recent", "ridge", "least_customers"):
            check_above(self, field)

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
        ever = as_matrix(self.learned(), "ever")
        for part, values in flat(history.last()).items():
            setattr(self, f"last_{part}_", values)
        self.companions_ = companion_weights(ever, self.ridge, self.least_customers)
        self._fit_categories(ever, catalogue)
        return self

    def _fit_categories(self, ever: csr_matrix, catalogue: Catalogue) -> None:
        labels, self.category_ = np.unique(
            np.array(catalogue.category), return_inverse=True
        )
        summed = np.bincount(self.category_, self.share_, len(labels))
        self.of_category_ = summed.astype(np.float64)
        groups = one_hot(self.category_, len(labels))
        for part, values in flat((ever @ groups).tocsr()).items():
            setattr(self, f"group_{part}_", values)

    def predict(self, customer: IntArray | None = None) -> FloatArray:
        """Return the shrunk shares."""
        if customer is None:
            return self.coming_
        counts, baskets = self._bought("ever", customer)
        return chances(_shrunk(counts, baskets, self.strength, self.share_))

    def taste(self, customer: IntArray) -> FloatArray:
        """Return ``log(P_hi / p_i)``. Shape ``[q, n]``."""
        counts, baskets = self._bought("ever", customer)
        return np.log(_shrunk(counts, baskets, self.strength, self.share_) / self.share_)

    def features(self, customer: IntArray) -> FloatArray:
        """Return 17 columns, three more with categories, in float32: see the class."""
        shape = (len(customer), len(self.share_))
        ever, baskets = self._bought("ever", customer)
        year, recent_baskets = self._bought("year", customer)
        late, _ = self._bought("late", customer)
        had = (ever > 0).astype(np.float32)
        repeat = np.log(self.repeat_)
        age = as_matrix(self.learned(), "last")[self._row(customer)].toarray()
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
            had * np.log(age + 0.02),
            had * np.exp(-age / 0.03),
            had * np.log1p(baskets),
            np.sqrt(ever / np.maximum(baskets, 1.0)),
        ]
        if len(self.of_category_) > 1:
            prior = self._prior(customer)
            columns += [np.log(prior)]
            columns += [np.log(_shrunk(ever, baskets, s, prior)) for s in (2.0, 10.0)]
        if len(self.companions_):
            bought = as_matrix(self.learned(), "ever")[self._row(customer)]
            bought.data = np.ones_like(bought.data, dtype=np.float32)
            sums = bought.astype(np.float32) @ self.companions_
            columns += [sums, np.sign(sums) * np.log1p(20.0 * np.abs(sums))]
        return np.stack([np.broadcast_to(c, shape).astype(np.float32) for c in columns])

    def _prior(self, customer: IntArray) -> FloatArray:
        """Return ``q_hi``, see the class. Shape ``[q, n]``."""
        learned, row = self.learned(), self._row(customer)
        counts = as_matrix(learned, "group")[row].toarray()
        baskets = learned["ever_baskets_"][row][:, None]
        rate = _shrunk(counts, baskets, 5.0, self.of_category_)
        part = self.share_ / self.of_category_[self.category_]
        prior: FloatArray = rate[:, self.category_] * part
        return prior

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
