"""Greedy construction on any rows: repair what is broken, fill what is scarce, polish.

One move raises or lowers one variable. Three phases:

* *repair* while a hard row is broken: the move that loses least worth per unit of
  violation taken away (each row's violation measured in units of its largest coefficient);
* *fill* with moves that fit, by worth per share of the scarcest resources (Toyoda's
  effective gradient, Management Science 21(12), 1975). Worth anticipates: the pairs with
  items that are still out count as far as the resources left reach, so that pairs which
  are worth something only together are found from nothing;
* *polish* with moves that fit and gain, until there is none.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from bundlesolve.kernels.layout import Layout, tiny_layout
from bundlesolve.kernels.point import (
    BROKEN,
    Point,
    move,
    new_point,
    penalty_change,
)
from bundlesolve.kernels.types import Floats, Ints

REPAIR, FILL, POLISH, DONE = 0, 1, 2, 3
"""Values of ``tally[PHASE]``."""
PHASE, FRUGAL, SHRINK = 0, 1, 2
"""Places in ``tally``: the phase; 1 to repair with what uses least; 1 to lower only."""


def new_tally(frugal: bool, shrink: bool) -> Ints:
    """Return the state of a construction that begins; shape ``[3]``."""
    return np.array([REPAIR, int(frugal), int(shrink)], dtype=np.int64)


@njit(cache=True, nogil=True)
def row_scales(layout: Layout) -> Floats:
    """Return the largest ``|coefficient|`` of each row, at least 1."""
    scale = np.ones(len(layout.row_low))
    for r in range(len(scale)):
        for e in range(layout.row_start[r], layout.row_start[r + 1]):
            scale[r] = max(scale[r], abs(layout.row_coef[e]))
    return scale


@njit(cache=True, nogil=True)
def pair_totals(layout: Layout) -> Ints:
    """Return the sum of all pair worths of each variable."""
    total = np.zeros(len(layout.worth), dtype=np.int64)
    for v in range(len(total)):
        for e in range(layout.adj_start[v], layout.adj_start[v + 1]):
            total[v] += layout.adj_worth[e]
    return total


@njit(cache=True, nogil=True)
def _repair_size(layout: Layout, activity: Ints, v: int, way: int, most: int) -> int:
    """Return how far to move ``v``: as the broken rows need and the others let."""
    need = np.int64(0)
    room = most
    for e in range(layout.col_start[v], layout.col_start[v + 1]):
        r = layout.col_row[e]
        if layout.row_soft[r] == 0:
            coef = way * layout.col_coef[e]
            over = activity[r] - layout.row_high[r]
            under = layout.row_low[r] - activity[r]
            size = abs(coef)
            if over > 0 and coef < 0:
                need = max(need, (over + size - 1) // size)
            elif under > 0 and coef > 0:
                need = max(need, (under + size - 1) // size)
            elif coef > 0 and over <= 0:
                room = min(room, -over // size)
            elif coef < 0 and under <= 0:
                room = min(room, -under // size)
    return min(most, min(need, max(room, 1)))


@njit(cache=True, nogil=True)
def _fill_size(layout: Layout, activity: Ints, v: int, way: int, most: int) -> int:
    """Return how far ``v`` can move with every hard row kept."""
    room = most
    for e in range(layout.col_start[v], layout.col_start[v + 1]):
        r = layout.col_row[e]
        if layout.row_soft[r] == 0:
            coef = way * layout.col_coef[e]
            if coef > 0:
                room = min(room, max(layout.row_high[r] - activity[r], 0) // coef)
            else:
                room = min(room, max(activity[r] - layout.row_low[r], 0) // -coef)
    return room


@njit(cache=True, nogil=True)
def _less_broken(
    layout: Layout, activity: Ints, scale: Floats, v: int, d: int
) -> float:
    """Return by how much the scaled violation of the hard rows falls with the move."""
    fall = 0.0
    for e in range(layout.col_start[v], layout.col_start[v + 1]):
        r = layout.col_row[e]
        if layout.row_soft[r] == 0:
            low, high = layout.row_low[r], layout.row_high[r]
            used = activity[r] + d * layout.col_coef[e]
            before = max(activity[r] - high, 0) + max(low - activity[r], 0)
            after = max(used - high, 0) + max(low - used, 0)
            fall += (before - after) / scale[r]
    return fall


@njit(cache=True, nogil=True)
def _share(layout: Layout, activity: Ints, v: int, d: int) -> float:
    """Return the share of what is left of the resources that the move uses up."""
    share = 0.0
    for e in range(layout.col_start[v], layout.col_start[v + 1]):
        r = layout.col_row[e]
        change = d * layout.col_coef[e]
        if change > 0 and layout.binds[r] & 1:
            share += change / (max(layout.row_high[r] - activity[r], 0) + 1.0)
        elif change < 0 and layout.binds[r] & 2:
            share -= change / (max(activity[r] - layout.row_low[r], 0) + 1.0)
    return share


@njit(cache=True, nogil=True)
def _reach(layout: Layout, point: Point) -> float:
    """Return the share of what is out that the resources left could still take in.

    Rows over less than half of the variables say little about the others.
    """
    reach = 0.5
    m = len(point.x)
    for r in range(len(layout.row_low)):
        size = layout.row_start[r + 1] - layout.row_start[r]
        if layout.binds[r] & 1 and 2 * size >= m:
            out = 0.0
            for e in range(layout.row_start[r], layout.row_start[r + 1]):
                v = layout.row_var[e]
                out += max(layout.row_coef[e], 0) * (layout.upper[v] - point.x[v])
            left = max(layout.row_high[r] - point.activity[r], 0)
            if out > 0.0:
                reach = min(reach if reach != 0.5 else 1.0, left / out)
    return reach


@njit(cache=True, nogil=True)
def _best_move(
    layout: Layout,
    point: Point,
    total: Ints,
    scale: Floats,
    way_of: Ints,
    tally: Ints,
    reach: float,
) -> tuple[int, int]:
    """Return the phase's best move as (variable, change); change 0 for none."""
    x, gain, activity = point.x, point.gain, point.activity
    phase, frugal = tally[PHASE], tally[FRUGAL]
    # Scores compare by tier first: moves that lose nothing before those that lose.
    best_v, best_d, best_tier, best_score = -1, 0, -1, 0.0
    for v in range(len(x)):
        for way in (1, -1):
            most = layout.upper[v] - x[v] if way > 0 else x[v] - layout.lower[v]
            if most == 0 or way_of[v] == -way:
                continue
            if phase == REPAIR:
                if tally[SHRINK] and way > 0:
                    continue
                d = way * _repair_size(layout, activity, v, way, most)
                if d == 0:
                    continue
                fall = _less_broken(layout, activity, scale, v, d)
                if fall <= 1e-12:
                    continue
                value = float(d * gain[v] - penalty_change(layout, activity, v, d))
                if way > 0:
                    value += reach * d * (total[v] + layout.worth[v] - gain[v])
                share = _share(layout, activity, v, d)
                if frugal:
                    tier, score = 0, -share / fall
                elif value < 0.0:
                    tier, score = 0, value / fall
                else:
                    tier, score = 1, value * fall / (share + 1e-9)
            else:
                if phase == FILL and way < 0:
                    continue
                d = way * _fill_size(layout, activity, v, way, most)
                if d == 0:
                    continue
                value = float(d * gain[v] - penalty_change(layout, activity, v, d))
                if value <= 0.0 and abs(d) > 1:
                    # The whole way may break soft rows that one unit does not.
                    d = way
                    value = float(d * gain[v] - penalty_change(layout, activity, v, d))
                if phase == FILL:
                    value += reach * d * (total[v] + layout.worth[v] - gain[v])
                if value <= 0.0:
                    continue
                tier, score = 1, value / (_share(layout, activity, v, d) + 1e-9)
            if tier > best_tier or (tier == best_tier and score > best_score):
                best_v, best_d, best_tier, best_score = v, d, tier, score
    return best_v, best_d


