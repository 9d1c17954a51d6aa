"""Tabu search across the border: rows may be broken, at weights that adapt.

The merit of a move is its worth minus the change of ``sum_r weight[r] violation_r``; a soft
row's weight is its penalty, a hard row's grows while the row stays broken and shrinks while
it holds (strategic oscillation: Glover, Decision Sciences 8(1), 1977; adaptive weights:
Gendreau, Hertz, Laporte, Management Science 40(10), 1994).

Moves are made of *groups*: a 0-1 variable and the steps that need it (the extra units of an
item). Closing a group takes all of it to its lower bounds; opening one brings in the
variable and as many units as the broken rows need or the others let. A step opens, closes,
exchanges two groups, or moves one variable by one, by what is needed or all the way.
"""

from __future__ import annotations

import numpy as np

from bundlesolve.kernels.compiling import njit, register_jitable
from bundlesolve.kernels.layout import Layout, pair_at
from bundlesolve.kernels.memory import (
    PENDING,
    ROUND_STEP,
    STEP,
    Memory,
    draw,
    take_note,
)
from bundlesolve.kernels.point import BROKEN, Point, move
from bundlesolve.kernels.types import Floats, Ints

SPAN = 5
"""A hard row broken (kept) for so many steps in a row gets a larger (smaller) weight."""
FACTOR = 1.5
"""By how much."""
TRIALS_PER_STEP = 8
"""Exchanges looked at in one step, times the number of variables, at most."""


def first_weights(layout: Layout, point: Point, memory: Memory) -> None:
    """Write the weights to begin with: penalties, else typical worth per typical use."""
    typical = float(np.mean(np.abs(point.gain))) if len(point.gain) else 1.0
    sizes = np.abs(layout.row_coef).astype(np.float64)
    sizes *= (layout.upper - layout.lower)[layout.row_var]
    rows, length = len(memory.weight), np.diff(layout.row_start)
    row_of = np.repeat(np.arange(rows), length)
    use = np.bincount(row_of, sizes, minlength=rows) / np.maximum(length, 1)
    memory.weight[:] = max(typical, 1.0) / np.maximum(use, 1.0)
    soft = layout.row_soft != 0
    memory.weight[soft] = layout.row_penalty[soft]


@register_jitable
def push(layout: Layout, activity: Ints, weight: Floats, v: int, d: int) -> float:
    """Add ``d`` times the column of ``v``; return how much weighted violation is added."""
    start, row, coef = layout.col_start, layout.col_row, layout.col_coef
    low, high = layout.row_low, layout.row_high
    more = 0.0
    for e in range(start[v], start[v + 1]):
        r = row[e]
        was = max(activity[r] - high[r], 0) + max(low[r] - activity[r], 0)
        activity[r] += d * coef[e]
        off = max(activity[r] - high[r], 0) + max(low[r] - activity[r], 0)
        if off != was:
            more += (off - was) * weight[r]
    return more


@register_jitable
def added(layout: Layout, activity: Ints, weight: Floats, v: int, d: int) -> float:
    """Return what `push` would, without doing it."""
    start, row, coef = layout.col_start, layout.col_row, layout.col_coef
    low, high = layout.row_low, layout.row_high
    more = 0.0
    for e in range(start[v], start[v + 1]):
        r = row[e]
        used = activity[r] + d * coef[e]
        was = max(activity[r] - high[r], 0) + max(low[r] - activity[r], 0)
        off = max(used - high[r], 0) + max(low[r] - used, 0)
        if off != was:
            more += (off - was) * weight[r]
    return more


