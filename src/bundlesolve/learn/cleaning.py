"""From the rows of a receipts file to clean baskets, counting what is left out and why."""

from __future__ import annotations

import dataclasses
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bundlesolve.errors import InvalidFile, InvalidParameter
from bundlesolve.learn.columns import Columns
from bundlesolve.learn.tables import FloatArray, Table, Texts
from bundlesolve.learn.transactions import Transactions
from bundlesolve.model.frozen import IntArray

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class CleaningRule:
    """Which rows of a receipts file are sales of articles.

    Parameters
    ----------
    cancelled
        Regular expression that the whole number of a cancelled receipt matches
        (``C.*``). Default None: none is told by its number. Rows whose quantity is 0 or
        less, as returns have it, are never sales.
    products
        Regular expression that the whole id of an article matches; other rows are
        postage, fees and the like. Default None: all are articles.
    ignore_case
        True: ids that differ in case are one article, written in capitals. Default
        False.
    least_baskets
        An article in fewer baskets is left out: too little is known of it. Default 10.
    """

    cancelled: str | None = None
    products: str | None = None
    ignore_case: bool = False
    least_baskets: int = 10

    def __post_init__(self) -> None:
        for name in ("cancelled", "products"):
            pattern = getattr(self, name)
            try:
                re.compile(pattern or "")
            except re.error as error:
                message = f"{name}: expected a regular expression, {pattern!r}: {error}"
                raise InvalidParameter(message) from None
        if self.least_baskets < 1:
            found = self.least_baskets
            raise InvalidParameter(f"least_baskets: expected 1 or more, found {found}")


@dataclass(frozen=True, kw_only=True)
class Cleaning:
    """What became of the rows of a receipts file; each left out for the first reason.

    Parameters
    ----------
    rows
        Rows read.
    duplicates
        Left out: equal to an earlier row in every column of the file.
    missing_ids
        Left out: without receipt number or article id.
    cancelled
        Left out: the receipt was cancelled, by its number.
    not_products
        Left out: the id is not that of an article.
    bad_quantity
        Left out: quantity missing, or 0 or less.
    bad_price
        Left out: price 0 or less.
    merged
        Rows added to another of the same article on the same receipt.
    unknown_prices
        Kept rows whose price is missing: the sale counts, the price does not.
    unknown_customers
        Baskets whose customer is missing (0 if the receipts have no customers).
    lines, baskets, items
        What is left: lines (one article on one receipt), receipts, articles.
    not_in_catalogue, rare_items, beyond_most
        Articles left out afterwards: not in the catalogue; in too few baskets; beyond
        the most sold ones asked for.
    """

    rows: int = 0
    duplicates: int = 0
    missing_ids: int = 0
    cancelled: int = 0
    not_products: int = 0
    bad_quantity: int = 0
    bad_price: int = 0
    merged: int = 0
    unknown_prices: int = 0
    unknown_customers: int = 0
    lines: int = 0
    baskets: int = 0
    items: int = 0
    not_in_catalogue: int = 0
    rare_items: int = 0
    beyond_most: int = 0

    @property
    def removed(self) -> int:
        """Rows left out."""
        return (
            self.duplicates
            + self.missing_ids
            + self.cancelled
            + self.not_products
            + self.bad_quantity
            + self.bad_price
        )

    def as_dict(self) -> dict[str, int]:
        """Return every count by name."""
        return dataclasses.asdict(self)

    def __str__(self) -> str:
        return ", ".join(f"{k.replace('_', ' ')} {v}" for k, v in self.as_dict().items())


def clean(
    table: Table, columns: Columns, rule: CleaningRule
) -> tuple[Transactions, Cleaning]:
    """Return the sales in a table of receipts and a report of what was left out.

    Parameters
    ----------
    table
        One row an article of a basket.
    columns
        Names of its columns.
    rule
        Which rows are sales.

    Raises
    ------
    InvalidFile
        If a column is absent or of another type, or no row is left.
    """
    rows = _Rows.read(table, columns)
    if rule.ignore_case:
        rows.item = _capitals(rows.item)
    reasons: dict[str, Callable[[], NDArray[np.bool_]]] = {
        "duplicates": table.repeated,
        "missing_ids": lambda: (rows.basket.codes < 0) | (rows.item.codes < 0),
        "cancelled": lambda: _matches(rows.basket, rule.cancelled, absent=False),
        "not_products": lambda: ~_matches(rows.item, rule.products, absent=True),
        # Written so that a missing quantity is no sale and a missing price is one.
        "bad_quantity": lambda: ~(rows.quantity > 0),
        "bad_price": lambda: rows.price <= 0,
    }
    left = np.ones(len(table), dtype=bool)
    counts = {"rows": len(table)}
    for reason, find in reasons.items():
        wrong = left & find()
        counts[reason] = int(wrong.sum())
        left &= ~wrong
    if not left.any():
        told = ", ".join(f"{name} {count}" for name, count in counts.items())
        raise InvalidFile(table.name, "$", "at least one sale", f"none ({told})")
    counts["unknown_prices"] = int(np.isnan(rows.price[left]).sum())
    sales = rows.baskets(left)
    counts["merged"] = int(left.sum()) - len(sales.item)
    if sales.customer is not None:
        counts["unknown_customers"] = int((sales.customer < 0).sum())
    counts |= {"lines": len(sales.item), "baskets": sales.m, "items": sales.n}
    report = Cleaning(**counts)
    log.info("%s: %s", table.name, ", ".join(f"{k} {v}" for k, v in counts.items()))
    return sales, report


