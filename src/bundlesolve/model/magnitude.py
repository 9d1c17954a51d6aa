"""The one overflow check: worth and every limit's use stay below ``2**53``.

Below that every sum is exact in ``int64`` and in ``float64``, whichever engine adds it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bundlesolve.errors import InvalidInstance
from bundlesolve.model.extra_worths import ExtraWorths
from bundlesolve.model.rules import Budget, Category, Limit, Scope

if TYPE_CHECKING:
    from bundlesolve.model.frozen import IntArray
    from bundlesolve.model.instance import Instance

LARGEST = 2**53
"""Every number an engine may meet is smaller in size than this."""
CHUNK = 1 << 18
"""Numbers that are looked at at a time."""


def absolute_sum(values: IntArray, factors: IntArray | None = None) -> int:
    """Return ``sum |values * factors|`` exactly, as a Python integer."""
    if len(values) > CHUNK:
        # Ten million pairs are not to be held three times over.
        chunks = (slice(at, at + CHUNK) for at in range(0, len(values), CHUNK))
        parts = ((values[c], None if factors is None else factors[c]) for c in chunks)
        return sum(absolute_sum(*part) for part in parts)
    if len(values) == 0:
        return 0
    sizes = np.abs(values.astype(np.float64))
    if factors is not None:
        sizes = sizes * np.abs(factors.astype(np.float64))
    # Far below 2**63 the float estimate proves that int64 arithmetic cannot wrap.
    if float(sizes.sum()) < 2.0**60:
        exact = np.abs(values) if factors is None else np.abs(values * factors)
        return int(exact.sum())
    if factors is None:
        return sum(abs(int(v)) for v in values)
    return sum(abs(int(v) * int(f)) for v, f in zip(values, factors, strict=True))


def check_magnitude(instance: Instance) -> None:
    """Raise `InvalidInstance` if worth or a limit's use could reach ``2**53``."""
    worth = 0
    units = [instance.unit_limits(k) for k in range(instance.num_bundles)]
    pairs = absolute_sum(instance.synergies.worth)
    extra = ExtraWorths.of(instance.extra_utility, instance.n)
    largest = extra.largest
    for bundle, most in zip(instance.bundles, units, strict=True):
        utility = instance.utility.copy()
        utility[bundle.utility.items] = bundle.utility.values
        one = absolute_sum(utility) + pairs
        if len(extra):
            one += absolute_sum(largest, np.maximum(most[extra.items] - 1, 0))
        worth += bundle.copies * one
    for limit in instance.limits:
        worth += _limit(instance, limit, units)
    _stock(instance, units)
    _require(worth, "$ (largest possible worth with penalties)")


def _stock(instance: Instance, units: list[IntArray]) -> None:
    """Check the largest use of each item's stock."""
    items, values = instance.stock.items, instance.stock.values
    if len(items) == 0:
        return
    copies = [bundle.copies for bundle in instance.bundles]
    # In floating point first: far below the limit it cannot be mistaken.
    use = sum(c * most[items].astype(float) for c, most in zip(copies, units, strict=True))
    if float(np.max(use)) < LARGEST / 2 and int(values.max()) < LARGEST:
        return
    for item, stock in zip(items.tolist(), values.tolist(), strict=True):
        exact = sum(c * int(most[item]) for c, most in zip(copies, units, strict=True))
        _require(max(exact, stock), f"$.items[{item}].stock")


def _limit(instance: Instance, limit: Limit, units: list[IntArray]) -> int:
    """Check a limit's largest use; return the largest penalty it can cost."""
    copies = [instance.bundles[k].copies for k in limit.applies_to(len(units))]
    if isinstance(limit, Budget):
        uses = []
        for k in limit.applies_to(len(units)):
            most = units[k]
            use = absolute_sum(limit.per_item.values)
            use += absolute_sum(limit.per_unit.values, most[limit.per_unit.items])
            uses.append(use)
        sides = [abs(s) for s in (limit.at_least, limit.at_most) if s is not None]
        total = sum(c * u for c, u in zip(copies, uses, strict=True))
        if limit.scope is Scope.TOTAL:
            worst = total + max(sides)
            _require(worst, limit.place)
        else:
            worst = total + sum(copies) * max(sides)
            _require(max(uses) + max(sides), limit.place)
        return worst * (limit.penalty or 0)
    if isinstance(limit, Category):
        most_items = len(limit.items) + (limit.at_least or 0) + (limit.at_most or 0)
    else:
        most_items = len(getattr(limit, "items", (0,)))
    _require(most_items, limit.place)
    return most_items * sum(copies) * (limit.penalty or 0)


def _require(size: int, place: str) -> None:
    if size >= LARGEST:
        raise InvalidInstance("a size below 2**53", size, place)
