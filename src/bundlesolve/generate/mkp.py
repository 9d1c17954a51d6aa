"""Multidimensional knapsack instances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bundlesolve.generate.draws import item_ids, share_of
from bundlesolve.generate.kind import Kind, check_range
from bundlesolve.model.amounts import Amounts
from bundlesolve.model.instance import Instance
from bundlesolve.model.rules import Budget


@dataclass(frozen=True)
class Mkp(Kind):
    """A linear knapsack with several resources, profits correlated with use.

    Amounts ``a[r, i]`` are uniform in 0..1000, a limit is ``tightness`` percent of the
    sum of its row, a profit is the mean of ``a[:, i]`` plus a uniform 0..500. (Chu,
    Beasley, 1998: A genetic algorithm for the multidimensional knapsack problem.)

    Parameters
    ----------
    items
        Number of items. Default 100.
    resources
        Number of resources. Default 5.
    tightness
        Percentage of the sum of amounts that is the limit. Default 50.
    """

    name: ClassVar[str] = "mkp"
    summary: ClassVar[str] = "multidimensional knapsack (Chu and Beasley)"

    items: int = 100
    resources: int = 5
    tightness: float = 50

    def __post_init__(self) -> None:
        check_range("items", self.items, 1, 100_000)
        check_range("resources", self.resources, 1, 100)
        check_range("tightness", self.tightness, 0, 100)

    def draw(self, rng: np.random.Generator) -> Instance:
        """Draw amounts and profits."""
        amounts = rng.integers(0, 1001, (self.resources, self.items))
        mean = amounts.sum(axis=0) // self.resources
        return Instance(
            items=item_ids(self.items),
            utility=mean + rng.integers(0, 501, self.items),
            budgets=tuple(
                Budget(
                    name=f"resource {r + 1}",
                    per_item=Amounts.dense(amounts[r]),
                    at_most=share_of(int(amounts[r].sum()), self.tightness),
                )
                for r in range(self.resources)
            ),
        )
