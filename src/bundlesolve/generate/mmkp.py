"""Multiple-choice multidimensional knapsack instances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bundlesolve.generate.kind import Kind, check_range
from bundlesolve.model.amounts import Amounts
from bundlesolve.model.instance import Instance
from bundlesolve.model.rules import Budget, Category


@dataclass(frozen=True)
class Mmkp(Kind):
    """Exactly one item of each class within several resources; always feasible.

    Amounts are uniform in 0..9; a value is the sum of the item's amounts plus a uniform
    0..20; a limit is 4.5 units a class, or what a choice drawn in secret uses where that
    is more. (After Khan, Li, Manning, Akbar, 2002: Solving the knapsack problem for
    adaptive multimedia systems.)

    Parameters
    ----------
    classes
        Number of classes. Default 20.
    items_each
        Items of each class. Default 5.
    resources
        Number of resources. Default 5.
    """

    name: ClassVar[str] = "mmkp"
    summary: ClassVar[str] = "multiple-choice multidimensional knapsack"

    classes: int = 20
    items_each: int = 5
    resources: int = 5

    def __post_init__(self) -> None:
        check_range("classes", self.classes, 1, 10_000)
        check_range("items_each", self.items_each, 1, 1_000)
        check_range("resources", self.resources, 1, 100)

    def draw(self, rng: np.random.Generator) -> Instance:
        """Draw amounts, values and the secret choice."""
        shape = (self.resources, self.classes, self.items_each)
        amounts = rng.integers(0, 10, shape)
        values = amounts.sum(axis=0) + rng.integers(0, 21, shape[1:])
        choice = rng.integers(0, self.items_each, self.classes)
        used = amounts[:, np.arange(self.classes), choice].sum(axis=1)
        limits = np.maximum(used, 9 * self.classes // 2)
        return Instance(
            items=tuple(
                f"{c + 1}.{i + 1}"
                for c in range(self.classes)
                for i in range(self.items_each)
            ),
            utility=values.reshape(-1),
            budgets=tuple(
                Budget(
                    name=f"resource {r + 1}",
                    per_item=Amounts.dense(amounts[r].reshape(-1)),
                    at_most=int(limits[r]),
                )
                for r in range(self.resources)
            ),
            categories=tuple(
                Category(
                    name=f"class {c + 1}",
                    items=np.arange(c * self.items_each, (c + 1) * self.items_each),
                    at_least=1,
                    at_most=1,
                )
                for c in range(self.classes)
            ),
        )
