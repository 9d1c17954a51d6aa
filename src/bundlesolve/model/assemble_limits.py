"""From a draft's limits to the instance's: budgets, categories and rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

import numpy as np

from bundlesolve.errors import InvalidInstance
from bundlesolve.model.decimals import Number, shortened, to_integer
from bundlesolve.model.draft import (
    BudgetDraft,
    CategoryDraft,
    Draft,
    LimitDraft,
    RuleDraft,
    RuleKind,
)
from bundlesolve.model.frozen import IntArray, integers
from bundlesolve.model.ids import Ids
from bundlesolve.model.limit_names import limit_names
from bundlesolve.model.place import at
from bundlesolve.model.rules import (
    Budget,
    Category,
    Conflict,
    Exclude,
    Include,
    Limit,
    Requires,
    Rule,
    Scope,
)
from bundlesolve.model.scale import budget_decimals


@dataclass(frozen=True)
class Limits:
    """The limits of an instance, by kind."""

    budgets: tuple[Budget, ...]
    categories: tuple[Category, ...]
    rules: tuple[Rule, ...]

    def all(self) -> tuple[Limit, ...]:
        """Every limit, in the instance's order."""
        return (*self.budgets, *self.categories, *self.rules)


class Common(TypedDict):
    """What every limit has."""

    name: str
    penalty: int | None
    priority: int | None
    bundles: tuple[int, ...] | None


def assemble_limits(draft: Draft, items: Ids, bundles: Ids, decimals: int) -> Limits:
    """Make the limits that a draft describes; ``decimals`` is the scale of worth."""
    maker = _Maker(items, bundles, decimals, limit_names(draft))
    return Limits(
        tuple(maker.budget(b, f"$.budgets[{r}]") for r, b in enumerate(draft.budgets)),
        tuple(
            maker.category(c, f"$.categories[{r}]") for r, c in enumerate(draft.categories)
        ),
        tuple(maker.rule(rule, f"$.rules[{r}]") for r, rule in enumerate(draft.rules)),
    )


@dataclass(frozen=True)
class _Maker:
    items: Ids
    bundles: Ids
    decimals: int
    names: dict[str, str]

    def common(self, limit: LimitDraft, place: str, penalty_shift: int) -> Common:
        penalty = _scaled(limit.penalty, penalty_shift, f"{place}.penalty")
        if penalty is not None and penalty < 0:
            found = shortened(limit.penalty)
            raise InvalidInstance("a penalty of 0 or more", found, f"{place}.penalty")
        bundles = None
        if limit.bundles is not None:
            bundles = tuple(self.bundles.group(limit.bundles, f"{place}.bundles").tolist())
        return Common(
            name=self.names[place],
            penalty=penalty,
            priority=_scaled(limit.priority, 0, f"{place}.priority"),
            bundles=bundles,
        )

    def budget(self, budget: BudgetDraft, place: str) -> Budget:
        decimals = budget_decimals(budget, place)
        if budget.scope not in [scope.value for scope in Scope]:
            found = shortened(budget.scope)
            raise InvalidInstance("'bundle' or 'total'", found, f"{place}.scope")
        # The user's penalty is worth per unit; inside it is worth per smallest unit.
        common = self.common(budget, place, self.decimals - decimals)
        per_item = self.items.amounts(budget.per_item, decimals, f"{place}.per_item")
        per_unit = self.items.amounts(budget.per_unit, decimals, f"{place}.per_unit")
        at_most = _scaled(budget.at_most, decimals, f"{place}.at_most")
        at_least = _scaled(budget.at_least, decimals, f"{place}.at_least")
        with at(place):
            return Budget(
                per_item=per_item,
                per_unit=per_unit,
                at_most=at_most,
                at_least=at_least,
                scope=Scope(budget.scope),
                decimals=decimals,
                **common,
            )

    def category(self, category: CategoryDraft, place: str) -> Category:
        common = self.common(category, place, self.decimals)
        items = self.members(category, f"{place}.items")
        at_most = _scaled(category.at_most, 0, f"{place}.at_most")
        at_least = _scaled(category.at_least, 0, f"{place}.at_least")
        with at(place):
            return Category(items=items, at_most=at_most, at_least=at_least, **common)

    def members(self, category: CategoryDraft, place: str) -> IntArray:
        if isinstance(category.items, str) and category.items == "*":
            return integers(np.arange(len(self.items)))
        return self.items.group(category.items, place)

    def rule(self, rule: RuleDraft, place: str) -> Rule:
        common = self.common(rule, place, self.decimals)
        inside = f"{place}.{rule.kind.value}"
        if rule.kind is RuleKind.INCLUDE:
            return Include(item=self.items.number(rule.items[0], inside), **common)
        if rule.kind is RuleKind.EXCLUDE:
            return Exclude(item=self.items.number(rule.items[0], inside), **common)
        if rule.kind is RuleKind.REQUIRES:
            item, needs = self.items.group(rule.items, inside).tolist()
            return Requires(item=item, needs=needs, **common)
        clique = self.items.group(rule.items, inside)
        with at(inside):
            return Conflict(items=clique, **common)


def _scaled(value: Number | None, decimals: int, place: str) -> int | None:
    return None if value is None else to_integer(value, decimals, place)
