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

from functools import cache

import numpy as np

from bundlesolve.kernels.compiling import njit, register_jitable
from bundlesolve.kernels.layout import Layout, pair_at, tiny_layout
from bundlesolve.kernels.point import BROKEN, Point, move, new_point
from bundlesolve.kernels.types import Floats, Ints

REPAIR, FILL, POLISH, DONE = 0, 1, 2, 3
"""Values of ``tally[PHASE]``."""
PHASE, FRUGAL, SHRINK = 0, 1, 2
"""Places in ``tally``: the phase; 1 to repair with what uses least; 1 to lower only."""
REFRESH = 200
"""All scores are computed anew after one move, and one more for so many variables."""


def new_tally(frugal: bool, shrink: bool) -> Ints:
    """Return the state of a construction that begins; shape ``[3]``."""
    return np.array([REPAIR, int(frugal), int(shrink)], dtype=np.int64)


@njit(cache=True, nogil=True)
def row_scales(layout: Layout) -> Floats:
    """Return the largest ``|coefficient|`` of each row, at least 1."""
    start, coef = layout.row_start, layout.row_coef
    scale = np.ones(len(layout.row_low))
    for r in range(len(scale)):
        for e in range(start[r], start[r + 1]):
            scale[r] = max(scale[r], abs(coef[e]))
    return scale


@njit(cache=True, nogil=True)
def pair_totals(layout: Layout) -> Ints:
    """Return the sum of all pair worths of each variable."""
    total = np.zeros(len(layout.worth), dtype=np.int64)
    start, worth, more = layout.adj_start, layout.adj_worth, layout.adj_more
    for v in range(len(total)):
        for e in range(start[v], start[v + 1]):
            total[v] += pair_at(worth, more, e)
    return total


@register_jitable
def reach_of(layout: Layout, point: Point) -> float:
    """Return the share of what is out that the resources left could still take in.

    Rows over less than half of the variables say little about the others.
    """
    x, upper, activity = point.x, layout.upper, point.activity
    start, var, coef = layout.row_start, layout.row_var, layout.row_coef
    binds, high = layout.binds, layout.row_high
    reach = 2.0
    for r in range(len(activity)):
        if binds[r] & 1 and 2 * (start[r + 1] - start[r]) >= len(x):
            out = 0.0
            for e in range(start[r], start[r + 1]):
                out += max(coef[e], 0) * (upper[var[e]] - x[var[e]])
            if out > 0.0:
                reach = min(reach, max(high[r] - activity[r], 0) / out)
    # Where no row says anything, half of what is out is a guess as good as any.
    return 0.5 if reach == 2.0 else min(reach, 1.0)


