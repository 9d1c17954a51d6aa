"""The state of the best-first tree of `bundlesolve.kernels.split_tree`."""

from __future__ import annotations

import threading
from typing import NamedTuple

import numpy as np

from bundlesolve.kernels.mincut import build
from bundlesolve.kernels.splits import WHOLE, stride_of
from bundlesolve.kernels.types import Floats, Indices, Ints, Parts

BEST = 0  #: worth of the best known set
FOUND = 1  #: 1 when ``best_set`` is that set and new
OPEN = 2  #: open nodes
STEPS = 3  #: nodes looked at
BOUND = 4  #: no set is worth more than this
SPARE = 5  #: worth above the best known set that need not be looked for
SCALE = 6  #: of splits, prices and gains
FULL = 7  #: 1 when there is no room for another open node
LOOKS = 8  #: bounds evaluated
CLOSED = 9  #: no set that is not looked for any more is worth more than this
NOTES = 10  #: how many places ``notes`` has

NODE_BOUND = 0  #: of an open node: its bound, at scale 1
BASE = 1  #: scaled worth of what is in
ROOM = 2  #: room beside it
SIZE = 3  #: nodes that are neither in nor out
CHOICE = 4  #: which of these to branch on
MULTIPLIER = 5  #: of the room
WIDTH = 6  #: of a share's way from 0 to 1, see `bundlesolve.kernels.splits`
OUTER_WIDTH = 7  #: the same for shares of the room itself
ABOUT = 8  #: how many places an open node has in ``about``

NUMBER, GAIN, WEIGHT, PRICE = range(4)
"""Of the nodes that are neither in nor out: number, scaled worth beside what is in, weight,
price of the room beside."""
ITEM = 4

MOST_OPEN = 1000
MOST_CELLS = 20_000_000
"""Splits and pairs of all open nodes: 160 MB, of which most are never touched."""
UNLIMITED = 1 << 60
LARGEST = 1 << 52
"""What no scaled number may reach."""
MOST_SCALE = 1 << 16
MOST_KEPT = 32 << 20
"""Bytes that a thread keeps between two trees: new memory takes longer than a node."""
LARGEST_PART = 1 << 24
"""What no number within a row of splits may exceed that is held in 32 bits."""
LEAST_SCALE = 64
"""The scale from which on 32 bits are enough."""


class SplitTree(NamedTuple):
    """The problem and the state of a walk.

    Attributes
    ----------
    start, head, pair
        Arcs, see `bundlesolve.kernels.mincut.build`.
    worth, weight
        Of each node. Shape ``[m]``.
    split
        Splits, and pairs, of each open node, of those that are neither in nor out. Shape
        ``[k, 2, m * stride_of(m)]``.
    item
        See ``NUMBER``. Shape ``[k, ITEM, m]``.
    about
        See ``NODE_BOUND``. Shape ``[k, ABOUT]``.
    inside
        1 for what is in. Shape ``[k, m]``.
    best_set
        The best set found here. Shape ``[m]``.
    notes
        See the constants of this module. Shape ``[NOTES]``.
    """

    start: Ints
    head: Indices
    pair: Ints
    worth: Ints
    weight: Ints
    split: Parts
    item: Floats
    about: Floats
    inside: Ints
    best_set: Ints
    notes: Ints


def scale_for(worth: Ints, pair: Ints, weight: Ints, room: int) -> int:
    """Return the scale of splits, even; 0 where products would reach ``LARGEST``."""
    size = int(np.abs(worth).sum()) + int(pair.sum()) + 1
    price = int(pair.max()) if len(pair) else 0
    most = (size + (price + 1) * (room + 1)) * (room + 2)
    scale = min(MOST_SCALE, LARGEST // most)
    return 0 if scale < 2 else 1 << (scale.bit_length() - 1)


def part_scale_for(pair: Ints, first: Ints, second: Ints, weight: Ints, room: int) -> int:
    """Return the largest scale at which 32 bits hold what a row adds up.

    That is the sum of a node's splits, and twice the largest price times a weight that
    fits; at any scale all weights that fit, in parts of ``WHOLE``. 0 where the scale would
    be below ``LEAST_SCALE``: then matrices take 64 bits.
    """
    size, fits = len(weight), weight[weight <= room]
    if int(fits.sum()) > LARGEST_PART // int(WHOLE):
        return 0
    scale = MOST_SCALE
    if len(pair):
        row = np.bincount(first, pair, size) + np.bincount(second, pair, size)
        heavy = int(fits.max(initial=1))
        most = max(int(row.max()), 2 * (int(pair.max()) + 1) * heavy)
        scale = min(scale, (1 << (LARGEST_PART // most).bit_length()) >> 1)
    return scale if scale >= LEAST_SCALE else 0


_KEPT = threading.local()


def _take(cells: int, kind: type[np.floating]) -> Parts:
    """Return room for a tree's matrices, what the last one had if it may be had."""
    kept = _KEPT.__dict__.pop(kind.__name__, None)
    if kept is not None and len(kept) >= cells:
        return kept[:cells]
    return np.empty(cells, kind)


def give_back(tree: SplitTree) -> None:
    """Keep a small tree's room for the next one of this thread; nobody may use it then."""
    room = tree.split.base
    assert room is not None
    if room.nbytes <= MOST_KEPT:
        setattr(_KEPT, room.dtype.type.__name__, room)


def new_tree(
    worth: Ints,
    weight: Ints,
    first: Ints,
    second: Ints,
    pair: Ints,
    room: int,
    known: Ints | None,
    spare: int,
    most_open: int = MOST_OPEN,
) -> SplitTree:
    """Return a tree that looks for sets worth more than the best one and ``spare``.

    ``known`` is a set that fits, the empty one where it is None; `scale_for` must allow the
    problem, of one node or more.
    """
    m = len(worth)
    start, head, _, value = build(m, first.copy(), second.copy(), pair.copy())
    notes = np.zeros(NOTES, dtype=np.int64)
    notes[SPARE], notes[BOUND] = spare, UNLIMITED
    scale = scale_for(worth, pair, weight, room)
    part_scale = part_scale_for(pair, first, second, weight, room)
    notes[SCALE] = min(scale, part_scale) if part_scale else scale
    best_set = np.zeros(m, dtype=np.int64) if known is None else known.copy()
    notes[BEST] = int(worth @ best_set) + int(pair @ (best_set[first] * best_set[second]))
    cells = m * stride_of(m)
    most = max(2, min(MOST_OPEN, most_open, MOST_CELLS // (2 * cells)))
    kind = np.float32 if part_scale else np.float64
    about = np.zeros((most, ABOUT))
    about[0, ROOM] = room
    return SplitTree(
        start,
        head,
        value,
        worth.copy(),
        weight.copy(),
        _take(most * 2 * cells, kind).reshape(most, 2, cells),
        np.empty((most, ITEM, m)),
        about,
        np.empty((most, m), dtype=np.int64),
        best_set,
        notes,
    )
