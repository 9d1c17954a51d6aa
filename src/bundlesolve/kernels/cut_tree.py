"""Branch and bound by minimum cuts: pairs of positive worth, one knapsack row.

Depth first. A node contracts what is in, deletes what is out, bounds by Newton's method on
the row's multiplier (`bundlesolve.kernels.parametric`), tries the optimal set that fits,
filled up, fixes nodes by what their other value costs (`bundlesolve.kernels.cut_sides`),
and branches on a node about which the smallest and the largest optimal set disagree.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from bundlesolve.kernels.compiling import njit, register_jitable
from bundlesolve.kernels.cut_sides import FEW_LOOKS, settle_sides
from bundlesolve.kernels.mincut import Network, build
from bundlesolve.kernels.parametric import BOUND, LOADED, TWICE, P, Q
from bundlesolve.kernels.products import Products, new_products, scale_for, tighten
from bundlesolve.kernels.types import Floats, Indices, Ints

BEST = 0  #: worth of the best known set
FOUND = 1  #: 1 when ``best_set`` is that set
DEPTH = 2  #: branchings on the path
TRAIL = 3  #: nodes fixed on the path
NODES = 4  #: nodes looked at so far
FINISHED = 5  #: 1 when nothing is left open
MULTIPLIER = 6  #: multiplier of the last node, numerator and denominator
SCALE = 8  #: of worths while bounding, see `bundlesolve.kernels.products`
STEPS = 9  #: most subgradient steps in a node
SPARE = 10  #: worth above the best known set that need not be looked for
NOTES = 11  #: how many places ``notes`` has

FLOW_SCALE = 64
"""Denominator with which a node takes up the flow of the one before."""
AGAIN, NONE = -2, -1
"""What a node wants instead of branching: another look, or nothing."""


class CutTree(NamedTuple):
    """The problem and the state of a walk.

    Attributes
    ----------
    start, head, back, pair
        Arcs, see `bundlesolve.kernels.mincut.build`.
    worth, weight
        Of each node. Shape ``[m]``.
    side
        1 for in, -1 for out, 0 for open. Shape ``[m]``.
    trail, mark, branch
        Nodes fixed on the path in order; the length of the trail at each branching and
        what was branched on. Shape ``[m]`` each.
    flipped
        1 where the second side of a branching is being looked at. Shape ``[m]``.
    best_set
        The best set found here. Shape ``[m]``.
    price
        Multipliers of the row times each node. Shape ``[m]``.
    flow
        Flow of each arc at the last node, as worth in the scale. Shape ``[2 p]``.
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
    trail: Ints
    mark: Ints
    branch: Ints
    flipped: Ints
    best_set: Ints
    price: Ints
    flow: Floats
    notes: Ints


def new_tree(
    worth: Ints,
    weight: Ints,
    first: Ints,
    second: Ints,
    pair: Ints,
    best: int,
    steps: int,
    spare: int = 0,
) -> CutTree:
    """Return a tree that looks for sets worth more than ``best``.

    ``steps`` is the most subgradient steps in a node. A finished tree has shown that no set
    is worth more than the best one and ``spare``.
    """
    m = len(worth)
    start, head, back, value = build(m, first.copy(), second.copy(), pair.copy())
    side, trail, mark, branch, flipped, best_set, price = (
        np.zeros(m, dtype=np.int64) for _ in range(7)
    )
    notes = np.zeros(NOTES, dtype=np.int64)
    scale = scale_for(np.abs(worth).sum() + pair.sum())
    notes[BEST], notes[MULTIPLIER + 1], notes[SCALE], notes[STEPS] = best, 1, scale, steps
    notes[SPARE] = spare
    return CutTree(
        start,
        head,
        back,
        value,
        worth.copy(),
        weight.copy(),
        side,
        trail,
        mark,
        branch,
        flipped,
        best_set,
        price,
        np.zeros(len(head)),
        notes,
    )


@register_jitable
def _fix(tree: CutTree, v: int, side: int) -> None:
    tree.side[v] = side
    tree.trail[tree.notes[TRAIL]] = v
    tree.notes[TRAIL] += 1


