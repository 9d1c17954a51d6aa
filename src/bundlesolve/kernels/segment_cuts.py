"""Bounds of many bundles at given prices: one minimum cut a bundle on shared arcs.

At item prices ``P`` the part of one copy of a bundle is the closure problem

    max sum_i (scale u_i - P_i - sum_r T_r a_ri - sum_e M_e [i in e]) x_i
        + scale sum_p q_p x_i x_j + sum_r T_r h_r + sum_e M_e

with multipliers ``T_r >= 0`` of its rows and ``0 <= M_e <= scale |q_e|`` of its pairs of
negative worth: ``q_e x_i x_j <= -M_e (x_i + x_j - 1)`` holds at every 0-1 point. Positive
pairs are arcs (`bundlesolve.kernels.mincut`), the same for all bundles; only the capacity
that each bundle's flow leaves is its own, so that its next cut starts from its last one.
Everything is ``int64``, and so every value is a proof.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bundlesolve.kernels.compiling import njit, register_jitable
from bundlesolve.kernels.mincut import Network, build, load, reload, settle, smallest_set
from bundlesolve.kernels.types import Floats, Indices, Ints

Bytes = NDArray[np.uint8]

MOST_STEP = 1.0
LEAST_STEP = 1.0 / 256
GROW, SHRINK = 1.25, 0.5
"""How a multiplier's step grows while its row's sign stays, and shrinks when it turns."""


class Catalogue(NamedTuple):
    """What all bundles share.

    Attributes
    ----------
    start, head, back, worth
        Arcs of the pairs of positive worth, as in `Network`.
    neg_first, neg_second, neg_worth
        The pairs of negative worth, which is given positive. Shape ``[q]``.
    row_start, row_item, row_coef
        Rows. Shapes ``[r + 1]``, ``[e]``, ``[e]``.
    sink
        Worth that keeps an item out of every optimal set: minus that of all its pairs and
        1, scaled. Shape ``[n]``.
    """

    start: Ints
    head: Indices
    back: Indices
    worth: Ints
    neg_first: Ints
    neg_second: Ints
    neg_worth: Ints
    row_start: Ints
    row_item: Ints
    row_coef: Ints
    sink: Ints


class Tables(NamedTuple):
    """What each bundle has of its own; all but the first four change.

    Attributes
    ----------
    utility, allowed, limit, cap
        See `bundlesolve.model.segments`; ``cap`` is the largest multiplier of each row,
        0 where it does not bind. Shapes ``[K, n]``, ``[K, n]``, ``[K, r]``, ``[K, r]``.
    row_price, pair_price
        ``T`` and ``M``. Shapes ``[K, r]``, ``[K, q]``.
    step, sign
        Step of each ``T`` and where it went last. Shape ``[K, r]``.
    left
        Capacity that each bundle's flow leaves of each arc. Shape ``[K, 2 p]``.
    loaded
        1 once ``left`` holds a flow. Shape ``[K]``.
    small
        Smallest optimal set of the last cut. Shape ``[K, n]``.
    value
        Twice the bound of one copy at the last item prices. Shape ``[K]``.
    """

    utility: Ints
    allowed: Bytes
    limit: Ints
    cap: Ints
    row_price: Ints
    pair_price: Ints
    step: Floats
    sign: Floats
    left: Ints
    loaded: Ints
    small: Bytes
    value: Ints


@register_jitable
def _linear(cat: Catalogue, tab: Tables, k: int, scale: int, price: Ints, out: Ints) -> int:
    """Write the scaled worth of each item; return the constant."""
    constant = 0
    for i in range(len(out)):
        out[i] = scale * tab.utility[k, i] - price[i]
    for r in range(len(cat.row_start) - 1):
        t = tab.row_price[k, r]
        if t > 0:
            constant += t * tab.limit[k, r]
            for e in range(cat.row_start[r], cat.row_start[r + 1]):
                out[cat.row_item[e]] -= t * cat.row_coef[e]
    for e in range(len(cat.neg_worth)):
        m = tab.pair_price[k, e]
        if m > 0:
            constant += m
            out[cat.neg_first[e]] -= m
            out[cat.neg_second[e]] -= m
    for i in range(len(out)):
        if tab.allowed[k, i] == 0:
            out[i] = min(out[i], cat.sink[i])
    return constant


@register_jitable
def _mix(cat: Catalogue, tab: Tables, k: int, small: Ints, large: Ints, x: Floats) -> None:
    """Write the point between both sets that fills the dearest row."""
    share, dearest = 0.5, 0
    for r in range(len(cat.row_start) - 1):
        spent = tab.row_price[k, r] * tab.limit[k, r]
        if spent > dearest:
            dearest = spent
            low, high = 0, 0
            for e in range(cat.row_start[r], cat.row_start[r + 1]):
                low += cat.row_coef[e] * small[cat.row_item[e]]
                high += cat.row_coef[e] * large[cat.row_item[e]]
            if low >= tab.limit[k, r]:
                share = 0.0
            elif high <= tab.limit[k, r]:
                share = 1.0
            else:
                share = (tab.limit[k, r] - low) / (high - low)
    for i in range(len(x)):
        x[i] = small[i] + share * (large[i] - small[i])


@register_jitable
def _move_rows(cat: Catalogue, tab: Tables, k: int, x: Floats) -> None:
    """Move each row's multiplier by how far ``x`` is from filling it."""
    for r in range(len(cat.row_start) - 1):
        cap, limit = tab.cap[k, r], tab.limit[k, r]
        if cap == 0:
            continue
        used = 0.0
        for e in range(cat.row_start[r], cat.row_start[r + 1]):
            used += cat.row_coef[e] * x[cat.row_item[e]]
        off = (used - limit) / max(limit, 1)
        price = tab.row_price[k, r]
        if abs(off) < 1e-9 or (price == 0 and off < 0.0):
            continue
        sign = 1.0 if off > 0.0 else -1.0
        step = tab.step[k, r] * (SHRINK if sign * tab.sign[k, r] < 0.0 else GROW)
        step = min(max(step, LEAST_STEP), MOST_STEP)
        tab.step[k, r], tab.sign[k, r] = step, sign
        # What a hundredth of the bundle's worth is for a unit of the row.
        base = max(float(price), tab.value[k] / (200.0 * max(limit, 1)))
        new = price + step * base * min(max(off, -0.5), 1.0)
        tab.row_price[k, r] = np.int64(min(max(new, 0.0), float(cap)))


