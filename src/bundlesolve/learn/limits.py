"""From the words of a rules file to the limits of an instance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypedDict

import numpy as np

from bundlesolve.errors import InvalidFile, InvalidInstance
from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.rules_file import BudgetRule, CategoryRule, LimitRule, Rules
from bundlesolve.learn.tables import FloatArray
from bundlesolve.model.amounts import Amounts
from bundlesolve.model.bundle import Bundle
from bundlesolve.model.decimals import digits_after_point, to_integer
from bundlesolve.model.frozen import IntArray, integers
from bundlesolve.model.magnitude import LARGEST
from bundlesolve.model.rules import (
    Budget,
    Category,
    Conflict,
    Exclude,
    Include,
    Requires,
    Rule,
    Scope,
)

MOST_DECIMALS = 6
"""Amounts of a budget are rounded to this many decimals."""
MOST_UNITS = 10**9


class _Common(TypedDict):
    name: str
    penalty: int | None
    priority: int | None
    bundles: tuple[int, ...] | None


@dataclass(frozen=True)
class Limits:
    """Translates the rules of a file for the items of a catalogue.

    Parameters
    ----------
    rules
        What the file says.
    catalogue
        The items of the instance.
    file
        Name of the rules file, for errors.
    decimals
        Decimals of the instance's worth, in which penalties are paid.
    """

    rules: Rules
    catalogue: Catalogue
    file: str
    decimals: int
    number: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        numbers = {item: i for i, item in enumerate(self.catalogue.items)}
        object.__setattr__(self, "number", numbers)

    def bundles(self) -> tuple[Bundle, ...]:
        """Return the bundles to fill."""
        try:
            named = tuple(Bundle(rule.id, rule.copies) for rule in self.rules.bundles)
        except InvalidInstance as error:
            raise self._wrong("$.bundles", error.expected, error.found) from None
        return named or (Bundle(),)

    def stock(self) -> Amounts:
        """Return the stock of the items that have one; parts of a unit do not count."""
        stock = self.catalogue.stock
        known = np.flatnonzero(~np.isnan(stock))
        large = known[stock[known] >= LARGEST]
        if len(large):
            place, found = f"item {self.catalogue.items[large[0]]!r}", stock[large[0]]
            raise InvalidFile(self.catalogue.name, place, "a stock below 2**53", found)
        if not self.rules.use_stock:
            known = known[:0]
        return Amounts(integers(known), integers(np.floor(stock[known]).astype(np.int64)))

    def max_units(self) -> IntArray:
        """Return most units of each item. Shape ``[n]``."""
        if not 0 <= self.rules.max_units <= MOST_UNITS:
            expected = f"a number from 0 to {MOST_UNITS}"
            raise self._wrong("$.max_units", expected, self.rules.max_units)
        return np.full(self.catalogue.n, self.rules.max_units, dtype=np.int64)

    def budgets(self) -> tuple[Budget, ...]:
        """Return the budgets, each at the decimals its numbers need."""
        rules = enumerate(self.rules.budgets)
        return tuple(self._budget(rule, f"$.budgets[{k}]") for k, rule in rules)

    def _budget(self, rule: BudgetRule, place: str) -> Budget:
        columns = self.catalogue.numbers
        if rule.column not in columns:
            raise self._wrong(f"{place}.column", f"one of {sorted(columns)}", rule.column)
        if rule.per not in {"unit", "item"}:
            raise self._wrong(f"{place}.per", "'unit' or 'item'", repr(rule.per))
        if rule.scope not in {scope.value for scope in Scope}:
            raise self._wrong(f"{place}.scope", "'bundle' or 'total'", repr(rule.scope))
        if rule.at_most is None and rule.at_least is None:
            raise self._wrong(place, "at_most or at_least", "neither")
        values = columns[rule.column]
        missing = np.flatnonzero(np.isnan(values))
        if len(missing):
            item = self.catalogue.items[missing[0]]
            expected = f"a {rule.column} for every item in {self.catalogue.name}"
            raise self._wrong(f"{place}.column", expected, f"none for {item!r}")
        sides = [side for side in (rule.at_most, rule.at_least) if side is not None]
        try:
            decimals = _decimals([*values.tolist(), *sides])
            amounts = Amounts.dense(_scaled(values, decimals))
            none = Amounts()
            return Budget(
                **self._common(rule, rule.name or rule.column, place, decimals),
                per_item=amounts if rule.per == "item" else none,
                per_unit=amounts if rule.per == "unit" else none,
                at_most=_side(rule.at_most, decimals, f"{place}.at_most"),
                at_least=_side(rule.at_least, decimals, f"{place}.at_least"),
                scope=Scope(rule.scope),
                decimals=decimals,
            )
        except InvalidInstance as error:
            raise self._wrong(place, error.expected, error.found) from None

    def categories(self) -> tuple[Category, ...]:
        """Return the limits on size and on groups of items."""
        found: list[Category] = []
        size = self.rules.size
        if size is not None:
            everything = np.arange(self.catalogue.n)
            sides = (size.at_least, size.at_most)
            found.append(self._category(size, "size", everything, sides, "$.size"))
        for k, rule in enumerate(self.rules.categories):
            place = f"$.categories[{k}]"
            sides = (rule.at_least, rule.at_most)
            for name, items in self._groups(rule, place):
                found.append(self._category(rule, name, items, sides, place))
        return tuple(found)

    def _groups(self, rule: CategoryRule, place: str) -> list[tuple[str, IntArray]]:
        ways = (rule.category is not None, rule.each, rule.items is not None)
        if sum(ways) != 1:
            raise self._wrong(place, "one of category, each = true and items", sum(ways))
        if rule.items is not None:
            if rule.name is None:
                raise self._wrong(place, "a name for the items", "none")
            return [(rule.name, self._items(rule.items, f"{place}.items"))]
        category = np.array(self.catalogue.category, dtype=object)
        known = sorted({name for name in self.catalogue.category if name})
        if rule.category is not None and rule.category not in known:
            found = repr(rule.category)
            raise self._wrong(f"{place}.category", f"one of {known}", found)
        if rule.each:
            prefix = "" if rule.name is None else f"{rule.name}: "
            return [(prefix + name, np.flatnonzero(category == name)) for name in known]
        name = rule.name or str(rule.category)
        return [(name, np.flatnonzero(category == rule.category))]

    def _category(
        self,
        rule: LimitRule,
        name: str,
        items: IntArray,
        sides: tuple[int | None, int | None],
        place: str,
    ) -> Category:
        common = self._common(rule, name, place, 0)
        try:
            return Category(**common, items=items, at_least=sides[0], at_most=sides[1])
        except InvalidInstance as error:
            raise self._wrong(place, error.expected, error.found) from None

    def others(self) -> tuple[Rule, ...]:
        """Return must-include, must-exclude, conflicts and needs."""
        rules, names = self.rules, self.catalogue.items
        made: list[Rule] = [
            Include(name=f"include {names[i]}", item=i)
            for i in self._items(rules.include, "$.include").tolist()
        ]
        made += [
            Exclude(name=f"exclude {names[i]}", item=i)
            for i in self._items(rules.exclude, "$.exclude").tolist()
        ]
        for k, clique in enumerate(rules.conflicts):
            place = f"$.conflicts[{k}]"
            if len(clique) < 2:
                raise self._wrong(place, "two or more ids", len(clique))
            items = self._items(clique, place)
            made.append(Conflict(name=f"conflict {k + 1}", items=items))
        for k, need in enumerate(rules.requires):
            place = f"$.requires[{k}]"
            item, needs = self._items([need.item, need.needs], place).tolist()
            name = f"{need.item} needs {need.needs}"
            made.append(Requires(name=name, item=item, needs=needs))
        return tuple(made)

    def _items(self, ids: Sequence[str], place: str) -> IntArray:
        seen: set[str] = set()
        for k, item in enumerate(ids):
            if item not in self.number:
                expected = f"one of the {self.catalogue.n} items that were learned"
                raise self._wrong(f"{place}[{k}]", expected, repr(item))
            if item in seen:
                raise self._wrong(f"{place}[{k}]", "each id once", f"{item!r} again")
            seen.add(item)
        return np.array([self.number[item] for item in ids], dtype=np.int64)

    def _common(self, rule: LimitRule, name: str, place: str, decimals: int) -> _Common:
        ids = [bundle.id for bundle in self.bundles()]
        chosen = None
        if rule.bundles is not None:
            for bundle in rule.bundles:
                if bundle not in ids:
                    raise self._wrong(f"{place}.bundles", f"ids of {ids}", repr(bundle))
            chosen = tuple(ids.index(bundle) for bundle in rule.bundles)
        return _Common(
            name=name,
            penalty=self._penalty(rule, place, decimals),
            priority=rule.priority,
            bundles=chosen,
        )

    def _penalty(self, rule: LimitRule, place: str, decimals: int) -> int | None:
        """Return the worth lost per smallest unit of a limit with these decimals."""
        if rule.penalty is None:
            return None
        try:
            whole = to_integer(rule.penalty, self.decimals, f"{place}.penalty")
        except InvalidInstance as error:
            raise self._wrong(f"{place}.penalty", error.expected, error.found) from None
        share, rest = divmod(whole, int(10**decimals))
        if rest or whole < 0:
            expected = f"0 or more, a multiple of {10**decimals} / {10**self.decimals}"
            raise self._wrong(f"{place}.penalty", expected, rule.penalty)
        return share

    def _wrong(self, place: str, expected: str, found: object) -> InvalidFile:
        return InvalidFile(self.file, place, expected, found)


def _decimals(values: list[float]) -> int:
    """Return how many decimals the values need, at most `MOST_DECIMALS`."""
    return min(MOST_DECIMALS, max(digits_after_point(value) for value in set(values)))


def _scaled(values: FloatArray, decimals: int) -> IntArray:
    rounded = [round(value, decimals) for value in values.tolist()]
    return integers([to_integer(value, decimals) for value in rounded])


def _side(value: float | None, decimals: int, place: str) -> int | None:
    return None if value is None else to_integer(value, decimals, place)
