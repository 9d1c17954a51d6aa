"""From files to a split from which nothing of the future leaks."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import numpy as np

from bundlesolve.errors import InvalidFile
from bundlesolve.learn.catalogue import Catalogue, read_catalogue
from bundlesolve.learn.cleaning import Cleaning, CleaningRule, clean
from bundlesolve.learn.columns import Columns
from bundlesolve.learn.split import Split, split_by_customer, split_by_time
from bundlesolve.learn.tables import read_table


@dataclass(frozen=True)
class Prepared:
    """A split, the catalogue of its items, and what became of the rows."""

    split: Split
    catalogue: Catalogue
    cleaning: Cleaning


def prepare(
    receipts: str | os.PathLike[str] | Any,
    *,
    catalogue: str | os.PathLike[str] | Any | None = None,
    columns: Columns | None = None,
    cleaning: CleaningRule | None = None,
    by: str = "time",
    valid_from: Any = None,
    test_from: Any = None,
    most_items: int | None = None,
) -> Prepared:
    """Read, clean, split; items, prices and costs are those known from train alone.

    Parameters
    ----------
    receipts, catalogue, columns, cleaning
        As of `learn`.
    by
        ``time`` (default) or ``customer``.
    valid_from, test_from
        As of `split_by_time`.
    most_items
        Only the items in most train baskets. Default: all.

    Raises
    ------
    InvalidFile
        If a file is wrong, or no item of the catalogue was sold.
    InvalidParameter
        If a part of the split would be empty.
    """
    rule = cleaning or CleaningRule()
    columns = columns or Columns()
    table = read_table(receipts, columns.text)
    sales, report = clean(table, columns, rule)
    known = Catalogue((), (), (), {})
    if catalogue is not None:
        known = read_catalogue(catalogue, ignore_case=rule.ignore_case)
        offered = set(known.items)
        listed = np.array([item in offered for item in sales.items])
        if not listed.any():
            raise InvalidFile(table.name, "$", "sales of the catalogue's articles", "none")
        sales = sales.only(listed)
    if by == "customer":
        split = split_by_customer(sales)
    else:
        split = split_by_time(sales, valid_from=valid_from, test_from=test_from)
    split = split.known(rule.least_baskets)
    if most_items is not None and most_items < split.train.n:
        order = np.lexsort((np.arange(split.train.n), -split.train.baskets_with))
        top = np.zeros(split.train.n, dtype=bool)
        top[order[:most_items]] = True
        split = Split(*(part.only(top) for part in (split.train, split.valid, split.test)))
    return Prepared(split, known.completed(split.train), report)
