"""Bounds by stars: each item with its best partners, one clique at most one of them.

Worths are whole numbers, a unit of worth being many of them, and so are all multipliers:
what is computed here is exact, and a proof.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bundlesolve.kernels.compiling import njit
from bundlesolve.kernels.types import Ints

NEVER = -(2**60)
"""Share of a pair that cannot be."""
LARGEST = 2**40
"""Most that a share, and the sum of all worths, may be: no sum below passes 2**62 then, for
up to 400 items that weigh 2**31 in all."""


class Stars(NamedTuple):
    """The stars of one set of open items, in an order in which cliques are contiguous.

    Attributes
    ----------
    value
        Worth of an item alone and with all that is in. Shape ``[m]``.
    weight
        Shape ``[m]``.
    split
        What item ``j`` earns of its pair with ``i``; both parts are the pair's worth.
        `NEVER` where both cannot be in, and on the diagonal. Shape ``[m, m]``.
    start
        Where cliques start; ends with ``m``. Shape at least ``[cliques + 1]``.
    price
        Price of weight in each star. Shape ``[m]``.
    stride
        Next change of each price; its sign says which way. Shape ``[m]``.
    merit
        Worth of each item and its star, less its weight's price. Shape ``[m]``.
    pick
        1 where star ``j`` holds ``i``. Shape ``[m, m]``.
    """

    value: Ints
    weight: Ints
    split: Ints
    start: Ints
    price: Ints
    stride: Ints
    merit: Ints
    pick: np.ndarray


@njit(cache=True, nogil=True)
def evaluate(stars: Stars, m: int, cliques: int, room: int) -> int:
    """Return the bound on what the open items can add, and move the stars' prices.

        U_j = p_j (room - a_j) + sum_cliques max { 0, s_ji - p_j a_i : i in clique }
        bound = p room + sum_cliques max { 0, value_j + U_j - p a_j : j in clique }

    for any ``p_j, p >= 0``, of which ``p`` is the best. Leaves ``value_j + U_j - p a_j`` in
    ``merit``.
    """
    value, weight, split, start = stars.value, stars.weight, stars.split, stars.start
    price, stride, merit, pick = stars.price, stars.stride, stars.merit, stars.pick
    top = 0
    for j in range(m):
        p = price[j]
        left = room - weight[j]
        total = value[j] + p * left
        for c in range(cliques):
            best, at = 0, -1
            for i in range(start[c], start[c + 1]):
                pick[j, i] = 0
                gain = split[j, i] - p * weight[i]
                if gain > best:
                    best, at = gain, i
            if at >= 0:
                total += best
                left -= weight[at]
                pick[j, at] = 1
        merit[j] = total
        if weight[j] > 0:
            top = max(top, total // weight[j] + 1)
        # Longer while it goes one way, halved where it turns.
        move = stride[j]
        if left < 0:
            move = move + move // 2 + 1 if move > 0 else max(1, -move // 2)
        elif left > 0 and p > 0:
            move = move + move // 2 - 1 if move < 0 else min(-1, -(move // 2))
        stride[j] = move
        if left < 0 or (left > 0 and p > 0):
            price[j] = max(0, p + move)
    low, high = 0, top
    while low < high:
        p = (low + high) // 2
        left = room
        for c in range(cliques):
            best, at = 0, -1
            for j in range(start[c], start[c + 1]):
                gain = merit[j] - p * weight[j]
                if gain > best:
                    best, at = gain, j
            if at >= 0:
                left -= weight[at]
        if left < 0:
            low = p + 1
        else:
            high = p
    bound = low * room
    for c in range(cliques):
        best = 0
        for j in range(start[c], start[c + 1]):
            merit[j] -= low * weight[j]
            best = max(best, merit[j])
        bound += best
    return bound


@njit(cache=True, nogil=True)
def improve(stars: Stars, m: int, cliques: int, over: int, chosen: Ints) -> None:
    """Take a subgradient step on the splits that aims ``over`` below the bound."""
    start, merit, pick, split = stars.start, stars.merit, stars.pick, stars.split
    for j in range(m):
        chosen[j] = 0
    for c in range(cliques):
        best, at = 0, -1
        for j in range(start[c], start[c + 1]):
            if merit[j] > best:
                best, at = merit[j], j
        if at >= 0:
            chosen[at] = 1
    count = 0
    for j in range(m):
        if chosen[j]:
            for i in range(m):
                if pick[j, i] and not (chosen[i] and pick[i, j]):
                    count += 1
    if count == 0:
        return
    step = max(1, over // count)
    for j in range(m):
        if chosen[j]:
            for i in range(m):
                if pick[j, i] and not (chosen[i] and pick[i, j]):
                    if split[j, i] - step < -LARGEST or split[i, j] + step > LARGEST:
                        continue
                    split[j, i] -= step
                    split[i, j] += step


@njit(cache=True, nogil=True)
def losses(stars: Stars, m: int, cliques: int, lost_in: Ints, lost_out: Ints) -> None:
    """Find what the bound loses at least with each item in, and with each out."""
    start, merit, split = stars.start, stars.merit, stars.split
    for c in range(cliques):
        first, second = 0, 0
        for j in range(start[c], start[c + 1]):
            if merit[j] > first:
                first, second = merit[j], first
            elif merit[j] > second:
                second = merit[j]
        for j in range(start[c], start[c + 1]):
            lost_out[j] = first - second if merit[j] == first else 0
            lost_in[j] = first - merit[j]
    for c in range(cliques):
        first = 0
        for j in range(start[c], start[c + 1]):
            first = max(first, merit[j])
        if first == 0:
            continue
        for j in range(m):
            if start[c] <= j < start[c + 1]:
                continue
            best = 0
            for i in range(start[c], start[c + 1]):
                if split[j, i] > NEVER // 2 and merit[i] > best:
                    best = merit[i]
            lost_in[j] += first - best