@register_jitable
def rate(
    layout: Layout,
    point: Point,
    total: Ints,
    scale: Floats,
    way_of: Ints,
    tally: Ints,
    reach: float,
    listed: Ints,
    score: Floats,
    change: Ints,
) -> None:
    """Write score and change of the phase's best move of each listed variable.

    ``listed`` holds variables, or nothing for all of them. Moves that lose nothing score 0
    or more, the others less; ``-inf`` is no move.
    """
    x, gain, activity = point.x, point.gain, point.activity
    lower, upper, base = layout.lower, layout.upper, layout.worth
    start, row, coefs = layout.col_start, layout.col_row, layout.col_coef
    low, high, penalty = layout.row_low, layout.row_high, layout.row_penalty
    soft, binds = layout.row_soft, layout.binds
    repair, fill = tally[PHASE] == REPAIR, tally[PHASE] == FILL
    frugal, only_down = tally[FRUGAL] != 0, repair and tally[SHRINK] != 0
    count = len(listed)
    for k in range(count if count > 0 else len(x)):
        v = listed[k] if count > 0 else k
        score[v], change[v] = -np.inf, 0
        for way in (1, -1):
            most = upper[v] - x[v] if way > 0 else x[v] - lower[v]
            if most == 0 or way_of[v] == -way:
                continue
            if (way > 0 and only_down) or (way < 0 and fill):
                continue
            # How far the broken rows need the move, and the kept ones let it go.
            need, room = 0, most
            for e in range(start[v], start[v + 1]):
                r = row[e]
                if soft[r] == 0:
                    coef = way * coefs[e]
                    left = high[r] - activity[r]
                    over = activity[r] - low[r]
                    if coef < 0:
                        left, over, coef = over, left, -coef
                    # Now the move uses up ``left`` and gives to ``over``.
                    if left >= coef * room:
                        pass  # A division takes longer than the rest of this loop.
                    elif left >= 0:
                        room = 0 if left < coef else left // coef
                    elif not repair:
                        room = 0
                    if over < 0:
                        need = max(need, (coef - 1 - over) // coef)
            size = min(most, need, max(room, 1)) if repair else room
            value, fall, share = 0.0, 0.0, 0.0
            while size > 0:
                d = way * size
                value = float(d * gain[v])
                fall, share = 0.0, 0.0
                for e in range(start[v], start[v + 1]):
                    r = row[e]
                    more = d * coefs[e]
                    used = activity[r] + more
                    if soft[r] or repair:
                        was = max(activity[r] - high[r], 0) + max(low[r] - activity[r], 0)
                        off = max(used - high[r], 0) + max(low[r] - used, 0)
                        if soft[r]:
                            value -= (off - was) * penalty[r]
                        else:
                            fall += (was - off) / scale[r]
                    if more > 0 and binds[r] & 1:
                        share += more / (max(high[r] - activity[r], 0) + 1.0)
                    elif more < 0 and binds[r] & 2:
                        share -= more / (max(activity[r] - low[r], 0) + 1.0)
                # All the way may break soft rows that one unit does not.
                if repair or value > 0.0 or size == 1:
                    break
                size = 1
            if size == 0 or (repair and fall <= 1e-12):
                continue
            if way > 0 and (repair or fill):
                value += reach * size * (total[v] + base[v] - gain[v])
            if not repair and value <= 0.0:
                continue
            if not repair:
                per_share = value / (share + 1e-9)
            elif frugal:
                per_share = -share / fall
            elif value < 0.0:
                per_share = value / fall
            else:
                per_share = value * fall / (share + 1e-9)
            if per_share > score[v]:
                score[v], change[v] = per_share, way * size


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

    A move brings the scores of its partners up to date; the others are computed anew every
    few moves (see ``REFRESH``), and the best one always before it is used.

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
    start, var = layout.adj_start, layout.adj_var
    m = len(point.x)
    score, change = np.zeros(m), np.zeros(m, dtype=np.int64)
    queue = np.empty(m + 1, dtype=np.int64)
    # No variable listed means all of them; ``checked`` is rated as things stand now.
    count, checked, age, reach, made = 0, -1, 0, 0.0, 0
    while made < most_moves:
        if tally[PHASE] == REPAIR and point.sums[BROKEN] == 0:
            tally[PHASE] = POLISH if tally[SHRINK] else FILL
            way_of[:] = 0
            age = 0
        if age <= 0:
            reach = reach_of(layout, point)
            count, age = 0, 1 + m // REFRESH
        listed, rated_all = queue[:count], count == 0
        rate(layout, point, total, scale, way_of, tally, reach, listed, score, change)
        v = int(np.argmax(score)) if m > 0 else -1
        if v < 0 or score[v] == -np.inf:
            if not rated_all:
                age = 0
            elif tally[PHASE] == FILL:
                tally[PHASE] = POLISH
                way_of[:] = 0
                age = 0
            else:
                tally[PHASE] = DONE
                return made
            continue
        if not rated_all and v != checked:
            queue[0], count, checked = v, 1, v
            continue
        move(layout, point, v, change[v])
        if tally[PHASE] != POLISH:
            way_of[v] = 1 if change[v] > 0 else -1
        made += 1
        age -= 1
        checked = -1
        queue[0], count = v, 1
        for e in range(start[v], start[v + 1]):
            queue[count] = var[e]
            count += 1
    return made


@cache
def warm_up() -> None:
    """Compile every kernel of this file and what it calls on a tiny input."""
    layout = tiny_layout()
    point, tally = new_point(layout), new_tally(False, False)
    total, scale = pair_totals(layout), row_scales(layout)
    construct(layout, point, total, scale, np.zeros(2, dtype=np.int64), tally, 9)
