"""A point with all that follows from it, kept up to date move by move.

``gain[v] = worth[v] + sum_u pair_worth[v, u] x[u]`` is what one more unit of ``v`` is
worth; ``activity[r] = a_r . x``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bundlesolve.kernels.compiling import njit
from bundlesolve.kernels.layout import Layout, pair_at
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
    # Fields are taken out of their tuples once: in a loop each access would count
    # references, and compile to code that does.
    worth, x, gain, activity = layout.worth, point.x, point.gain, point.activity
    start, var, pair = layout.adj_start, layout.adj_var, layout.adj_worth
    more = layout.adj_more
    row_start, row_var, row_coef = layout.row_start, layout.row_var, layout.row_coef
    low, high, penalty = layout.row_low, layout.row_high, layout.row_penalty
    soft = layout.row_soft
    objective, broken = np.int64(0), 0
    for v in range(len(x)):
        gain[v] = worth[v]
    for v in range(len(x)):
        if x[v] != 0:
            # gain[v] holds the pairs with smaller partners only: each pair counts once.
            objective += x[v] * gain[v]
            for e in range(start[v], start[v + 1]):
                gain[var[e]] += pair_at(pair, more, e) * x[v]
    for r in range(len(activity)):
        used = np.int64(0)
        for e in range(row_start[r], row_start[r + 1]):
            used += row_coef[e] * x[row_var[e]]
        activity[r] = used
        off = max(used - high[r], 0) + max(low[r] - used, 0)
        objective -= off * penalty[r]
        if off > 0 and soft[r] == 0:
            broken += 1
    point.sums[OBJECTIVE] = objective
    point.sums[BROKEN] = broken


@njit(cache=True, nogil=True)
def move(layout: Layout, point: Point, v: int, d: int) -> None:
    """Add ``d`` to ``x[v]``; costs the partners and the column of ``v``."""
    gain, activity, matrix = point.gain, point.activity, layout.matrix
    start, var, pair = layout.adj_start, layout.adj_var, layout.adj_worth
    more = layout.adj_more
    col_start, col_row, col_coef = layout.col_start, layout.col_row, layout.col_coef
    low, high, penalty = layout.row_low, layout.row_high, layout.row_penalty
    soft = layout.row_soft
    objective, broken = point.sums[OBJECTIVE] + d * gain[v], point.sums[BROKEN]
    point.x[v] += d
    if matrix.shape[0] > 0:
        for u in range(len(gain)):
            gain[u] += d * matrix[v, u]
    else:
        for e in range(start[v], start[v + 1]):
            gain[var[e]] += d * pair_at(pair, more, e)
    for e in range(col_start[v], col_start[v + 1]):
        r = col_row[e]
        before = max(activity[r] - high[r], 0) + max(low[r] - activity[r], 0)
        activity[r] += d * col_coef[e]
        after = max(activity[r] - high[r], 0) + max(low[r] - activity[r], 0)
        objective -= (after - before) * penalty[r]
        if soft[r] == 0:
            broken += int(after > 0) - int(before > 0)
    point.sums[OBJECTIVE] = objective
    point.sums[BROKEN] = broken


@njit(cache=True, nogil=True)
def fits(layout: Layout, activity: Ints, v: int, d: int) -> bool:
    """Tell whether no hard row is broken after ``x[v]`` has grown by ``d``."""
    start, row, coef = layout.col_start, layout.col_row, layout.col_coef
    low, high, soft = layout.row_low, layout.row_high, layout.row_soft
    for e in range(start[v], start[v + 1]):
        r = row[e]
        used = activity[r] + d * coef[e]
        if soft[r] == 0 and (used > high[r] or used < low[r]):
            return False
    return True
