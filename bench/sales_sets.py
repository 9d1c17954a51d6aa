"""How the scripts of this folder read the public receipts.

Not a script: `decisions.py` and `price_effects.py` share it.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from bundlesolve.learn.cleaning import CleaningRule
from bundlesolve.learn.columns import Columns

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
