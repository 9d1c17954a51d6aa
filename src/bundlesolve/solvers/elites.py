"""The best points of a search that are not much the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from bundlesolve.model.frozen import IntArray

MOST = 8
"""How many are kept."""
APART = 3
"""Variables in which two of them differ, at least."""
ALIKE = 2
"""Points of one kind, at most. Otherwise those of one basin soon take all places."""

KindOf = Callable[[IntArray], tuple[int, ...]]


class Elites:
    """Good points, the best first, any two of them some variables apart.

    Parameters
    ----------
    kind_of
        Tells of what kind a point is, of which `ALIKE` are kept. Default: no point is like
        another.
    """

    def __init__(
        self, kind_of: Callable[[IntArray], tuple[int, ...]] | None = None
    ) -> None:
        self.kind_of = kind_of
        self.worths: list[int] = []
        self.points: list[IntArray] = []
        self.kinds: list[tuple[int, ...]] = []

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
        kind: tuple[int, ...] = ()
        if self.kind_of is not None:
            kind = self.kind_of(x)
            alike = [k for k, other in enumerate(self.kinds) if other == kind]
            if len(set(alike) - set(near)) >= ALIKE:
                if self.worths[alike[-1]] >= worth:
                    return False
                near = sorted({*near, alike[-1]})
        for k in reversed(near):
            self._forget(slice(k, k + 1))
        place = sum(known >= worth for known in self.worths)
        self.worths.insert(place, worth)
        self.points.insert(place, x.copy())
        self.kinds.insert(place, kind)
        self._forget(slice(MOST, None))
        return True

    def _forget(self, which: slice) -> None:
        del self.worths[which], self.points[which], self.kinds[which]

    def copy(self) -> Elites:
        """Return the same points in lists of their own."""
        other = Elites(self.kind_of)
        other.worths, other.points = self.worths.copy(), self.points.copy()
        other.kinds = self.kinds.copy()
        return other

    @classmethod
    def merged(cls, many: Sequence[Elites]) -> Elites:
        """Return the best of several, 1 or more, as if added one after the other."""
        together = many[0].copy()
        for elites in many[1:]:
            for worth, x in zip(elites.worths, elites.points, strict=True):
                together.add(worth, x)
        return together