@register_jitable
def size_of(layout: Layout, activity: Ints, v: int, way: int, most: int, need: bool) -> int:
    """Return how far ``v`` may go: as broken rows need, or as the kept rows let."""
    start, row, coefs = layout.col_start, layout.col_row, layout.col_coef
    low, high, soft = layout.row_low, layout.row_high, layout.row_soft
    room, wanted = most, 0
    for e in range(start[v], start[v + 1]):
        r = row[e]
        coef = way * coefs[e]
        left, over = high[r] - activity[r], activity[r] - low[r]
        if coef < 0:
            left, over, coef = over, left, -coef
        if over < 0:
            wanted = max(wanted, (coef - 1 - over) // coef)
        elif soft[r] == 0:
            room = min(room, max(left, 0) // coef)
    return int(min(wanted, most)) if need else int(room)


@register_jitable
def single_moves(
    layout: Layout,
    point: Point,
    memory: Memory,
    leaders: Ints,
    follow: Ints,
    best_of: Floats,
    choice: Ints,
) -> None:
    """Write the best allowed move of one variable to ``choice``.

    Variables with followers leave with `close` only, and nothing enters before its leader.
    """
    x, gain, activity = point.x, point.gain, point.activity
    lower, upper, tabu = layout.lower, layout.upper, memory.tabu
    weight, seeds, now = memory.weight, memory.seeds, memory.notes[STEP]
    choice[0] = 0
    ties = 1
    for v in range(len(x)):
        if lower[v] == upper[v] or tabu[v] > now:
            continue
        for way in (1, -1):
            most = upper[v] - x[v] if way > 0 else x[v] - lower[v]
            if way < 0 and follow[v + 1] > follow[v]:
                continue
            if way > 0 and leaders[v] >= 0 and x[leaders[v]] == 0:
                continue
            last = 0
            for kind in range(4):
                size = 1
                if kind == 1:
                    size = most
                elif kind > 1:
                    size = size_of(layout, activity, v, way, most, kind == 2)
                if size <= 0 or size > most or size == last or (kind > 0 and size == 1):
                    continue
                last = size
                d = way * size
                if choice[0] and d * gain[v] + best_of[1] < best_of[0]:
                    continue
                more = added(layout, activity, weight, v, d)
                if more == 0.0 and gain[v] == 0:
                    # Changes nothing that counts; plateaus of units are endless.
                    continue
                merit = d * gain[v] - more
                if choice[0] and merit == best_of[0]:
                    ties += 1
                    if draw(seeds, ties) != 0:
                        continue
                elif not choice[0] or merit > best_of[0]:
                    ties = 1
                else:
                    continue
                best_of[0] = merit
                choice[0], choice[1], choice[2] = 1, v, d
                choice[3] = choice[4] = choice[5] = -1
                if most == 1:
                    break


@register_jitable
def close(
    layout: Layout,
    point: Point,
    memory: Memory,
    follow: Ints,
    v: int,
    way: int,
    best_of: Floats,
) -> float:
    """Push group ``v`` out (``way`` -1) or back in (1); return its merit.

    ``best_of[1]`` follows the weighted violation; for ``follow`` see
    `bundlesolve.kernels.leaders`.
    """
    x, lower, gain, activity = point.x, layout.lower, point.gain, point.activity
    weight, skip = memory.weight, len(point.x) + 1
    d = way * (x[v] - lower[v])
    worth, more = d * gain[v], push(layout, activity, weight, v, d)
    for k in range(follow[v], follow[v + 1]):
        u = follow[skip + k]
        d = way * (x[u] - lower[u])
        if d != 0:
            worth += d * gain[u]
            more += push(layout, activity, weight, u, d)
    best_of[1] += more
    return float(worth - more)


@register_jitable
def open_group(
    layout: Layout,
    point: Point,
    memory: Memory,
    follow: Ints,
    out: int,
    ahead: float,
    v: int,
    best_of: Floats,
    choice: Ints,
) -> None:
    """Try to open group ``v`` alone, with units as needed, and with units as allowed.

    ``out`` is the group closed before (-1 for none) at merit ``ahead``; the buffer holds
    what it is worth together with others.
    """
    activity, gain, weight, upper = point.activity, point.gain, memory.weight, layout.upper
    first, last, skip = follow[v], follow[v + 1], len(point.x) + 1
    base = ahead + gain[v] - memory.buffer[v]
    hope = base + best_of[1]
    for k in range(first, last):
        u = follow[skip + k]
        hope += max(gain[u] * (upper[u] - point.x[u]), 0)
    if choice[0] and hope <= best_of[0]:
        return
    base -= push(layout, activity, weight, v, 1)
    for kind in range(3 if last > first else 1):
        merit, u, size = base, -1, 0
        if kind > 0:
            u = follow[skip + first]
            size = size_of(layout, activity, u, 1, upper[u] - point.x[u], kind == 1)
            if size <= 0:
                continue
            merit += size * gain[u] - added(layout, activity, weight, u, size)
        if not choice[0] or merit > best_of[0]:
            best_of[0] = merit
            choice[0], choice[1], choice[2] = 2, out, 0
            choice[3], choice[4], choice[5] = v, u, size
    push(layout, activity, weight, v, -1)


@register_jitable
def group_moves(
    layout: Layout,
    point: Point,
    memory: Memory,
    leaders: Ints,
    follow: Ints,
    best_of: Floats,
    choice: Ints,
) -> None:
    """Write the best allowed opening, closing or exchange to ``choice`` if it is better."""
    x, lower, upper, activity = point.x, layout.lower, layout.upper, point.activity
    low, high, soft = layout.row_low, layout.row_high, layout.row_soft
    row_start, row_var = layout.row_start, layout.row_var
    col_start, col_row = layout.col_start, layout.col_row
    adj_start, adj_var, adj_worth = layout.adj_start, layout.adj_var, layout.adj_worth
    adj_more = layout.adj_more
    buffer, tabu, now = memory.buffer, memory.tabu, memory.notes[STEP]
    ins, num_ins = memory.ins, 0
    for v in range(len(x)):
        if upper[v] - lower[v] == 1 and x[v] == lower[v] and tabu[v] <= now:
            if leaders[v] < 0:
                ins[num_ins] = v
                num_ins += 1
    trials = TRIALS_PER_STEP * len(x)
    shift = draw(memory.seeds, len(x))
    # Turn -1 opens groups without closing one before.
    for turn in range(-1, len(x)):
        v, ahead = -1, 0.0
        first, count, among_row = 0, num_ins, False
        if turn >= 0:
            v = (turn + shift) % len(x)
            if upper[v] - lower[v] != 1 or x[v] == lower[v] or tabu[v] > now:
                continue
            if leaders[v] >= 0 or trials <= 0:
                continue
            ahead = close(layout, point, memory, follow, v, -1, best_of)
            if follow[v + 1] > follow[v] and (not choice[0] or ahead > best_of[0]):
                best_of[0] = ahead
                choice[0], choice[1], choice[2] = 2, v, 0
                choice[3] = choice[4] = choice[5] = -1
            for e in range(col_start[v], col_start[v + 1]):
                r = col_row[e]
                size = row_start[r + 1] - row_start[r]
                if soft[r] == 0 and size < count:
                    if activity[r] > high[r] or activity[r] < low[r]:
                        first, count, among_row = row_start[r], size, True
            for e in range(adj_start[v], adj_start[v + 1]):
                buffer[adj_var[e]] = pair_at(adj_worth, adj_more, e)
        trials -= count
        for k in range(first, first + count):
            u = row_var[k] if among_row else ins[k]
            if among_row and (u == v or x[u] != lower[u] or leaders[u] >= 0):
                continue
            if among_row and (upper[u] - lower[u] != 1 or tabu[u] > now):
                continue
            open_group(layout, point, memory, follow, v, ahead, u, best_of, choice)
        if turn >= 0:
            for e in range(adj_start[v], adj_start[v + 1]):
                buffer[adj_var[e]] = 0
            close(layout, point, memory, follow, v, 1, best_of)


@register_jitable
def adapt(layout: Layout, point: Point, memory: Memory, streak: Ints) -> None:
    """Fit the weights of the hard rows to how long each has been broken or kept."""
    low, high, soft, binds = layout.row_low, layout.row_high, layout.row_soft, layout.binds
    activity, weight = point.activity, memory.weight
    for r in range(len(activity)):
        if soft[r] != 0 or binds[r] == 0:
            continue
        if activity[r] > high[r] or activity[r] < low[r]:
            streak[r] = max(streak[r], 0) + 1
        else:
            streak[r] = min(streak[r], 0) - 1
        if streak[r] >= SPAN:
            weight[r] = min(weight[r] * FACTOR, 1e15)
            streak[r] = 0
        elif streak[r] <= -SPAN:
            weight[r] = max(weight[r] / FACTOR, 1e-6)
            streak[r] = 0


@njit(cache=True, nogil=True)
def weighted_steps(
    layout: Layout,
    point: Point,
    memory: Memory,
    leaders: Ints,
    follow: Ints,
    streak: Ints,
    tenure: int,
    patience: int,
    settle: int,
    until_kept: bool,
    most_steps: int,
) -> int:
    """Make up to ``most_steps`` steps from any point; return how many.

    Parameters
    ----------
    leaders, follow
        See `bundlesolve.kernels.leaders`.
    streak
        For how long each row has been broken (positive) or kept. Shape ``[r]``.
    tenure, patience, settle
        As in `bundlesolve.kernels.swap.swap_steps`.
    until_kept
        Return as soon as every hard row is kept.
    """
    notes, sums, tabu, seeds = memory.notes, point.sums, memory.tabu, memory.seeds
    x, lower = point.x, layout.lower
    activity, weight = point.activity, memory.weight
    low, high = layout.row_low, layout.row_high
    choice, best_of = np.zeros(6, dtype=np.int64), np.zeros(2)
    for step in range(most_steps):
        if notes[PENDING] >= 0 and notes[STEP] - notes[PENDING] >= settle:
            return step
        if notes[STEP] - notes[ROUND_STEP] >= patience:
            return step
        best_of[1] = 0.0
        for r in range(len(activity)):
            off = max(activity[r] - high[r], 0) + max(low[r] - activity[r], 0)
            best_of[1] += off * weight[r]
        single_moves(layout, point, memory, leaders, follow, best_of, choice)
        group_moves(layout, point, memory, leaders, follow, best_of, choice)
        # The parts of the move, as pairs of variable and change.
        for part in range(3):
            v, d = choice[1], choice[2]
            if choice[0] == 2 and part == 0 and v >= 0:
                d = lower[v] - x[v]
                for k in range(follow[v], follow[v + 1]):
                    u = follow[len(x) + 1 + k]
                    if x[u] != lower[u]:
                        move(layout, point, u, lower[u] - x[u])
            elif part == 1:
                v, d = choice[3], 1
            elif part == 2:
                v, d = choice[4], choice[5]
            if choice[0] == 0 or v < 0:
                continue
            move(layout, point, v, d)
            tabu[v] = notes[STEP] + 1 + tenure + draw(seeds, tenure + 1)
        adapt(layout, point, memory, streak)
        if sums[BROKEN] == 0:
            take_note(point, memory)
            if until_kept:
                return step + 1
        else:
            notes[STEP] += 1
    return most_steps
