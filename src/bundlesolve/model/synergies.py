"""Pair worths: what two items are worth together, beyond what each is worth alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from bundlesolve.errors import InvalidInstance
from bundlesolve.model.frozen import Frozen, IntArray, integers


@dataclass(frozen=True, eq=False)
class Synergies(Frozen):
    """Sparse pair worths of any sign, each unordered pair once.

    Parameters
    ----------
    first, second
        Item numbers with ``first < second``, sorted by ``(first, second)``. Shape ``[p]``.
    worth
        Worth of the pair, earned once per bundle that holds both. Shape ``[p]``.
    """

    first: IntArray = field(default_factory=lambda: integers([]))
    second: IntArray = field(default_factory=lambda: integers([]))
    worth: IntArray = field(default_factory=lambda: integers([]))

    def __post_init__(self) -> None:
        for name in ("first", "second", "worth"):
            array = integers(getattr(self, name), "$.synergies")
            object.__setattr__(self, name, array)
        sizes = {len(self.first), len(self.second), len(self.worth)}
        if len(sizes) != 1:
            raise InvalidInstance("three columns of one length", sizes, "$.synergies")
        wrong = np.flatnonzero(self.first >= self.second)
        if len(wrong):
            i, j = int(self.first[wrong[0]]), int(self.second[wrong[0]])
            raise InvalidInstance("first < second", f"pair ({i}, {j})", "$.synergies")
        before, after = self.first[:-1], self.first[1:]
        late = (after < before) | (
            (after == before) & (self.second[1:] <= self.second[:-1])
        )
        if np.any(late):
            p = int(np.flatnonzero(late)[0]) + 1
            pair = f"pair ({int(self.first[p])}, {int(self.second[p])}) at row {p}"
            raise InvalidInstance("pairs sorted, each once", pair, "$.synergies")

    @classmethod
    def of(cls, pairs: Mapping[tuple[int, int], int]) -> Synergies:
        """Make synergies from a mapping of pair to worth, pairs in either order."""
        keys = list(pairs)
        return cls.from_columns(
            [k[0] for k in keys], [k[1] for k in keys], [pairs[k] for k in keys]
        )

    @classmethod
    def from_columns(cls, a: ArrayLike, b: ArrayLike, worth: ArrayLike) -> Synergies:
        """Make synergies from unsorted columns; each pair may stand in either order.

        Raises
        ------
        InvalidInstance
            If an item is paired with itself or a pair stands twice (also mirrored).
        """
        a, b = integers(a, "$.synergies"), integers(b, "$.synergies")
        worths = integers(worth, "$.synergies")
        if not len(a) == len(b) == len(worths):
            found = f"{len(a)}, {len(b)}, {len(worths)}"
            raise InvalidInstance("three columns of one length", found, "$.synergies")
        same = np.flatnonzero(a == b)
        if len(same):
            row = int(same[0])
            found = f"item {int(a[row])} with itself"
            raise InvalidInstance("two different items", found, f"$.synergies[{row}]")
        low, high = np.minimum(a, b), np.maximum(a, b)
        order = _order(low, high)
        low, high = low[order], high[order]
        twin = np.flatnonzero((np.diff(low) == 0) & (np.diff(high) == 0))
        if len(twin):
            row = int(max(order[twin[0]], order[twin[0] + 1]))
            pair = f"pair ({int(a[row])}, {int(b[row])}) again"
            raise InvalidInstance("each pair once", pair, f"$.synergies[{row}]")
        return cls(low, high, worths[order])

    def __len__(self) -> int:
        return len(self.first)

    def check_items(self, n: int) -> None:
        """Raise `InvalidInstance` unless every item number is in ``0..n-1``."""
        if len(self.first) and (self.first.min() < 0 or self.second.max() >= n):
            found = f"{int(self.first.min())}..{int(self.second.max())}"
            raise InvalidInstance(f"item numbers in 0..{n - 1}", found, "$.synergies")


def _order(low: IntArray, high: IntArray) -> IntArray:
    """Return the order by ``(low, high)``; one key sorts faster than two."""
    width = int(high.max(initial=0)) + 1
    if width < 2**31 and low.min(initial=0) >= 0:
        return np.argsort(low * width + high)
    return np.lexsort((high, low))
