"""The steps of extra units: variables of one worth a unit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bundlesolve.model.extra_worths import ExtraWorths
from bundlesolve.model.frozen import IntArray, hand_over
from bundlesolve.model.instance import Instance
from bundlesolve.model.ladders import Ladders


@dataclass(frozen=True, eq=False)
class Steps:
    """All steps, by cell ``k * n + i`` and most worthy first.

    Parameters
    ----------
    cell
        Cell of each step, ascending. Shape ``[s]``.
    most
        Units of it. Shape ``[s]``.
    worth
        Worth of a unit in all copies of the bundle. Shape ``[s]``.
    """

    cell: IntArray
    most: IntArray
    worth: IntArray

    @cached_property
    def by_cell(self) -> tuple[IntArray, IntArray]:
        """Cells that have steps, ascending, and where each one's start, ``[c + 1]``."""
        first = np.flatnonzero(np.diff(self.cell, prepend=-1))
        return self.cell[first], np.append(first, len(self.cell))

    def ladders(self, shift: int) -> Ladders:
        """Return the ladders of two steps or more; ``shift`` is the first's variable."""
        start = self.by_cell[1]
        length = np.diff(start)
        kept = length > 1
        inner = np.zeros(int(np.count_nonzero(kept)) + 1, dtype=np.int64)
        np.cumsum(length[kept], out=inner[1:])
        var = shift + np.flatnonzero(np.repeat(kept, length))
        return Ladders(hand_over(inner), hand_over(var))


def steps_of(instance: Instance, limits: IntArray) -> Steps:
    """Return the steps of an instance of which ``limits[k, i]`` units fit into a bundle.

    The second unit of item ``i`` is worth its first extra worth, and so on; the last one
    goes on. Equal worths make one step.
    """
    n = instance.n
    cell = np.flatnonzero(limits.ravel() > 1)
    extra = ExtraWorths.of(instance.extra_utility, n)
    # An item without worths has one of 0, which stands behind all others.
    begin = np.full(n, len(extra.worths), dtype=np.int64)
    count = np.ones(n, dtype=np.int64)
    begin[extra.items], count[extra.items] = extra.start[:-1], np.diff(extra.start)
    worths = np.append(extra.worths, 0)
    item = cell % max(n, 1)
    more = limits.ravel()[cell] - 1
    listed = np.minimum(more, count[item])
    # One entry for each listed worth, then neighbours of one worth are put together.
    after = np.cumsum(listed)
    owner = np.repeat(np.arange(len(cell)), listed)
    place = np.arange(len(owner)) - np.repeat(after - listed, listed)
    value = worths[begin[item][owner] + place]
    opens = np.ones(len(owner), dtype=bool)
    opens[1:] = (owner[1:] != owner[:-1]) | (value[1:] != value[:-1])
    first = np.flatnonzero(opens)
    most = np.diff(np.append(first, len(owner)))
    last = np.append(owner[first][1:] != owner[first][:-1], True)[: len(first)]
    most[last] += more - listed
    copies = np.array([bundle.copies for bundle in instance.bundles], dtype=np.int64)
    owner = owner[first]
    return Steps(
        hand_over(cell[owner]),
        hand_over(most),
        hand_over(value[first] * copies[cell[owner] // max(n, 1)]),
    )
