"""Sales, prices and promotions of items by period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundlesolve.learn.features.history import History
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions


@dataclass(frozen=True, eq=False)
class PricePanel:
    """A row an item, a column a period.

    Parameters
    ----------
    count
        Baskets that hold the item. Shape ``[n, t]``.
    active
        From the first period with a sale to the last one. Shape ``[n, t]``.
    offset
        Log of the baskets of the period; -inf outside ``active``. Shape ``[n, t]``.
    log_price
        Of the median price. A period without a known price has that of the nearest
        earlier one with, before the first that of the first; NaN without any. ``[n, t]``.
    promoted
        Share of the sales that were promoted; without sales as above, 0 without any.
        Shape ``[n, t]``.
    """

    count: FloatArray
    active: NDArray[np.bool_]
    offset: FloatArray
    log_price: FloatArray
    promoted: FloatArray

    @property
    def columns(self) -> FloatArray:
        """Log price less the item's mean, promotion, time from -1/2 to 1/2. [n, t, 3]."""
        periods = self.count.shape[1]
        price = np.nan_to_num(self.log_price - self.log_price.mean(1, keepdims=True))
        times = (np.arange(periods) + 0.5) / periods - 0.5
        times = np.broadcast_to(times, self.count.shape)
        return np.stack([price, self.promoted, times], axis=2)

    def level(self, fade: float | None = None) -> tuple[FloatArray, FloatArray]:
        """Return mean log price and promotion over the periods, each ``[n]``.

        Over time and not over sales: among sales the cheap ones are too many.

        Parameters
        ----------
        fade
            Weights fade by 1/e in this share of the span, towards the past. Default
            None: all periods count alike.
        """
        periods = self.count.shape[1]
        weight = np.ones(periods)
        if fade is not None:
            weight = np.exp((np.arange(periods) + 0.5 - periods) / periods / fade)
        weight /= weight.sum()
        return self.log_price @ weight, self.promoted @ weight


def panel_of(receipts: Transactions, periods: int) -> PricePanel:
    """Cut the receipts' span into equal periods.

    Parameters
    ----------
    receipts
        With times and prices. Baskets without a time are left out.
    periods
        How many; 1 or more.
    """
    n, time = receipts.n, receipts.time
    assert time is not None
    known = np.ones(receipts.m, dtype=bool) if time.dtype.kind == "i" else ~np.isnat(time)
    place = ((1.0 - History(receipts).age) * periods).astype(np.int64)
    place = np.where(known, np.clip(place, 0, periods - 1), -1)
    baskets = np.bincount(place[known], minlength=periods).astype(np.float64)
    line = place[receipts.basket_of_line]
    sold = line >= 0
    cell = receipts.item * periods + line
    shape = (n, periods)
    size = n * periods
    count = np.bincount(cell[sold], minlength=size).reshape(shape).astype(np.float64)
    priced = sold & (receipts.price > 0)
    price = np.log(_medians(cell[priced], receipts.price[priced], size)).reshape(shape)
    promoted = np.zeros(shape)
    if receipts.promotion is not None:
        flags = np.bincount(cell[sold], weights=receipts.promotion[sold], minlength=size)
        share = np.full(shape, np.nan)
        np.divide(flags.reshape(shape), count, out=share, where=count > 0)
        promoted = np.nan_to_num(_carried(share))
    seen = count > 0
    active = np.logical_or.accumulate(seen, axis=1)
    active &= np.logical_or.accumulate(seen[:, ::-1], axis=1)[:, ::-1]
    active &= baskets > 0
    with np.errstate(divide="ignore"):
        offset = np.where(active, np.log(baskets), -np.inf)
    return PricePanel(count, active, offset, _carried(price), promoted)


def _medians(cell: NDArray[np.int64], value: FloatArray, size: int) -> FloatArray:
    """Return the median of each cell's values; NaN where it has none. Shape ``[size]``."""
    value = value[np.lexsort((value, cell))]
    count = np.bincount(cell, minlength=size)
    start = np.concatenate(([0], np.cumsum(count)))[:-1]
    some = count > 0
    low = value[(start + (count - 1) // 2)[some]]
    high = value[(start + count // 2)[some]]
    median = np.full(size, np.nan)
    median[some] = (low + high) / 2
    return median


def _carried(table: FloatArray) -> FloatArray:
    """Fill missing cells with the nearest earlier one of the row, else the first."""
    there = ~np.isnan(table)
    number = np.broadcast_to(np.arange(table.shape[1]), table.shape)
    last = np.maximum.accumulate(np.where(there, number, -1), axis=1)
    first = np.where(there.any(1), there.argmax(1), 0)
    source = np.where(last >= 0, last, first[:, None])
    return np.take_along_axis(table, source, axis=1)
