"""Receipts as sparse baskets: who bought what, when, how much, at which price."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bundlesolve.learn.tables import FloatArray
from bundlesolve.model.frozen import Frozen, IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


@dataclass(frozen=True, eq=False)
class Transactions(Frozen):
    """Baskets in compressed rows: those of basket ``b`` are ``starts[b]:starts[b + 1]``.

    Parameters
    ----------
    items
        Item ids, ascending. ``n`` of them.
    baskets
        Receipt numbers, ascending. ``m`` of them; one may hold none of the items.
    starts
        Where each basket's lines begin. Shape ``[m + 1]``.
    item
        Item number of each line; ascending, each once in a basket. Shape ``[lines]``.
    quantity
        Units of the line, above 0. Shape ``[lines]``.
    price
        Money paid for one unit; NaN where unknown. Shape ``[lines]``.
    customer
        Number of each basket's customer, -1 where unknown. Shape ``[m]``. None: the
        receipts do not tell.
    time
        When each basket was bought. Shape ``[m]``. None: the receipts do not tell.
    promotion
        1 for each line sold in a promotion, else 0. Shape ``[lines]``. None: the
        receipts do not tell.
    """

    items: tuple[str, ...]
    baskets: tuple[str, ...]
    starts: IntArray
    item: IntArray
    quantity: FloatArray
    price: FloatArray
    customer: IntArray | None = None
    time: NDArray[Any] | None = None
    promotion: FloatArray | None = None

    def __post_init__(self) -> None:
        arrays = ("starts", "item", "quantity", "price", "customer", "time", "promotion")
        for name in arrays:
            array = getattr(self, name)
            if array is not None:
                array = np.array(array)
                array.setflags(write=False)
                object.__setattr__(self, name, array)

    @property
    def n(self) -> int:
        """Number of items."""
        return len(self.items)

    @property
    def m(self) -> int:
        """Number of baskets."""
        return len(self.baskets)

    @cached_property
    def basket_of_line(self) -> IntArray:
        """Basket number of each line. Shape ``[lines]``."""
        return np.repeat(np.arange(self.m), np.diff(self.starts))

    @cached_property
    def baskets_with(self) -> IntArray:
        """Number of baskets that hold each item. Shape ``[n]``."""
        return np.bincount(self.item, minlength=self.n)

    @cached_property
    def units(self) -> FloatArray:
        """Units sold of each item. Shape ``[n]``."""
        units = np.bincount(self.item, weights=self.quantity, minlength=self.n)
        return units.astype(np.float64)

    @cached_property
    def purchase_share(self) -> FloatArray:
        """Share of the baskets that hold each item, ``p_i``. Shape ``[n]``."""
        return self.baskets_with / max(self.m, 1)

    @cached_property
    def median_price(self) -> FloatArray:
        """Median over an item's lines of the price paid; NaN if never known. ``[n]``."""
        known = ~np.isnan(self.price)
        item, price = self.item[known], self.price[known]
        order = np.lexsort((price, item))
        price = price[order]
        count = np.bincount(item, minlength=self.n)
        start = np.concatenate(([0], np.cumsum(count)))[:-1]
        median = np.full(self.n, np.nan)
        some = count > 0
        low = price[(start + (count - 1) // 2)[some]]
        high = price[(start + count // 2)[some]]
        median[some] = (low + high) / 2
        return median

    def matrix(self) -> csr_matrix:
        """Return the basket matrix: 1 where a basket holds an item. Shape ``[m, n]``."""
        from scipy.sparse import csr_matrix

        ones = np.ones(len(self.item))
        return csr_matrix((ones, self.item, self.starts), shape=(self.m, self.n))

    def only(self, items: NDArray[np.bool_]) -> Transactions:
        """Return the transactions of some items; every basket stays, even if empty.

        Baskets stay because shares and correlations are taken over all of them.

        Parameters
        ----------
        items
            True for each item that stays. Shape ``[n]``.
        """
        number = np.cumsum(items) - 1
        lines = items[self.item]
        kept = np.bincount(self.basket_of_line[lines], minlength=self.m)
        return self.replace(
            items=tuple(item for item, yes in zip(self.items, items, strict=True) if yes),
            starts=np.concatenate(([0], np.cumsum(kept))),
            item=number[self.item[lines]],
            quantity=self.quantity[lines],
            price=self.price[lines],
            promotion=None if self.promotion is None else self.promotion[lines],
        )

    def some(self, baskets: NDArray[np.bool_]) -> Transactions:
        """Return some of the baskets, of the same items.

        Parameters
        ----------
        baskets
            True for each basket that stays. Shape ``[m]``.
        """
        lines = baskets[self.basket_of_line]
        sizes = np.diff(self.starts)[baskets]
        number = np.flatnonzero(baskets)
        return self.replace(
            baskets=tuple(self.baskets[b] for b in number.tolist()),
            starts=np.concatenate(([0], np.cumsum(sizes))),
            item=self.item[lines],
            quantity=self.quantity[lines],
            price=self.price[lines],
            customer=None if self.customer is None else self.customer[baskets],
            time=None if self.time is None else self.time[baskets],
            promotion=None if self.promotion is None else self.promotion[lines],
        )
