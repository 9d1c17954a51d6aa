"""The bound of Caprara, Pisinger and Toth (1999) at fixed splits, in whole numbers.

Every pair worth is split over its two ends, ``s_ij + s_ji = scale q_ij``; see
`bundlesolve.kernels.lagrangian`. The flow of a minimum cut is the best split at its prices
(`bundlesolve.kernels.products`), and it stays a split when some nodes are put in or out:
one bound then takes a look at each pair, in the order of what it gives per weight, and
nothing has to be searched for. All sums are whole: there is no rounding to account for.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numba.extending import register_jitable

from bundlesolve.kernels.products import Products
from bundlesolve.kernels.types import Floats, Ints

MOST_CELLS = 4_000
"""Size of the table up to which the outer knapsack is solved over whole points."""
GAPS = (701, 301, 132, 57, 23, 10, 4, 1)
"""Of Shell's sort (Ciura, 2001)."""


@register_jitable
def _sort_by(key: Floats, first: Ints, second: Ints, begin: int, end: int) -> None:
    """Sort places ``begin .. end - 1`` of three arrays by the key, largest first."""
    for gap in GAPS:
        for i in range(begin + gap, end):
            k, a, b, j = key[i], first[i], second[i], i
            while j - gap >= begin and key[j - gap] < k:
                key[j], first[j], second[j] = key[j - gap], first[j - gap], second[j - gap]
                j -= gap
            key[j], first[j], second[j] = k, a, b


@njit(cache=True, nogil=True)
def write_lists(
    products: Products,
    node: Ints,
    loaded: int,
    scale: int,
    begin: Ints,
    end: Ints,
    head: Ints,
    split: Ints,
    used: int,
) -> int:
    """Write the splits of a settled flow as lists, most split per weight first.

    Parameters
    ----------
    products
        Nodes, pairs and prices; its network holds the flow, scaled by ``loaded``.
    node
        What to call each of its nodes. Shape ``[m']``.
    begin, end
        Written at ``node``: where each one's list begins and ends. Shape ``[m]``.
    head, split
        Written from place ``used`` on: partner, and the node's split of the pair.

    Returns
    -------
    int
        The place after the last list.
    """
    net, weight, price = products.net, products.weight, products.price
    key = np.empty(len(weight))
    partner, part = np.empty_like(weight), np.empty_like(weight)
    for v in range(len(weight)):
        count = 0
        for e in range(net.start[v], net.start[v + 1]):
            u = net.head[e]
            whole = scale * products.pair[e]
            low, high = (v, u) if v < u else (u, v)
            own, other = price[low] * weight[high], price[high] * weight[low]
            # The one of the lower number, so that both ends agree on the rounding.
            if net.worth[e] > 0:
                left = net.left[e] if v < u else net.left[net.back[e]]
                mine = left // (2 * loaded) + own
            else:
                mine = np.int64(whole * (own / max(own + other, 1)))
            mine = min(max(mine, 0), whole)
            mine = mine if v < u else whole - mine
            if mine > 0:
                key[count] = mine / (weight[u] + 1e-9)
                partner[count], part[count] = node[u], mine
                count += 1
        _sort_by(key, partner, part, 0, count)
        begin[node[v]] = used
        for k in range(count):
            head[used], split[used] = partner[k], part[k]
            used += 1
        end[node[v]] = used
    return used


@register_jitable
def inner_values(
    node: Ints,
    open_: Ints,
    gain: Ints,
    weight: Ints,
    room: int,
    scale: int,
    begin: Ints,
    end: Ints,
    head: Ints,
    split: Ints,
    reach: Ints,
    value: Ints,
) -> None:
    """Write what each node is worth with the best of its splits that fits beside it.

    ``value_j = scale gain_j + max sum_i s_ji y_i`` over ``0 <= y <= 1`` of open nodes that
    weigh no more than ``room - weight_j``, rounded down. ``reach`` is where a list is left.
    """
    for j in node:
        most = room - weight[j]
        left, total, e, last = most, scale * gain[j], begin[j], end[j]
        while e < last:
            i = head[e]
            if open_[i] == 0:
                need = weight[i]
                if need <= left:
                    total += split[e]
                    left -= need
                elif need <= most:
                    total += split[e] * left // need
                    break
            e += 1
        reach[j], value[j] = e, total


@register_jitable
def outer_knapsack(
    node: Ints, value: Ints, weight: Ints, room: int, x: Ints
) -> tuple[int, int, int]:
    """Bound ``max value . x, weight . x <= room``; return it and its multiplier ``p / q``.

    The continuous knapsack, rounded down; ``x`` is 1 where it takes a node in full.
    """
    count = 0
    key = np.empty(len(node))
    order, unused = np.empty_like(node), np.empty_like(node)
    for v in node:
        x[v] = 0
        if value[v] > 0:
            key[count], order[count], unused[count] = value[v] / (weight[v] + 1e-9), v, 0
            count += 1
    _sort_by(key, order, unused, 0, count)
    left, p, q = room, np.int64(0), np.int64(1)
    for k in range(count):
        v = order[k]
        if weight[v] > left:
            p, q = value[v], weight[v]
            break
        left -= weight[v]
        x[v] = 1
    # The dual holds for any multiplier, whatever the order was rounded to.
    total = p * room
    for k in range(count):
        v = order[k]
        total += max(0, value[v] * q - p * weight[v])
    return total // q, p, q


@register_jitable
def whole_knapsack(node: Ints, value: Ints, weight: Ints, room: int, x: Ints) -> int:
    """Return ``max value . x, weight . x <= room`` over whole ``x``, which is written.

    -1 where the table would be too large; then nothing is written. By what is taken or by
    what is dropped of nodes of positive value (Bellman), whichever table is narrower.
    """
    count, heavy, total = 0, np.int64(0), np.int64(0)
    item = np.empty_like(node)
    for v in node:
        if value[v] > 0 and weight[v] <= room:
            item[count] = v
            count += 1
            heavy += weight[v]
            total += value[v]
    drops = heavy - room < room
    width = room
    if drops:
        width = heavy - room if heavy > room else 0
    if (width + 1) * count > MOST_CELLS:
        return -1
    # ``best[w]``: the most that fits into w; or minus the least loss of dropping w or more.
    best = np.zeros(width + 1, dtype=np.int64)
    turned = np.zeros((count, width + 1), dtype=np.bool_)
    if drops:
        best[1:] = -(1 << 62)
    for k in range(count):
        need = weight[item[k]]
        worth = -value[item[k]] if drops else value[item[k]]
        for w in range(width, 0 if drops else need - 1, -1):
            new = best[max(w - need, 0)] + worth
            if new > best[w]:
                best[w] = new
                turned[k, w] = True
    for v in node:
        x[v] = 0
    left = width
    for k in range(count - 1, -1, -1):
        x[item[k]] = int(turned[k, left] != drops)
        if turned[k, left]:
            left = max(left - weight[item[k]], 0)
    return total + best[width] if drops else best[width]