@njit(cache=True, nogil=True)
def construct(
    layout: Layout,
    point: Point,
    total: Ints,
    scale: Floats,
    way_of: Ints,
    tally: Ints,
    most_moves: int,
) -> int:
    """Make up to ``most_moves`` moves; return how many, fewer when nothing is left.

    Parameters
    ----------
    point
        Where to go on, changed in place.
    total, scale
        `pair_totals` and `row_scales` of the layout.
    way_of
        Which way each variable has moved before polishing: 1, -1 or 0. Shape ``[m]``.
    tally
        See `new_tally`; ``tally[PHASE]`` is ``DONE`` when nothing is left.
    """
    reach = 0.0
    for step in range(most_moves):
        if tally[PHASE] == REPAIR and point.sums[BROKEN] == 0:
            tally[PHASE] = POLISH if tally[SHRINK] else FILL
        if step % 16 == 0 and tally[PHASE] != POLISH:
            reach = _reach(layout, point)
        v, d = _best_move(layout, point, total, scale, way_of, tally, reach)
        if d == 0 and tally[PHASE] == FILL:
            tally[PHASE] = POLISH
            way_of[:] = 0
            v, d = _best_move(layout, point, total, scale, way_of, tally, reach)
        if d == 0:
            tally[PHASE] = DONE
            return step
        move(layout, point, v, d)
        if tally[PHASE] != POLISH:
            way_of[v] = 1 if d > 0 else -1
    return most_moves


def warm_up() -> None:
    """Compile every kernel of this file and what it calls on a tiny input."""
    layout = tiny_layout()
    point, tally = new_point(layout), new_tally(False, False)
    total, scale = pair_totals(layout), row_scales(layout)
    construct(layout, point, total, scale, np.zeros(2, dtype=np.int64), tally, 9)
