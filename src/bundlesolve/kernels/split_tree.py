"""Best-first branch and bound for a knapsack with pairs of positive worth.

The open node of the largest bound comes next, so that the largest bound that is left holds
whenever the walk is stopped. A node keeps the splits of its pairs
(`bundlesolve.kernels.splits`), of nodes that are neither in nor out alone: the fewer they
are, the less takes a step. Its children begin with them and take a few steps of their own.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from bundlesolve.kernels.compiling import njit, register_jitable
from bundlesolve.kernels.copying import copy_into
from bundlesolve.kernels.split_nodes import (
    Node,
    begin_root,
    descend,
    new_node,
    settle,
    try_near,
)
from bundlesolve.kernels.split_state import (
    BEST,
    BOUND,
    CHOICE,
    CLOSED,
    FOUND,
    FULL,
    ITEM,
    LARGEST_PART,
    NODE_BOUND,
    OPEN,
    SIZE,
    SPARE,
    STEPS,
    SplitTree,
    new_tree,
)
from bundlesolve.kernels.splits import stride_of

CLIMB_EVERY = 8
"""Of so many nodes one looks for a better set nearby."""
ROOT_STEPS = 40
ROOT_FACTOR = 1.4
CHILD_STEPS = 3
CHILD_FACTOR = 0.8
"""Steps of the root and of any other node, and the share of Polyak's length."""


@register_jitable
def _copy(
    split: np.ndarray,
    item: np.ndarray,
    about: np.ndarray,
    inside: np.ndarray,
    other_split: np.ndarray,
    other_item: np.ndarray,
    other_about: np.ndarray,
    other_inside: np.ndarray,
) -> None:
    f = int(other_about[SIZE])
    for part in range(2):
        copy_into(split[part], other_split[part, : f * stride_of(f)])
    for part in range(ITEM):
        copy_into(item[part], other_item[part, :f])
    copy_into(about, other_about)
    copy_into(inside, other_inside)


@register_jitable
def _load(tree: SplitTree, node: Node, number: int) -> None:
    rows = (tree.split[number], tree.item[number], tree.about[number], tree.inside[number])
    _copy(node.split, node.item, node.about, node.inside, *rows)


@register_jitable
def _store(tree: SplitTree, node: Node, number: int) -> None:
    rows = (tree.split[number], tree.item[number], tree.about[number], tree.inside[number])
    _copy(*rows, node.split, node.item, node.about, node.inside)


@register_jitable
def _close(tree: SplitTree, node: Node, number: int) -> None:
    """Take a node out of the open ones; the last one takes its place."""
    tree.notes[OPEN] -= 1
    if number < tree.notes[OPEN]:
        _load(tree, node, tree.notes[OPEN])
        _store(tree, node, number)


@register_jitable
def _first_open(tree: SplitTree) -> int:
    """Return the open node of the largest bound, -1 if none can hold a better set."""
    notes, about = tree.notes, tree.about
    number, bound = -1, float(max(notes[BEST], notes[CLOSED]))
    for k in range(notes[OPEN]):
        if about[k, NODE_BOUND] > bound:
            number, bound = k, about[k, NODE_BOUND]
    notes[BOUND] = np.int64(bound)
    return number if bound > float(notes[BEST] + notes[SPARE]) else -1


@njit(cache=True, nogil=True)
def walk(tree: SplitTree, most_steps: int) -> None:
    """Look at open nodes until none is left, or so many steps more are made.

    It also ends when a better set has been found, or when there is no room for another open
    node. Afterwards ``notes[BOUND]`` is proved, whatever ended it: nothing is left to do
    when it is not above the worth of the best set and ``notes[SPARE]``.
    """
    notes, node = tree.notes, new_node(tree)
    last = notes[STEPS] + most_steps
    if notes[STEPS] == 0:
        begin_root(tree, node)
        if descend(tree, node, ROOT_STEPS, ROOT_FACTOR):
            try_near(tree, node)
            _store(tree, node, 0)
            notes[OPEN] = 1
    while True:
        number = _first_open(tree)
        if number < 0 or notes[STEPS] >= last or notes[FOUND]:
            return
        if notes[OPEN] + 1 > len(tree.about):
            notes[FULL] = 1
            return
        for side in (1, -1):
            _load(tree, node, number)
            node.side[int(node.about[CHOICE])] = side
            is_open = settle(node) and descend(tree, node, CHILD_STEPS, CHILD_FACTOR)
            if is_open and notes[STEPS] % CLIMB_EVERY == 1:
                try_near(tree, node)
            if side > 0 and is_open:
                _store(tree, node, notes[OPEN])
                notes[OPEN] += 1
            elif side < 0 and is_open:
                _store(tree, node, number)
            elif side < 0:
                _close(tree, node, number)


@cache
def warm_up(is_short: bool) -> None:
    """Compile the kernels on a tiny input, for matrices of 32 bits or of 64."""
    one = np.ones(1, dtype=np.int64)
    pair = one if is_short else LARGEST_PART * one
    walk(new_tree(one.repeat(2), one.repeat(2), 0 * one, one, pair, 1, None, 0), 9)
