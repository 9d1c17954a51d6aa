"""What is done to one node of the tree of `bundlesolve.kernels.split_tree`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba.extending import register_jitable

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
    look_inside,
    look_outside,
    move,
    whole_value,
)
from bundlesolve.kernels.types import Floats, Ints

MOST_WIDTH = 400
"""Room up to which knapsacks are solved over whole points."""
WIDTHS = 0.2
"""Width of shares in the beginning, times the average price, or the multiplier."""
NARROW = 0.96
"""What becomes of it in a step."""
KEPT = 0.5
"""What is kept of the last step's way."""
FADE = 0.98
"""What becomes of the share of Polyak's length in a step."""


class Node(NamedTuple):
    """The node that is looked at: its rows of the tree, and room for its bound."""

    split: Floats
    item: Floats
    about: Floats
    inside: Ints
    way: Floats
    value: Floats
    share: Floats
    reduced: Floats
    merit: Floats
    side: Ints
    one: Floats
    other: Floats


@register_jitable
def new_node(m: int) -> Node:
    """Return room for a node of up to ``m`` nodes that are neither in nor out."""
    return Node(
        np.empty((2, m * m)),
        np.empty((ITEM, m)),
        np.zeros(ABOUT),
        np.zeros(m, dtype=np.int64),
        np.empty(m * m),
        np.empty(m),
        np.empty(m),
        np.empty(m),
        np.empty(m),
        np.zeros(m, dtype=np.int64),
        np.empty(MOST_WIDTH + 1),
        np.empty(MOST_WIDTH + 1),
    )


@register_jitable
def begin_root(tree: SplitTree, node: Node) -> None:
    """Split every pair in half; look for prices, a multiplier and widths."""
    m, scale = len(tree.worth), float(tree.notes[SCALE])
    start, head, pair = tree.start, tree.head, tree.pair
    item, about = node.item, node.about
    split, whole = node.split[0], node.split[1]
    copy_into(about, tree.about[0])
    about[NODE_BOUND], about[SIZE] = float(UNLIMITED), m
    for v in range(m):
        for u in range(m):
            split[v * m + u], whole[v * m + u] = NEVER, 2.0 * NEVER
        for e in range(start[v], start[v + 1]):
            split[v * m + head[e]] = 0.5 * scale * pair[e]
            whole[v * m + head[e]] = scale * pair[e]
        item[NUMBER, v], item[GAIN, v] = v, scale * tree.worth[v]
        item[WEIGHT, v], item[PRICE, v] = tree.weight[v], 0.0
        node.inside[v], node.side[v] = 0, 0
    settle(node)
    f, room = int(about[SIZE]), about[ROOM]
    if f == 0:
        return
    weight, price, value = item[WEIGHT, :f], item[PRICE, :f], node.value[:f]
    rows, total = split[: f * f].reshape((f, f)), 0.0
    for j in range(f):
        price[j] = find_price(rows[j], weight, room - weight[j])
        total += price[j]
    about[WIDTH] = max(WIDTHS * total / f, 1.0)
    most = scale * UNLIMITED
    look_inside(rows, weight, item[GAIN, :f], room, about[WIDTH], most, price, value)
    about[MULTIPLIER] = find_price(value, weight, room)
    about[OUTER_WIDTH] = max(WIDTHS * about[MULTIPLIER], 1.0)


