"""The 0-1 knapsack around its critical item, with the price of every other decision."""

from __future__ import annotations

import numpy as np

from bundlesolve.kernels.compiling import njit
from bundlesolve.kernels.knapsack import critical_multiplier
from bundlesolve.kernels.types import Floats, Ints

MOST_CELLS = 200_000
"""Size of the table, beyond which a knapsack is left continuous."""
MARGIN = 1e-11
"""Share of the sum of absolute terms by which an item must lose more than is allowed."""


@njit(cache=True, nogil=True)
def whole_knapsack(
    value: Floats,
    weight: Floats,
    most: Floats,
    capacity: float,
    table: Floats,
    x: Floats,
    price: Floats,
    priced: float,
) -> tuple[float, float]:
    """Return ``max value . x, weight . x <= capacity`` over ``x`` in {0, most}, or above.

    The continuous knapsack gives a bound, filling it up a point. Only items whose other
    decision costs the bound no more than the two are apart are decided by dynamic
    programming (Balas and Zemel's core, with the whole gap as its width), the others are
    as in the continuous solution. If the table is too small, ``x``, the bound and prices
    stay continuous.

    Parameters
    ----------
    value, weight, most
        Any values, whole weights of 0 or more, 0 or 1. Shape ``[n]``.
    capacity
        Whole; nothing is taken if it is negative.
    table
        Room for the dynamic program.
    x
        Written: the point. Shape ``[n]``.
    price
        Written unless ``priced`` is negative: the bound falls by at least its size if an
        item's decision is turned round; positive where it is in. Shape ``[n]``.
    priced
        Prices are exact up to about this; -1 for none.

    Returns
    -------
    tuple[float, float]
        The bound and the sum of the absolute terms it was added from.
    """
    n = len(value)
    room = max(capacity, 0.0)
    mu = critical_multiplier(value, weight, most, room, x)
    bound = mu * room
    scale = bound
    point = 0.0
    left = room
    for i in range(n):
        reduced = value[i] - mu * weight[i]
        if most[i] > 0.0:
            scale += abs(value[i]) + mu * weight[i]
            if reduced > 0.0:
                bound += reduced
            if x[i] == 1.0:
                point += value[i]
                left -= weight[i]
        if priced >= 0.0:
            price[i] = reduced if most[i] > 0.0 else -np.inf
    point += _filled(value, weight, most, x, left)
    gap = max(bound - point, priced) + MARGIN * scale
    core = np.empty(n, dtype=np.int64)
    count = 0
    rest = room
    fixed = 0.0
    for i in range(n):
        if most[i] > 0.0:
            reduced = value[i] - mu * weight[i]
            if abs(reduced) <= gap:
                if value[i] > 0.0 and weight[i] <= room:
                    core[count] = i
                    count += 1
            elif reduced > 0.0:
                rest -= weight[i]
                fixed += value[i]
    heavy = 0.0
    worth = 0.0
    for k in range(count):
        heavy += weight[core[k]]
        worth += value[core[k]]
    # Either what is taken or what is dropped is decided, whichever table is narrower.
    drops = heavy - rest < rest
    width = int(max(heavy - rest, 0.0) if drops else rest) + 1
    # Divided, since the product may not fit into an integer.
    if rest < 0.0 or width > len(table) // (count + 2):
        return bound, scale
    best = fixed + _decide(value, weight, core[:count], drops, width, table, x)
    if drops:
        best += worth
    for i in range(n):
        if abs(value[i] - mu * weight[i]) > gap:
            x[i] = most[i] if value[i] - mu * weight[i] > 0.0 else 0.0
        elif value[i] <= 0.0 or weight[i] > room:
            x[i] = 0.0
    if priced >= 0.0:
        loss = bound - best
        for i in range(n):
            if most[i] > 0.0:
                if price[i] > 0.0:
                    price[i] = max(price[i] - loss, 0.0) if x[i] == 1.0 else 0.0
                else:
                    price[i] = min(price[i] + loss, 0.0) if x[i] == 0.0 else 0.0
        _prices(value, weight, core[:count], drops, width, table, x, price)
        # A point that turns an item outside the core is worth at most bound - gap.
        for k in range(count):
            i = core[k]
            price[i] = min(max(price[i], loss - gap), gap - loss)
    return best, scale


@njit(cache=True, nogil=True)
def _filled(value: Floats, weight: Floats, most: Floats, x: Floats, left: float) -> float:
    """Return what the most valuable items that still fit add to the full ones of ``x``."""
    added = 0.0
    used = np.zeros(len(value), dtype=np.bool_)
    while True:
        best = -1
        for i in range(len(value)):
            if x[i] < 1.0 and most[i] > 0.0 and not used[i] and weight[i] <= left:
                if value[i] > 0.0 and (best < 0 or value[i] > value[best]):
                    best = i
        if best < 0:
            return added
        used[best] = True
        added += value[best]
        left -= weight[best]


@njit(cache=True, nogil=True)
def _decide(
    value: Floats,
    weight: Floats,
    core: Ints,
    drops: bool,
    width: int,
    table: Floats,
    x: Floats,
) -> float:
    """Solve the knapsack over the core (Bellman) and write its part of ``x``.

    ``table[k, w]`` is the most that the first ``k`` items are worth within a weight of
    ``w``; or, if ``drops``, the least that they lose, negative, where a weight of ``w`` or
    more is dropped.
    """
    n = len(core)
    sign = -1.0 if drops else 1.0
    table[:width] = -1e300 if drops else 0.0
    table[0] = 0.0
    for k in range(n):
        a, v = int(weight[core[k]]), sign * value[core[k]]
        before = table[k * width : (k + 1) * width]
        here = table[(k + 1) * width : (k + 2) * width]
        for w in range(min(a, width)):
            here[w] = max(before[w], before[0] + v) if drops else before[w]
        for w in range(a, width):
            here[w] = max(before[w], before[w - a] + v)
    left = width - 1
    for k in range(n - 1, -1, -1):
        i = core[k]
        turned = table[(k + 1) * width + left] > table[k * width + left]
        x[i] = 1.0 if turned != drops else 0.0
        if turned:
            left = max(left - int(weight[i]), 0)
    return table[n * width + width - 1]


# Without order of comparisons and signs of zeros a maximum can be taken lane by lane.
@njit(cache=True, nogil=True, fastmath={"nnan", "nsz", "reassoc"})
def _prices(
    value: Floats,
    weight: Floats,
    core: Ints,
    drops: bool,
    width: int,
    table: Floats,
    x: Floats,
    price: Floats,
) -> None:
    """Write what turning round each item of the core costs, from tables of both ends."""
    n = len(core)
    sign = -1.0 if drops else 1.0
    best = table[n * width + width - 1]
    after = np.full(width, -1e300 if drops else 0.0)
    after[0] = 0.0
    for k in range(n - 1, -1, -1):
        i = core[k]
        a, v = int(weight[i]), sign * value[i]
        before = table[k * width : (k + 1) * width]
        is_in = x[i] == 1.0
        room = width - 1
        other = -1e300
        if is_in == drops:
            room -= a
            if drops:
                room = max(room, 0)
        for w in range(room + 1):
            other = max(other, before[w] + after[room - w])
        if is_in == drops:
            other += v
        price[i] = best - other if is_in else min(other - best, 0.0)
        first = after[0]
        for w in range(width - 1, a - 1, -1):
            after[w] = max(after[w], after[w - a] + v)
        if drops:
            for w in range(min(a, width)):
                after[w] = max(after[w], first + v)
