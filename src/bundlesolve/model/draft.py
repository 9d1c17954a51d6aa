"""What a builder has been told so far, in the user's words and unchecked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bundlesolve.model.columns import Column
from bundlesolve.model.decimals import Number

NumberMap = Mapping[str, Number]


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """An item; see `bundlesolve.model.builder.Builder.item`."""

    id: str
    utility: Number = 0
    label: str | None = None
    max_units: int = 1
    extra_utility: Number | Sequence[Number] | None = None
    stock: int | None = None

    def extra(self) -> list[Number]:
        """Worth of the second, third, ... unit; empty where not given."""
        worths = self.extra_utility
        if worths is None:
            return []
        if isinstance(worths, str) or not isinstance(worths, Sequence):
            return [worths]
        return list(worths)


@dataclass(frozen=True, slots=True)
class BundleDraft:
    """A bundle; see `bundlesolve.model.builder.Builder.bundle`."""

    id: str
    copies: int = 1
    utility: NumberMap = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitDraft:
    """What every limit may have."""

    name: str | None = None
    penalty: Number | None = None
    priority: int | None = None
    bundles: Sequence[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetDraft(LimitDraft):
    """A budget; see `bundlesolve.model.builder.Builder.budget`."""

    per_item: NumberMap = field(default_factory=dict)
    per_unit: NumberMap = field(default_factory=dict)
    at_most: Number | None = None
    at_least: Number | None = None
    scope: str = "bundle"
    decimals: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryDraft(LimitDraft):
    """A category; ``items`` is ``"*"`` for every item."""

    items: Sequence[str]
    at_most: int | None = None
    at_least: int | None = None


class RuleKind(StrEnum):
    """The kinds of rule, by the word that states them."""

    INCLUDE = "include"
    EXCLUDE = "exclude"
    CONFLICT = "conflict"
    REQUIRES = "requires"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDraft(LimitDraft):
    """A rule about some items, in the order in which they were named."""

    kind: RuleKind
    items: Sequence[str]


@dataclass(slots=True)
class SynergiesDraft:
    """Pair worths that came together, as three columns."""

    first: Sequence[str]
    second: Sequence[str]
    worth: Column


@dataclass(slots=True)
class Draft:
    """Everything said about an instance."""

    name: str = ""
    decimals: int | None = None
    minimise: bool = False
    items: list[ItemDraft] = field(default_factory=list)
    synergies: list[SynergiesDraft] = field(default_factory=list)
    bundles: list[BundleDraft] = field(default_factory=list)
    budgets: list[BudgetDraft] = field(default_factory=list)
    categories: list[CategoryDraft] = field(default_factory=list)
    rules: list[RuleDraft] = field(default_factory=list)

    def limits(self) -> list[tuple[str, LimitDraft]]:
        """Every limit with its place, in the instance's order."""
        kinds: dict[str, Sequence[LimitDraft]] = {
            "budgets": self.budgets,
            "categories": self.categories,
            "rules": self.rules,
        }
        return [
            (f"$.{kind}[{row}]", limit)
            for kind, drafts in kinds.items()
            for row, limit in enumerate(drafts)
        ]