@register_jitable
def settle(node: Node) -> bool:
    """Put in what has side 1, leave out what has side -1 or does not fit.

    Returns
    -------
    bool
        False where what is put in does not fit.
    """
    item, about, side = node.item, node.about, node.side
    split, pair = node.split[0], node.split[1]
    f = int(about[SIZE])
    for k in range(f):
        if side[k] > 0:
            about[BASE] += item[GAIN, k]
            about[ROOM] -= item[WEIGHT, k]
            node.inside[int(item[NUMBER, k])] = 1
            for i in range(f):
                item[GAIN, i] += max(pair[k * f + i], 0.0)
    room = about[ROOM]
    count = 0
    for k in range(f):
        if side[k] == 0 and item[WEIGHT, k] <= room:
            side[count] = k
            for part in range(ITEM):
                item[part, count] = item[part, k]
            count += 1
        else:
            side[k] = 0
    for j in range(count):
        begin, left = side[j] * f, room - item[WEIGHT, j]
        for i in range(count):
            e, new = begin + side[i], j * count + i
            fits = item[WEIGHT, i] <= left
            split[new] = split[e] if fits else NEVER
            pair[new] = pair[e] if fits else 2.0 * NEVER
    for k in range(f):
        side[k] = 0
    about[SIZE] = count
    return bool(room >= 0.0)


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
    scale = float(notes[SCALE])
    most = scale * (1.0 + max(0.0, float(np.max(tree.pair)) if len(tree.pair) else 0.0))
    notes[STEPS] += 1
    turn, is_new = 0, True
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
        split = node.split[0, : f * f].reshape((f, f))
        pair = node.split[1, : f * f].reshape((f, f))
        way = node.way[: f * f].reshape((f, f))
        weight, value, price = item[WEIGHT, :f], node.value[:f], item[PRICE, :f]
        share, reduced = node.share[:f], node.reduced[:f]
        room, width, outer = about[ROOM], about[WIDTH], about[OUTER_WIDTH]
        look_inside(split, weight, item[GAIN, :f], room, width, most, price, value)
        total, about[MULTIPLIER] = look_outside(
            value, weight, room, outer, about[MULTIPLIER], share, reduced
        )
        bound = np.floor((about[BASE] + total) / scale)
        about[NODE_BOUND] = min(about[NODE_BOUND], bound)
        if about[NODE_BOUND] <= cutoff:
            notes[CLOSED] = max(notes[CLOSED], np.int64(about[NODE_BOUND]))
            return False
        if _fix(tree, node, total, cutoff) > 0:
            if not settle(node):
                return False
            turn, is_new = min(turn + 1, steps - 1), True
            continue
        if is_new:
            for k in range(f * f):
                node.way[k] = 0.0
        kept, is_new = KEPT, False
        merit = node.merit[:f]
        norm = find_way(split, pair, weight, price, width, share, kept, way, merit)
        turn += 1
        if turn < steps and norm > 0.0:
            distance = factor * (about[BASE] + total - scale * (cutoff + 1.0))
            move(split, pair, way, 2.0 * WHOLE * WHOLE * distance / norm)
            factor *= FADE
            about[WIDTH] = max(about[WIDTH] * NARROW, 1.0)
            about[OUTER_WIDTH] = max(about[OUTER_WIDTH] * NARROW, 1.0)
            continue
        if room > MOST_WIDTH:
            break
        fixed = _look_whole(tree, node, cutoff)
        if about[NODE_BOUND] <= cutoff:
            notes[CLOSED] = max(notes[CLOSED], np.int64(about[NODE_BOUND]))
            return False
        if fixed > 0 and not settle(node):
            return False
        if fixed == 0:
            break
        turn, is_new = steps - 1, True
    about[CHOICE] = _choice(node)
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
    about, item, scale = node.about, node.item, float(tree.notes[SCALE])
    f, room = int(about[SIZE]), about[ROOM]
    split = node.split[0, : f * f].reshape((f, f))
    weight, gain, value = item[WEIGHT, :f], item[GAIN, :f], node.value[:f]
    for j in range(f):
        left = room - weight[j]
        value[j] = gain[j] + whole_value(split[j], weight, left, node.one, node.other)
    total = whole_value(value, weight, room, node.one, node.other)
    bound = np.floor((about[BASE] + total) / scale)
    about[NODE_BOUND] = min(about[NODE_BOUND], bound)
    share, reduced = node.share[:f], node.reduced[:f]
    width, multiplier = about[OUTER_WIDTH], about[MULTIPLIER]
    total, _ = look_outside(value, weight, room, width, multiplier, share, reduced)
    return _fix(tree, node, total, cutoff)


@register_jitable
def _choice(node: Node) -> int:
    """Return where the two shares of pairs are furthest apart."""
    choice = 0
    for k in range(1, int(node.about[SIZE])):
        if node.merit[k] > node.merit[choice]:
            choice = k
    return choice
