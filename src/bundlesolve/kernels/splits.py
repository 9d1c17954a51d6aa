"""The bound of Caprara, Pisinger and Toth (1999) by dense steps on whole numbers.

Every pair worth is split over its two ends, ``s_ij + s_ji = q_ij``. With a price
``p_j >= 0`` for the room beside each node and a multiplier ``t >= 0`` of the room itself,

    V_j = gain_j + p_j (room - a_j) + sum_i max(0, s_ji - p_j a_i)
    max <= t room + sum_j max(0, V_j - t a_j)                                       (*)

for *any* splits, prices and multiplier. They are numbers without a fraction here, held as
floating point below ``2**53``: every sum is exact in any order, so that loops may be
vectorised and (*) needs no account of rounding.

Steps follow the smoothed problem (Nesterov, Mathematical Programming 103, 2005): a node
``i`` is taken beside ``j`` by the share ``1/2 + (s_ji - p_j a_i) / (width a_i)``, cut off
at 0 and 1 and rounded to 1/64. So one look at a row is one of Newton's steps on its price,
and no critical item has to be searched for. A step keeps a part of the last one's way
(Polyak, USSR Computational Mathematics and Mathematical Physics 4, 1964).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from bundlesolve.kernels.types import Floats

WHOLE = 64.0
"""A choice of all of a node; choices are counted in parts of this."""
NEVER = -float(1 << 50)
"""The split of two nodes that are no pair, or do not fit together."""
MOST_PASSES = 12
"""Newton's steps on the multiplier, at most."""
HALVINGS = 16
"""Of the range of a price that is not known."""
ANY_ORDER = {"reassoc", "nsz", "nnan"}


@njit(cache=True, nogil=True, fastmath=ANY_ORDER)
def find_price(value: Floats, weight: Floats, room: float) -> float:
    """Return a price near the best one for ``price * room + sum max(0, value - price w)``.

    By halving the range, from nothing known; whole, and not below the best one by much.
    """
    low, high = 0.0, 0.0
    for i in range(len(value)):
        high = max(high, value[i])
    price = 0.0
    for _ in range(HALVINGS):
        used = 0.0
        for i in range(len(value)):
            used += weight[i] if value[i] > price * weight[i] else 0.0
        if used > room:
            low = price
        elif price == 0.0:
            break
        else:
            high = price
        # Ratios lie closer to 0 than to the largest one.
        price = np.floor(0.3 * high + 0.7 * low)
    return price


@njit(cache=True, nogil=True, fastmath=ANY_ORDER)
def look_inside(
    split: Floats,
    weight: Floats,
    gain: Floats,
    room: float,
    width: float,
    most: float,
    price: Floats,
    value: Floats,
) -> None:
    """Write ``V_j`` at some prices, and prices that fit better.

    Parameters
    ----------
    split
        ``s_ji`` in row ``j``; ``NEVER`` where there is no pair. Shape ``[f, f]``.
    weight, gain
        Of each node; weights not above ``room``. Shape ``[f]``.
    width
        See the module.
    most
        Largest price.
    price
        Changed. Shape ``[f]``.
    value
        Written, at the prices that came in. Shape ``[f]``.
    """
    f = len(weight)
    slope = np.empty(f)
    light = 1.0
    for i in range(f):
        slope[i] = WHOLE / (width * max(weight[i], 1.0))
        light += weight[i]
    light /= max(f, 1)
    for j in range(f):
        p, left = price[j], room - weight[j]
        worth, used, near = 0.0, 0.0, 0.0
        for i in range(f):
            more = split[j, i] - p * weight[i]
            share = more * slope[i] + (0.5 * WHOLE + 0.5)
            share = max(0.0, share)
            share = min(WHOLE, share)
            share = np.float64(np.int32(share))
            worth += max(0.0, more)
            used += weight[i] * share
            near += weight[i] if 0.0 < share < WHOLE else 0.0
        value[j] = gain[j] + p * left + worth
        step = (used / WHOLE - left) * width / max(near, light)
        price[j] = np.floor(min(max(p + step, 0.0), most))


