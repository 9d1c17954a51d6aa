"""Branch and bound by stars, depth first: pairs, one knapsack, conflicts.

A node's open items are divided into cliques of conflicts, greedily; a few subgradient steps
on the splits of the pairs that it has from its parent (`bundlesolve.kernels.stars`) bound
it; what each item's other side would cost fixes items and says which to branch on. All of
it in whole numbers.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bundlesolve.kernels.clique_cover import clique_starts, cliques_of
from bundlesolve.kernels.compiling import njit, register_jitable
from bundlesolve.kernels.stars import NEVER, Stars, evaluate, improve, losses
from bundlesolve.kernels.types import Ints

BEST = 0  #: worth of the best known set
FOUND = 1  #: 1 when ``best_set`` is that set
DEPTH = 2  #: level of the node to look at next
FINISHED = 3  #: 1 when nothing is left open
LEAST = 4  #: worth from which on a set counts as better
GAIN = 5  #: how much that is more than the best known
STEPS = 6  #: most steps in a node
WARM_STEPS = 7  #: most steps in the first node
NODES = 8  #: nodes looked at since the walk began
FIXED, BRANCH = 9, 10  #: items that a look has fixed; the item to branch on if none
NOTES = 11

FIRST, SECOND = 1, 2
"""What of a level is under way: the side with the item in, or its last."""
SHRINK = 0.8
"""What a step's length is multiplied by after one that did not gain."""
STRIDE = 16
"""First change of a star's price in a node."""
PRIORITY = 64
"""How much more the smaller loss counts than the larger one when an item is chosen."""


class StarTree(NamedTuple):
    """The problem and the levels of a walk.

    Level 0 holds all items, level 1 those of the node that the walk begins with. What
    level ``d`` knows of its ``count[d]`` open items stands from place ``first[d]`` on, its
    splits from ``corner[d]`` on, row by row.

    Attributes
    ----------
    worth, pair, weight, clash
        The problem. Shapes ``[n]``, ``[n, n]``, ``[n]``, ``[n, n]``.
    item, value, price, merit, split
        The open items clique by clique; see `Stars`.
    room, base, bound
        Of each level: room left, worth of what is in, bound.
    other, branch, todo
        Bound with the branching's item out; its place; see `FIRST`, 0 for not looked at.
    side
        1 for in, -1 for out, 0 for open. Shape ``[n]``.
    trail, mark
        Items fixed on the path in order; how many of them at each level.
    best_set
        The best set found here. Shape ``[n]``.
    state
        What a child fixes of its parent's open items. Shape ``[n]``.
    work, pick
        Space. Shapes ``[12, n + 1]`` and ``[n, n]``.
    notes
        See the constants of this module. Shape ``[NOTES]``.
    """

    worth: Ints
    pair: Ints
    weight: Ints
    clash: NDArray[np.bool_]
    first: Ints
    corner: Ints
    count: Ints
    item: Ints
    value: Ints
    price: Ints
    merit: Ints
    split: Ints
    room: Ints
    base: Ints
    bound: Ints
    other: Ints
    branch: Ints
    todo: Ints
    side: NDArray[np.int8]
    trail: Ints
    mark: Ints
    best_set: NDArray[np.int8]
    state: Ints
    work: Ints
    pick: NDArray[np.int8]
    notes: Ints


def new_tree(
    worth: Ints, pair: Ints, weight: Ints, clash: NDArray[np.bool_], steps: int, warm: int
) -> StarTree:
    """Return a tree that takes so many steps in a node and in the first of a walk."""
    n = len(worth)
    # Each level below the first fixes an item at least.
    sizes = np.concatenate(([n], np.arange(n, -1, -1), [0]))
    first = np.concatenate(([0], np.cumsum(sizes)))
    corner = np.concatenate(([0], np.cumsum(sizes**2)))
    item, value, price, merit = (np.zeros(first[-1], dtype=np.int64) for _ in range(4))
    of_level = (np.zeros(len(sizes), dtype=np.int64) for _ in range(8))
    count, room, base, bound, other, branch, todo, mark = of_level
    notes = np.zeros(NOTES, dtype=np.int64)
    notes[STEPS], notes[WARM_STEPS] = steps, warm
    return StarTree(
        worth,
        pair,
        weight,
        clash,
        first,
        corner,
        count,
        item,
        value,
        price,
        merit,
        np.zeros(corner[-1], dtype=np.int64),
        room,
        base,
        bound,
        other,
        branch,
        todo,
        np.zeros(n, dtype=np.int8),
        np.zeros(n, dtype=np.int64),
        mark,
        np.zeros(n, dtype=np.int8),
        np.zeros(n, dtype=np.int64),
        np.zeros((12, n + 1), dtype=np.int64),
        np.zeros((n, n), dtype=np.int8),
        notes,
    )


