"""Sparse whole-number amounts by item: prices, weights, stock, changed utilities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from bundlesolve.errors import InvalidInstance
from bundlesolve.model.frozen import Frozen, IntArray, integers


@dataclass(frozen=True, eq=False)
class Amounts(Frozen):
    """A whole number for some of the items; the others have none.

    Parameters
    ----------
    items
        Item numbers, sorted, each once. Shape ``[k]``.
    values
        The amount of each. Shape ``[k]``.
    """

    items: IntArray = field(default_factory=lambda: integers([]))
    values: IntArray = field(default_factory=lambda: integers([]))

    def __post_init__(self) -> None:
        object.__setattr__(self, "items", integers(self.items))
        object.__setattr__(self, "values", integers(self.values))
        if len(self.items) != len(self.values):
            found = f"{len(self.items)} items and {len(self.values)} values"
            raise InvalidInstance("as many values as items", found)
        if np.any(np.diff(self.items) <= 0):
            raise InvalidInstance("item numbers sorted, each once", self.items.tolist())

    @classmethod
    def of(cls, amounts: Mapping[int, int]) -> Amounts:
        """Make amounts from a mapping of item number to value."""
        items = sorted(amounts)
        return cls(integers(items), integers([amounts[i] for i in items]))

    @classmethod
    def dense(cls, values: IntArray) -> Amounts:
        """Make amounts from one value per item, leaving zeros out."""
        values = np.asarray(values)
        items = np.flatnonzero(values)
        return cls(integers(items), integers(values[items]))

    def to_dense(self, n: int) -> IntArray:
        """Return one value per item, 0 where there is none. Shape ``[n]``."""
        dense = np.zeros(n, dtype=np.int64)
        dense[self.items] = self.values
        return dense

    def __len__(self) -> int:
        return len(self.items)

    def check_items(self, n: int, place: str) -> None:
        """Raise `InvalidInstance` unless every item number is in ``0..n-1``."""
        if len(self.items) and (self.items[0] < 0 or self.items[-1] >= n):
            bad = int(self.items[0] if self.items[0] < 0 else self.items[-1])
            raise InvalidInstance(f"item numbers in 0..{n - 1}", bad, place)
