"""A point with all that follows from it, kept up to date move by move.

``gain[v] = worth[v] + sum_u pair_worth[v, u] x[u]`` is what one more unit of ``v`` is worth;
``activity[r] = a_r . x``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from bundlesolve.kernels.layout import Layout
from bundlesolve.kernels.types import Ints

OBJECTIVE = 0
"""Place in `Point.sums` of the worth minus penalties (without the constant)."""
BROKEN = 1
"""Place in `Point.sums` of the number of hard rows that are broken."""


class Point(NamedTuple):
    """The arrays of a point.

    Attributes
    ----------
    x
        Values. Shape ``[m]``.
    gain
        Worth of one more unit of each variable. Shape ``[m]``.
    activity
        Activity of each row. Shape ``[r]``.
    sums
        Objective and number of broken hard rows. Shape ``[2]``.
    """

    x: Ints
    gain: Ints
    activity: Ints
    sums: Ints


def new_point(layout: Layout) -> Point:
    """Return a point at the lower bounds; `place` must fill it."""
    m, r = len(layout.lower), len(layout.row_low)
    x, gain = layout.lower.copy(), np.zeros(m, dtype=np.int64)
    point = Point(x, gain, np.zeros(r, dtype=np.int64), np.zeros(2, dtype=np.int64))
    place(layout, point)
    return point


@njit(cache=True, nogil=True)
def place(layout: Layout, point: Point) -> None:
    """Compute everything from ``point.x``."""
    x, gain, activity, sums = point
    m = len(x)
    objective = np.int64(0)
    for v in range(m):
        gain[v] = layout.worth[v]
    for v in range(m):
        if x[v] != 0:
            # gain[v] holds the pairs with smaller partners only: each pair counts once.
            objective += x[v] * gain[v]
            for e in range(layout.adj_start[v], layout.adj_start[v + 1]):
                gain[layout.adj_var[e]] += layout.adj_worth[e] * x[v]
    broken = 0
    for r in range(len(activity)):
        used = np.int64(0)
        for e in range(layout.row_start[r], layout.row_start[r + 1]):
            used += layout.row_coef[e] * x[layout.row_var[e]]
        activity[r] = used
        off = max(used - layout.row_high[r], 0) + max(layout.row_low[r] - used, 0)
        if off > 0:
            if layout.row_soft[r] == 0:
                broken += 1
            objective -= off * layout.row_penalty[r]
    sums[OBJECTIVE] = objective
    sums[BROKEN] = broken


@njit(cache=True, nogil=True)
def move(layout: Layout, point: Point, v: int, d: int) -> None:
    """Add ``d`` to ``x[v]``; costs the partners and the column of ``v``."""
    x, gain, activity, sums = point
    objective = sums[OBJECTIVE] + d * gain[v]
    x[v] += d
    if layout.matrix.shape[0] > 0:
        pairs = layout.matrix[v]
        for u in range(len(gain)):
            gain[u] += d * pairs[u]
    else:
        for e in range(layout.adj_start[v], layout.adj_start[v + 1]):
            gain[layout.adj_var[e]] += d * layout.adj_worth[e]
    for e in range(layout.col_start[v], layout.col_start[v + 1]):
        r = layout.col_row[e]
        low, high = layout.row_low[r], layout.row_high[r]
        before = max(activity[r] - high, 0) + max(low - activity[r], 0)
        activity[r] += d * layout.col_coef[e]
        after = max(activity[r] - high, 0) + max(low - activity[r], 0)
        objective -= (after - before) * layout.row_penalty[r]
        if layout.row_soft[r] == 0:
            sums[BROKEN] += int(after > 0) - int(before > 0)
    sums[OBJECTIVE] = objective


@njit(cache=True, nogil=True)
def penalty_change(layout: Layout, activity: Ints, v: int, d: int) -> int:
    """Return how much more soft penalty is paid when ``x[v]`` grows by ``d``."""
    change = np.int64(0)
    for e in range(layout.col_start[v], layout.col_start[v + 1]):
        r = layout.col_row[e]
        if layout.row_penalty[r] != 0:
            low, high = layout.row_low[r], layout.row_high[r]
            used = activity[r] + d * layout.col_coef[e]
            before = max(activity[r] - high, 0) + max(low - activity[r], 0)
            after = max(used - high, 0) + max(low - used, 0)
            change += (after - before) * layout.row_penalty[r]
    return change


@njit(cache=True, nogil=True)
def fits(layout: Layout, activity: Ints, v: int, d: int) -> bool:
    """Tell whether no hard row gets broken, or more broken, when ``x[v]`` grows by ``d``."""
    for e in range(layout.col_start[v], layout.col_start[v + 1]):
        r = layout.col_row[e]
        if layout.row_soft[r] == 0:
            change = d * layout.col_coef[e]
            used = activity[r] + change
            if change > 0 and used > layout.row_high[r]:
                return False
            if change < 0 and used < layout.row_low[r]:
                return False
    return True
