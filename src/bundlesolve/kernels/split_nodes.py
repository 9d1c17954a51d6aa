"""What is done to one node of the tree of `bundlesolve.kernels.split_tree`."""

from __future__ import annotations

import numpy as np
from numba.extending import register_jitable

from bundlesolve.kernels.copying import copy_into
from bundlesolve.kernels.cut_sides import settle_sides
from bundlesolve.kernels.exchange import climb
from bundlesolve.kernels.mincut import Network
from bundlesolve.kernels.parametric import BOUND as CUT_BOUND
from bundlesolve.kernels.parametric import CUTS, LOADED, TWICE, P, Q
from bundlesolve.kernels.products import Products, new_products, tighten
from bundlesolve.kernels.split_state import (
    AGE,
    BASE,
    BEST,
    CHOICE,
    CUTTINGS,
    DENOMINATOR,
    FOUND,
    LARGEST,
    LIST,
    LISTS,
    NODE_BOUND,
    NUMERATOR,
    ROOM,
    SCALE,
    SPARE,
    STEPS,
    USED,
    Node,
    SplitTree,
)
from bundlesolve.kernels.splits import (
    inner_values,
    outer_knapsack,
    whole_knapsack,
    write_lists,
)
from bundlesolve.kernels.types import Ints

LOOKS = 200
"""Arcs that are looked at to fix one node, see `bundlesolve.kernels.cut_sides`."""
ROOT_STEPS = 3
"""Subgradient steps on the prices in the root; one in any other node, but none in
problems with more than ``DENSE`` of all pairs, where it takes as long as two nodes."""
DENSE = 0.75


@register_jitable
def put_in(tree: SplitTree, node: Node, v: int) -> None:
    """Put ``v`` in."""
    node.side[v] = 1
    node.about[BASE] += node.gain[v]
    node.about[ROOM] -= tree.weight[v]
    for e in range(tree.start[v], tree.start[v + 1]):
        node.gain[tree.head[e]] += tree.pair[e]


@register_jitable
def free_nodes(tree: SplitTree, node: Node) -> Ints:
    """Return what is open and fits; leave out what does not."""
    side, weight, room = node.side, tree.weight, node.about[ROOM]
    free, count = np.empty_like(side), 0
    for v in range(len(side)):
        if side[v] == 0:
            if weight[v] > room:
                side[v] = -1
            else:
                free[count] = v
                count += 1
    return free[:count]


@register_jitable
def try_near(tree: SplitTree, node: Node, free: Ints) -> None:
    """Keep what is in with ``node.x`` of the free nodes, climbed, if it is the best."""
    inside = np.zeros_like(node.side)
    for v in free:
        inside[v] = node.x[v]
    room = node.about[ROOM]
    for v in range(len(inside)):
        if node.side[v] > 0:
            room += tree.weight[v]
        if node.side[v] != 0:
            inside[v] = int(node.side[v] > 0)
    arcs = (tree.start, tree.head, tree.pair)
    worth = climb(*arcs, tree.worth, tree.weight, room, inside)
    if worth > tree.notes[BEST]:
        tree.notes[BEST], tree.notes[FOUND] = worth, 1
        copy_into(tree.best_set, inside)


@register_jitable
def _network(tree: SplitTree, free: Ints) -> Network:
    """Return the network of the free nodes."""
    start, head, back, pair = tree.start, tree.head, tree.back, tree.pair
    number = np.full(len(tree.worth), -1, dtype=np.int64)
    for k in range(len(free)):
        number[free[k]] = k
    place = np.empty(len(head), dtype=np.int64)
    new_start = np.zeros(len(free) + 1, dtype=np.int64)
    count = 0
    for k in range(len(free)):
        for e in range(start[free[k]], start[free[k] + 1]):
            place[e] = count
            count += int(number[head[e]] >= 0)
        new_start[k + 1] = count
    new_head = np.empty(count, dtype=np.int32)
    new_back = np.empty(count, dtype=np.int32)
    new_pair = np.empty(count, dtype=np.int64)
    for k in range(len(free)):
        for e in range(start[free[k]], start[free[k] + 1]):
            if number[head[e]] >= 0:
                new_head[place[e]] = number[head[e]]
                new_back[place[e]] = place[back[e]]
                new_pair[place[e]] = pair[e]
    left = np.zeros(count, dtype=np.int64)
    excess, label = np.zeros_like(free), np.zeros_like(free)
    return Network(new_start, new_head, new_back, new_pair, left, excess, label)


@register_jitable
def _disputed(products: Products, shown: Ints, p: int, q: int) -> int:
    """Return the node that matters most where the two optimal sets differ, or -1."""
    net, small, large = products.net, products.small, products.large
    choice, most = -1, -1.0
    for v in range(len(small)):
        if shown[v] == 0 and large[v] != small[v]:
            merit = products.weight[v] * (p / q)
            for e in range(net.start[v], net.start[v + 1]):
                if large[net.head[e]] != small[net.head[e]]:
                    merit += net.worth[e]
            if merit > most:
                choice, most = v, merit
    return choice


