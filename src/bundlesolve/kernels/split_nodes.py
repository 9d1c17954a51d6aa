"""What is done to one node of the tree of `bundlesolve.kernels.split_tree`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bundlesolve.kernels.compiling import register_jitable
from bundlesolve.kernels.copying import copy_into
from bundlesolve.kernels.exchange import climb
from bundlesolve.kernels.split_state import (
    ABOUT,
    BASE,
    BEST,
    CHOICE,
    CLOSED,
    FOUND,
    GAIN,
    ITEM,
    LOOKS,
    MULTIPLIER,
    NODE_BOUND,
    NUMBER,
    OUTER_WIDTH,
    PRICE,
    ROOM,
    SCALE,
    SIZE,
    SPARE,
    STEPS,
    UNLIMITED,
    WEIGHT,
    WIDTH,
    SplitTree,
)
from bundlesolve.kernels.splits import (
    NEVER,
    WHOLE,
    find_price,
    find_way,
    furthest_apart,
    look_inside,
    look_outside,
    stride_of,
    whole_value,
)
from bundlesolve.kernels.types import Floats, Ints, Parts

MOST_WIDTH = 400
"""Room up to which knapsacks are solved over whole points."""
WIDTHS = 0.2
"""Width of shares in the beginning, times the average price, or the multiplier."""
NARROW = 0.95
"""What becomes of it in a step."""
KEPT = 0.5
"""What is kept of the last step's way."""
SETTLED = 0.06
"""Share of a node's own that is fixed before it is taken out of the matrices."""
PROMISE = 12.0
"""A node gets another step where as many of the last one's worth would close it."""
MOST_TURNS = 3
"""Steps of a node that promises to close, times those of any other."""
FADE = 0.97
"""What becomes of the share of Polyak's length in a step."""


class Node(NamedTuple):
    """The node that is looked at: its rows of the tree, and room for its bound."""

    split: Parts
    item: Floats
    about: Floats
    inside: Ints
    way: Parts
    value: Floats
    share: Floats
    reduced: Floats
    side: Ints
    one: Floats
    other: Floats
    part_one: Parts
    part_other: Parts


@register_jitable
def new_node(tree: SplitTree) -> Node:
    """Return room for any node of a tree."""
    m, cells = len(tree.worth), tree.split.shape[2]
    kind = tree.split.dtype
    return Node(
        np.empty((2, cells), kind),
        np.empty((ITEM, m)),
        np.zeros(ABOUT),
        np.zeros(m, dtype=np.int64),
        np.zeros(cells, kind),
        np.empty(m),
        np.empty(m),
        np.empty(m),
        np.zeros(m, dtype=np.int64),
        np.empty(MOST_WIDTH + 1),
        np.empty(MOST_WIDTH + 1),
        np.empty(MOST_WIDTH + 1, kind),
        np.empty(MOST_WIDTH + 1, kind),
    )


@register_jitable
def matrix(row: Parts, f: int) -> Parts:
    """Return the matrix of ``f`` nodes that begins a row of the tree; a view."""
    g = stride_of(f)
    return row[: f * g].reshape((f, g))


@register_jitable
def begin_root(tree: SplitTree, node: Node) -> None:
    """Split every pair in half; look for prices, a multiplier and widths."""
    m, scale, kind = len(tree.worth), float(tree.notes[SCALE]), node.split.dtype.type
    start, head, pair = tree.start, tree.head, tree.pair
    item, about = node.item, node.about
    split, whole = matrix(node.split[0], m), matrix(node.split[1], m)
    copy_into(about, tree.about[0])
    about[NODE_BOUND], about[SIZE] = float(UNLIMITED), m
    for v in range(m):
        for u in range(split.shape[1]):
            split[v, u], whole[v, u] = kind(NEVER), kind(2.0 * NEVER)
        for e in range(start[v], start[v + 1]):
            split[v, head[e]] = kind(0.5 * scale * pair[e])
            whole[v, head[e]] = kind(scale * pair[e])
        item[NUMBER, v], item[GAIN, v] = v, scale * tree.worth[v]
        item[WEIGHT, v], item[PRICE, v] = tree.weight[v], 0.0
        node.inside[v], node.side[v] = 0, 0
    settle(node)
    f, room = int(about[SIZE]), about[ROOM]
    if f == 0:
        return
    weight, gain, price = item[WEIGHT, :f], item[GAIN, :f], item[PRICE, :f]
    value, total = node.value[:f], 0.0
    rows, pairs = matrix(node.split[0], f), matrix(node.split[1], f)
    way = matrix(node.way, f)
    for j in range(f):
        price[j] = min(find_price(rows[j], weight, room - weight[j]), most_price(tree))
        total += price[j]
    width = max(WIDTHS * total / f, 1.0)
    most = most_price(tree)
    look_inside(rows, pairs, way, 0.0, weight, gain, room, width, most, price, value)
    about[WIDTH], about[MULTIPLIER] = width, find_price(value, weight, room)
    about[OUTER_WIDTH] = max(WIDTHS * about[MULTIPLIER], 1.0)