@njit(cache=True, nogil=True, fastmath=ANY_ORDER)
def look_outside(
    value: Floats,
    weight: Floats,
    room: float,
    width: float,
    multiplier: float,
    taken: Floats,
    reduced: Floats,
) -> tuple[float, float]:
    """Bound the outer knapsack; return the bound (*) and its multiplier.

    Parameters
    ----------
    value, weight
        Of each node. Shape ``[f]``.
    multiplier
        Where to begin.
    taken
        Written: shares of the nodes, in parts of ``WHOLE``. Shape ``[f]``.
    reduced
        Written: ``V_j - t a_j``: (*) falls by at least its size where the node leaves its
        better value. Shape ``[f]``.
    """
    f = len(value)
    low, high = 0.0, -1.0
    t, best, best_t, light = multiplier, np.inf, multiplier, 1.0
    for j in range(f):
        light += weight[j]
    light /= max(f, 1)
    steep = np.empty(f)
    for j in range(f):
        steep[j] = WHOLE / (width * max(weight[j], 1.0))
    for turn in range(MOST_PASSES + 1):
        if turn == MOST_PASSES:
            t = best_t
        total, used, near = t * room, 0.0, 0.0
        for j in range(f):
            left = value[j] - t * weight[j]
            share = left * steep[j] + (0.5 * WHOLE + 0.5)
            share = max(0.0, share)
            share = min(WHOLE, share)
            share = np.float64(np.int32(share))
            taken[j], reduced[j] = share, left
            total += max(0.0, left)
            used += weight[j] * share
            near += weight[j] if 0.0 < share < WHOLE else 0.0
        if total < best:
            best, best_t = total, t
        over = used / WHOLE - room
        if turn == MOST_PASSES or (over <= 0.0 and t == 0.0):
            break
        if -0.5 <= over <= 0.5:
            if t == best_t:
                break
            t = best_t
            continue
        if over > 0.0:
            low = max(low, t)
        else:
            high = t if high < 0.0 else min(high, t)
        new = t + over * width / max(near, light)
        if new < low or (high >= 0.0 and new > high):
            new = 0.5 * (low + high) if high >= 0.0 else low
        new = np.floor(max(new, 0.0))
        if new == t:
            new = best_t
            if new == t:
                break
        t = new
    return total, t


@njit(cache=True, nogil=True, fastmath=ANY_ORDER)
def find_way(
    split: Floats,
    pair: Floats,
    weight: Floats,
    price: Floats,
    width: float,
    share: Floats,
    kept: float,
    way: Floats,
    merit: Floats,
) -> float:
    """Write where splits are taken and where they are not; return the square of its length.

    That is the slope of the bound, and what is kept of the last way.

    Parameters
    ----------
    split, pair
        ``s_ji`` and ``q_ij``; ``NEVER`` and twice that where there is no pair. Shape
        ``[f, f]``.
    weight, price, share
        Of each node; ``share`` in parts of ``WHOLE``. Shape ``[f]``.
    kept
        Share of the last way.
    way
        The last way; overwritten. Shape ``[f, f]``.
    merit
        Written: by how much the two shares of its pairs differ, times their worth. Shape
        ``[f]``.
    """
    f = len(weight)
    slope = np.empty(f)
    for i in range(f):
        slope[i] = WHOLE / (width * max(weight[i], 1.0))
    norm = 0.0
    for j in range(f):
        p, w, own, steep, apart = price[j], weight[j], share[j], slope[j], 0.0
        for i in range(f):
            part, all_ = split[j, i], pair[j, i]
            mine = (part - p * weight[i]) * slope[i] + (0.5 * WHOLE + 0.5)
            mine = max(0.0, mine)
            mine = min(WHOLE, mine)
            mine = np.float64(np.int32(mine))
            other = (all_ - part - price[i] * w) * steep + (0.5 * WHOLE + 0.5)
            other = max(0.0, other)
            other = min(WHOLE, other)
            other = np.float64(np.int32(other))
            differ = own * mine - share[i] * other
            apart += abs(differ) * max(all_, 0.0)
            # Whole numbers: one end's way is the other's turned round, to the last bit.
            last = kept * way[j, i]
            old = np.floor(abs(last))
            differ += old if last > 0.0 else -old
            way[j, i] = differ
            norm += differ * differ
        merit[j] = apart
    return norm


@njit(cache=True, nogil=True, fastmath=ANY_ORDER)
def move(split: Floats, pair: Floats, way: Floats, length: float) -> None:
    """Move splits along a way; every two stay whole, not negative, and their pair's worth.

    Parameters
    ----------
    split, pair, way
        See `find_way`; splits are changed. Shape ``[f, f]``.
    length
        How far.
    """
    f = len(split)
    for j in range(f):
        for i in range(f):
            step = length * way[j, i]
            part = np.floor(abs(step))
            new = split[j, i] - (part if step > 0.0 else -part)
            half = 0.5 * pair[j, i]
            low, high = min(half, 0.0), max(pair[j, i], half)
            new = max(low, new)
            split[j, i] = min(high, new)


@njit(cache=True, nogil=True, fastmath=ANY_ORDER)
def whole_value(
    value: Floats, weight: Floats, room: float, one: Floats, other: Floats
) -> float:
    """Return ``max value . y, weight . y <= room`` over whole ``y`` (Bellman).

    Parameters
    ----------
    value, weight
        Whole numbers, weights not negative. Shape ``[f]``.
    room
        A whole number, not negative.
    one, other
        Tables, of more than ``room`` places.
    """
    width = int(room)
    base = 0.0
    for c in range(width + 1):
        one[c] = 0.0
    for i in range(len(value)):
        worth, need = value[i], int(weight[i])
        if worth <= 0.0 or need > width:
            continue
        if need == 0:
            base += worth
            continue
        for c in range(need):
            other[c] = one[c]
        # Slices: no index that might be negative stands between this loop and vectors.
        there, below, new = one[need : width + 1], one[: width + 1], other[need:]
        for c in range(len(there)):
            left, more = there[c], below[c] + worth
            new[c] = max(left, more)
        one, other = other, one
    return base + one[width]
