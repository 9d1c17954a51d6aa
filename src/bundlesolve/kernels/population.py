"""A population repaired, improved and evaluated in one call."""

from __future__ import annotations

from functools import cache

import numpy as np

from bundlesolve.kernels.compiling import njit
from bundlesolve.kernels.population_moves import (
    BROKEN,
    LENGTH,
    LINK,
    SHIFT,
    USE,
    WORK,
    WORTH,
    Point,
    X,
    commit,
    judge,
    load,
    move,
    spread,
    undo,
)
from bundlesolve.kernels.population_tables import (
    ALONE,
    COL,
    END,
    HIGH,
    LINKED,
    LOW,
    LOWER,
    NEED,
    PLAIN,
    SOFT,
    START,
    UPPER,
    VALUE,
    Int,
    Tables,
    warm_up_tables,
)
from bundlesolve.kernels.types import Floats, Ints

LEAST = 1e-9  # of weighted violation: less is rounding


@njit(cache=True, nogil=True)
def raise_population(
    t: Tables,
    points: Ints,
    order: Ints,
    passes: Ints,
    effort: Int,
    worth: Ints,
    excess: Floats,
) -> None:
    """Repair, improve and evaluate every row of ``points``, in place.

    Parameters
    ----------
    t
        The program.
    points
        Points within their bounds. Shape ``[population, m]``.
    order
        A permutation of the variables, the order in which they are tried. Shape ``[m]``.
    passes
        Most improvement passes of each point: 0 none, 1 flips only, more also swaps.
        Negative: evaluate only, no repair. Shape ``[population]``.
    effort
        Most elementary operations on one point; about a nanosecond each.
    worth
        Filled with the exact objectives, the program's constant left out. Shape
        ``[population]``.
    excess
        Filled with the weighted violation of hard rows; 0 exactly for feasible points.
        Shape ``[population]``.
    """
    m = points.shape[1]
    s = Point(
        np.zeros((m, 3), dtype=np.int64),
        np.zeros((len(t.row), 2), dtype=np.int64),
        np.zeros((2 * m + 8, 2), dtype=np.int64),
        np.zeros(4, dtype=np.int64),
        np.zeros(1, dtype=np.float64),
    )
    for c in range(len(points)):
        load(t, s, points, c)
        limit = s.tally[WORK] + effort
        if passes[c] >= 0:
            _repair(t, s, order, limit)
        if s.tally[BROKEN] == 0:
            for k in range(passes[c]):
                better = _flips(t, s, order, limit)
                if k > 0 or not better:
                    better = _swaps(t, s, order, limit) or better
                if not better or s.tally[WORK] >= limit:
                    break
        for v in range(m):
            points[c, v] = s.var[v, X]
        worth[c] = s.tally[WORTH]
        excess[c] = max(s.violation[0], LEAST) if s.tally[BROKEN] > 0 else 0.0


@njit(cache=True, nogil=True)
def _repair(t: Tables, s: Point, order: Ints, limit: Int) -> None:
    """Mend broken hard rows by the moves that lose least worth per violation removed."""
    row, sums, tally = t.row, s.row, s.tally
    rows = len(row)
    r = np.int64(0)
    fruitless = np.int64(0)
    while tally[BROKEN] > 0 and tally[WORK] < limit:
        use = sums[r, USE]
        over = max(use - row[r, HIGH], 0) - max(row[r, LOW] - use, 0)
        best: Int = np.int64(-1)
        step: Int = np.int64(0)
        if over != 0 and row[r, SOFT] == 0:
            best, step = _best_mend(t, s, r, over, order, 1.0)
        if best < 0:
            r = (r + 1) % rows
            fruitless += 1
            tally[WORK] += 1
            if fruitless < rows:
                continue
            if not _mend_in_two(t, s, order, limit):
                return
            fruitless = 0
            continue
        fruitless = 0
        move(t, s, best, step)
        commit(t, s)