@register_jitable
def _fill(products: Products, room: int, inside: Ints) -> int:
    """Put nodes in, the most worth per weight first, while they fit; return the worth.

    What does not fit of ``inside`` is left out.
    """
    start, head, pair = products.net.start, products.net.head, products.pair
    weight, gain = products.weight, products.worth.copy()
    m = len(gain)
    total = np.int64(0)
    for v in range(m):
        if inside[v] and weight[v] > room:
            inside[v] = 0
        elif inside[v]:
            total += gain[v]
            room -= weight[v]
            for e in range(start[v], start[v + 1]):
                gain[head[e]] += pair[e]
    while True:
        best, rate = -1, 0.0
        for v in range(m):
            if inside[v] == 0 and weight[v] <= room and gain[v] > 0:
                new = gain[v] / (weight[v] + 1e-9)
                if new > rate:
                    best, rate = v, new
        if best < 0:
            return total
        inside[best] = 1
        total += gain[best]
        room -= weight[best]
        for e in range(start[best], start[best + 1]):
            gain[head[e]] += pair[e]


@register_jitable
def _contract(tree: CutTree, free: Ints, worth: Ints) -> tuple[Network, Ints]:
    """Return the network of the ``free`` nodes, and its arcs' numbers in the tree.

    Their ``worth`` gains the pairs with what is in.
    """
    start, head, back, pair, side = tree.start, tree.head, tree.back, tree.pair, tree.side
    number = np.full(len(tree.worth), -1, dtype=np.int64)
    for k in range(len(free)):
        number[free[k]] = k
    place = np.full(len(head), -1, dtype=np.int64)
    new_start = np.zeros(len(free) + 1, dtype=np.int64)
    count = 0
    for k in range(len(free)):
        for e in range(start[free[k]], start[free[k] + 1]):
            if number[head[e]] >= 0:
                place[e] = count
                count += 1
            elif side[head[e]] > 0:
                worth[k] += pair[e]
        new_start[k + 1] = count
    new_head = np.empty(count, dtype=np.int32)
    new_back = np.empty(count, dtype=np.int32)
    new_pair = np.empty(count, dtype=np.int64)
    arcs = np.empty(count, dtype=np.int64)
    for k in range(len(free)):
        for e in range(start[free[k]], start[free[k] + 1]):
            if place[e] >= 0:
                new_head[place[e]] = number[head[e]]
                new_back[place[e]] = place[back[e]]
                new_pair[place[e]] = pair[e]
                arcs[place[e]] = e
    left = np.zeros(count, dtype=np.int64)
    excess, label = np.zeros_like(free), np.zeros_like(free)
    return Network(new_start, new_head, new_back, new_pair, left, excess, label), arcs


@register_jitable
def _record(tree: CutTree, worth: int, free: Ints, inside: Ints) -> None:
    """Keep what is in, and ``inside`` of the free nodes, if it is the best so far."""
    if worth <= tree.notes[BEST]:
        return
    tree.notes[BEST], tree.notes[FOUND] = worth, 1
    for v in range(len(tree.side)):
        tree.best_set[v] = int(tree.side[v] > 0)
    for k in range(len(free)):
        tree.best_set[free[k]] = inside[k]