@register_jitable
def _record(tree: StarTree, worth: int) -> None:
    """Keep what is in, which is always a set that fits, if it is the best so far."""
    notes = tree.notes
    if worth <= notes[BEST]:
        return
    notes[BEST], notes[LEAST], notes[FOUND] = worth, worth + notes[GAIN], 1
    for v in range(len(tree.side)):
        tree.best_set[v] = 1 if tree.side[v] > 0 else 0


@register_jitable
def _look(tree: StarTree, d: int, steps: int) -> bool:
    """Bound the node of level ``d``; return False if it is closed.

    Else ``state`` says which items are fixed; if none, ``notes`` which to branch on.
    """
    notes, work = tree.notes, tree.work
    m, room, base = tree.count[d], tree.room[d], tree.base[d]
    _record(tree, base)
    least = notes[LEAST]
    tree.todo[d] = SECOND
    if m == 0:
        return False
    f, g = tree.first[d], tree.corner[d]
    items = tree.item[f : f + m]
    stars = Stars(
        tree.value[f : f + m],
        work[0],
        tree.split[g : g + m * m].reshape(m, m),
        work[1],
        tree.price[f : f + m],
        work[2],
        tree.merit[f : f + m],
        tree.pick,
    )
    cliques = clique_starts(tree.clash, items, stars.start)
    for k in range(m):
        stars.weight[k], stars.stride[k] = tree.weight[items[k]], STRIDE
    factor, before, found = 1.0, np.int64(2**62), np.int64(0)
    for s in range(steps):
        found = base + evaluate(stars, m, cliques, room)
        tree.bound[d] = min(tree.bound[d], found)
        if found < least:
            return False
        if found > before:
            factor *= SHRINK
        before = found
        if s + 1 < steps:
            improve(stars, m, cliques, np.int64(factor * (found - least + 1)), work[4])
    losses(stars, m, cliques, work[5], work[6])
    over = found - least
    fixed, best, at = 0, np.int64(-1), 0
    for k in range(m):
        lost_in, lost_out = work[5, k], work[6, k]
        tree.state[k] = 0
        if lost_in > over:
            if lost_out > over:
                return False
            tree.state[k] = -1
            fixed += 1
        elif lost_out > over:
            tree.state[k] = 1
            fixed += 1
        else:
            merit = PRIORITY * min(lost_in, lost_out) + max(lost_in, lost_out)
            if merit > best:
                best, at = merit, k
    tree.other[d] = min(tree.bound[d], found - work[6, at])
    notes[FIXED], notes[BRANCH] = fixed, at
    return True


@register_jitable
def _fold(tree: StarTree, d: int) -> bool:
    """Take what ``state`` puts in out of level ``d``; False where that does not fit.

    Room, base, and the values of the others go to ``work``; those that cannot be in any
    more are out.
    """
    work, state, clash = tree.work, tree.state, tree.clash
    m, f = tree.count[d], tree.first[d]
    items, gain = tree.item[f : f + m], work[9]
    room, base = tree.room[d], tree.base[d]
    for k in range(m):
        gain[k] = tree.value[f + k]
    for k in range(m):
        if state[k] <= 0:
            continue
        v = items[k]
        room -= tree.weight[v]
        base += gain[k]
        for other in range(m):
            if other == k:
                continue
            if clash[v, items[other]]:
                if state[other] > 0:
                    return False
                state[other] = -1
            else:
                gain[other] += tree.pair[v, items[other]]
    for k in range(m):
        if state[k] == 0 and tree.weight[items[k]] > room:
            state[k] = -1
    work[8, 0], work[8, 1] = room, base
    return room >= 0


