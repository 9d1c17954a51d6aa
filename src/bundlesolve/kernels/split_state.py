"""The state of the best-first tree of `bundlesolve.kernels.split_tree`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bundlesolve.kernels.mincut import build
from bundlesolve.kernels.types import Indices, Ints

BEST = 0  #: worth of the best known set
FOUND = 1  #: 1 when ``best_set`` is that set and new
OPEN = 2  #: open nodes
LISTS = 3  #: lists of splits so far
USED = 4  #: places used by them
STEPS = 5  #: cuts made and bounds evaluated
BOUND = 6  #: no set is worth more than this and the best known one
SPARE = 7  #: worth above the best known set that need not be looked for
SCALE = 8  #: of splits and prices
FULL = 9  #: 1 when there is no room for another open node
CUTTINGS = 10  #: nodes whose splits were made anew
NOTES = 11  #: how many places ``notes`` has

NODE_BOUND = 0  #: of an open node: its bound
BASE = 1  #: worth of what is in
ROOM = 2  #: room beside it
CHOICE = 3  #: what to branch on
LIST = 4  #: number of its lists of splits
AGE = 5  #: branchings since they were made
NUMERATOR = 6  #: of the row's multiplier when they were made
DENOMINATOR = 7
ABOUT = 8  #: how many places an open node has in ``about``

MOST_OPEN = 400
MOST_LISTS = 300
MOST_USED = 40
"""Room for lists, times the number of arcs."""
UNLIMITED = 1 << 60
LARGEST = 1 << 61
"""What no product of worths and weights may reach."""
MOST_SCALE = 64


class SplitTree(NamedTuple):
    """The problem and the state of a walk.

    Attributes
    ----------
    start, head, back, pair
        Arcs, see `bundlesolve.kernels.mincut.build`.
    worth, weight
        Of each node. Shape ``[m]``.
    side, gain, price
        Of each open node: 1 for in, -1 for out, 0 for open; worth beside what is in;
        multipliers of the products. Shape ``[MOST_OPEN, m]`` each.
    about
        Of each open node, see ``NODE_BOUND``. Shape ``[MOST_OPEN, ABOUT]``.
    begin, end
        Where lists of splits begin and end. Shape ``[MOST_LISTS, m]`` each.
    partner, split
        The lists, see `bundlesolve.kernels.splits.write_lists`.
    best_set
        The best set found here. Shape ``[m]``.
    notes
        See the constants of this module. Shape ``[NOTES]``.
    """

    start: Ints
    head: Indices
    back: Indices
    pair: Ints
    worth: Ints
    weight: Ints
    side: Ints
    gain: Ints
    price: Ints
    about: Ints
    begin: Ints
    end: Ints
    partner: Ints
    split: Ints
    best_set: Ints
    notes: Ints


class Node(NamedTuple):
    """The node that is looked at: its rows of the tree, and room for its bound."""

    side: Ints
    gain: Ints
    price: Ints
    about: Ints
    reach: Ints
    value: Ints
    x: Ints
    score: Ints


def scale_for(worth: Ints, pair: Ints, weight: Ints, room: int) -> int:
    """Return the scale of splits; 0 where products would leave ``int64``."""
    size = int(np.abs(worth).sum()) + int(pair.sum()) + 1
    reach = 2 * (max(int(weight.sum()), room) + 1)
    return min(MOST_SCALE, LARGEST // (size * reach))


def new_tree(
    worth: Ints,
    weight: Ints,
    first: Ints,
    second: Ints,
    pair: Ints,
    room: int,
    known: Ints | None,
    spare: int,
) -> SplitTree:
    """Return a tree that looks for sets worth more than the best one and ``spare``.

    ``known`` is a set that fits, the empty one where it is None; `scale_for` must allow the
    problem, of one node or more.
    """
    m = len(worth)
    start, head, back, value = build(m, first.copy(), second.copy(), pair.copy())
    size = len(head)
    notes = np.zeros(NOTES, dtype=np.int64)
    notes[SPARE], notes[BOUND] = spare, UNLIMITED
    notes[SCALE], notes[OPEN] = scale_for(worth, pair, weight, room), 1
    best_set = np.zeros(m, dtype=np.int64) if known is None else known.copy()
    notes[BEST] = int(worth @ best_set) + int(pair @ (best_set[first] * best_set[second]))
    side, gain, price = (np.empty((MOST_OPEN, m), dtype=np.int64) for _ in range(3))
    about = np.zeros((MOST_OPEN, ABOUT), dtype=np.int64)
    side[0], gain[0], price[0] = 0, worth, 0
    about[0, NODE_BOUND], about[0, ROOM], about[0, AGE] = UNLIMITED, room, UNLIMITED
    about[0, DENOMINATOR] = 1
    begin, end = (np.empty((MOST_LISTS, m), dtype=np.int64) for _ in range(2))
    partner, split = (np.empty(MOST_USED * size, dtype=np.int64) for _ in range(2))
    return SplitTree(
        start,
        head,
        back,
        value,
        worth.copy(),
        weight.copy(),
        side,
        gain,
        price,
        about,
        begin,
        end,
        partner,
        split,
        best_set,
        notes,
    )