@dataclass
class _Rows:
    """The columns of a receipts file."""

    basket: Texts
    item: Texts
    quantity: FloatArray
    price: FloatArray
    customer: Texts | None
    time: NDArray[Any] | None
    promotion: FloatArray | None

    @classmethod
    def read(cls, table: Table, columns: Columns) -> _Rows:
        usual = Columns()

        def there(role: str) -> str | None:
            name: str | None = getattr(columns, role)
            absent = name is not None and name not in table
            return None if absent and name == getattr(usual, role) else name

        quantity, price = there("quantity"), there("price")
        customer, time = there("customer"), there("time")
        promotion = there("promotion")
        rows = len(table)
        return cls(
            basket=table.texts(columns.basket),
            item=table.texts(columns.item),
            quantity=np.ones(rows) if quantity is None else table.numbers(quantity),
            price=np.full(rows, np.nan) if price is None else table.numbers(price),
            customer=None if customer is None else table.texts(customer),
            time=None if time is None else table.times(time),
            promotion=None if promotion is None else table.numbers(promotion),
        )

    def baskets(self, left: NDArray[np.bool_]) -> Transactions:
        """Return the rows that are left as baskets, one line an article."""
        basket, baskets = _sorted_codes(self.basket, left)
        item, items = _sorted_codes(self.item, left)
        quantity, price = self.quantity[left], self.price[left]
        key, line = np.unique(basket * len(items) + item, return_inverse=True)
        known = ~np.isnan(price)
        lines = len(key)
        paid = np.where(known, quantity * price, 0.0)
        priced = np.bincount(line, weights=quantity * known, minlength=lines)
        money = np.bincount(line, weights=paid, minlength=lines)
        mean = np.full(lines, np.nan)
        np.divide(money, priced, out=mean, where=priced > 0)
        # A line of one row keeps its price to the last bit.
        rows_of_line = np.bincount(line, minlength=lines)
        mean[line[rows_of_line[line] == 1]] = price[rows_of_line[line] == 1]
        sizes = np.bincount(key // len(items), minlength=len(baskets))
        customer = time = promotion = None
        if self.promotion is not None:
            promotion = np.zeros(lines)  # a missing one is none
            np.maximum.at(promotion, line, self.promotion[left] > 0)
        if self.customer is not None:
            customer = np.full(len(baskets), -1, dtype=np.int64)
            np.maximum.at(customer, basket, self.customer.codes[left])
        if self.time is not None:
            sold = self.time[left]
            time = sold[np.unique(basket, return_index=True)[1]]
            np.fmin.at(time, basket, sold)  # passes over what is no time
        return Transactions(
            items=items,
            baskets=baskets,
            starts=np.concatenate(([0], np.cumsum(sizes))),
            item=key % len(items),
            quantity=np.bincount(line, weights=quantity, minlength=lines).astype(float),
            price=mean,
            customer=customer,
            time=time,
            promotion=promotion,
        )


def _sorted_codes(
    texts: Texts, left: NDArray[np.bool_]
) -> tuple[IntArray, tuple[str, ...]]:
    """Number the texts of the rows that are left anew, in ascending order."""
    used = np.flatnonzero(np.bincount(texts.codes[left], minlength=len(texts.values)))
    order = sorted(used.tolist(), key=texts.values.__getitem__)
    number = np.full(len(texts.values), -1, dtype=np.int64)
    number[order] = np.arange(len(order))
    return number[texts.codes[left]], tuple(texts.values[code] for code in order)


def _matches(texts: Texts, pattern: str | None, *, absent: bool) -> NDArray[np.bool_]:
    """Tell for each row whether the whole text matches; ``absent`` without a pattern."""
    if pattern is None:
        return np.full(len(texts.codes), absent)
    match = re.compile(pattern).fullmatch
    # The last entry stands for code -1, a missing text.
    yes = np.array([match(text) is not None for text in texts.values] + [False])
    answer: NDArray[np.bool_] = yes[texts.codes]
    return answer


def _capitals(texts: Texts) -> Texts:
    values = sorted({text.upper() for text in texts.values})
    number = {text: code for code, text in enumerate(values)}
    anew = np.array([number[text.upper()] for text in texts.values] + [-1], dtype=np.int64)
    return Texts(anew[texts.codes], values)
