"""The communities of a program: which variables stand in each, and which to try."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

import numpy as np

from bundlesolve.kernels import communities
from bundlesolve.kernels.layout import Layout, pair_worths
from bundlesolve.model.frozen import IntArray

MOST_DENSITY = 0.2
"""Share of all pairs from which on nobody looks for communities."""
LEAST_LINKED = 60
"""Variables in pairs up to which programs are small enough for random moves."""
MOST_PAIRS = 5_000_000
"""Pairs beyond which looking takes too long."""
LEAST_HELD = 0.25
"""Share of what is in that a community holds to tell the kind of a point."""
LEAST_INSIDE = 0.5
"""Share of the positive worth that must be inside communities: random graphs have less."""


class Districts:
    """Communities of the pairs of positive worth (`bundlesolve.kernels.communities`).

    Parameters
    ----------
    layout
        Of the program.
    label
        Community of each variable, -1 for none. Followers are where their leader is.
    """

    MOST_FIRST: ClassVar[int] = 64
    """Communities that are tried at the beginning, those with the most worth inside."""
    MOST_PAIRED: ClassVar[int] = 8
    """The best of these are tried in pairs."""
    MOST_STARTS: ClassVar[int] = 12
    """Of these so many begin a round."""

    def __init__(self, layout: Layout, label: IntArray) -> None:
        self.layout, self.label = layout, label
        self.number = int(label.max()) + 1
        tail = np.repeat(np.arange(len(label)), np.diff(layout.adj_start))
        same = label[tail] == label[layout.adj_var]
        worth = np.where(same, pair_worths(layout), 0)
        self.inside: IntArray = np.zeros(len(label), dtype=np.int64)
        np.add.at(self.inside, tail, worth)
        """Sum of the pairs of each variable inside its community. Shape ``[m]``."""
        known = label >= 0
        promise = np.bincount(label[known], np.maximum(self.inside[known], 0))
        self._order = np.argsort(-promise, kind="stable")
        self._rating: dict[int, int] = {}

    @classmethod
    def of(
        cls, layout: Layout, leaders: IntArray, aside: Callable[[Callable[[], None]], None]
    ) -> Districts | None:
        """Return the communities; None where there are not two of them worth the name.

        What has to be compiled first is handed to ``aside``.
        """
        m, pairs = len(layout.lower), len(layout.adj_var) // 2
        linked = int(np.sum(np.diff(layout.adj_start) > 0))
        if linked < LEAST_LINKED or not 0 < pairs <= MOST_PAIRS:
            return None
        if 2 * pairs > MOST_DENSITY * linked * linked:
            return None
        aside(communities.warm_up)
        label = communities.find_communities(
            layout.adj_start, layout.adj_var, pair_worths(layout)
        )
        led = (leaders >= 0) & (label < 0)
        label[led] = label[leaders[led]]
        tail = np.repeat(np.arange(m), np.diff(layout.adj_start))
        positive = np.maximum(pair_worths(layout), 0).astype(np.float64)
        within = positive[label[tail] == label[layout.adj_var]].sum()
        if label.max() < 1 or within < LEAST_INSIDE * positive.sum():
            return None
        return cls(layout, label)

    def first(self) -> list[int]:
        """Return the communities to begin with."""
        order: list[int] = self._order[: self.MOST_FIRST].tolist()
        return order

    def rated(self, c: int, worth: int) -> None:
        """Remember what was built around a community."""
        self._rating[c] = worth

    def kind_of(self, x: IntArray) -> tuple[int, ...]:
        """Return the communities that hold much of what is in a point."""
        held = self.label[(x > self.layout.lower) & (self.label >= 0)]
        count = np.bincount(held, minlength=1)
        kind: list[int] = np.flatnonzero(count > LEAST_HELD * len(held)).tolist()
        return tuple(kind)

    def best(self) -> list[int]:
        """Return the communities around which the best points were built."""
        order = sorted(self._rating, key=lambda c: (-self._rating[c], c))
        return order[: self.MOST_PAIRED]

    def only(self, inside: Sequence[int], x: IntArray) -> IntArray:
        """Return upper bounds that free some communities, all else as it is in ``x``."""
        return np.where(np.isin(self.label, inside), self.layout.upper, x)

    def without(self, out: IntArray, x: IntArray) -> IntArray:
        """Return upper bounds that keep some communities as they are in ``x``."""
        return np.where(np.isin(self.label, out), x, self.layout.upper)

    def clear(self, x: IntArray, out: IntArray) -> None:
        """Take communities out of a point."""
        gone = np.isin(self.label, out)
        x[gone] = self.layout.lower[gone]

    def exchange(self, x: IntArray, draw: Callable[[int], int]) -> tuple[IntArray, int]:
        """Draw communities to take out of a point, and one to put in.

        The one to put in is the better of two drawn; unknown ones go before known.
        """
        there = np.unique(self.label[(x > self.layout.lower) & (self.label >= 0)])
        count = 1 + draw(max(1, min(3, len(there))))
        picked = [int(there[draw(len(there))]) for _ in range(count)] if len(there) else []
        one, other = draw(self.number), draw(self.number)
        top = max(self._rating.values(), default=0)
        if self._rating.get(other, top) > self._rating.get(one, top):
            one = other
        out = np.array([c for c in picked if c != one], dtype=np.int64)
        return out, one
