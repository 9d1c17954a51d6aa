"""Prices of the rows: Lagrangian multipliers of the problem made linear at a point.

Any prices give a valid filter for swaps (see `bundlesolve.kernels.swap`); good ones make
it sharp. They come from a few subgradient steps on

    L(price) = sum_v max over lower..upper of (gain[v] - cost[v]) x[v]
             + sum_r price[r] limit[r]

with Polyak's step length (USSR Computational Mathematics 9, 1969) towards the point's own
value, rows scaled by their largest coefficient.
"""

from __future__ import annotations

import numpy as np

from bundlesolve.kernels.compiling import njit
from bundlesolve.kernels.layout import Layout
from bundlesolve.kernels.point import Point
from bundlesolve.kernels.types import Floats


@njit(cache=True, nogil=True)
def set_prices(
    layout: Layout, point: Point, price: Floats, cost: Floats, turns: int
) -> None:
    """Improve ``price`` in place, in ``turns`` turns, and write ``cost``.

    A row has a positive price only where its upper limit can be broken, a negative one
    only where its lower limit can.
    """
    x, gain, lower, upper = point.x, point.gain, layout.lower, layout.upper
    start, row, coef = layout.col_start, layout.col_row, layout.col_coef
    low, high, penalty = layout.row_low, layout.row_high, layout.row_penalty
    soft, binds = layout.row_soft, layout.binds
    m, rows = len(x), len(price)
    slope, scale = np.zeros(rows), np.ones(rows)
    here = 0.0
    for v in range(m):
        here += gain[v] * x[v]
    theta, decay = 1.0, 0.01 ** (1.0 / turns)
    for turn in range(turns + 1):
        level = 0.0
        for r in range(rows):
            limit = high[r] if price[r] >= 0.0 else low[r]
            if price[r] == 0.0 and binds[r] == 2:
                limit = low[r]
            slope[r] = -limit
            level += price[r] * limit
        for v in range(m):
            total = 0.0
            for e in range(start[v], start[v + 1]):
                total += price[row[e]] * coef[e]
            cost[v] = total
            best = upper[v] if gain[v] > total else lower[v]
            level += (gain[v] - total) * best
            for e in range(start[v], start[v + 1]):
                slope[row[e]] += coef[e] * best
                if turn == 0:
                    size = abs(coef[e])
                    scale[row[e]] = max(scale[row[e]], size)
        norm = 0.0
        for r in range(rows):
            norm += (slope[r] / scale[r]) ** 2
        if turn == turns or norm == 0.0 or level <= here:
            return
        length = theta * (level - here) / norm
        for r in range(rows):
            price[r] += length * slope[r] / scale[r] ** 2
            if binds[r] & 1 == 0:
                price[r] = min(price[r], 0.0)
            if binds[r] & 2 == 0:
                price[r] = max(price[r], 0.0)
            if soft[r] != 0:
                # Nobody pays more for a unit than what breaking the row costs.
                most = float(penalty[r])
                price[r] = min(max(price[r], -most), most)
        theta *= decay
