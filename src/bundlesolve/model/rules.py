"""Everything that limits a choice: budgets, categories and business rules.

Each is one named limit. Without a ``penalty`` it is hard; with one it may be broken at
that worth per unit of violation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

import numpy as np

from bundlesolve.errors import InvalidInstance
from bundlesolve.model.amounts import Amounts
from bundlesolve.model.frozen import Frozen, IntArray, integers


class Scope(StrEnum):
    """What a budget's limit is about."""

    BUNDLE = "bundle"  #: one copy of each bundle on its own
    TOTAL = "total"  #: all bundles together, counting copies


@dataclass(frozen=True, eq=False, kw_only=True)
class Limit(Frozen):
    """What every limit has.

    Parameters
    ----------
    name
        How the user calls it; unique in an instance.
    penalty
        Worth lost per unit of violation, in the instance's smallest unit of worth and
        the limit's smallest unit. Default None: the limit is hard. A limit on a bundle
        is paid for by every copy of it.
    priority
        Which limit the shop would rather give up: the lowest first. Default None.
    bundles
        Numbers of the bundles it applies to. Default None: all.
    """

    kind: ClassVar[str] = "limit"

    name: str
    penalty: int | None = None
    priority: int | None = None
    bundles: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        if self.penalty is not None and self.penalty < 0:
            raise InvalidInstance("a penalty of 0 or more", self.penalty, self.place)
        if self.bundles is not None:
            chosen = tuple(int(k) for k in self.bundles)
            if not chosen or len(set(chosen)) != len(chosen):
                raise InvalidInstance("different bundles", list(chosen), self.place)
            object.__setattr__(self, "bundles", tuple(sorted(chosen)))

    @property
    def place(self) -> str:
        """Where the limit stands, for errors."""
        return f"$.{self.kind}[{self.name!r}]"

    def check(self, n: int, num_bundles: int) -> None:
        """Raise `InvalidInstance` if the limit names an item or bundle that is not."""
        for i in self.named_items():
            if not 0 <= i < n:
                raise InvalidInstance(f"item numbers in 0..{n - 1}", i, self.place)
        if self.bundles is not None and self.bundles[-1] >= num_bundles:
            expected = f"bundle numbers below {num_bundles}"
            raise InvalidInstance(expected, self.bundles[-1], self.place)

    def named_items(self) -> tuple[int, ...]:
        """Smallest and largest item number the limit names."""
        return ()

    def applies_to(self, num_bundles: int) -> tuple[int, ...]:
        """Numbers of the bundles the limit applies to."""
        return tuple(range(num_bundles)) if self.bundles is None else self.bundles


def _ends(items: IntArray) -> tuple[int, ...]:
    return (int(items.min()), int(items.max())) if len(items) else ()


def _check_sides(limit: Budget | Category) -> None:
    low, high = limit.at_least, limit.at_most
    if low is None and high is None:
        raise InvalidInstance("at_least or at_most", "neither", limit.place)
    if low is not None and high is not None and low > high:
        found = f"at_least {low} > at_most {high}"
        raise InvalidInstance("at_least <= at_most", found, limit.place)


@dataclass(frozen=True, eq=False, kw_only=True)
class Budget(Limit):
    """A limit on a named resource (money, shelf metres, weight).

    An item uses ``per_item`` once if it is in, plus ``per_unit`` for each unit:
    ``sum_i per_item[i] * in[i] + per_unit[i] * units[i]``. Negative amounts supply.

    Parameters
    ----------
    per_item, per_unit
        Amounts of the resource, in its smallest unit. Default: none.
    at_most, at_least
        The limits, same unit; one of them must be given.
    scope
        Each bundle on its own (one copy), or all bundles together counting copies.
    decimals
        The user's unit is ``10**decimals`` smallest units. Default 0.
    """

    kind: ClassVar[str] = "budgets"

    per_item: Amounts = field(default_factory=Amounts)
    per_unit: Amounts = field(default_factory=Amounts)
    at_most: int | None = None
    at_least: int | None = None
    scope: Scope = Scope.BUNDLE
    decimals: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "scope", Scope(self.scope))
        _check_sides(self)
        if not 0 <= self.decimals <= 15:
            raise InvalidInstance("decimals in 0..15", self.decimals, self.place)

    def named_items(self) -> tuple[int, ...]:
        """Smallest and largest item number the budget names."""
        return _ends(self.per_item.items) + _ends(self.per_unit.items)


@dataclass(frozen=True, eq=False, kw_only=True)
class Category(Limit):
    """A limit on how many *different* items of a group are in a bundle.

    Parameters
    ----------
    items
        The group's item numbers. Kept sorted, each once.
    at_most, at_least
        The limits, in items; one of them must be given.
    """

    kind: ClassVar[str] = "categories"

    items: IntArray
    at_most: int | None = None
    at_least: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "items", _group(self.items, self.place))
        _check_sides(self)
        for side in (self.at_least, self.at_most):
            if side is not None and side < 0:
                raise InvalidInstance("a count of 0 or more", side, self.place)

    def named_items(self) -> tuple[int, ...]:
        """Smallest and largest item number of the group."""
        return _ends(self.items)


def _group(items: IntArray, place: str) -> IntArray:
    group = np.sort(integers(items, place))
    twice = np.flatnonzero(np.diff(group) == 0)
    if len(twice):
        raise InvalidInstance("each item once", f"{int(group[twice[0]])} again", place)
    return integers(group, place)


@dataclass(frozen=True, eq=False, kw_only=True)
class ItemRule(Limit):
    """A rule about one item.

    Parameters
    ----------
    item
        Item number.
    """

    kind: ClassVar[str] = "rules"

    item: int

    def named_items(self) -> tuple[int, ...]:
        """Return the item."""
        return (self.item,)


class Include(ItemRule):
    """The item must be in the bundle; one violation if it is not."""


class Exclude(ItemRule):
    """The item must not be in the bundle; one violation if it is."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Conflict(Limit):
    """At most one of the items is in the bundle; every further one is a violation.

    Parameters
    ----------
    items
        Two or more item numbers. Kept sorted.
    """

    kind: ClassVar[str] = "rules"

    items: IntArray

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "items", _group(self.items, self.place))
        if len(self.items) < 2:
            raise InvalidInstance("two or more items", len(self.items), self.place)

    def named_items(self) -> tuple[int, ...]:
        """Smallest and largest item number of the clique."""
        return _ends(self.items)


@dataclass(frozen=True, eq=False, kw_only=True)
class Requires(Limit):
    """The item may be in the bundle only if another one is.

    Parameters
    ----------
    item
        The item that asks.
    needs
        The item it asks for.
    """

    kind: ClassVar[str] = "rules"

    item: int
    needs: int

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.item == self.needs:
            raise InvalidInstance("two different items", self.item, self.place)

    def named_items(self) -> tuple[int, ...]:
        """Return both items."""
        return (self.item, self.needs)


Rule = Include | Exclude | Conflict | Requires