@njit(cache=True, nogil=True)
def _mend_in_two(t: Tables, s: Point, order: Ints, limit: Int) -> bool:
    """Do the first pair of moves that lessens the violation where no single one does.

    The first move takes a variable all the way down or up by one; the second mends what
    the first broke most.
    """
    var, row, at, sums = t.var, t.row, s.var, s.row
    start, column, weight = t.start, t.column, t.weight
    trail, tally, violation = s.trail, s.tally, s.violation
    worth, broken, before = tally[WORTH], tally[BROKEN], violation[0]
    for i in order:
        step = var[i, LOWER] - at[i, X]
        if step == 0:
            if var[i, UPPER] == at[i, X]:
                continue
            step += 1
        move(t, s, i, step)
        spread(t, s, np.int64(SHIFT), np.int64(1))
        worst, most, amount = np.int64(-1), 0.0, np.int64(0)
        for k in range(tally[LENGTH]):
            v = trail[k, 0]
            for e in range(start[v, COL], start[v + 1, COL]):
                r = column[e, 0]
                use = sums[r, USE]
                over = max(use - row[r, HIGH], 0) - max(row[r, LOW] - use, 0)
                worsened = trail[k, 1] * column[e, 1] * over > 0
                if worsened and weight[r] * abs(over) > most:
                    worst, most, amount = r, weight[r] * abs(over), over
        j, second, after = np.int64(-1), np.int64(0), violation[0]
        if worst >= 0:
            j, second = _best_mend(t, s, worst, amount, order, 0.0)
        if j >= 0:
            _, _, change = judge(t, s, j, second)
            after += change
        spread(t, s, np.int64(SHIFT), np.int64(-1))
        if after < before - LEAST:
            commit(t, s)
            if j >= 0:
                move(t, s, j, second)
                commit(t, s)
            return True
        undo(t, s, np.int64(0), worth, broken, before)
        if tally[WORK] >= limit:
            break
    return False


@njit(cache=True, nogil=True)
def _best_mend(
    t: Tables, s: Point, r: Int, over: Int, order: Ints, price: float
) -> tuple[Int, Int]:
    """Return variable and step of the best move against row ``r``; -1 if none helps.

    With ``price`` 1 that is the one that loses least worth per violation removed, with 0
    the one that removes most.
    """
    var, row, entry, at = t.var, t.row, t.entry, s.var
    best: Int = np.int64(-1)
    best_step: Int = np.int64(0)
    best_ratio = 0.0
    begin, size = row[r, START], row[r, END] - row[r, START]
    for k in range(size):
        # Starting anywhere breaks ties differently from generation to generation.
        e = begin + (k + order[0]) % size
        v, coef = entry[e, 0], entry[e, 1]
        step = (abs(over) + abs(coef) - 1) // abs(coef)
        if (over > 0) == (coef > 0):
            step = -min(step, at[v, X] - var[v, LOWER])
        else:
            step = min(step, var[v, UPPER] - at[v, X])
        if step == 0:
            continue
        gain, _, excess = judge(t, s, v, step)
        if excess < -LEAST:
            ratio = -excess if price == 0.0 else gain / -excess
            if best < 0 or ratio > best_ratio:
                best, best_step, best_ratio = v, step, ratio
    return best, best_step


@njit(cache=True, nogil=True)
def _free(t: Tables, s: Point, v: Int, sign: Int) -> Int:
    """How far the bounds let a variable go up (sign 1) or down (sign -1)."""
    var, at = t.var, s.var
    if sign > 0:
        return var[v, UPPER] - at[v, X]
    return at[v, X] - var[v, LOWER]


