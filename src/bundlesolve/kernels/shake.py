"""Random moves that keep every hard row, to leave a local optimum."""

from __future__ import annotations

import numpy as np

from bundlesolve.kernels.compiling import njit, register_jitable
from bundlesolve.kernels.layout import Layout
from bundlesolve.kernels.memory import STEP, Memory, draw
from bundlesolve.kernels.point import Point
from bundlesolve.kernels.types import Ints

TRIES = 30
"""Random picks for one move."""


@register_jitable
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
    part, by = np.zeros(3, dtype=np.int64), np.zeros(3, dtype=np.int64)
    for _ in range(moves):
        for _ in range(TRIES):
            v, u = draw(seeds, len(x)), draw(seeds, len(x))
            if x[v] == lower[v] or tabu[v] >= until:
                continue
            in_its_place = u != v and x[u] == lower[u] < upper[u] and tabu[u] < until
            # Take out, put in, and look again at the rows of what was taken out.
            part[0], part[1], part[2] = v, u, v
            by[0], by[1], by[2] = lower[v] - x[v], 1, 0
            done, kept = 0, False
            for k in range(3):
                broken = _shift(layout, activity, part[k], by[k])
                x[part[k]] += by[k]
                done = k + 1
                kept = broken == 0 and k != 1
                if kept or (k == 0 and not in_its_place) or (k == 1 and broken > 0):
                    break
            if kept:
                tabu[v] = until
                if done == 3:
                    tabu[u] = until
                break
            for k in range(done):
                _shift(layout, activity, part[k], -by[k])
                x[part[k]] -= by[k]
