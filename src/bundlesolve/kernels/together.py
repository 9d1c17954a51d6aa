"""Moves that take an item out with all its units, and may put another in its place.

Units beyond the first are variables of their own that need their item
(`bundlesolve.kernels.leaders`). No flip and no swap takes out an item of which more units
are in: the units would have to go first, one step each, at a loss.
"""

from __future__ import annotations

import numpy as np

from bundlesolve.kernels.compiling import register_jitable
from bundlesolve.kernels.layout import Layout, pair_at
from bundlesolve.kernels.memory import BEST, STEP, Memory
from bundlesolve.kernels.point import OBJECTIVE, Point
from bundlesolve.kernels.types import Floats, Ints

TOGETHER = 2
"""Value of ``choice[4]`` for such a move."""


@register_jitable
def _carry(layout: Layout, activity: Ints, v: int, d: int, change: Ints) -> None:
    """Add ``d`` times the column of ``v``; add to ``change`` penalties and broken rows."""
    start, row, coef = layout.col_start, layout.col_row, layout.col_coef
    low, high, penalty = layout.row_low, layout.row_high, layout.row_penalty
    soft = layout.row_soft
    for e in range(start[v], start[v + 1]):
        r = row[e]
        was = max(activity[r] - high[r], 0) + max(low[r] - activity[r], 0)
        activity[r] += d * coef[e]
        off = max(activity[r] - high[r], 0) + max(low[r] - activity[r], 0)
        change[0] += (off - was) * penalty[r]
        if soft[r] == 0:
            change[1] += int(off > 0) - int(was > 0)


@register_jitable
def best_together(
    layout: Layout,
    point: Point,
    memory: Memory,
    leaders: Ints,
    follow: Ints,
    theta: float,
    paid: float,
    best_of: Floats,
    choice: Ints,
) -> None:
    """Write the best allowed move of an item with its units to ``choice`` if it is better.

    ``choice[4]`` becomes `TOGETHER`, ``choice[1]`` the item that leaves, ``choice[2]`` what
    comes in, -1 for nothing.

    Parameters
    ----------
    leaders, follow
        See `bundlesolve.kernels.leaders`.
    paid
        Penalties paid now.
    """
    x, gain, activity = point.x, point.gain, point.activity
    lower, upper, matrix = layout.lower, layout.upper, layout.matrix
    adj_start, adj_var, adj_worth = layout.adj_start, layout.adj_var, layout.adj_worth
    adj_more = layout.adj_more
    low, high, penalty = layout.row_low, layout.row_high, layout.row_penalty
    soft = layout.row_soft
    col_start, col_row, col_coef = layout.col_start, layout.col_row, layout.col_coef
    tabu, cost, worst, now = memory.tabu, memory.cost, memory.worst, memory.notes[STEP]
    record = memory.notes[BEST] - point.sums[OBJECTIVE]
    buffer, m = memory.buffer, len(x)
    change = np.zeros(2, dtype=np.int64)
    dense = matrix.shape[0] > 0
    top, know_top = 0.0, False
    if choice[4] == TOGETHER:
        choice[4] = 0
    for v in range(m):
        if follow[v] == follow[v + 1] or x[v] == lower[v]:
            continue
        units, worth, saved = 0, -gain[v], cost[v]
        for k in range(follow[v], follow[v + 1]):
            u = follow[m + 1 + k]
            if x[u] != 0:
                units += 1
                worth -= gain[u]
                saved += cost[u]
        if units == 0:
            continue
        if not know_top:
            know_top = True
            for b in range(m):
                if x[b] == lower[b] < upper[b]:
                    top = max(top, gain[b] - theta * cost[b])
        if choice[0] and worth + theta * saved + top + worst[v] + paid <= best_of[0]:
            continue
        hot = tabu[v] > now
        change[0], change[1] = 0, 0
        _carry(layout, activity, v, -1, change)
        for k in range(follow[v], follow[v + 1]):
            u = follow[m + 1 + k]
            if x[u] != 0:
                _carry(layout, activity, u, -1, change)
        worth -= change[0]
        broken = change[1]
        merit = worth + theta * saved
        if broken == 0 and (not hot or worth > record):
            if choice[0] == 0 or merit > best_of[0]:
                best_of[0] = merit
                choice[0], choice[1], choice[2], choice[4] = 1, v, -1, TOGETHER
        pairs = buffer
        if dense:
            pairs = matrix[v]
        else:
            for e in range(adj_start[v], adj_start[v + 1]):
                buffer[adj_var[e]] = pair_at(adj_worth, adj_more, e)
        for b in range(m):
            if x[b] != lower[b] or lower[b] == upper[b]:
                continue
            more = gain[b] - pairs[b]
            if choice[0] and merit + more - theta * cost[b] + paid <= best_of[0]:
                continue
            if leaders[b] >= 0 and (x[leaders[b]] == 0 or leaders[b] == v):
                continue
            healed = 0
            for e in range(col_start[b], col_start[b + 1]):
                r = col_row[e]
                used = activity[r] + col_coef[e]
                off = max(used - high[r], 0) + max(low[r] - used, 0)
                was = max(activity[r] - high[r], 0) + max(low[r] - activity[r], 0)
                if soft[r] == 0:
                    if off > 0:
                        healed = -1
                        break
                    healed += int(was > 0)
                more -= (off - was) * penalty[r]
            if healed != broken:
                continue
            if (hot or tabu[b] > now) and worth + more <= record:
                continue
            total = merit + more - theta * cost[b]
            if choice[0] == 0 or total > best_of[0]:
                best_of[0] = total
                choice[0], choice[1], choice[2], choice[4] = 1, v, b, TOGETHER
        if not dense:
            for e in range(adj_start[v], adj_start[v + 1]):
                buffer[adj_var[e]] = 0
        _carry(layout, activity, v, 1, change)
        for k in range(follow[v], follow[v + 1]):
            u = follow[m + 1 + k]
            if x[u] != 0:
                _carry(layout, activity, u, 1, change)