@register_jitable
def cut_node(tree: SplitTree, node: Node, free: Ints) -> int:
    """Make the splits of a node anew, lower its bound; return what to branch on, or -1."""
    about, notes = node.about, tree.notes
    worth, weight = node.gain[free], tree.weight[free]
    products = new_products(_network(tree, free), worth, weight)
    for k in range(len(free)):
        products.price[k] = node.price[free[k]]
    room, scale = min(about[ROOM], weight.sum()), notes[SCALE]
    enough = scale * (notes[BEST] + notes[SPARE] - about[BASE] + 1) - 1
    m = len(tree.worth)
    steps = np.int64(len(tree.head) <= DENSE * m * (m - 1))
    if notes[LISTS] == 0:
        steps = np.int64(ROOT_STEPS)
    p, q = about[NUMERATOR], about[DENOMINATOR]
    state = tighten(products, room, scale, enough, 1.0, steps, p, q, np.int64(0))
    bound = about[BASE] + state[CUT_BOUND] // scale
    about[NODE_BOUND] = min(about[NODE_BOUND], bound)
    about[NUMERATOR], about[DENOMINATOR] = state[P], state[Q]
    for k in range(len(free)):
        node.price[free[k]] = products.price[k]
        node.x[free[k]] = products.small[k]
    p, q = state[P], state[Q]
    need = state[TWICE] + 2 * p * room - 2 * q * (enough + 1) + 1
    shown = np.zeros_like(free)
    if 0 < need < LARGEST:
        # The flow stays one that proves the bound, so its splits do.
        settle_sides(products.net, need, np.int64(LOOKS), products.small, shown)
    notes[STEPS] += state[CUTS]
    notes[CUTTINGS] += 1
    number = notes[LISTS]
    about[LIST], about[AGE] = number, 0
    begin, end, partner = tree.begin[number], tree.end[number], tree.partner
    loaded, used = state[LOADED], notes[USED]
    notes[USED] = write_lists(
        products, free, loaded, scale, begin, end, partner, tree.split, used
    )
    notes[LISTS] += 1
    for k in range(len(free)):
        if shown[k] > 0:
            put_in(tree, node, free[k])
        elif shown[k] < 0:
            node.side[free[k]] = -1
    choice = _disputed(products, shown, p, q)
    return choice if choice < 0 else free[choice]


@register_jitable
def bound_node(tree: SplitTree, node: Node) -> bool:
    """Bound a node, fix in it, choose what to branch on; False where nothing is left."""
    notes, about, weight = tree.notes, node.about, tree.weight
    side, gain, value, x = node.side, node.gain, node.value, node.x
    begin, end = tree.begin[about[LIST]], tree.end[about[LIST]]
    partner, split, scale = tree.partner, tree.split, notes[SCALE]
    reach, score = node.reach, node.score
    while True:
        if about[ROOM] < 0:
            return False
        free = free_nodes(tree, node)
        cutoff = notes[BEST] + notes[SPARE]
        if len(free) == 0:
            about[NODE_BOUND] = min(about[NODE_BOUND], about[BASE])
            if about[BASE] > notes[BEST]:
                try_near(tree, node, free)
            return False
        notes[STEPS] += 1
        base, room = about[BASE], about[ROOM]
        need = scale * (cutoff - base + 1)
        lists = (begin, end, partner, split)
        inner_values(free, side, gain, weight, room, scale, *lists, reach, value)
        total, p, q = outer_knapsack(free, value, weight, room, x)
        fixed = 0
        if total >= need:
            # A set with a node's other value is worth less than would be better.
            loss = (total - need + 1) * q
            for v in free:
                reduced = value[v] * q - p * weight[v]
                if reduced >= loss:
                    put_in(tree, node, v)
                    fixed += 1
                elif -reduced >= loss:
                    side[v] = -1
                    fixed += 1
            if 4 * fixed <= len(free):
                whole = whole_knapsack(free, value, weight, room, x)
                if whole >= 0:
                    total = min(total, whole)
        about[NODE_BOUND] = min(about[NODE_BOUND], base + total // scale)
        if about[NODE_BOUND] <= cutoff or about[ROOM] < 0:
            return False
        if 4 * fixed <= len(free):
            break
    # Branch where a node that is in earns most from nodes that are not.
    for v in free:
        score[v] = 0
    for j in free:
        if x[j] and side[j] == 0:
            for e in range(begin[j], reach[j]):
                i = partner[e]
                if side[i] == 0 and x[i] == 0:
                    score[i] += split[e]
                    score[j] += split[e]
    choice, most = -1, -1.0
    for v in free:
        if side[v] == 0:
            merit = float(score[v]) * (weight[v] + 1)
            if merit > most:
                choice, most = v, merit
    about[CHOICE] = choice
    if choice < 0:
        # Everything is fixed: this is the one set that could be better.
        about[NODE_BOUND] = min(about[NODE_BOUND], about[BASE])
        try_near(tree, node, free[:0])
    return choice >= 0
