"""The bound of Caprara, Pisinger and Toth (1999) by dense steps on whole numbers.

Every pair worth is split over its two ends, ``s_ij + s_ji = q_ij``. With a price
``p_j >= 0`` for the room beside each node and a multiplier ``t >= 0`` of the room itself,

    V_j = gain_j + p_j (room - a_j) + sum_i max(0, s_ji - p_j a_i)
    max <= t room + sum_j max(0, V_j - t a_j)                                       (*)

for *any* splits, prices and multiplier. They are numbers without a fraction here, held as
floating point: below ``2**24`` within a row of splits, so that 32 bits do, and below
``2**53`` elsewhere (`bundlesolve.kernels.split_state.scale_for`). So every sum is exact in
any order, loops may be vectorised, and (*) needs no account of rounding.

Steps follow the smoothed problem (Nesterov, Mathematical Programming 103, 2005): a node
``i`` is taken beside ``j`` by the share ``1/2 + (s_ji - p_j a_i) / (width a_i)``, cut off
at 0 and 1 and rounded to 1/64. So one look at a row is one of Newton's steps on its price,
and no critical item has to be searched for. A step keeps a part of the last one's way
(Polyak, USSR Computational Mathematics and Mathematical Physics 4, 1964).

Matrices have a row for each node and at least as many columns (`stride_of`): what is
beyond the nodes is ``NEVER``, so that a row is a whole number of vectors.
"""

from __future__ import annotations

import numpy as np

from bundlesolve.kernels.compiling import njit, register_jitable
from bundlesolve.kernels.types import Floats, Parts

WHOLE = 64.0
"""A choice of all of a node; choices are counted in parts of this."""
NEVER = -float(1 << 50)
"""The split of two nodes that are no pair, or do not fit together."""
SQUARE = 256.0
"""Squares of a way are counted in this, so that a row's sum is exact in 32 bits too, unless
nearly all of its shares are as far apart as can be."""
VECTOR = 8
"""Columns of a matrix are a multiple of this."""
MOST_PASSES = 12
"""Newton's steps on the multiplier, at most."""
HALVINGS = 16
"""Of the range of a price that is not known."""
ANY_ORDER = {"reassoc", "nsz", "nnan"}


@register_jitable
def stride_of(f: int) -> int:
    """Return the columns of a matrix of ``f`` rows."""
    return (f + VECTOR - 1) // VECTOR * VECTOR


@register_jitable
def columns_of(weight: Floats, width: float, split: Parts) -> tuple[Parts, Parts]:
    """Return weights, and shares by worth, of all columns of a matrix, as it is typed."""
    kind = split.dtype.type
    heavy = np.ones(split.shape[1], split.dtype)
    slope = np.ones_like(heavy)
    for i in range(len(weight)):
        heavy[i] = kind(weight[i])
        slope[i] = kind(WHOLE / (width * max(weight[i], 1.0)))
    return heavy, slope


