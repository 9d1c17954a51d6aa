"""Quadratic knapsack instances, the classic ones and with a share of the weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bundlesolve.generate.draws import (
    dense_pairs,
    item_ids,
    share_of,
    weight_budget,
)
from bundlesolve.generate.kind import Kind, check_range
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.instance import Instance
from bundlesolve.model.synergies import Synergies


def profits(rng: np.random.Generator, n: int, density: int) -> tuple[IntArray, Synergies]:
    """Draw utilities and synergies: each is 1..100 with probability ``density`` percent."""
    chosen = rng.integers(0, 100, n) < density
    utility = np.where(chosen, rng.integers(1, 101, n), 0)
    first, second = dense_pairs(rng, n, density)
    return utility, Synergies(first, second, rng.integers(1, 101, len(first)))


@dataclass(frozen=True)
class Qkp(Kind):
    """The classic random quadratic knapsack instance.

    Single and pair profits are uniform in 1..100 with probability ``density`` and 0
    otherwise; weights are uniform in 1..50; the capacity is uniform between 50 and the
    sum of weights. (Gallo, Hammer, Simeone, 1980: Quadratic knapsack problems.)

    Parameters
    ----------
    items
        Number of items. Default 100.
    density
        Percentage of profits that are not 0. Default 25.
    """

    name: ClassVar[str] = "qkp"
    summary: ClassVar[str] = "classic random quadratic knapsack (Gallo and others)"

    items: int = 100
    density: int = 25

    def __post_init__(self) -> None:
        check_range("items", self.items, 1, 20_000)
        check_range("density", self.density, 0, 100)

    def draw(self, rng: np.random.Generator) -> Instance:
        """Draw profits, weights, capacity."""
        utility, synergies = profits(rng, self.items, self.density)
        weights = rng.integers(1, 51, self.items)
        total = int(weights.sum())
        capacity = int(rng.integers(min(50, total), total + 1))
        return Instance(
            items=item_ids(self.items),
            utility=utility,
            synergies=synergies,
            budgets=(weight_budget(weights, capacity),),
        )


@dataclass(frozen=True)
class LargeQkp(Kind):
    """A larger quadratic knapsack instance with a share of the weight as budget.

    As `Qkp`, but the capacity is ``share`` percent of the sum of weights, rounded down.
    (Hochbaum, Baumann, Goldschmidt, Zhang, 2025: A fast and effective breakpoints
    heuristic algorithm for the quadratic knapsack problem.)

    Parameters
    ----------
    items
        Number of items. Default 1000.
    density
        Percentage of profits that are not 0. Default 25.
    share
        Percentage of the sum of weights that is the budget. Default 10.
    """

    name: ClassVar[str] = "large_qkp"
    summary: ClassVar[str] = "quadratic knapsack with a share of the weight as budget"

    items: int = 1000
    density: int = 25
    share: float = 10

    def __post_init__(self) -> None:
        check_range("items", self.items, 1, 20_000)
        check_range("density", self.density, 0, 100)
        check_range("share", self.share, 0, 100)

    def draw(self, rng: np.random.Generator) -> Instance:
        """Draw profits and weights."""
        utility, synergies = profits(rng, self.items, self.density)
        weights = rng.integers(1, 51, self.items)
        capacity = share_of(int(weights.sum()), self.share)
        return Instance(
            items=item_ids(self.items),
            utility=utility,
            synergies=synergies,
            budgets=(weight_budget(weights, capacity),),
        )
