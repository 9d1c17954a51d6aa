"""Instances from pandas tables, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bundlesolve.errors import InvalidInstance
from bundlesolve.model.builder import Builder
from bundlesolve.model.columns import in_units
from bundlesolve.model.decimals import Number, shortened
from bundlesolve.model.frozen import integers
from bundlesolve.model.instance import Instance

if TYPE_CHECKING:
    import pandas as pd

ITEM_COLUMNS = ("id", "label", "utility", "max_units", "extra_utility", "stock")
PAIR_COLUMNS = ("first", "second", "worth")


def from_pandas(
    items: pd.DataFrame,
    synergies: pd.DataFrame | None = None,
    *,
    budgets: Mapping[str, Number] | None = None,
    name: str = "",
    decimals: int | None = None,
    minimise: bool = False,
) -> Instance:
    """Make an instance from a table of items and a table of pairs.

    For more than these (categories, rules, several bundles) see `add_frames`.

    Parameters
    ----------
    items
        One row per item: ``utility``, and optionally ``id`` (else the index is it),
        ``label``, ``max_units``, ``extra_utility``, ``stock``. Empty cells are as if
        not given; ids are turned to text; other columns are left alone.
    synergies
        One row per pair: ``first``, ``second`` (ids) and ``worth``. Default: none.
    budgets
        Columns of ``items`` with what each unit uses, and the most of it per bundle,
        such as ``{"price": 20}``. Default: none.
    name, decimals, minimise
        As for `Builder`.

    Raises
    ------
    InvalidInstance
        If a column is missing, an id is unknown, or a number does not fit.
    """
    builder = Builder(name, decimals, minimise=minimise)
    return add_frames(builder, items, synergies, budgets=budgets).build()


def add_frames(
    builder: Builder,
    items: pd.DataFrame,
    synergies: pd.DataFrame | None = None,
    *,
    budgets: Mapping[str, Number] | None = None,
) -> Builder:
    """Tell a builder what tables say, and return it; see `from_pandas`."""
    utility = _column(items, "utility", "$.items").tolist()
    ids = list(map(str, items["id"] if "id" in items.columns else items.index))
    given = {
        column: _cells(items[column]) if column in items.columns else [None] * len(ids)
        for column in ("label", "max_units", "extra_utility", "stock")
    }
    for row, identity in enumerate(ids):
        label, units = given["label"][row], given["max_units"][row]
        builder.item(
            identity,
            utility[row],
            label=None if label is None else str(label),
            max_units=1 if units is None else units,
            extra_utility=given["extra_utility"][row],
            stock=given["stock"][row],
        )
    if synergies is not None:
        first, second, worth = (
            _column(synergies, column, "$.synergies") for column in PAIR_COLUMNS
        )
        builder.synergies(map(str, first), map(str, second), worth.to_numpy())
    for budget, most in (budgets or {}).items():
        amounts = zip(ids, _cells(_column(items, budget, "$.items")), strict=True)
        used = {item: amount for item, amount in amounts if amount is not None}
        builder.budget(budget, per_unit=used, at_most=most)
    return builder


def to_pandas(instance: Instance) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the items and the pairs of an instance, in the user's units.

    ``from_pandas(*to_pandas(x), decimals=x.decimals, name=x.name, minimise=x.minimise)``
    equals ``x`` without its limits and bundles, for which tables have no place. What
    each unit uses of a budget is a column of the budget's name (with ``(budget)`` behind
    it where that name is taken).

    Returns
    -------
    items
        ``id``, ``utility``, ``max_units``; ``label``, ``extra_utility`` and ``stock``
        where any item has one; then the budgets.
    synergies
        ``first``, ``second``, ``worth``.
    """
    import pandas as pd

    sign = -1 if instance.minimise else 1
    n, decimals = instance.n, instance.decimals
    columns: dict[str, Any] = {"id": list(instance.items)}
    if instance.labels is not None:
        columns["label"] = list(instance.labels)
    columns["utility"] = in_units(sign * instance.utility, decimals)
    columns["max_units"] = instance.max_units
    if instance.extra_utility:
        extra: list[list[Number] | None] = [None] * n
        for item, worths in instance.extra_utility:
            extra[item] = in_units(sign * integers(worths), decimals)
        columns["extra_utility"] = pd.Series(extra, dtype=object)
    if len(instance.stock):
        stock = pd.Series([None] * n, dtype="Int64")
        stock[instance.stock.items] = instance.stock.values
        columns["stock"] = stock
    for budget in instance.budgets:
        taken = budget.name in columns or budget.name in ITEM_COLUMNS
        used = in_units(budget.per_unit.to_dense(n), budget.decimals)
        columns[f"{budget.name} (budget)" if taken else budget.name] = used
    pairs = instance.synergies
    items = instance.items
    first = [items[i] for i in pairs.first.tolist()]
    second = [items[i] for i in pairs.second.tolist()]
    worth = in_units(sign * pairs.worth, decimals)
    table = dict(zip(PAIR_COLUMNS, (first, second, worth), strict=True))
    return pd.DataFrame(columns), pd.DataFrame(table)


def _column(table: pd.DataFrame, column: str, place: str) -> pd.Series[Any]:
    if column not in table.columns:
        found = shortened(", ".join(map(str, table.columns)))
        raise InvalidInstance(f"a column {column!r}", found, place)
    cells: pd.Series[Any] = table[column]
    return cells


def _cells(column: pd.Series[Any]) -> list[Any]:
    """Return the cells, None for the empty ones."""
    import pandas as pd

    cells = column.tolist()
    return [None if pd.api.types.is_scalar(c) and pd.isna(c) else c for c in cells]
