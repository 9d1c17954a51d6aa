"""Best-first branch and bound for a knapsack with pairs of positive worth.

The open node of the largest bound comes next, so that the largest bound that is left holds
whenever the walk is stopped. Two bounds take turns: minimum cuts with prices
(`bundlesolve.kernels.products`) find splits of the pairs, some ten times as dear as
evaluating the bound at given splits (`bundlesolve.kernels.splits`). So a node takes the
splits of the last ancestor that was cut, and is cut itself when that is ``OLD`` branchings
away and it comes first once more.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numba import njit
from numba.extending import register_jitable

from bundlesolve.kernels.copying import copy_into
from bundlesolve.kernels.split_nodes import (
    bound_node,
    cut_node,
    free_nodes,
    put_in,
    try_near,
)
from bundlesolve.kernels.split_state import (
    ABOUT,
    AGE,
    BEST,
    BOUND,
    CHOICE,
    FOUND,
    FULL,
    LISTS,
    MOST_LISTS,
    MOST_OPEN,
    NODE_BOUND,
    OPEN,
    SPARE,
    STEPS,
    USED,
    Node,
    SplitTree,
    new_tree,
)

OLD = 2
"""Branchings after which a node is cut anew."""


@register_jitable
def _load(tree: SplitTree, node: Node, number: int) -> None:
    copy_into(node.side, tree.side[number])
    copy_into(node.gain, tree.gain[number])
    copy_into(node.price, tree.price[number])
    copy_into(node.about, tree.about[number])


@register_jitable
def _store(tree: SplitTree, node: Node, number: int) -> None:
    copy_into(tree.side[number], node.side)
    copy_into(tree.gain[number], node.gain)
    copy_into(tree.price[number], node.price)
    copy_into(tree.about[number], node.about)


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
    number, bound = -1, notes[BEST] + notes[SPARE]
    for k in range(notes[OPEN]):
        if about[k, NODE_BOUND] > bound:
            number, bound = k, about[k, NODE_BOUND]
    notes[BOUND] = bound
    return number


@njit(cache=True, nogil=True)
def walk(tree: SplitTree, most_steps: int) -> None:
    """Look at open nodes until none is left, or so many steps more are made.

    It also ends when a better set has been found, or when there is no room for another open
    node. Afterwards ``notes[BOUND]`` is proved, whatever ended it: no node is open when it
    is the worth of the best set and ``notes[SPARE]``.
    """
    m, notes = len(tree.worth), tree.notes
    node = Node(
        np.empty(m, dtype=np.int64),
        np.empty(m, dtype=np.int64),
        np.empty(m, dtype=np.int64),
        np.empty(ABOUT, dtype=np.int64),
        np.empty(m, dtype=np.int64),
        np.empty(m, dtype=np.int64),
        np.empty(m, dtype=np.int64),
        np.empty(m, dtype=np.int64),
    )
    last = notes[STEPS] + most_steps
    while True:
        number = _first_open(tree)
        if number < 0 or notes[STEPS] >= last or notes[FOUND]:
            return
        if notes[OPEN] + 2 > MOST_OPEN:
            notes[FULL] = 1
            return
        has_room = notes[USED] + len(tree.head) <= len(tree.partner)
        if tree.about[number, AGE] < OLD or notes[LISTS] >= MOST_LISTS or not has_room:
            for side in (1, -1):
                _load(tree, node, number)
                v = node.about[CHOICE]
                node.about[AGE] += 1
                if side > 0:
                    put_in(tree, node, v)
                else:
                    node.side[v] = -1
                if bound_node(tree, node):
                    _store(tree, node, notes[OPEN])
                    notes[OPEN] += 1
            _close(tree, node, number)
            continue
        _load(tree, node, number)
        free = free_nodes(tree, node)
        choice = -1
        if len(free) > 0:
            choice = cut_node(tree, node, free)
            try_near(tree, node, free)
        if bound_node(tree, node):
            try_near(tree, node, free)
            if choice >= 0 and node.side[choice] == 0:
                node.about[CHOICE] = choice
            _store(tree, node, number)
        else:
            _close(tree, node, number)


@cache
def warm_up() -> None:
    """Compile the kernels on a tiny input."""
    one = np.ones(1, dtype=np.int64)
    walk(new_tree(one.repeat(2), one.repeat(2), 0 * one, one, one, 1, None, 0), 9)