@njit(cache=True, nogil=True)
def _longest(t: Tables, s: Point, v: Int, sign: Int, free: Int) -> Int:
    """How far a variable can go within its bounds and the hard rows; at least 1.

    An owner that must come in with it takes its part of the rows first.
    """
    start, column, row, need = t.start, t.column, t.row, t.need
    at, sums = s.var, s.row
    owner = np.int64(-1)
    if sign > 0 and start[v, NEED] < start[v + 1, NEED]:
        first = need[start[v, NEED]]
        if at[first, X] == 0:
            owner = first
    for e in range(start[v, COL], start[v + 1, COL]):
        r = column[e, 0]
        coef = sign * column[e, 1]
        if free <= 1 or row[r, SOFT] == 1 or (coef > 0 and row[r, LINKED] == 1):
            continue
        left = sums[r, USE] - row[r, LOW]
        if coef > 0:
            left = row[r, HIGH] - sums[r, USE]
            if owner >= 0:
                for o in range(start[owner, COL], start[owner + 1, COL]):
                    if column[o, 0] == r:
                        left -= column[o, 1]
        free = min(free, max(left, 0) // abs(coef))
    # At least one: what changes with it may make the room.
    return max(free, 1)


@njit(cache=True, nogil=True)
def _flips(t: Tables, s: Point, order: Ints, limit: Int) -> bool:
    """Take every move that keeps the hard rows and gains; one pass over the variables."""
    var, at, tally = t.var, s.var, s.tally
    better = False
    for v in order:
        for k in range(2):
            sign = 1 - 2 * k
            free = _free(t, s, v, sign)
            if free == 0:
                continue
            value = sign * (var[v, VALUE] + at[v, LINK])
            if var[v, PLAIN] == 1 and value <= 0:
                continue
            step = sign * _longest(t, s, v, sign, free)
            gain, broken, _ = judge(t, s, v, step)
            if (gain <= 0 or broken != 0) and abs(step) > 1:
                step = sign
                gain, broken, _ = judge(t, s, v, step)
            if gain > 0 and broken == 0:
                move(t, s, v, step)
                commit(t, s)
                better = True
                break
        if tally[WORK] >= limit:
            break
    return better


@njit(cache=True, nogil=True)
def _fits(t: Tables, s: Point, v: Int, broken: Int) -> bool:
    """Tell whether one unit more of a plain variable leaves no hard row broken.

    ``broken`` is how many are now.
    """
    start, column, row, sums = t.start, t.column, t.row, s.row
    for e in range(start[v, COL], start[v + 1, COL]):
        r = column[e, 0]
        use = sums[r, USE]
        if use < row[r, LOW] or use > row[r, HIGH]:
            broken -= 1
        use += column[e, 1]
        if use < row[r, LOW] or use > row[r, HIGH]:
            return False
    return broken == 0


@njit(cache=True, nogil=True)
def _swaps(t: Tables, s: Point, order: Ints, limit: Int) -> bool:
    """Do the pairs of moves that gain, the second of them a raise; one pass.

    First come the variables that can be taken down, and those whose raise takes others
    down; with each goes the second move that gains most.
    """
    var, at, tally = t.var, s.var, s.tally
    better = False
    m = len(order)
    for i in order:
        step = var[i, LOWER] - at[i, X]
        if step == 0:
            if var[i, ALONE] == 1 or var[i, UPPER] == at[i, X]:
                continue
            step += 1
        worth = tally[WORTH]
        move(t, s, i, step)
        spread(t, s, np.int64(SHIFT), np.int64(1))
        broken = tally[BROKEN]
        best: Int = np.int64(-1)
        best_step: Int = np.int64(0)
        best_gain = worth - tally[WORTH]
        for k in range(m):
            j = order[k]
            free = var[j, UPPER] - at[j, X]
            if free == 0 or j == i:
                continue
            gain = var[j, VALUE] + at[j, LINK] + at[j, SHIFT]
            step = np.int64(1)
            if free == 1 and var[j, PLAIN] == 1:
                if gain <= best_gain or not _fits(t, s, j, broken):
                    continue
            else:
                step = _longest(t, s, j, step, free)
                gain, mended, _ = judge(t, s, j, step)
                if gain <= best_gain or broken + mended != 0:
                    continue
            best, best_step, best_gain = j, step, gain
        tally[WORK] += m
        spread(t, s, np.int64(SHIFT), np.int64(-1))
        if best < 0:
            undo(t, s, np.int64(0), worth, np.int64(0), 0.0)
        else:
            commit(t, s)
            move(t, s, best, best_step)
            commit(t, s)
            better = True
        if tally[WORK] >= limit:
            break
    return better


@cache
def warm_up() -> None:
    """Compile every kernel of the population on a tiny program."""
    t = warm_up_tables()
    points = np.array([[1, 1, 2], [0, 0, 0]], dtype=np.int64)
    worth, excess = np.zeros(2, dtype=np.int64), np.zeros(2)
    passes = np.array([3, 3], dtype=np.int64)
    raise_population(t, points, np.arange(3), passes, 1000, worth, excess)
