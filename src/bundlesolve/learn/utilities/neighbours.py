"""What collaborative filters share: scores of customers for items made into chances."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.features.history import History
from bundlesolve.learn.synergies.pair_model import earlier
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions
from bundlesolve.learn.utilities.logistic_fit import fit_logistic
from bundlesolve.learn.utilities.model import UtilityModel, chances
from bundlesolve.model.frozen import IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

MOST_CUSTOMERS = 500
SEED = 20260101


@dataclass
class CollaborativeFilter(UtilityModel):
    """Scores from who bought what, calibrated to chances.

    A subclass turns the customers' baskets into scores. Scores are made chances by a
    logistic line fitted to later baskets of a model that knows the earlier 80 %::

        logit P_hi = a + b * score_hi + c * logit p_i

    For receipts without customers, and for new customers, it is popularity.
    """

    def fit(self, receipts: Transactions, catalogue: Catalogue) -> Self:
        """Learn scores and, on later baskets, the line."""
        early = earlier(receipts)
        past, future = receipts.some(early), receipts.some(~early)
        self.line_ = np.array([0.0, 0.0, 1.0])
        if receipts.customer is not None and past.m and future.m:
            self._learn(past)
            self.line_ = self._line(future)
        self._learn(receipts)
        return self

    def _learn(self, receipts: Transactions) -> None:
        history = History(receipts)
        self.share_ = chances(history.share())
        counts, _ = history.bought()
        self._fit_scores(counts)

    @abstractmethod
    def _fit_scores(self, counts: csr_matrix) -> None:
        """Learn from baskets by customer and item; the last row is empty."""

    @abstractmethod
    def scores(self, customer: IntArray) -> FloatArray:
        """Return scores of rows of the counts. Shape ``[q, n]``."""

    def predict(self, customer: IntArray | None = None) -> FloatArray:
        """Return the chances; see the class."""
        if customer is None:
            return self.share_
        rows = self._rows(customer)
        known = rows[:, None] < self._people()
        base = np.log(self.share_ / (1 - self.share_))
        a, b, c = self.line_
        z = np.where(known, a + b * self.scores(rows) + c * base, base)
        return chances(1.0 / (1.0 + np.exp(-z)))

    def _people(self) -> int:
        """Return the number of known customers."""
        norm: FloatArray = self.learned()["norm_"]
        return len(norm) - 1

    def _rows(self, customer: IntArray) -> IntArray:
        people = self._people()
        return np.where((customer >= 0) & (customer < people), customer, people)

    def _line(self, future: Transactions) -> FloatArray:
        later, baskets = History(future).bought()
        people = min(self._people(), len(baskets) - 1)
        active = np.flatnonzero(baskets[:people] > 0)
        if not len(active):
            return np.array([0.0, 0.0, 1.0])
        draw = np.random.default_rng(SEED).permutation(active)[:MOST_CUSTOMERS]
        who = np.sort(draw)
        score = self.scores(who)
        base = np.log(self.share_ / (1 - self.share_))
        times = np.repeat(baskets[who], future.n)
        bought = np.minimum(later[who].toarray().ravel(), times)
        columns = np.stack(
            [
                np.ones(score.size),
                score.ravel(),
                np.broadcast_to(base, score.shape).ravel(),
            ],
            axis=1,
        )
        return fit_logistic(columns, bought / times, times, ridge=1e-3)