@njit(cache=True, nogil=True, fastmath=ANY_ORDER)
def find_price(value: Parts, weight: Floats, room: float) -> float:
    """Return a price near the best one for ``price * room + sum max(0, value - price w)``.

    By halving the range, from nothing known; whole, and not below the best one by much.
    """
    low, high = 0.0, 0.0
    for i in range(len(weight)):
        high = max(high, np.float64(value[i]))
    price = 0.0
    for _ in range(HALVINGS):
        used = 0.0
        for i in range(len(weight)):
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
    split: Parts,
    pair: Parts,
    way: Parts,
    length: float,
    weight: Floats,
    gain: Floats,
    room: float,
    width: float,
    most: float,
    price: Floats,
    value: Floats,
) -> None:
    """Move splits along a way; write ``V_j`` at some prices, and prices that fit better.

    Every two splits stay whole, not negative, and their pair's worth.

    Parameters
    ----------
    split, pair
        ``s_ji`` in row ``j``, which is changed, and ``q_ij``; ``NEVER`` and twice that
        where there is no pair. Shape ``[f, stride_of(f)]``, or more columns.
    way, length
        Where to, and how far; the same shape.
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
    f, kind = len(weight), split.dtype.type
    zero, whole, half = kind(0.0), kind(WHOLE), kind(0.5 * WHOLE + 0.5)
    middle, far = kind(0.5), kind(length)
    heavy, slope = columns_of(weight, width, split)
    light = 1.0
    for i in range(f):
        light += weight[i]
    light /= max(f, 1)
    for j in range(f):
        p, left = kind(price[j]), room - weight[j]
        worth, used, near = zero, zero, zero
        for i in range(split.shape[1]):
            both = pair[j, i]
            new = split[j, i] - np.trunc(far * way[j, i])
            low, high = min(middle * both, zero), max(both, middle * both)
            new = min(high, max(low, new))
            split[j, i] = new
            more = new - p * heavy[i]
            share = min(whole, max(zero, more * slope[i] + half))
            share = kind(np.int32(share))
            worth += max(zero, more)
            used += heavy[i] * share
            near += heavy[i] if zero < share < whole else zero
        value[j] = gain[j] + price[j] * left + np.float64(worth)
        step = np.float64(used) / WHOLE - left
        step *= width / max(np.float64(near), light)
        price[j] = np.floor(min(max(price[j] + step, 0.0), most))


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
    split: Parts,
    pair: Parts,
    weight: Floats,
    price: Floats,
    width: float,
    share: Floats,
    kept: float,
    way: Parts,
) -> float:
    """Write where splits are taken and where they are not; return the square of its length.

    That is the slope of the bound, and what is kept of the last way; each square is rounded
    down to a multiple of ``SQUARE``.

    Parameters
    ----------
    split, pair
        See `look_inside`.
    weight, price, share
        Of each node; ``share`` in parts of ``WHOLE``. Shape ``[f]``.
    kept
        Share of the last way.
    way
        The last way; overwritten. Of the shape of ``split``.
    """
    f, kind = len(weight), split.dtype.type
    zero, whole, half = kind(0.0), kind(WHOLE), kind(0.5 * WHOLE + 0.5)
    heavy, slope = columns_of(weight, width, split)
    cost, part_in = np.zeros_like(heavy), np.zeros_like(heavy)
    for i in range(f):
        cost[i], part_in[i] = kind(price[i]), kind(share[i])
    keep, unit, norm = kind(kept), kind(1.0 / SQUARE), 0.0
    for j in range(f):
        p, w, own, steep, square = cost[j], heavy[j], part_in[j], slope[j], zero
        for i in range(split.shape[1]):
            here = split[j, i]
            there = pair[j, i] - here
            mine = min(whole, max(zero, (here - p * heavy[i]) * slope[i] + half))
            other = min(whole, max(zero, (there - cost[i] * w) * steep + half))
            differ = own * kind(np.int32(mine)) - part_in[i] * kind(np.int32(other))
            # Whole numbers: one end's way is the other's turned round, to the last bit.
            differ += np.trunc(keep * way[j, i])
            way[j, i] = differ
            square += np.trunc(differ * differ * unit)
        norm += np.float64(square)
    return norm * SQUARE


@njit(cache=True, nogil=True, fastmath=ANY_ORDER)
def furthest_apart(
    split: Parts,
    pair: Parts,
    weight: Floats,
    price: Floats,
    width: float,
    share: Floats,
) -> int:
    """Return of which node the two shares of its pairs differ most, times their worth.

    Parameters as for `find_way`; one node or more.
    """
    f, kind = len(weight), split.dtype.type
    zero, whole, half = kind(0.0), kind(WHOLE), kind(0.5 * WHOLE + 0.5)
    heavy, slope = columns_of(weight, width, split)
    cost, part_in = np.zeros_like(heavy), np.zeros_like(heavy)
    for i in range(f):
        cost[i], part_in[i] = kind(price[i]), kind(share[i])
    choice, most = 0, -1.0
    for j in range(f):
        p, w, own, steep, apart = cost[j], heavy[j], part_in[j], slope[j], 0.0
        for i in range(split.shape[1]):
            here = split[j, i]
            there = pair[j, i] - here
            mine = min(whole, max(zero, (here - p * heavy[i]) * slope[i] + half))
            other = min(whole, max(zero, (there - cost[i] * w) * steep + half))
            differ = own * kind(np.int32(mine)) - part_in[i] * kind(np.int32(other))
            apart += np.float64(abs(differ)) * np.float64(max(pair[j, i], zero))
        if apart > most:
            choice, most = j, apart
    return choice


@njit(cache=True, nogil=True, fastmath=ANY_ORDER)
def whole_value(
    value: Parts, weight: Floats, room: float, one: Parts, other: Parts
) -> float:
    """Return ``max value . y, weight . y <= room`` over whole ``y`` (Bellman).

    Parameters
    ----------
    value, weight
        Whole numbers, weights not negative; values beyond ``f`` are ignored. Shape ``[f]``.
    room
        A whole number, not negative.
    one, other
        Tables, of more than ``room`` places and of the type of ``value``, which holds every
        sum of positive values exactly.
    """
    width = int(room)
    base = 0.0
    zero = value.dtype.type(0.0)
    for c in range(width + 1):
        one[c] = zero
    for i in range(len(weight)):
        worth, need = value[i], int(weight[i])
        if worth <= zero or need > width:
            continue
        if need == 0:
            base += np.float64(worth)
            continue
        for c in range(need):
            other[c] = one[c]
        # Slices: no index that might be negative stands between this loop and vectors.
        there, below, new = one[need : width + 1], one[: width + 1], other[need:]
        for c in range(len(there)):
            left, more = there[c], below[c] + worth
            new[c] = max(left, more)
        one, other = other, one
    return base + np.float64(one[width])
