"""The catalogue: what each article is called, costs, earns, and how many there are."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bundlesolve.errors import InvalidFile
from bundlesolve.learn.columns import TextFormat
from bundlesolve.learn.tables import FloatArray, Table, read_table
from bundlesolve.learn.transactions import Transactions

log = logging.getLogger(__name__)

TEXTS = ("text", "category")
MONEY = ("price", "cost")


@dataclass(frozen=True, eq=False)
class Catalogue:
    """What is known of each article besides its sales.

    Parameters
    ----------
    items
        Article ids. ``n`` of them.
    text
        Description of each; the id where there is none.
    category
        Category of each; empty where there is none.
    numbers
        Columns of numbers by name, each of shape ``[n]``, NaN where missing: ``price``
        and ``cost`` in money, ``stock`` in units, and whatever else the file has, for
        budgets.
    name
        Name of the source, for errors.
    """

    items: tuple[str, ...]
    text: tuple[str, ...]
    category: tuple[str, ...]
    numbers: Mapping[str, FloatArray]
    name: str = "<no catalogue>"

    @property
    def n(self) -> int:
        """Number of items."""
        return len(self.items)

    @property
    def price(self) -> FloatArray:
        """Selling price of each item; NaN where unknown. Shape ``[n]``."""
        return self._number("price")

    @property
    def cost(self) -> FloatArray:
        """Purchase cost of each item; NaN where unknown. Shape ``[n]``."""
        return self._number("cost")

    @property
    def stock(self) -> FloatArray:
        """Units there are of each item; NaN where not limited. Shape ``[n]``."""
        return self._number("stock")

    @property
    def margin(self) -> FloatArray:
        """What one unit earns, ``price - cost``; may be negative. Shape ``[n]``."""
        return self.price - self.cost

    def _number(self, column: str) -> FloatArray:
        missing = np.full(self.n, np.nan)
        return self.numbers.get(column, missing)

    def completed(self, receipts: Transactions) -> Catalogue:
        """Return the catalogue of the sold items alone, no price or cost missing.

        * A missing *price* is the median price paid, rounded to 2 decimals.
        * A missing *cost* is ``price * r`` rounded to 2 decimals, where ``r`` is the
          median of ``cost / price`` over the items that have both. If none has both,
          the cost is 0, so that "margin" means revenue; a warning says so.

        Parameters
        ----------
        receipts
            Their items are looked up; an item that is not in the catalogue gets its id
            for a text and no category.

        Raises
        ------
        InvalidFile
            If an item has neither a price nor a sale whose price is known.
        """
        row = {item: i for i, item in enumerate(self.items)}
        pick = np.array([row.get(item, -1) for item in receipts.items], dtype=np.int64)
        numbers = {}
        for column, values in self.numbers.items():
            numbers[column] = np.append(values, np.nan)[pick]
        text = [*self.text, ""]
        price = numbers.get("price", np.full(receipts.n, np.nan))
        unpriced = np.isnan(price)
        price = np.where(unpriced, np.round(receipts.median_price, 2), price)
        if np.isnan(price).any():
            item = receipts.items[int(np.flatnonzero(np.isnan(price))[0])]
            expected = "a price, here or in the receipts"
            raise InvalidFile(self.name, f"item {item!r}", expected, "none")
        cost = numbers.get("cost", np.full(receipts.n, np.nan))
        uncosted = np.isnan(cost)
        ratio = _median_ratio(cost, price)
        numbers |= {
            "price": price,
            "cost": np.where(uncosted, np.round(price * ratio, 2), cost),
        }
        log.info(
            "%s: %d items, %d prices from receipts, %d costs set to price * %.3f",
            self.name,
            receipts.n,
            int(unpriced.sum()),
            int(uncosted.sum()),
            ratio,
        )
        if uncosted.all():
            log.warning("%s: no costs are known: worth is revenue", self.name)
        return Catalogue(
            items=receipts.items,
            text=tuple(
                text[i] or item for i, item in zip(pick, receipts.items, strict=True)
            ),
            category=tuple([*self.category, ""][i] for i in pick),
            numbers=numbers,
            name=self.name,
        )


NOTHING = Catalogue((), (), (), {})
"""The catalogue of who has none."""


def _median_ratio(cost: FloatArray, price: FloatArray) -> float:
    both = ~np.isnan(cost) & (price > 0)
    return float(np.median(cost[both] / price[both])) if both.any() else 0.0


def read_catalogue(
    source: str | os.PathLike[str] | Any,
    *,
    ignore_case: bool = False,
    text: TextFormat | None = None,
) -> Catalogue:
    """Read a catalogue from a csv or parquet file with one row an article.

    The columns are ``item`` (needed), ``text``, ``category``, ``price``, ``cost``,
    ``stock``; any other column whose cells are all numbers can be budgeted.

    Parameters
    ----------
    source
        Path, ``-`` for standard input, or a table in memory.
    ignore_case
        True: ids are written in capitals, as `CleaningRule` does it. Default False.
    text
        How a csv file writes things.

    Raises
    ------
    InvalidFile
        If a column is absent or of another type, an id is missing or stands twice, or
        a price, cost or stock is negative.
    """
    table = read_table(source, text)
    items = _ids(table, ignore_case=ignore_case)
    columns: dict[str, list[str]] = {}
    for column in TEXTS:
        there = column in table
        rows = table.texts(column).rows() if there else [None] * len(items)
        columns[column] = [row or "" for row in rows]
    numbers = {}
    for column in table.column_names:
        if column in {"item", *TEXTS}:
            continue
        try:
            numbers[column] = table.numbers(column)
        except InvalidFile:
            if column in {*MONEY, "stock"}:
                raise
            continue  # a column of texts that nobody asked for
        negative = np.flatnonzero(numbers[column] < 0)
        if len(negative) and column in {*MONEY, "stock"}:
            found = f"{numbers[column][negative[0]]} for item {items[negative[0]]!r}"
            place = f"column {column!r}"
            raise InvalidFile(table.name, place, "numbers of 0 or more", found)
    text_of, category = (tuple(columns[column]) for column in TEXTS)
    return Catalogue(items, text_of, category, numbers, table.name)


def _ids(table: Table, *, ignore_case: bool) -> tuple[str, ...]:
    items: list[str] = []
    seen: set[str] = set()
    for number, item in enumerate(table.texts("item").rows(), start=1):
        place = f"column 'item', row {number}"
        if item is None:
            raise InvalidFile(table.name, place, "an id", "none")
        items.append(item.upper() if ignore_case else item)
        if items[-1] in seen:
            raise InvalidFile(table.name, place, "each id once", f"{items[-1]!r} again")
        seen.add(items[-1])
    return tuple(items)
