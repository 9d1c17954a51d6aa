"""How the scripts of this folder read the public receipts.

Not a script: `decisions.py`, `decision_origins.py` and `price_effects.py` share it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from bundlesolve.learn.cleaning import CleaningRule
from bundlesolve.learn.columns import Columns
from bundlesolve.learn.evaluation.prepare import Prepared, prepare

RETAIL_COLUMNS = Columns(
    basket="InvoiceNo",
    item="StockCode",
    quantity="Quantity",
    price="UnitPrice",
    time="InvoiceDate",
    customer="CustomerID",
)
RETAIL_RULE = CleaningRule(cancelled="C.*", products=r"\d{5}[A-Z]*", ignore_case=True)
NOT_SOLD = ["FUEL", "MISCELLANEOUS", "COUPON", "", "KIOSK-GAS"]
"""Departments of The Complete Journey that are no articles."""


@dataclass(frozen=True)
class Window:
    """Which receipts are the past, and which are counted later.

    Parameters
    ----------
    until
        Receipts before this time are learned from.
    later
        From here on they are counted; those between are neither.
    end
        No receipt of this time or later is read. Default None: all.
    least
        Baskets of the past that an item needs.
    """

    until: Any
    later: Any
    end: Any = None
    least: int = 10


PROTOCOL = {
    "online_retail": Window("2011-10-01", "2011-11-01"),
    "complete_journey": Window(41, 45, least=100),
}
"""The split of `bench/learning.py`: validation between, test at the end."""


def retail_file(folder: Path) -> Path:
    """Return the file of UCI Online Retail."""
    return folder / "online_retail" / "online_retail.parquet"


def journey(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return receipts of The Complete Journey, their rows as published, and the goods."""
    rows = pd.read_parquet(folder / "complete_journey" / "transactions.parquet")
    goods = pd.read_parquet(folder / "complete_journey" / "products.parquet")
    department = goods.set_index("product_id").department.astype("object").fillna("")
    sold = ~rows.product_id.map(department).isin(NOT_SOLD)
    rows = rows[sold & (rows.quantity > 0) & (rows.sales_value > 0)]
    receipts = pd.DataFrame(
        {
            "basket": rows.basket_id.astype(str),
            "item": rows.product_id.astype(str),
            "quantity": rows.quantity.astype(float),
            "price": (rows.sales_value / rows.quantity).astype(float),
            "time": rows.week.astype("int64"),
        }
    )
    return receipts, rows, goods


def online_retail(folder: Path, window: Window = PROTOCOL["online_retail"]) -> Prepared:
    """Return a split of UCI Online Retail; validation is what lies between."""
    rows: Any = retail_file(folder)
    if window.end is not None:
        rows = pd.read_parquet(rows)
        rows = rows[pd.to_datetime(rows.InvoiceDate) < pd.Timestamp(window.end)]
    return prepare(
        rows,
        columns=RETAIL_COLUMNS,
        cleaning=replace(RETAIL_RULE, least_baskets=window.least),
        valid_from=window.until,
        test_from=window.later,
    )


def complete_journey(
    folder: Path, window: Window = PROTOCOL["complete_journey"]
) -> Prepared:
    """Return a split of The Complete Journey; validation is what lies between."""
    receipts, rows, goods = journey(folder)
    receipts["customer"] = rows.household_id.astype(str)
    if window.end is not None:
        receipts = receipts[receipts.time < window.end]
    catalogue = pd.DataFrame(
        {
            "item": goods.product_id.astype(str),
            "category": goods.product_category.astype("object").fillna("").astype(str),
        }
    )
    return prepare(
        receipts,
        catalogue=catalogue,
        cleaning=CleaningRule(least_baskets=window.least),
        valid_from=window.until,
        test_from=window.later,
    )


SETS: dict[str, Callable[..., Prepared]] = {
    "online_retail": online_retail,
    "complete_journey": complete_journey,
}
