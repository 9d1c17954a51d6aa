"""Random moves that keep every hard row, to leave a local optimum."""

from __future__ import annotations

from numba import njit

from bundlesolve.kernels.layout import Layout
from bundlesolve.kernels.memory import STEP, Memory, draw
from bundlesolve.kernels.point import Point
from bundlesolve.kernels.types import Ints

TRIES = 30
"""Random picks for one move."""


@njit(cache=True, nogil=True)
def _shift(layout: Layout, activity: Ints, v: int, d: int) -> int:
    """Add ``d`` times the column of ``v``; return how many of its hard rows are broken."""
    start, row, coef = layout.col_start, layout.col_row, layout.col_coef
    low, high, soft = layout.row_low, layout.row_high, layout.row_soft
    broken = 0
    for e in range(start[v], start[v + 1]):
        r = row[e]
        activity[r] += d * coef[e]
        if soft[r] == 0 and (activity[r] > high[r] or activity[r] < low[r]):
            broken += 1
    return broken


@njit(cache=True, nogil=True)
def shake(layout: Layout, point: Point, memory: Memory, moves: int, tenure: int) -> None:
    """Take out ``moves`` random variables, or swap those that the rows hold.

    They may not come back for ``tenure`` steps. Changes ``point.x`` and the activities
    only: `place` must follow.
    """
    x, activity, lower, upper = point.x, point.activity, layout.lower, layout.upper
    tabu, seeds, until = memory.tabu, memory.seeds, memory.notes[STEP] + tenure
    for _ in range(moves):
        for _ in range(TRIES):
            v, u = draw(seeds, len(x)), draw(seeds, len(x))
            if x[v] == lower[v] or tabu[v] >= until:
                continue
            d = x[v] - lower[v]
            broken = _shift(layout, activity, v, -d)
            x[v] -= d
            if broken == 0:
                tabu[v] = until
                break
            if u != v and x[u] == lower[u] and lower[u] < upper[u] and tabu[u] < until:
                # Rows without ``u`` stay broken, so all must be looked at: those of
                # ``v`` by taking it back and forth.
                if (
                    _shift(layout, activity, u, 1) == 0
                    and _shift(layout, activity, v, 0) == 0
                ):
                    x[u] += 1
                    tabu[v] = tabu[u] = until
                    break
                _shift(layout, activity, u, -1)
            _shift(layout, activity, v, d)
            x[v] += d