@register_jitable
def _look(tree: CutTree, room: int) -> int:
    """Bound a node; return what to branch on, ``AGAIN`` or ``NONE``."""
    notes, side, weights = tree.notes, tree.side, tree.weight
    start, head, pair = tree.start, tree.head, tree.pair
    m = len(side)
    base = np.int64(0)
    for v in range(m):
        if side[v] > 0:
            room -= weights[v]
            base += tree.worth[v]
            for e in range(start[v], start[v + 1]):
                if head[e] > v and side[head[e]] > 0:
                    base += pair[e]
    if room < 0:
        return NONE
    for v in range(m):
        if side[v] == 0 and weights[v] > room:
            _fix(tree, v, -1)
    free = np.flatnonzero(side == 0)
    worth, weight = tree.worth[free], weights[free]
    net, arcs = _contract(tree, free, worth)
    if len(free) == 0:
        _record(tree, base, free, free)
        return NONE
    room = min(room, weight.sum())
    scale, spare = notes[SCALE], notes[SPARE] - base
    enough = scale * (notes[BEST] + spare + 1) - 1
    products = new_products(net, worth, weight)
    for k in range(len(free)):
        products.price[k] = tree.price[free[k]]
    p, q = notes[MULTIPLIER], notes[MULTIPLIER + 1]
    steps = notes[STEPS]
    # The flow of the node before this one, as far as its arcs are here.
    # As a plain integer: Numba would compile everything below anew for a literal.
    loaded, left, flow = np.int64(FLOW_SCALE), net.left, tree.flow
    for e in range(len(arcs)):
        left[e] = loaded * net.worth[e] - np.int64(flow[arcs[e]] * loaded)
    state = tighten(products, room, scale, enough, 1.0, steps, p, q, loaded)
    loaded = state[LOADED]
    for e in range(len(arcs)):
        flow[arcs[e]] = net.worth[e] - left[e] / loaded
    small, large = products.small, products.large
    for k in range(len(free)):
        tree.price[free[k]] = products.price[k]
    if state[BOUND] <= enough:
        return NONE
    p, q = state[P], state[Q]
    notes[MULTIPLIER], notes[MULTIPLIER + 1] = p, q
    filled = small.copy()
    _record(tree, base + _fill(products, room, filled), free, filled)
    enough = scale * (notes[BEST] + spare + 1) - 1
    if state[BOUND] <= enough:
        return NONE
    need = state[TWICE] + 2 * p * room - 2 * q * (enough + 1) + 1
    if need <= 0:
        return NONE
    shown = np.zeros_like(free)
    settle_sides(net, need, np.int64(FEW_LOOKS), small, shown)
    fixed, choice, most_merit = 0, NONE, -1.0
    for k in range(len(free)):
        if shown[k] != 0:
            _fix(tree, free[k], shown[k])
            fixed += 1
        elif large[k] != small[k]:
            merit = weight[k] * (p / q)
            for e in range(net.start[k], net.start[k + 1]):
                if large[net.head[e]] != small[net.head[e]]:
                    merit += net.worth[e]
            if merit > most_merit:
                choice, most_merit = free[k], merit
    if fixed > 0 and (choice == NONE or 4 * fixed > len(free)):
        return AGAIN
    if choice == NONE:
        # Only where the multiplier had to be rounded.
        choice = free[0]
    return choice


@njit(cache=True, nogil=True)
def walk(tree: CutTree, room: int, most_nodes: int) -> int:
    """Look at up to ``most_nodes`` nodes; return how many.

    Fewer when nothing is open, or when a node has found a better set.
    """
    notes, side, trail, mark = tree.notes, tree.side, tree.trail, tree.mark
    branch, flipped = tree.branch, tree.flipped
    for count in range(most_nodes):
        if notes[FINISHED]:
            return count
        choice = _look(tree, room)
        notes[NODES] += 1
        if choice >= 0:
            depth = notes[DEPTH]
            mark[depth], branch[depth], flipped[depth] = notes[TRAIL], choice, 0
            notes[DEPTH] = depth + 1
            _fix(tree, choice, 1)
        while choice == NONE and notes[DEPTH] > 0:
            depth = notes[DEPTH] - 1
            while notes[TRAIL] > mark[depth]:
                notes[TRAIL] -= 1
                side[trail[notes[TRAIL]]] = 0
            if flipped[depth] == 0:
                flipped[depth] = 1
                _fix(tree, branch[depth], -1)
                break
            notes[DEPTH] = depth
        if choice == NONE and notes[DEPTH] == 0:
            notes[FINISHED] = 1
        if notes[FOUND]:
            return count + 1
    return most_nodes


@cache
def warm_up() -> None:
    """Compile the kernels on a tiny input."""
    one = np.ones(1, dtype=np.int64)
    walk(new_tree(one.repeat(2), one.repeat(2), 0 * one, one, one, 0, 1), 1, 9)
