"""Quadratic knapsack instances with pairs that exclude each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bundlesolve.generate.draws import dense_pairs, item_ids, weight_budget
from bundlesolve.generate.kind import Kind, check_range
from bundlesolve.generate.qkp import profits
from bundlesolve.model.frozen import integers
from bundlesolve.model.instance import Instance
from bundlesolve.model.rules import Conflict


@dataclass(frozen=True)
class Conflicts(Kind):
    """A quadratic knapsack whose items partly exclude each other.

    Profits and weights as in `Qkp`; each pair is a conflict with a probability of
    ``conflict_density`` percent; the capacity is uniform between 50 and the sum of
    weights. The densities of the public instances `1qkpcg1` to `9qkpcg5` lie in 4..16.

    Parameters
    ----------
    items
        Number of items. Default 100.
    density
        Percentage of profits that are not 0. Default 50.
    conflict_density
        Percentage of pairs that are conflicts. Default 4.
    """

    name: ClassVar[str] = "conflicts"
    summary: ClassVar[str] = "quadratic knapsack with conflicting pairs"

    items: int = 100
    density: int = 50
    conflict_density: int = 4

    def __post_init__(self) -> None:
        check_range("items", self.items, 1, 2_000)
        check_range("density", self.density, 0, 100)
        check_range("conflict_density", self.conflict_density, 0, 100)

    def draw(self, rng: np.random.Generator) -> Instance:
        """Draw profits, weights, capacity, conflicts."""
        utility, synergies = profits(rng, self.items, self.density)
        weights = rng.integers(1, 51, self.items)
        total = int(weights.sum())
        capacity = int(rng.integers(min(50, total), total + 1))
        first, second = dense_pairs(rng, self.items, self.conflict_density)
        pairs = zip(first.tolist(), second.tolist(), strict=True)
        return Instance(
            items=item_ids(self.items),
            utility=utility,
            synergies=synergies,
            budgets=(weight_budget(weights, capacity),),
            rules=tuple(
                Conflict(name=f"conflict {i + 1}-{j + 1}", items=integers([i, j]))
                for i, j in pairs
            ),
        )
