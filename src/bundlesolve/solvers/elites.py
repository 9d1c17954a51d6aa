"""The best points of a search that are not much the same."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from bundlesolve.model.frozen import IntArray

MOST = 8
"""How many are kept."""
APART = 3
"""Variables in which two of them differ, at least."""


class Elites:
    """Good points, the best first, any two of them some variables apart."""

    def __init__(self) -> None:
        self.worths: list[int] = []
        self.points: list[IntArray] = []

    def __len__(self) -> int:
        return len(self.points)

    def add(self, worth: int, x: IntArray) -> bool:
        """Take a copy of a point in, and tell whether it is one of the best now.

        It has no place beside a better point that is near, and takes that of worse ones.
        """
        if len(self) == MOST and worth <= self.worths[-1]:
            return False
        near = [k for k, y in enumerate(self.points) if np.sum(x != y) < APART]
        if any(self.worths[k] >= worth for k in near):
            return False
        for k in reversed(near):
            del self.worths[k], self.points[k]
        place = sum(known >= worth for known in self.worths)
        self.worths.insert(place, worth)
        self.points.insert(place, x.copy())
        del self.worths[MOST:], self.points[MOST:]
        return True

    def copy(self) -> Elites:
        """Return the same points in lists of their own."""
        other = Elites()
        other.worths, other.points = self.worths.copy(), self.points.copy()
        return other

    @classmethod
    def merged(cls, many: Iterable[Elites]) -> Elites:
        """Return the best of several, as if added one after the other."""
        together = cls()
        for elites in many:
            for worth, x in zip(elites.worths, elites.points, strict=True):
                together.add(worth, x)
        return together
