"""What the columns of a receipts file are called and how its text is written."""

from __future__ import annotations

from dataclasses import dataclass, field

from bundlesolve.errors import InvalidParameter

MISSING = ("", "NA", "N/A", "NaN", "nan", "NULL", "null")
"""Cells of a csv file that mean "no value"."""


@dataclass(frozen=True, kw_only=True)
class TextFormat:
    """How a csv file writes things; a parquet file needs only ``time_format``.

    Parameters
    ----------
    separator
        One character between cells. Default ``,``.
    encoding
        Name of the encoding. Default ``utf8``.
    decimal
        The decimal point, ``.`` or ``,``. Default ``.``.
    time_format
        How times are written, in the letters of ``strptime`` (``%m/%d/%Y %H:%M``).
        Default None: ISO 8601, or plain numbers such as week numbers.
    """

    separator: str = ","
    encoding: str = "utf8"
    decimal: str = "."
    time_format: str | None = None

    def __post_init__(self) -> None:
        if len(self.separator) != 1:
            raise InvalidParameter(f"separator: expected one character, {self.separator!r}")
        if self.decimal not in {".", ","}:
            raise InvalidParameter(f"decimal: expected '.' or ',', found {self.decimal!r}")


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Names of the columns of a receipts file, one row an article of a basket.

    ``basket`` and ``item`` must be there. Each of the others may be absent under its
    default name; under a name that was given it must be there; None ignores it.

    Parameters
    ----------
    basket
        Number of the receipt. Default ``basket``.
    item
        Id of the article. Default ``item``.
    quantity
        Units bought. Default ``quantity``; absent: 1 a row.
    price
        Money paid for one unit. Default ``price``; absent: unknown.
    time
        When it was bought. Default ``time``; absent: unknown.
    customer
        Who bought it. Default ``customer``; absent: unknown.
    promotion
        Whether it was sold in a promotion: a number above 0, such as the money off.
        Default None: unknown.
    text
        How cells are written.
    """

    basket: str = "basket"
    item: str = "item"
    quantity: str | None = "quantity"
    price: str | None = "price"
    time: str | None = "time"
    customer: str | None = "customer"
    promotion: str | None = None
    text: TextFormat = field(default_factory=TextFormat)

    def __post_init__(self) -> None:
        names = [
            self.basket,
            self.item,
            self.quantity,
            self.price,
            self.time,
            self.customer,
            self.promotion,
        ]
        given = [name for name in names if name is not None]
        twice = {name for name in given if given.count(name) > 1}
        if twice or "" in given:
            raise InvalidParameter(f"columns: expected different names, found {given}")
