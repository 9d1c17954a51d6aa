"""What each customer bought before, and what was bought lately."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions
from bundlesolve.model.frozen import IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

SMOOTH = 0.05
"""Baskets added to a recent count, so that its logarithm exists."""


@dataclass(frozen=True, eq=False)
class History:
    """Counts of baskets by customer and item, and shares of baskets by recency.

    A basket of age ``a`` has the weight ``exp(-a / fade)``, ages measured in spans of the
    whole data: 0 for the last basket, 1 for the first; all 0 without times. Customers are
    numbered as in the receipts; number -1, the unknown one, has bought nothing.

    Parameters
    ----------
    receipts
        The past.
    """

    receipts: Transactions

    @cached_property
    def age(self) -> FloatArray:
        """Age of each basket in spans of the data; 1 where it is unknown. ``[m]``."""
        time, m = self.receipts.time, self.receipts.m
        if time is None or not m:
            return np.zeros(m)
        if time.dtype.kind == "i":
            number, known = time.astype(np.float64), np.ones(m, dtype=bool)
        else:
            number = time.astype("datetime64[us]").astype(np.int64).astype(np.float64)
            known = ~np.isnat(time)
        if not known.any():
            return np.zeros(m)
        latest, first = number[known].max(), number[known].min()
        span = max(float(latest - first), 1e-12)
        return np.where(known, (latest - number) / span, 1.0)

    @cached_property
    def people(self) -> int:
        """Number of customers."""
        who = self.receipts.customer
        return 0 if who is None else int(who.max(initial=-1)) + 1

    def _weight(self, fade: float | None) -> FloatArray:
        return np.ones(self.receipts.m) if fade is None else np.exp(-self.age / fade)

    def share(self, fade: float | None = None) -> FloatArray:
        """Return the share of the baskets that hold each item, recent ones first. ``[n]``.

        Parameters
        ----------
        fade
            In spans of the data. Default None: all baskets count alike.
        """
        weight = self._weight(fade)
        lines = weight[self.receipts.basket_of_line]
        held = np.bincount(self.receipts.item, weights=lines, minlength=self.receipts.n)
        share: FloatArray = (held + SMOOTH) / (weight.sum() + 1.0)
        return share

    def bought(self, fade: float | None = None) -> tuple[csr_matrix, FloatArray]:
        """Return weighted baskets by customer and item, and by customer.

        The last row is that of the unknown customer, empty. Shapes ``[people + 1, n]``
        and ``[people + 1]``.
        """
        from scipy.sparse import csr_matrix

        receipts, people = self.receipts, self.people
        if receipts.customer is None:
            return csr_matrix((1, receipts.n)), np.zeros(1)
        weight = self._weight(fade)
        known = receipts.customer >= 0
        who = receipts.customer[known]
        baskets: FloatArray = np.bincount(
            who, weights=weight[known], minlength=people + 1
        ).astype(np.float64)
        line = known[receipts.basket_of_line]
        basket = receipts.basket_of_line[line]
        cells = (receipts.customer[basket], receipts.item[line])
        shape = (people + 1, receipts.n)
        counts = csr_matrix((weight[basket], cells), shape=shape)
        counts.sum_duplicates()
        return counts, baskets

    def last(self) -> csr_matrix:
        """Return the age of each customer's last basket with each item, as `bought`.

        In spans of the data, a thousandth added so that none is 0; what was never bought
        is not stored.
        """
        from scipy.sparse import csr_matrix

        receipts, n = self.receipts, self.receipts.n
        shape = (self.people + 1, n)
        if receipts.customer is None:
            return csr_matrix((1, n))
        who = receipts.customer[receipts.basket_of_line]
        known = who >= 0
        cell = who[known] * n + receipts.item[known]
        age = self.age[receipts.basket_of_line[known]]
        order = np.lexsort((age, cell))
        cells, youngest = np.unique(cell[order], return_index=True)
        return csr_matrix((age[order][youngest] + 1e-3, (cells // n, cells % n)), shape)

    def rows(self, customer: IntArray) -> IntArray:
        """Return the row of each customer in `bought`; new ones are unknown."""
        known = (customer >= 0) & (customer < self.people)
        return np.where(known, customer, self.people)

    @cached_property
    def repeat_rate(self) -> FloatArray:
        """Share of an item's buyers who bought it on another receipt again. ``[n]``.

        Shrunk to 1/5 by five buyers more.
        """
        counts, _ = self.bought()
        buyers = np.bincount(counts.indices, minlength=self.receipts.n)
        again = counts.indices[counts.data > 1.5]
        return (np.bincount(again, minlength=self.receipts.n) + 1.0) / (buyers + 5.0)
