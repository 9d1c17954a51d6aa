"""Which pair or item a node of the tree of set packing is split at."""

from __future__ import annotations

import numpy as np

from bundlesolve.kernels.types import Floats
from bundlesolve.solvers.sharing.decisions import Decisions
from bundlesolve.solvers.sharing.master import Master, Packed

PAIRS, ITEMS = 8, 2
"""Pairs and items whose sides are tried on the known sets."""
WHOLE = 1e-6
LARGER = 0.1
"""What the loss of the better side counts beside the worse one's."""


def split(master: Master, packed: Packed, gap: float) -> list[Decisions]:
    """Return the two sides of the most promising split; none where all is whole.

    A pair is in one bundle or not, an item is in a bundle of a kind or not. What a side
    loses is estimated over the known sets alone, and more than the gap does not count.

    Parameters
    ----------
    master, packed
        The linear program of the node and its solution.
    gap
        How far the solution is above the best known point.
    """
    best, chosen = -1.0, []
    for sides in _candidates(master, packed):
        lost = [min(gap, packed.value - _value(master, side)) for side in sides]
        merit = min(lost) + LARGER * max(lost)
        if merit > best:
            best, chosen = merit, sides
    return chosen


def _candidates(master: Master, packed: Packed) -> list[list[Decisions]]:
    """Return the sides of the splits that are least decided."""
    stock, now = master.stock, master.decisions
    kinds, n = len(stock.copies), stock.num_items
    if not master.columns:
        return []
    columns, kind = np.array(master.columns, dtype=np.float64), np.array(master.kinds)
    both = (columns.T * packed.weights) @ columns
    found = []
    for i, j in _undecided(np.triu(both, 1), PAIRS):
        found.append([now.join(i, j), now.part(i, j)])
    member = np.zeros((kinds, n))
    np.add.at(member, kind, packed.weights[:, None] * columns)
    for k, i in _undecided(member, ITEMS):
        found.append([now.give(k, i, kinds), now.deny(k, i)])
    return found


def _undecided(share: Floats, most: int) -> list[tuple[int, int]]:
    """Return places of a matrix that are furthest from whole."""
    off = np.abs(share - np.rint(share)).ravel()
    order = np.argsort(-off, kind="stable")[:most]
    width = share.shape[1]
    return [divmod(int(at), width) for at in order if off[at] > WHOLE]


def _value(master: Master, side: Decisions) -> float:
    """Return what the known sets are worth on one side of a split."""
    keep = np.zeros(len(master.columns), dtype=np.bool_)
    columns, kind = np.array(master.columns), np.array(master.kinds)
    for k in range(len(master.stock.copies)):
        at = kind == k
        keep[at] = side.allow(k, columns[at])
    return master.within(keep, side).value