@register_jitable
def _child(tree: StarTree, d: int, bound: int) -> bool:
    """Make level ``d + 1`` of level ``d`` and what ``state`` fixes of its items.

    Return False where that cannot be.
    """
    tree.mark[d + 1] = tree.mark[d]
    if not _fold(tree, d):
        return False
    work, state = tree.work, tree.state
    m, f, g = tree.count[d], tree.first[d], tree.corner[d]
    items, place, chosen, order = tree.item[f : f + m], work[10], work[11], work[0]
    kept = 0
    for k in range(m):
        if state[k] == 0:
            # The most worthy first, for the cliques.
            merit, b = tree.merit[f + k], kept - 1
            while b >= 0 and tree.merit[f + place[b]] < merit:
                place[b + 1] = place[b]
                b -= 1
            place[b + 1] = k
            kept += 1
        else:
            tree.side[items[k]] = state[k]
            tree.trail[tree.mark[d + 1]] = items[k]
            tree.mark[d + 1] += 1
    for a in range(kept):
        chosen[a] = items[place[a]]
    cliques_of(tree.clash, chosen[:kept], order, work[2], work[3])
    new, corner = tree.first[d + 1], tree.corner[d + 1]
    for a in range(kept):
        k = place[order[a]]
        chosen[a] = k
        tree.item[new + a], tree.value[new + a] = items[k], work[9, k]
        tree.price[new + a] = tree.price[f + k]
    for a in range(kept):
        row, to = g + chosen[a] * m, corner + a * kept
        for b in range(kept):
            tree.split[to + b] = tree.split[row + chosen[b]]
    tree.count[d + 1], tree.room[d + 1], tree.base[d + 1] = kept, work[8, 0], work[8, 1]
    tree.bound[d + 1], tree.todo[d + 1] = bound, 0
    return True


@njit(cache=True, nogil=True)
def begin(tree: StarTree, side: NDArray[np.int8], room: int, bound: int) -> None:
    """Set up the node in which ``side`` is fixed; its bound, if known, else a large one."""
    n, notes = len(tree.worth), tree.notes
    tree.count[0], tree.room[0], tree.base[0] = n, room, 0
    for v in range(n):
        tree.side[v], tree.state[v] = 0, side[v]
        tree.item[v], tree.value[v] = v, tree.worth[v]
        tree.merit[v], tree.price[v] = tree.worth[v], 0
        for i in range(n):
            whole = tree.pair[v, i]
            tree.merit[v] += max(0, whole)
            half = whole // 2 if v < i else whole - whole // 2
            tree.split[v * n + i] = NEVER if i == v or tree.clash[v, i] else half
    tree.mark[0] = 0
    notes[DEPTH], notes[NODES], notes[FOUND] = 1, 0, 0
    notes[FINISHED] = 0 if _child(tree, 0, bound) else 1


@register_jitable
def _back(tree: StarTree, d: int) -> None:
    """Go back from level ``d`` to the last one with a side left, and make that."""
    notes = tree.notes
    while d > 1:
        d -= 1
        while tree.mark[d + 1] > tree.mark[d]:
            tree.mark[d + 1] -= 1
            tree.side[tree.trail[tree.mark[d + 1]]] = 0
        if tree.todo[d] == FIRST and tree.other[d] >= notes[LEAST]:
            tree.todo[d] = SECOND
            for k in range(tree.count[d]):
                tree.state[k] = 0
            tree.state[tree.branch[d]] = -1
            if _child(tree, d, tree.other[d]):
                notes[DEPTH] = d + 1
                return
    notes[FINISHED] = 1


@njit(cache=True, nogil=True)
def walk(tree: StarTree, most_nodes: int) -> int:
    """Look at up to ``most_nodes`` nodes; return how many."""
    notes = tree.notes
    for count in range(most_nodes):
        if notes[FINISHED]:
            return count
        d = notes[DEPTH]
        steps = notes[WARM_STEPS] if notes[NODES] == 0 else notes[STEPS]
        notes[NODES] += 1
        if not _look(tree, d, steps):
            _back(tree, d)
            continue
        if notes[FIXED] == 0:
            tree.todo[d], tree.branch[d] = FIRST, notes[BRANCH]
            tree.state[notes[BRANCH]] = 1
        if _child(tree, d, tree.bound[d]):
            notes[DEPTH] = d + 1
        else:
            _back(tree, d + 1)
    return most_nodes


@cache
def warm_up() -> None:
    """Compile the kernels on a tiny input."""
    one = np.ones(1, dtype=np.int64)
    none = np.zeros((1, 1), dtype=np.bool_)
    tree = new_tree(one, np.zeros((1, 1), dtype=np.int64), one, none, 1, 1)
    begin(tree, np.zeros(1, dtype=np.int8), 1, 9)
    walk(tree, 9)
