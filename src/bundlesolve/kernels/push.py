"""Moves that put one variable in and take out all that exclude it.

Where many pairs exclude each other, the way from one good choice to another leads through
items that two or three of the chosen ones stand against: no flip and no swap brings one of
them in. A *push* does, and takes out all its foes (for independent sets: Zhou, Hao,
Goëffon, "PUSH: a generalized operator for the maximum vertex weight clique problem",
European Journal of Operational Research 257(1), 2017).
"""

from __future__ import annotations

import numpy as np

from bundlesolve.kernels.compiling import register_jitable
from bundlesolve.kernels.layout import Layout
from bundlesolve.kernels.memory import BEST, STEP, Memory
from bundlesolve.kernels.point import OBJECTIVE, Point
from bundlesolve.kernels.types import Floats, Ints

MOST_FOES = 12
"""Pushes that take out more are not looked at."""


def find_foes(layout: Layout) -> Ints:
    """Return where each variable's foes start (``m + 1`` places), then the foes.

    Foes are two 0-1 variables that a hard row of these two alone keeps from both being 1,
    while it lets each be 1 alone.
    """
    m, length = len(layout.lower), np.diff(layout.row_start)
    rows = np.flatnonzero((length == 2) & (layout.row_soft == 0) & (layout.binds == 1))
    first = layout.row_start[rows]
    one, other = layout.row_var[first], layout.row_var[first + 1]
    a, b, high = layout.row_coef[first], layout.row_coef[first + 1], layout.row_high[rows]
    clash = (a + b > high) & (np.maximum(a, b) <= high) & (high >= 0)
    for v in (one, other):
        clash &= (layout.lower[v] == 0) & (layout.upper[v] == 1)
    pair = np.unique(
        np.concatenate((one[clash] * m + other[clash], other[clash] * m + one[clash]))
    )
    start = np.zeros(m + 1, dtype=np.int64)
    np.cumsum(np.bincount(pair // m if m else pair, minlength=m), out=start[1:])
    return np.concatenate((start, pair % m if m else pair)).astype(np.int64)


def no_foes(layout: Layout) -> Ints:
    """Return what `find_foes` does where there are none."""
    return np.zeros(len(layout.lower) + 1, dtype=np.int64)


@register_jitable
def _carry(layout: Layout, activity: Ints, v: int, d: int) -> int:
    """Add ``d`` times the column of ``v``; return how much the penalties grow."""
    start, row, coef = layout.col_start, layout.col_row, layout.col_coef
    low, high, penalty = layout.row_low, layout.row_high, layout.row_penalty
    more = np.int64(0)
    for e in range(start[v], start[v + 1]):
        r = row[e]
        was = max(activity[r] - high[r], 0) + max(low[r] - activity[r], 0)
        activity[r] += d * coef[e]
        off = max(activity[r] - high[r], 0) + max(low[r] - activity[r], 0)
        more += (off - was) * penalty[r]
    return int(more)


@register_jitable
def _holds(layout: Layout, activity: Ints, v: int) -> bool:
    """Tell whether every hard row of a variable holds."""
    start, row = layout.col_start, layout.col_row
    low, high, soft = layout.row_low, layout.row_high, layout.row_soft
    for e in range(start[v], start[v + 1]):
        r = row[e]
        if soft[r] == 0 and (activity[r] > high[r] or activity[r] < low[r]):
            return False
    return True


@register_jitable
def _pair(layout: Layout, v: int, u: int) -> int:
    """Return the worth of a pair; partners are listed in order."""
    if layout.matrix.shape[0] > 0:
        return int(layout.matrix[v, u])
    start, var = layout.adj_start, layout.adj_var
    for e in range(start[v], start[v + 1]):
        if var[e] == u:
            return int(layout.adj_worth[e])
    return 0


@register_jitable
def best_push(
    layout: Layout,
    point: Point,
    memory: Memory,
    foes: Ints,
    theta: float,
    best_of: Floats,
    choice: Ints,
) -> None:
    """Write the best allowed push of two foes or more to ``choice`` if it is better.

    ``choice[4]`` becomes 1 and ``choice[1]`` what goes in. Pushes that break a hard row
    are not allowed. Parameters as in `bundlesolve.kernels.swap.swap_steps`.
    """
    x, gain, activity = point.x, point.gain, point.activity
    tabu, cost, now = memory.tabu, memory.cost, memory.notes[STEP]
    record = memory.notes[BEST] - point.sums[OBJECTIVE]
    out, skip = np.empty(MOST_FOES, dtype=np.int64), len(x) + 1
    choice[4] = 0
    for v in range(len(x)):
        if x[v] != 0 or foes[v] == foes[v + 1]:
            continue
        count, worth, saved = 0, gain[v], -cost[v]
        for k in range(foes[v], foes[v + 1]):
            u = foes[skip + k]
            if x[u] == 0:
                continue
            if count == MOST_FOES:
                count += 1
                break
            worth -= gain[u] + _pair(layout, v, u)
            for other in range(count):
                worth += _pair(layout, u, out[other])
            saved += cost[u]
            out[count] = u
            count += 1
        if count < 2 or count > MOST_FOES or (tabu[v] > now and worth <= record):
            continue
        if choice[0] and max(float(worth), worth + theta * saved) <= best_of[0]:
            continue
        for k in range(count):
            worth -= _carry(layout, activity, out[k], -1)
        worth -= _carry(layout, activity, v, 1)
        keeps = _holds(layout, activity, v)
        for k in range(count):
            keeps = keeps and _holds(layout, activity, out[k])
        _carry(layout, activity, v, -1)
        for k in range(count):
            _carry(layout, activity, out[k], 1)
        if not keeps or (tabu[v] > now and worth <= record):
            continue
        merit = float(worth)
        if worth <= record:
            merit += theta * saved
        if choice[0] and merit <= best_of[0]:
            continue
        best_of[0] = merit
        choice[0], choice[1], choice[2], choice[4] = 1, v, -1, 1
