"""Numbers about a customer and an item, and what came of them later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.features.history import History
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions
from bundlesolve.model.frozen import IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

NAMES = (
    "log share",
    "log recent share",
    "log share of the last month",
    "log price",
    "log price now over price ever",
    "log rate of repeat",
    "log baskets of the customer",
    "log items a basket of the customer",
    "age of the customer's last basket",
    "log spend a basket of the customer",
    "log times bought",
    "bought",
    "bought, by rate of repeat",
    "log times bought lately",
    "log share in the customer's baskets",
    "log share of the category in the customer's baskets",
)
"""Columns: six of the item, four of the customer, six of both."""
ITEM, CUSTOMER = 6, 4
RECENT = 0.07


@dataclass(frozen=True, eq=False)
class CellFeatures:
    """Columns that describe a customer and an item before a certain time.

    Parameters
    ----------
    item
        Shape ``[n, 6]``.
    customer
        The last row is the unknown customer's. Shape ``[people + 1, 4]``.
    ever, late, group
        Baskets of customers with each item, the same with recent ones, and with each
        category. Shapes ``[people + 1, n or groups]``.
    baskets
        Of each customer. Shape ``[people + 1]``.
    share, group_share
        Of all baskets. Shapes ``[n]``, ``[groups]``.
    category
        Number of each item's. Shape ``[n]``.
    """

    item: FloatArray
    customer: FloatArray
    ever: csr_matrix
    late: csr_matrix
    group: csr_matrix
    baskets: FloatArray
    share: FloatArray
    group_share: FloatArray
    category: IntArray

    @classmethod
    def of(cls, receipts: Transactions, catalogue: Catalogue) -> CellFeatures:
        """Compute them from the past.

        Parameters
        ----------
        receipts
            The past, and nothing else.
        catalogue
            The same items; prices complete.
        """
        history = History(receipts)
        share = history.share()
        ever, baskets = history.bought()
        late, _ = history.bought(RECENT)
        labels, category = np.unique(np.array(catalogue.category), return_inverse=True)
        groups = _indicator(category, len(labels))
        group = (ever @ groups).tocsr()
        price = np.maximum(catalogue.price, 1e-2)
        item = np.stack(
            [
                np.log(share),
                np.log(history.share(0.3)),
                np.log(history.share(0.1)),
                np.log(price),
                np.log(_price_now(receipts, history, price)),
                np.log(history.repeat_rate),
            ],
            axis=1,
        )
        customer = _of_customers(receipts, history, baskets)
        summed = np.bincount(category, weights=share, minlength=len(labels))
        group_share = summed.astype(np.float64)
        return cls(item, customer, ever, late, group, baskets, share, group_share, category)

    def row(self, customer: IntArray) -> IntArray:
        """Return the row of each customer; new ones are unknown."""
        last = len(self.baskets) - 1
        return np.where((customer >= 0) & (customer < last), customer, last)

    def columns(self, row: IntArray, item: IntArray) -> FloatArray:
        """Return the columns of cells. Shape ``[cells, 16]``.

        Parameters
        ----------
        row
            Row of the customer, see `row`. Shape ``[cells]``.
        item
            Shape ``[cells]``.
        """
        ever = np.asarray(self.ever[row, item]).ravel()
        late = np.asarray(self.late[row, item]).ravel()
        group = np.asarray(self.group[row, self.category[item]]).ravel()
        return self._put_together(row, item, ever, late, group)

    def table(self, row: IntArray) -> FloatArray:
        """Return the columns of some customers and all items. ``[rows * n, 16]``."""
        n = len(self.share)
        ever, late = self.ever[row].toarray().ravel(), self.late[row].toarray().ravel()
        group = self.group[row].toarray()[:, self.category].ravel()
        items = np.tile(np.arange(n), len(row))
        return self._put_together(np.repeat(row, n), items, ever, late, group)

    def _put_together(
        self,
        row: IntArray,
        item: IntArray,
        ever: FloatArray,
        late: FloatArray,
        group: FloatArray,
    ) -> FloatArray:
        had = (ever > 0).astype(np.float64)
        baskets, share = self.baskets[row], self.share[item]
        of_group = self.group_share[self.category[item]]
        both = np.stack(
            [
                np.log1p(ever),
                had,
                had * (self.item[item, 5] - self.item[:, 5].mean()),
                np.log1p(10.0 * late),
                np.log((ever + 5.0 * share) / (baskets + 5.0) / share),
                np.log((group + 5.0 * of_group) / (baskets + 5.0) / of_group),
            ],
            axis=1,
        )
        return np.concatenate([self.item[item], self.customer[row], both], axis=1)


def _indicator(category: IntArray, groups: int) -> csr_matrix:
    from scipy.sparse import csr_matrix

    n = len(category)
    return csr_matrix((np.ones(n), (np.arange(n), category)), shape=(n, groups))


def _price_now(receipts: Transactions, history: History, price: FloatArray) -> FloatArray:
    """Return the recent mean price over that of all time; 1 where unknown. ``[n]``."""
    known = ~np.isnan(receipts.price) & (receipts.price > 0)
    item, paid = receipts.item[known], np.log(receipts.price[known])
    weight = np.exp(-history.age / 0.1)[receipts.basket_of_line[known]]
    n = receipts.n

    def mean(w: FloatArray) -> FloatArray:
        total = np.bincount(item, weights=w, minlength=n)
        return np.bincount(item, weights=w * paid, minlength=n) / np.maximum(total, 1e-12)

    ratio: FloatArray = np.exp(mean(weight) - mean(np.ones_like(weight)))
    return np.clip(ratio, 0.2, 5.0)


def _of_customers(
    receipts: Transactions, history: History, baskets: FloatArray
) -> FloatArray:
    """Return the customers' columns. Shape ``[people + 1, 4]``."""
    people = len(baskets) - 1
    found = np.zeros((people + 1, CUSTOMER))
    if receipts.customer is None or not people:
        return found
    known = receipts.customer >= 0
    who = receipts.customer[known]
    size = np.diff(receipts.starts)[known].astype(np.float64)
    money = np.nan_to_num(receipts.price) * receipts.quantity
    spend = np.bincount(receipts.basket_of_line, weights=money, minlength=receipts.m)
    many = np.maximum(baskets, 1e-12)
    youngest = np.ones(people + 1)
    np.minimum.at(youngest, who, history.age[known])
    items = np.bincount(who, weights=size, minlength=people + 1) / many
    paid = np.bincount(who, weights=spend[known], minlength=people + 1) / many
    found[:, 0] = np.log1p(baskets)
    found[:, 1] = np.log1p(np.where(baskets > 0, items, 0.0))
    found[:, 2] = youngest
    found[:, 3] = np.log1p(np.maximum(np.where(baskets > 0, paid, 0.0), 0.0))
    return found