@register_jitable
def _move_pairs(
    cat: Catalogue, tab: Tables, k: int, scale: int, step: float, x: Floats
) -> None:
    """Move the multipliers of negative pairs by ``x_i + x_j - 1``."""
    for e in range(len(cat.neg_worth)):
        off = x[cat.neg_first[e]] + x[cat.neg_second[e]] - 1.0
        m = tab.pair_price[k, e]
        if off > 0.0 or m > 0:
            most = float(scale * cat.neg_worth[e])
            tab.pair_price[k, e] = np.int64(min(max(m + step * most * off, 0.0), most))


@njit(cache=True, nogil=True)
def price_bundles(
    members: Ints,
    cat: Catalogue,
    tab: Tables,
    copies: Ints,
    scale: int,
    price: Ints,
    cuts: int,
    pair_step: float,
    demand: Floats,
) -> None:
    """Bound some bundles at item prices, and move their own multipliers.

    ``tab.value`` becomes the least of ``cuts`` cuts, each at other multipliers of rows and
    pairs but at the same item prices. What the last point takes of each item is added to
    ``demand``, copies counted.
    """
    n = tab.utility.shape[1]
    linear, excess = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    label, large = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    x = np.empty(n)
    for k in members:
        net = Network(cat.start, cat.head, cat.back, cat.worth, tab.left[k], excess, label)
        best = np.int64(0)
        for c in range(cuts):
            constant = _linear(cat, tab, k, scale, price, linear)
            if tab.loaded[k] == 0:
                load(net, linear, scale)
                tab.loaded[k] = 1
            else:
                reload(net, linear, scale, scale)
            value = settle(net) + 2 * constant
            best = value if c == 0 else min(best, value)
            tab.value[k] = best
            small = smallest_set(net)
            for i in range(n):
                large[i] = np.int64(label[i] == n)
            _mix(cat, tab, k, small, large, x)
            _move_rows(cat, tab, k, x)
            _move_pairs(cat, tab, k, scale, pair_step, x)
            if c == cuts - 1:
                for i in range(n):
                    tab.small[k, i] = small[i]
                    demand[i] += copies[k] * x[i]


@njit(cache=True, nogil=True)
def first_prices(cat: Catalogue, tab: Tables, scale: int) -> None:
    """Set each bundle's multiplier of its tightest row to that of a greedy filling.

    Items are filled by their worth alone for what they use; the multiplier is the rate of
    the one that no longer fits.
    """
    rows, n = len(cat.row_start) - 1, tab.utility.shape[1]
    if rows == 0:
        return
    total = np.zeros(rows)
    for r in range(rows):
        for e in range(cat.row_start[r], cat.row_start[r + 1]):
            total[r] += cat.row_coef[e]
    rate, coef = np.empty(n), np.empty(n)
    for k in range(len(tab.utility)):
        tightest, room = -1, 1.0
        for r in range(rows):
            share = tab.limit[k, r] / max(total[r], 1.0)
            long = 2 * (cat.row_start[r + 1] - cat.row_start[r]) >= n
            if long and tab.cap[k, r] > 0 and share < room:
                tightest, room = r, share
        if tightest < 0:
            continue
        rate[:] = 0.0
        coef[:] = 0.0
        for e in range(cat.row_start[tightest], cat.row_start[tightest + 1]):
            i = cat.row_item[e]
            coef[i] = cat.row_coef[e]
            if tab.allowed[k, i]:
                rate[i] = -tab.utility[k, i] / coef[i]
        left = float(tab.limit[k, tightest])
        for i in np.argsort(rate):
            left -= coef[i]
            if left < 0.0 or rate[i] >= 0.0:
                price = np.int64(min(-rate[i] * scale, float(tab.cap[k, tightest])))
                tab.row_price[k, tightest] = price
                break


@cache
def warm_up() -> None:
    """Compile the kernels on a tiny input."""
    one = np.ones(1, dtype=np.int64)
    start, head, back, worth = build(2, 0 * one, one, one)
    two = one.repeat(2)
    row = np.array([0, 2], dtype=np.int64)
    cat = Catalogue(
        start, head, back, worth, 0 * one, one, one, row, 0 * two, two, -2 * two
    )
    square = np.ones((1, 1), dtype=np.int64)
    wide = np.ones((1, 2), dtype=np.int64)
    tab = Tables(
        wide,
        wide.astype(np.uint8),
        square,
        square.copy(),
        square.copy(),
        square.copy(),
        np.ones((1, 1)),
        np.ones((1, 1)),
        wide.copy(),
        0 * one,
        wide.astype(np.uint8),
        one.copy(),
    )
    first_prices(cat, tab, 1)
    price_bundles(0 * one, cat, tab, one, 1, 0 * two, 2, 0.5, np.zeros(2))