@register_jitable
def most_price(tree: SplitTree) -> float:
    """Return a price at which no pair is worth its room, where that takes any."""
    pair = max(0.0, float(np.max(tree.pair)) if len(tree.pair) else 0.0)
    return float(tree.notes[SCALE]) * (1.0 + pair)


@register_jitable
def settle(node: Node) -> bool:
    """Put in what has side 1, leave out what has side -1 or does not fit.

    Returns
    -------
    bool
        False where what is put in does not fit.
    """
    item, about, side = node.item, node.about, node.side
    f, kind = int(about[SIZE]), node.split.dtype.type
    pairs = matrix(node.split[1], f)
    for k in range(f):
        if side[k] > 0:
            about[BASE] += item[GAIN, k]
            about[ROOM] -= item[WEIGHT, k]
            node.inside[int(item[NUMBER, k])] = 1
            for i in range(f):
                item[GAIN, i] += max(np.float64(pairs[k, i]), 0.0)
    room, largest = about[ROOM], 0.0
    count = 0
    for k in range(f):
        if side[k] == 0 and item[WEIGHT, k] <= room:
            side[count] = k
            node.share[count] = node.share[k]
            for part in range(ITEM):
                item[part, count] = item[part, k]
            largest = max(largest, item[WEIGHT, k])
            count += 1
        else:
            side[k] = 0
    kept = side[:count]
    _compress(node.split[0], f, kept, kind(NEVER))
    _compress(node.split[1], f, kept, kind(2.0 * NEVER))
    _compress(node.way, f, kept, kind(0.0))
    if 2.0 * largest > room:
        split, pairs = matrix(node.split[0], count), matrix(node.split[1], count)
        way = matrix(node.way, count)
        for j in range(count):
            left = room - item[WEIGHT, j]
            for i in range(count):
                if item[WEIGHT, i] > left:
                    split[j, i], pairs[j, i] = kind(NEVER), kind(2.0 * NEVER)
                    way[j, i] = kind(0.0)
    for k in range(f):
        side[k] = 0
    about[SIZE] = count
    return bool(room >= 0.0)


@register_jitable
def _compress(row: Parts, f: int, kept: Ints, none: float) -> None:
    """Keep some rows and columns of a matrix, in place: they are ascending."""
    count = len(kept)
    old, new = stride_of(f), stride_of(count)
    if count == f:
        return
    for j in range(count):
        begin, to = kept[j] * old, j * new
        for i in range(count):
            row[to + i] = row[begin + kept[i]]
        for i in range(count, new):
            row[to + i] = none


@register_jitable
def try_near(tree: SplitTree, node: Node) -> None:
    """Keep what is in with the nodes of large share, climbed, if it is the best."""
    item, about, weight = node.item, node.about, tree.weight
    inside = node.inside.copy()
    room = about[ROOM]
    for v in range(len(inside)):
        room += inside[v] * weight[v]
    for k in range(int(about[SIZE])):
        if node.share[k] >= 0.5 * WHOLE:
            inside[int(item[NUMBER, k])] = 1
    worth = climb(
        tree.start, tree.head, tree.pair, tree.worth, weight, np.int64(room), inside
    )
    if worth > tree.notes[BEST]:
        tree.notes[BEST], tree.notes[FOUND] = worth, 1
        copy_into(tree.best_set, inside)


