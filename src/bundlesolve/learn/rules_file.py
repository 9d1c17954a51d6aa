"""The rules file: what the shop wants of a bundle, in a small TOML."""

from __future__ import annotations

import os
import re

import msgspec

from bundlesolve.errors import InvalidFile
from bundlesolve.files.source import display_name, read_bytes
from bundlesolve.learn.cleaning import CleaningRule
from bundlesolve.learn.columns import Columns, TextFormat


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the file, whose keys are all known."""


class LimitRule(Strict, frozen=True, kw_only=True):
    """What every limit has.

    Parameters
    ----------
    penalty
        Money lost per unit of violation. Default: the limit is hard.
    priority
        Which limit the shop would rather give up: the lowest first.
    bundles
        Ids of the bundles it applies to. Default: all.
    """

    penalty: int | float | None = None
    priority: int | None = None
    bundles: list[str] | None = None


class BudgetRule(LimitRule, frozen=True, kw_only=True):
    """``[[budgets]]``: a limit on the sum of a column of the catalogue.

    Parameters
    ----------
    column
        Which column: ``price``, ``cost``, ``stock`` or any other of numbers.
    name
        Default: the column.
    at_most, at_least
        In the column's unit.
    per
        ``unit`` (default): every unit takes it; ``item``: an item takes it once.
    scope
        ``bundle`` (default): each bundle on its own; ``total``: all copies together.
    """

    column: str
    name: str | None = None
    at_most: int | float | None = None
    at_least: int | float | None = None
    per: str = "unit"
    scope: str = "bundle"


class CategoryRule(LimitRule, frozen=True, kw_only=True):
    """``[[categories]]``: how many different items of a group.

    Exactly one of ``category``, ``each`` and ``items`` says which group.

    Parameters
    ----------
    category
        A category of the catalogue.
    each
        True: the limit holds for every category of the catalogue.
    items
        Ids of the group's items.
    name
        Default: the category; needed with ``items``.
    at_least, at_most
        In items.
    """

    category: str | None = None
    each: bool = False
    items: list[str] | None = None
    name: str | None = None
    at_least: int | None = None
    at_most: int | None = None


class SizeRule(LimitRule, frozen=True, kw_only=True):
    """``[size]``: how many different items in a bundle."""

    at_least: int | None = None
    at_most: int | None = None


class NeedRule(Strict, frozen=True, kw_only=True):
    """``[[requires]]``: ``item`` only together with ``needs``."""

    item: str
    needs: str


class BundleRule(Strict, frozen=True, kw_only=True):
    """``[[bundles]]``: a bundle to fill, in so many copies."""

    id: str
    copies: int = 1


class ReceiptsRule(Strict, frozen=True, kw_only=True):
    """``[receipts]``: names of columns, and which rows are sales.

    See `Columns`, `TextFormat` and `CleaningRule`, whose words these are.
    """

    basket: str = "basket"
    item: str = "item"
    quantity: str = "quantity"
    price: str = "price"
    time: str = "time"
    customer: str = "customer"
    promotion: str | None = None
    separator: str = ","
    encoding: str = "utf8"
    decimal: str = "."
    time_format: str | None = None
    cancelled: str | None = None
    products: str | None = None
    ignore_case: bool = False
    least_baskets: int = 10
    most_items: int | None = None

    def columns(self) -> Columns:
        """Return the names of the columns."""
        text = TextFormat(
            separator=self.separator,
            encoding=self.encoding,
            decimal=self.decimal,
            time_format=self.time_format,
        )
        return Columns(
            basket=self.basket,
            item=self.item,
            quantity=self.quantity,
            price=self.price,
            time=self.time,
            customer=self.customer,
            promotion=self.promotion,
            text=text,
        )

    def cleaning(self) -> CleaningRule:
        """Return which rows are sales."""
        return CleaningRule(
            cancelled=self.cancelled,
            products=self.products,
            ignore_case=self.ignore_case,
            least_baskets=self.least_baskets,
        )


class Rules(Strict, frozen=True, kw_only=True):
    """A whole rules file; every part may be absent.

    Parameters
    ----------
    name
        What the instance is called.
    receipts
        How to read the receipts.
    max_units
        Most units of an item in a bundle. Default 1.
    use_stock
        Whether the catalogue's stock limits the units. Default true.
    size, budgets, categories
        Limits.
    include, exclude
        Ids of items that must, or must not, be in every bundle.
    conflicts
        Lists of ids of which at most one may be in a bundle.
    requires
        Items that need another.
    bundles
        The bundles to fill. Default: one, one copy.
    """

    name: str = ""
    receipts: ReceiptsRule = msgspec.field(default_factory=ReceiptsRule)
    max_units: int = 1
    use_stock: bool = True
    size: SizeRule | None = None
    budgets: list[BudgetRule] = msgspec.field(default_factory=list)
    categories: list[CategoryRule] = msgspec.field(default_factory=list)
    include: list[str] = msgspec.field(default_factory=list)
    exclude: list[str] = msgspec.field(default_factory=list)
    conflicts: list[list[str]] = msgspec.field(default_factory=list)
    requires: list[NeedRule] = msgspec.field(default_factory=list)
    bundles: list[BundleRule] = msgspec.field(default_factory=list)


TABLES: dict[str, type[Strict]] = {
    "$": Rules,
    "$.receipts": ReceiptsRule,
    "$.size": SizeRule,
    "$.budgets": BudgetRule,
    "$.categories": CategoryRule,
    "$.requires": NeedRule,
    "$.bundles": BundleRule,
}
"""Which table stands at which place, whatever its number."""


def read_rules(file: str | os.PathLike[str]) -> Rules:
    """Read a rules file.

    Raises
    ------
    InvalidFile
        If it is no TOML, has a key that is not known, or a value of another type; the
        place is a path such as ``$.budgets[0].column``.
    """
    name = display_name(file)
    data = read_bytes(file)
    try:
        return msgspec.toml.decode(data, type=Rules)
    except msgspec.ValidationError as error:
        raise _translate(name, str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidFile(name, "$", "a TOML file", error) from None


def _translate(name: str, message: str) -> InvalidFile:
    """Turn the decoder's message into ours: where, what was expected, what came."""
    what, _, place = message.partition(" - at `")
    place = place.rstrip("`") or "$"
    unknown = re.match(r"Object contains unknown field `(.*)`", what)
    if unknown:
        known = sorted(TABLES[re.sub(r"\[.*", "", place)].__struct_fields__)
        return InvalidFile(name, place, f"keys out of {known}", f"{unknown[1]!r}")
    missing = re.match(r"Object missing required field `(.*)`", what)
    if missing:
        return InvalidFile(name, place, f"the key {missing[1]!r}", "none")
    expected, _, found = what.replace("`", "").partition(", got ")
    expected = expected.removeprefix("Expected ").removesuffix(" | null")
    return InvalidFile(name, place, expected, found or "another value")
