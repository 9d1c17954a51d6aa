"""The independent judge: worth and every rule, from the instance, in Python integers.

Shares no code with `compile`, `Program` or any solver, on purpose: what they get wrong
this must see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import singledispatch

import numpy as np
from numpy.typing import NDArray

from bundlesolve.errors import InvalidInstance
from bundlesolve.model.amounts import Amounts
from bundlesolve.model.extra_worths import ExtraWorths
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.instance import Instance
from bundlesolve.model.lazy import Joined, Lazy
from bundlesolve.model.rules import (
    Budget,
    Category,
    Conflict,
    Exclude,
    Include,
    Limit,
    Requires,
    Scope,
)

SCANNED = 64
"""Items of a limit beyond which those that are in are selected first."""


class Row(dict[int, int]):
    """Units of one bundle by item; items that are not in have 0."""

    def __missing__(self, item: int) -> int:
        return 0


@dataclass(frozen=True)
class Units:
    """An answer: what is in each bundle.

    Parameters
    ----------
    rows
        Units by item, zeros left out, one row a bundle.
    used
        True where units are not 0. Shape ``[K, n]``.
    """

    rows: list[Row]
    used: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, bundle: int) -> Row:
        return self.rows[bundle]

    def within(self, items: IntArray, bundle: int) -> IntArray:
        """Return places in ``items`` of those of which a bundle has some."""
        return np.flatnonzero(self.used[bundle][items])


@dataclass(frozen=True)
class Use:
    """How one limit is used by an answer, in the limit's smallest unit.

    Parameters
    ----------
    kind, name
        Which limit (``stock``, ``units`` for the items' own).
    bundle
        Bundle number, or None where all bundles count together.
    used
        The amount used.
    at_least, at_most
        The limits, None where there is none.
    violation
        How far ``used`` lies outside.
    penalty
        Worth lost for it; None for a hard limit.
    """

    kind: str
    name: str
    bundle: int | None
    used: int
    at_least: int | None
    at_most: int | None
    violation: int
    penalty: int | None

    @property
    def slack(self) -> int | None:
        """Distance to the nearer limit; negative when violated."""
        if self.violation:
            return -self.violation
        sides = []
        if self.at_most is not None:
            sides.append(self.at_most - self.used)
        if self.at_least is not None:
            sides.append(self.used - self.at_least)
        return min(sides) if sides else None


@dataclass(frozen=True)
class Verdict:
    """What the judge found.

    Parameters
    ----------
    worth
        Utility and synergy, copies counted.
    penalty
        Worth lost for broken soft limits.
    uses
        Every limit's use, in the instance's order, then stock.
    broken
        What is wrong: uses of hard limits that are violated.
    """

    worth: int
    penalty: int
    uses: Sequence[Use]
    broken: tuple[Use, ...]

    @property
    def objective(self) -> int:
        """Worth minus penalty."""
        return self.worth - self.penalty

    @property
    def feasible(self) -> bool:
        """True when no hard limit is broken."""
        return not self.broken


def check(instance: Instance, units: Sequence[Sequence[int]] | np.ndarray) -> Verdict:
    """Recompute worth and every limit of an answer.

    Parameters
    ----------
    instance
        The problem.
    units
        Units of each item in one copy of each bundle. Shape ``[K, n]``.

    Raises
    ------
    InvalidInstance
        If ``units`` has another shape or holds something else than whole numbers.
    """
    table = _table(instance, units)
    uses = _own_limits(instance, table)
    for limit in instance.limits:
        uses += use(limit, instance, table)
    stock = _stock(instance, table)
    penalty = sum(u.penalty for u in uses if u.penalty is not None)
    broken = [u for u in uses if u.violation and u.penalty is None]
    broken += stock.broken()
    told: Sequence[Use] = Joined((tuple(uses), stock)) if len(stock) else tuple(uses)
    return Verdict(_worth(instance, table), penalty, told, tuple(broken))


def _table(instance: Instance, units: Sequence[Sequence[int]] | np.ndarray) -> Units:
    array = np.asarray(units)
    expected = (instance.num_bundles, instance.n)
    if array.shape != expected or array.dtype.kind not in "iu":
        found = f"shape {array.shape} of {array.dtype}"
        raise InvalidInstance(f"whole numbers of shape {expected}", found, "units")
    rows = []
    for row in array:
        items = np.flatnonzero(row)
        rows.append(Row(zip(items.tolist(), row[items].tolist(), strict=True)))
    return Units(rows, array != 0)


def _worth(instance: Instance, units: Units) -> int:
    extra = ExtraWorths.of(instance.extra_utility, instance.n)
    total = 0
    for k, (bundle, row) in enumerate(zip(instance.bundles, units.rows, strict=True)):
        items = np.array(list(row), dtype=np.int64)
        own = dict(_entries(bundle.utility, units, k))
        one = 0
        utility = instance.utility[items].tolist()
        for (i, amount), first in zip(row.items(), utility, strict=True):
            if amount >= 1:
                one += own.get(i, first)
            if amount >= 2:
                worths = extra.of_item(i)
                listed = worths[: amount - 1]
                one += sum(listed) + worths[-1] * (amount - 1 - len(listed))
        total += bundle.copies * (one + _pairs(instance, row))
    return total


def _pairs(instance: Instance, row: Row) -> int:
    chosen = np.zeros(instance.n, dtype=bool)
    chosen[[i for i, amount in row.items() if amount >= 1]] = True
    pairs = instance.synergies
    # Selecting is left to numpy, adding is not.
    begun = np.flatnonzero(chosen[pairs.first])
    return sum(pairs.worth[begun[chosen[pairs.second[begun]]]].tolist())


def _own_limits(instance: Instance, units: Units) -> list[Use]:
    """Return broken ``0 <= units <= max_units``; what is kept is not listed."""
    uses = []
    for k, row in enumerate(units.rows):
        items = np.array(list(row), dtype=np.int64)
        for i, most in zip(items.tolist(), instance.max_units[items].tolist(), strict=True):
            amount = row[i]
            if not 0 <= amount <= most:
                off = -amount if amount < 0 else amount - most
                name = instance.items[i]
                uses.append(Use("units", name, k, amount, 0, most, off, None))
    return uses


class StockUses(Lazy[Use]):
    """How an answer uses the stock of every item that has one.

    Parameters
    ----------
    names
        Ids of all items.
    stock
        What there is.
    taken
        What all copies of all bundles take, by item, zeros left out.
    """

    __slots__ = ("names", "stock", "taken")

    def __init__(self, names: Sequence[str], stock: Amounts, taken: Row) -> None:
        self.names, self.stock, self.taken = names, stock, taken

    def __len__(self) -> int:
        return len(self.stock)

    def part(self, at: int) -> Use:
        """Return the use of the stock at a place in the list of those that there are."""
        i, there = int(self.stock.items[at]), int(self.stock.values[at])
        taken = self.taken[i]
        off = max(0, taken - there)
        return Use("stock", self.names[i], None, taken, None, there, off, None)

    def broken(self) -> list[Use]:
        """Return what takes more than there is; what takes nothing never does."""
        took = np.isin(self.stock.items, list(self.taken))
        uses = map(self.part, np.flatnonzero(took).tolist())
        return [one for one in uses if one.violation]

    def __reduce__(self) -> tuple[type[StockUses], tuple[Sequence[str], Amounts, Row]]:
        return StockUses, (self.names, self.stock, self.taken)


def _stock(instance: Instance, units: Units) -> StockUses:
    taken = Row()
    for bundle, row in zip(instance.bundles, units.rows, strict=True):
        for i, amount in row.items():
            taken[i] += bundle.copies * amount
    return StockUses(instance.items, instance.stock, taken)


def _judge(
    limit: Limit,
    bundle: int | None,
    used: int,
    sides: tuple[int | None, int | None],
    copies: int,
) -> Use:
    low, high = sides
    off = 0
    if high is not None and used > high:
        off = used - high
    if low is not None and used < low:
        off = low - used
    penalty = None if limit.penalty is None else off * limit.penalty * copies
    return Use(limit.kind, limit.name, bundle, used, low, high, off, penalty)


@singledispatch
def use(limit: Limit, instance: Instance, units: Units) -> list[Use]:
    """Return how an answer uses one limit, one entry for each bundle it is about."""
    raise InvalidInstance("a known kind of limit", type(limit).__name__, limit.place)


def _consumption(budget: Budget, units: Units, k: int) -> int:
    total, row = 0, units[k]
    for i, amount in _entries(budget.per_item, units, k):
        if row[i] >= 1:
            total += amount
    for i, amount in _entries(budget.per_unit, units, k):
        total += amount * row[i]
    return total


def _entries(amounts: Amounts, units: Units, k: int) -> zip[tuple[int, int]]:
    """Return amounts by item; of many only those of items that bundle ``k`` has."""
    items, values = amounts.items, amounts.values
    if len(items) > SCANNED:
        inside = units.within(items, k)
        items, values = items[inside], values[inside]
    return zip(items.tolist(), values.tolist(), strict=True)


@use.register
def _budget(limit: Budget, instance: Instance, units: Units) -> list[Use]:
    sides = (limit.at_least, limit.at_most)
    bundles = limit.applies_to(len(units))
    if limit.scope is Scope.TOTAL:
        used = 0
        for k in bundles:
            used += instance.bundles[k].copies * _consumption(limit, units, k)
        return [_judge(limit, None, used, sides, 1)]
    return [
        _judge(limit, k, _consumption(limit, units, k), sides, instance.bundles[k].copies)
        for k in bundles
    ]


def _count(
    limit: Limit,
    instance: Instance,
    units: Units,
    items: Sequence[int] | IntArray,
    sides: tuple[int | None, int | None],
) -> list[Use]:
    uses = []
    for k in limit.applies_to(len(units)):
        group, row = np.asarray(items, dtype=np.int64), units[k]
        if len(group) > SCANNED:
            group = group[units.within(group, k)]
        different = sum(1 for i in group.tolist() if row[i] >= 1)
        uses.append(_judge(limit, k, different, sides, instance.bundles[k].copies))
    return uses


@use.register
def _category(limit: Category, instance: Instance, units: Units) -> list[Use]:
    sides = (limit.at_least, limit.at_most)
    return _count(limit, instance, units, limit.items, sides)


@use.register
def _include(limit: Include, instance: Instance, units: Units) -> list[Use]:
    return _count(limit, instance, units, [limit.item], (1, None))


@use.register
def _exclude(limit: Exclude, instance: Instance, units: Units) -> list[Use]:
    return _count(limit, instance, units, [limit.item], (None, 0))


@use.register
def _conflict(limit: Conflict, instance: Instance, units: Units) -> list[Use]:
    return _count(limit, instance, units, limit.items, (None, 1))


@use.register
def _requires(limit: Requires, instance: Instance, units: Units) -> list[Use]:
    uses = []
    for k in limit.applies_to(len(units)):
        missing = int(units[k][limit.item] >= 1 and units[k][limit.needs] < 1)
        copies = instance.bundles[k].copies
        uses.append(_judge(limit, k, missing, (None, 0), copies))
    return uses