@register_jitable
def descend(tree: SplitTree, node: Node, steps: int, factor: float) -> bool:
    """Lower the bound of a node and fix in it; False where nothing better is left."""
    notes, about, item = tree.notes, node.about, node.item
    scale, most = float(notes[SCALE]), most_price(tree)
    notes[STEPS] += 1
    turn, length, is_whole = 0, 0.0, False
    first_steps, last = steps, np.inf
    kept, zero = 0.0, node.way.dtype.type(0.0)
    f = int(about[SIZE])
    for k in range(f * stride_of(f)):
        node.way[k] = zero
    while True:
        cutoff = float(notes[BEST] + notes[SPARE])
        f = int(about[SIZE])
        if f == 0:
            worth = about[BASE] / scale
            about[NODE_BOUND] = min(about[NODE_BOUND], worth)
            if worth > notes[BEST]:
                try_near(tree, node)
            return False
        notes[LOOKS] += 1
        split, pair = matrix(node.split[0], f), matrix(node.split[1], f)
        way, gain = matrix(node.way, f), item[GAIN, :f]
        weight, value, price = item[WEIGHT, :f], node.value[:f], item[PRICE, :f]
        share, reduced = node.share[:f], node.reduced[:f]
        room, width, outer = about[ROOM], about[WIDTH], about[OUTER_WIDTH]
        look_inside(split, pair, way, length, weight, gain, room, width, most, price, value)
        total, about[MULTIPLIER] = look_outside(
            value, weight, room, outer, about[MULTIPLIER], share, reduced
        )
        if _is_closed(tree, node, total, cutoff):
            return False
        fixed, length = _fix(tree, node, total, cutoff), 0.0
        turn += 1
        if turn == steps and turn < MOST_TURNS * first_steps:
            above = about[BASE] + total - scale * (cutoff + 1.0)
            if above < PROMISE * (last - total - about[BASE]):
                steps += 1
        last = about[BASE] + total
        if turn < steps:
            norm = find_way(split, pair, weight, price, width, share, kept, way)
            kept = KEPT
            if norm > 0.0:
                distance = factor * (about[BASE] + total - scale * (cutoff + 1.0))
                length = 2.0 * WHOLE * WHOLE * distance / norm
            elif fixed == 0:
                turn = steps
            factor *= FADE
            about[WIDTH] = max(about[WIDTH] * NARROW, 1.0)
            about[OUTER_WIDTH] = max(about[OUTER_WIDTH] * NARROW, 1.0)
        elif fixed == 0 and room <= MOST_WIDTH and not is_whole:
            is_whole = True
            fixed = _look_whole(tree, node, cutoff)
            if about[NODE_BOUND] <= cutoff:
                return False
        many = fixed > 0 and fixed >= SETTLED * f
        if fixed > 0 and (turn >= steps or many):
            if not settle(node):
                return False
        f = int(about[SIZE])
        if turn >= steps and f > 0 and not many:
            split, pair = matrix(node.split[0], f), matrix(node.split[1], f)
            weight, price, share = item[WEIGHT, :f], item[PRICE, :f], node.share[:f]
            about[CHOICE] = furthest_apart(split, pair, weight, price, width, share)
            return True


@register_jitable
def _is_closed(tree: SplitTree, node: Node, total: float, cutoff: float) -> bool:
    """Take down a bound; True where it closes the node."""
    notes, about = tree.notes, node.about
    bound = np.floor((about[BASE] + total) / float(notes[SCALE]))
    about[NODE_BOUND] = min(about[NODE_BOUND], bound)
    if about[NODE_BOUND] > cutoff:
        return False
    notes[CLOSED] = max(notes[CLOSED], np.int64(about[NODE_BOUND]))
    return True


@register_jitable
def _fix(tree: SplitTree, node: Node, total: float, cutoff: float) -> int:
    """Mark nodes that have one value in all sets that are looked for; return how many."""
    fixed, most = 0, 0.0
    total += node.about[BASE]
    need = float(tree.notes[SCALE]) * (cutoff + 1.0)
    for k in range(int(node.about[SIZE])):
        # A set with a node's other value is worth no more.
        other = total - abs(node.reduced[k])
        if other < need:
            node.side[k] = 1 if node.reduced[k] > 0.0 else -1
            fixed += 1
            most = max(most, other)
    if fixed > 0:
        closed = np.int64(np.floor(most / float(tree.notes[SCALE])))
        tree.notes[CLOSED] = max(tree.notes[CLOSED], closed)
    return fixed


@register_jitable
def _look_whole(tree: SplitTree, node: Node, cutoff: float) -> int:
    """Lower the bound of a node by knapsacks over whole points; return `_fix`'s number."""
    about, item = node.about, node.item
    f, room = int(about[SIZE]), about[ROOM]
    split = matrix(node.split[0], f)
    weight, gain, value = item[WEIGHT, :f], item[GAIN, :f], node.value[:f]
    for j in range(f):
        left, row = room - weight[j], split[j, :f]
        value[j] = gain[j] + whole_value(row, weight, left, node.part_one, node.part_other)
    total = whole_value(value, weight, room, node.one, node.other)
    if _is_closed(tree, node, total, cutoff):
        return 0
    share, reduced = node.share[:f], node.reduced[:f]
    width, multiplier = about[OUTER_WIDTH], about[MULTIPLIER]
    total, _ = look_outside(value, weight, room, width, multiplier, share, reduced)
    return _fix(tree, node, total, cutoff)
