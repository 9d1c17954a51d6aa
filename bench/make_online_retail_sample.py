"""Make the sample of UCI Online Retail under ``instances/`` from the full data set.

    python bench/make_online_retail_sample.py FULL [--out instances]

``FULL`` is the whole data set as csv or parquet with its own column names (InvoiceNo,
StockCode, Quantity, InvoiceDate, UnitPrice, CustomerID, Country, Description). Written
are ``online-retail-receipts.csv.gz`` and ``online-retail-catalogue.csv``; what is real,
derived and invented in them is told in ``instances/online-retail.md``. The same input
gives the same content.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import gzip
import hashlib
import io
import logging
import re
from collections import Counter, defaultdict
from pathlib import Path
from statistics import median
from typing import Any

from bundlesolve.learn.tables import Table, read_table

log = logging.getLogger("make_online_retail_sample")

COUNTRY = "United Kingdom"
FIRST, END = dt.datetime(2011, 5, 1), dt.datetime(2011, 11, 1)  # noqa: DTZ001 - UCI's have none
MOST_ITEMS = 600
PRODUCT = re.compile(r"\d{5}[A-Z]*")
SEED = "bundlesolve online retail 1"

RECEIPTS = ("InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID")
CATALOGUE = ("item", "text", "category", "price", "cost", "stock", "shelf")

CATEGORIES = (
    ("Christmas", r"CHRISTMAS|XMAS|STOCKING|BAUBLE|SLEIGH|JINGLE|CRACKERS?|ANGELS?"),
    ("Warmers", r"HOT WATER BOTTLE|HAND WARMER|HOTTIE"),
    ("Garden", r"GARDEN|GARDENERS|PLANT|WATERING|HAMMOCK|HERB|SUNFLOWER|SEASIDE|BEACH"),
    ("Candles and lights", r"T-LIGHTS?|CANDLES?|CANDLEHOLDER|LANTERN|LIGHTS?|LED"),
    (
        "Party and cards",
        (
            r"BUNTING|CARDS?|WRAP|BALLOONS?|RIBBONS?|TISSUES|NAPKINS|TAGS|PARTY|GARLAND"
            r"|DOILIES|PAPER CHAIN KIT|PAPER PLATES|PAPER CUPS|COCKTAIL"
        ),
    ),
    (
        "Bags",
        r"(?<!TEA )(?<!PEG )BAG(?! \d)|SHOPPER|PURSE|UMBRELLA|PARASOL|WALLET",
    ),
    (
        "Toys and children",
        (
            r"CHILDRENS?|CHILDREN'S|TOYS?|DOLL|GAME|PLAYHOUSE|DOMINOES|SKITTLES|HARMONICA"
            r"|SPINNING|SKIPPING|GLIDERS|MARBLES|CROQUET|ROUNDERS|BINGO|LADDERS|LIP GLOSS"
            r"|MODELLING|COLOURING|CRAYONS|CHALK"
        ),
    ),
    (
        "Stationery and craft",
        (
            r"PENCILS?|PENS?|NOTEBOOKS?|NOTEPAD|NOTE BOOKS|BOOKS|STATIONERY|FELTCRAFT|FELT"
            r"|SEWING|KNITTING|STAMP|RULER|CALENDAR|ADDRESS BOOK|WRITING SET|PAINT|MEMO"
        ),
    ),
    (
        "Kitchen",
        (
            r"CAKES?|CAKESTAND|BAKING|COOKIE|TEA|TEACUP|TEAPOT|TEATIME|MUG|CUP|PLATE|BOWLS?"
            r"|JUG|JARS?|TINS?|SCALES|APRON|CUTLERY|LUNCH BOX|SNACK BOXES|BREAD BIN|SUGAR"
            r"|RECIPE|BEAKER|COASTERS|PLACEMATS|OVEN|MOULDS|SPOONS|FOOD|POPCORN|KITCHEN"
            r"|CASES|JAM|BOTTLE OPENER|WASHING UP|PANTRY|CRATE|STRAINER|COFFEE"
        ),
    ),
    (
        "Storage and hooks",
        (
            r"BOX|BOXES|CABINET|DRAWER|HOOKS?|BASKET|RACK|HANGER|CHEST|TIDY|HOLDER|PEGS?"
            r"|CONTAINER|SHELF"
        ),
    ),
    (
        "Home decoration",
        (
            r"SIGN|FRAME|CLOCK|DOORMAT|HEARTS?|DECORATIONS?|WICKER|CUSHION|CHALKBOARD"
            r"|ORNAMENT|MIRROR|WALL|DOORSTOP|BLOCK|STAR|HANGING|BIRDCAGE|FOB|MAT|KNOB"
        ),
    ),
)
"""Name of a category and the words of a description that put an article into it; the
first that fits counts. Ours: the data set has no categories."""
OTHER = "Other"


def main() -> None:
    """Read the full data set, write the sample."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("full", help="the full data set, csv or parquet")
    parser.add_argument("--out", default="instances", type=Path)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    for name, content in make(read_table(arguments.full)).items():
        path = arguments.out / name
        packed = gzip.compress(content, mtime=0) if name.endswith(".gz") else content
        path.write_bytes(packed)
        log.info("%s: %d bytes", path, len(packed))


