"""The independent judge: worth and every rule, from the instance, in Python integers.

Shares no code with `compile`, `Program` or any solver, on purpose: what they get wrong
this must see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import singledispatch

import numpy as np

from bundlesolve.errors import InvalidInstance
from bundlesolve.model.amounts import Amounts
from bundlesolve.model.instance import Instance
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

Units = list[list[int]]


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
    uses: tuple[Use, ...]
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
    uses += _stock(instance, table)
    penalty = sum(u.penalty for u in uses if u.penalty is not None)
    broken = tuple(u for u in uses if u.violation and u.penalty is None)
    return Verdict(_worth(instance, table), penalty, tuple(uses), broken)


def _table(instance: Instance, units: Sequence[Sequence[int]] | np.ndarray) -> Units:
    array = np.asarray(units)
    expected = (instance.num_bundles, instance.n)
    if array.shape != expected or array.dtype.kind not in "iu":
        found = f"shape {array.shape} of {array.dtype}"
        raise InvalidInstance(f"whole numbers of shape {expected}", found, "units")
    table: Units = array.tolist()
    return table


def _worth(instance: Instance, units: Units) -> int:
    extra = dict(instance.extra_utility)
    utility = instance.utility.tolist()
    total = 0
    for bundle, row in zip(instance.bundles, units, strict=True):
        own = dict(
            zip(bundle.utility.items.tolist(), bundle.utility.values.tolist(), strict=True)
        )
        one = 0
        for i, amount in enumerate(row):
            if amount >= 1:
                one += own.get(i, utility[i])
            if amount >= 2:
                worths = extra.get(i, (0,))
                listed = worths[: amount - 1]
                one += sum(listed) + worths[-1] * (amount - 1 - len(listed))
        total += bundle.copies * (one + _pairs(instance, row))
    return total


def _pairs(instance: Instance, row: list[int]) -> int:
    chosen = np.array([amount >= 1 for amount in row], dtype=bool)
    pairs = instance.synergies
    # Selecting is left to numpy, adding is not.
    both = chosen[pairs.first] & chosen[pairs.second] if len(pairs) else []
    return sum(pairs.worth[both].tolist()) if len(pairs) else 0


def _own_limits(instance: Instance, units: Units) -> list[Use]:
    """Return broken ``0 <= units <= max_units``; what is kept is not listed."""
    most = instance.max_units.tolist()
    uses = []
    for k, row in enumerate(units):
        for i, amount in enumerate(row):
            if not 0 <= amount <= most[i]:
                off = -amount if amount < 0 else amount - most[i]
                name = instance.items[i]
                uses.append(Use("units", name, k, amount, 0, most[i], off, None))
    return uses


def _stock(instance: Instance, units: Units) -> list[Use]:
    uses = []
    stock = zip(instance.stock.items.tolist(), instance.stock.values.tolist(), strict=True)
    for i, there in stock:
        taken = 0
        for bundle, row in zip(instance.bundles, units, strict=True):
            taken += bundle.copies * row[i]
        off = max(0, taken - there)
        name = instance.items[i]
        uses.append(Use("stock", name, None, taken, None, there, off, None))
    return uses


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


def _consumption(budget: Budget, row: list[int]) -> int:
    total = 0
    for i, amount in _entries(budget.per_item):
        if row[i] >= 1:
            total += amount
    for i, amount in _entries(budget.per_unit):
        total += amount * row[i]
    return total


def _entries(amounts: Amounts) -> zip[tuple[int, int]]:
    return zip(amounts.items.tolist(), amounts.values.tolist(), strict=True)


@use.register
def _budget(limit: Budget, instance: Instance, units: Units) -> list[Use]:
    sides = (limit.at_least, limit.at_most)
    bundles = limit.applies_to(len(units))
    if limit.scope is Scope.TOTAL:
        used = 0
        for k in bundles:
            used += instance.bundles[k].copies * _consumption(limit, units[k])
        return [_judge(limit, None, used, sides, 1)]
    return [
        _judge(limit, k, _consumption(limit, units[k]), sides, instance.bundles[k].copies)
        for k in bundles
    ]


def _count(
    limit: Limit,
    instance: Instance,
    units: Units,
    items: list[int],
    sides: tuple[int | None, int | None],
) -> list[Use]:
    uses = []
    for k in limit.applies_to(len(units)):
        different = sum(1 for i in items if units[k][i] >= 1)
        uses.append(_judge(limit, k, different, sides, instance.bundles[k].copies))
    return uses


@use.register
def _category(limit: Category, instance: Instance, units: Units) -> list[Use]:
    sides = (limit.at_least, limit.at_most)
    return _count(limit, instance, units, limit.items.tolist(), sides)


@use.register
def _include(limit: Include, instance: Instance, units: Units) -> list[Use]:
    return _count(limit, instance, units, [limit.item], (1, None))


@use.register
def _exclude(limit: Exclude, instance: Instance, units: Units) -> list[Use]:
    return _count(limit, instance, units, [limit.item], (None, 0))


@use.register
def _conflict(limit: Conflict, instance: Instance, units: Units) -> list[Use]:
    return _count(limit, instance, units, limit.items.tolist(), (None, 1))


@use.register
def _requires(limit: Requires, instance: Instance, units: Units) -> list[Use]:
    uses = []
    for k in limit.applies_to(len(units)):
        missing = int(units[k][limit.item] >= 1 and units[k][limit.needs] < 1)
        copies = instance.bundles[k].copies
        uses.append(_judge(limit, k, missing, (None, 0), copies))
    return uses
