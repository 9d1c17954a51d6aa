"""Quadratic multiple knapsack instances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bundlesolve.generate.draws import item_ids
from bundlesolve.generate.kind import Kind, check_range
from bundlesolve.generate.qkp import profits
from bundlesolve.model.amounts import Amounts
from bundlesolve.model.bundle import Bundle
from bundlesolve.model.instance import Instance
from bundlesolve.model.rules import Budget


@dataclass(frozen=True)
class Qmkp(Kind):
    """Several knapsacks of one capacity; each item goes into at most one of them.

    Profits and weights as in `Qkp`; each knapsack holds 80 % of the sum of weights
    divided by their number, rounded down. (Hiley, Julstrom, 2006: The quadratic multiple
    knapsack problem and three heuristic approaches to it.)

    Parameters
    ----------
    items
        Number of items. Default 100.
    bundles
        Number of knapsacks. Default 3.
    density
        Percentage of profits that are not 0. Default 25.
    """

    name: ClassVar[str] = "qmkp"
    summary: ClassVar[str] = "quadratic multiple knapsack: one unit of each item in all"

    items: int = 100
    bundles: int = 3
    density: int = 25

    def __post_init__(self) -> None:
        check_range("items", self.items, 1, 20_000)
        check_range("bundles", self.bundles, 1, 100)
        check_range("density", self.density, 0, 100)

    def draw(self, rng: np.random.Generator) -> Instance:
        """Draw profits and weights."""
        utility, synergies = profits(rng, self.items, self.density)
        weights = rng.integers(1, 51, self.items)
        capacity = int(weights.sum()) * 8 // (10 * self.bundles)
        everyone = np.arange(self.items)
        return Instance(
            items=item_ids(self.items),
            utility=utility,
            synergies=synergies,
            stock=Amounts(everyone, np.ones(self.items, dtype=np.int64)),
            bundles=tuple(Bundle(f"knapsack {k + 1}") for k in range(self.bundles)),
            budgets=(
                Budget(name="weight", per_item=Amounts.dense(weights), at_most=capacity),
            ),
        )