def make(full: Table) -> dict[str, bytes]:
    """Return the content of each file of the sample, not yet compressed.

    Parameters
    ----------
    full
        The full data set.
    """
    rows = _rows(full)
    top = _most_sold(rows)
    # What is no article (postage, fees, adjustments) stays in: receipts have dirt.
    kept = [row for row in rows if row["item"] in top or not PRODUCT.fullmatch(row["item"])]
    return {
        "online-retail-receipts.csv.gz": _csv(RECEIPTS, [_receipt(row) for row in kept]),
        "online-retail-catalogue.csv": _csv(CATALOGUE, _catalogue(kept, top)),
    }


def _rows(full: Table) -> list[dict[str, Any]]:
    """Return the rows of the country and period, in the order of the file."""
    texts = ("InvoiceNo", "StockCode", "CustomerID", "Country", "Description")
    columns: dict[str, list[Any]] = {name: full.texts(name).rows() for name in texts}
    columns["Quantity"] = full.numbers("Quantity").tolist()
    columns["UnitPrice"] = full.numbers("UnitPrice").tolist()
    columns["InvoiceDate"] = full.times("InvoiceDate").tolist()
    rows = []
    for values in zip(*columns.values(), strict=True):
        row = dict(zip(columns, values, strict=True))
        if row["Country"] == COUNTRY and FIRST <= row["InvoiceDate"] < END:
            row["item"] = row["StockCode"].upper()
            rows.append(row)
    return rows


def _sold(row: dict[str, Any]) -> bool:
    whole = not row["InvoiceNo"].startswith("C")
    return bool(whole and row["Quantity"] > 0 and row["UnitPrice"] > 0)


def _most_sold(rows: list[dict[str, Any]]) -> set[str]:
    """Return the articles on most receipts."""
    sold = {(row["item"], row["InvoiceNo"]) for row in rows if _sold(row)}
    count = Counter(item for item, _ in sold if PRODUCT.fullmatch(item))
    return set(sorted(count, key=lambda item: (-count[item], item))[:MOST_ITEMS])


def _receipt(row: dict[str, Any]) -> list[object]:
    customer = row["CustomerID"]
    return [
        row["InvoiceNo"],
        row["StockCode"],
        int(row["Quantity"]),
        row["InvoiceDate"].strftime("%Y-%m-%d %H:%M"),
        row["UnitPrice"],
        "" if customer is None else customer.removesuffix(".0"),
    ]


def _catalogue(rows: list[dict[str, Any]], top: set[str]) -> list[list[object]]:
    texts: dict[str, Counter[str]] = defaultdict(Counter)
    prices, units = defaultdict(list), Counter[str]()
    for row in rows:
        if row["item"] in top and _sold(row):
            if row["Description"] is not None:
                texts[row["item"]][" ".join(row["Description"].split())] += 1
            prices[row["item"]].append(row["UnitPrice"])
            units[row["item"]] += int(row["Quantity"])
    weeks = (END - FIRST).days / 7
    lines: list[list[object]] = []
    for item in sorted(top):
        text = min(texts[item], key=lambda t, c=texts[item]: (-c[t], t))  # type: ignore[misc]
        price = round(median(prices[item]), 2)
        cost, stock, shelf = invented(item, price, units[item] / weeks)
        money = (f"{price:.2f}", f"{cost:.2f}")
        lines.append([item, text, category(text), *money, stock, shelf])
    return lines


def category(text: str) -> str:
    """Return the first category one of whose words is in a description."""
    for name, words in CATEGORIES:
        if re.search(rf"(?<![\w-])(?:{words})(?![\w-])", text.upper()):
            return name
    return OTHER


def invented(item: str, price: float, weekly: float) -> tuple[float, int, int]:
    """Return cost, stock and shelf of an article: made up, in no data set.

    * cost: 35 to 65 % of the price, at least 0.01
    * stock: none for one article in twenty, else one to four weeks' sales in units
    * shelf: 5 to 30 cm of shelf

    Parameters
    ----------
    item
        The numbers depend on it and `SEED` alone, not on the other articles.
    price
        Median price paid.
    weekly
        Units sold a week.
    """
    cost = max(0.01, round(price * (0.35 + 0.30 * _uniform("cost", item)), 2))
    gone = _uniform("gone", item) < 0.05
    stock = 0 if gone else int(weekly * (1 + 3 * _uniform("stock", item)))
    return cost, stock, 5 + int(26 * _uniform("shelf", item))


def _uniform(what: str, item: str) -> float:
    """Return a number in [0, 1) that hangs on the article, not on the order of rows."""
    digest = hashlib.sha256(f"{SEED}/{what}/{item}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def _csv(header: tuple[str, ...], rows: list[list[object]]) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return stream.getvalue().encode()


if __name__ == "__main__":
    main()
