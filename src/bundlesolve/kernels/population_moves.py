"""One point of a program while it is changed: its sums, and moves tried and undone.

A move changes one variable and what must change with it: the owner of a raised step goes
in, the steps of an item taken out go to 0, the holder of an at-most-one row leaves.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bundlesolve.kernels.compiling import njit
from bundlesolve.kernels.population_tables import (
    ALONE,
    COL,
    DROP,
    END,
    HIGH,
    LOW,
    LOWER,
    NEAR,
    NEED,
    PENALTY,
    SINGLE,
    SOFT,
    START,
    UPPER,
    VALUE,
    Int,
    Tables,
)
from bundlesolve.kernels.types import Floats, Ints

X, LINK, SHIFT = 0, 1, 2  # columns of Point.var
USE, HELD = 0, 1  # of Point.row
WORTH, BROKEN, LENGTH, WORK = 0, 1, 2, 3  # of Point.tally


class Point(NamedTuple):
    """A point with its sums; the changes since the last `commit` stand on a trail.

    ``var[v]`` holds the value ``X``; ``LINK``, the sum of the pair worths of ``v`` with
    what is in, the trail left out; and ``SHIFT``, its correction by the part of the trail
    that was spread. ``row[r]`` holds the activity ``USE`` and ``HELD``, the sum of the
    numbers of an at-most-one row's variables that are 1. ``trail`` lists (variable, step).
    ``tally`` holds the objective, the number of hard rows broken, the trail's length and
    the work done; ``violation[0]`` is the weighted violation of the hard rows.
    """

    var: Ints
    row: Ints
    trail: Ints
    tally: Ints
    violation: Floats


@njit(cache=True, nogil=True)
def load(t: Tables, s: Point, points: Ints, c: Int) -> None:
    """Make ``s`` the point ``points[c]``, every sum computed from scratch."""
    var, start, near, row = t.var, t.start, t.near, t.row
    entry, weight, at, sums = t.entry, t.weight, s.var, s.row
    tally, violation = s.tally, s.violation
    m = points.shape[1]
    for v in range(m):
        at[v, X] = points[c, v]
        at[v, LINK] = 0
        at[v, SHIFT] = 0
    worth = np.int64(0)
    work = np.int64(0)
    for v in range(m):
        x = at[v, X]
        if x != 0:
            # Pairs with what came before; those with what comes later count there.
            worth += x * (var[v, VALUE] + at[v, LINK])
            for e in range(start[v, NEAR], start[v + 1, NEAR]):
                at[near[e, 0], LINK] += x * near[e, 1]
            work += start[v + 1, NEAR] - start[v, NEAR]
    broken = np.int64(0)
    excess = 0.0
    for r in range(len(row)):
        use = np.int64(0)
        held = np.int64(0)
        for e in range(row[r, START], row[r, END]):
            v = entry[e, 0]
            use += entry[e, 1] * at[v, X]
            held += v * at[v, X]
        sums[r, USE] = use
        sums[r, HELD] = held * row[r, SINGLE]
        over = max(use - row[r, HIGH], 0) + max(row[r, LOW] - use, 0)
        if row[r, SOFT] == 1:
            worth -= row[r, PENALTY] * over
        elif over > 0:
            broken += 1
            excess += weight[r] * over
    tally[WORTH] = worth
    tally[BROKEN] = broken
    tally[LENGTH] = 0
    tally[WORK] = work
    violation[0] = excess


@njit(cache=True, nogil=True)
def _pair(t: Tables, v: Int, u: Int) -> Int:
    """Worth of the pair of two variables, 0 if there is none; by bisection."""
    start, near = t.start, t.near
    low = start[v, NEAR]
    end = start[v + 1, NEAR]
    high = end
    while low < high:
        middle = (low + high) // 2
        if near[middle, 0] < u:
            low = middle + 1
        else:
            high = middle
    if low < end and near[low, 0] == u:
        return near[low, 1]
    return np.int64(0)


@njit(cache=True, nogil=True)
def weigh(t: Tables, s: Point, v: Int, step: Int) -> tuple[Int, Int, float]:
    """Return what ``x[v] += step`` alone would change, and change nothing.

    That is: the objective, the number of hard rows broken, the weighted violation.
    """
    var, start, column, row = t.var, t.start, t.column, t.row
    weight, at, sums = t.weight, s.var, s.row
    gain = step * (var[v, VALUE] + at[v, LINK] + at[v, SHIFT])
    broken = np.int64(0)
    excess = 0.0
    for e in range(start[v, COL], start[v + 1, COL]):
        r = column[e, 0]
        use = sums[r, USE]
        was = max(use - row[r, HIGH], 0) + max(row[r, LOW] - use, 0)
        use += step * column[e, 1]
        now = max(use - row[r, HIGH], 0) + max(row[r, LOW] - use, 0)
        if was != now:
            if row[r, SOFT] == 1:
                gain -= row[r, PENALTY] * (now - was)
            else:
                broken += int(now > 0) - int(was > 0)
                excess += weight[r] * (now - was)
    return gain, broken, excess


@njit(cache=True, nogil=True)
def _push(t: Tables, s: Point, v: Int, step: Int, since: Int) -> None:
    """Change one variable and put it on the trail; the trail is spread up to ``since``."""
    start, column, row, at = t.start, t.column, t.row, s.var
    sums, trail, tally, violation = s.row, s.trail, s.tally, s.violation
    gain, broken, excess = weigh(t, s, v, step)
    length = tally[LENGTH]
    if start[v, NEAR] < start[v + 1, NEAR]:
        for k in range(since, length):
            gain += step * trail[k, 1] * _pair(t, v, trail[k, 0])
    tally[WORTH] += gain
    tally[BROKEN] += broken
    violation[0] += excess
    at[v, X] += step
    for e in range(start[v, COL], start[v + 1, COL]):
        r = column[e, 0]
        sums[r, USE] += step * column[e, 1]
        sums[r, HELD] += step * v * row[r, SINGLE]
    trail[length, 0] = v
    trail[length, 1] = step
    tally[LENGTH] = length + 1


@njit(cache=True, nogil=True)
def move(t: Tables, s: Point, v: Int, step: Int) -> None:
    """Change a variable and all that must change with it, onto the trail."""
    var, start, column, need = t.var, t.start, t.column, t.need
    drop, row, at, sums = t.drop, t.row, s.var, s.row
    trail, tally = s.trail, s.tally
    since = tally[LENGTH]
    _push(t, s, v, step, since)
    if var[v, ALONE] == 1:
        return
    k = since
    # A chain that finds no end (rules that contradict each other) is left as it is:
    # whatever it breaks shows in the tally.
    most = len(s.trail) - 1
    while k < tally[LENGTH]:
        u = trail[k, 0]
        raised = trail[k, 1] > 0
        k += 1
        if raised:
            for e in range(start[u, NEED], start[u + 1, NEED]):
                w = need[e]
                if (
                    at[u, X] > 0
                    and at[w, X] == 0
                    and var[w, UPPER] > 0
                    and tally[LENGTH] < most
                ):
                    _push(t, s, w, np.int64(1), since)
            for e in range(start[u, COL], start[u + 1, COL]):
                r = column[e, 0]
                if row[r, SINGLE] == 1 and sums[r, USE] == 2 and at[u, X] == 1:
                    w = sums[r, HELD] - u
                    if at[w, X] > var[w, LOWER] and tally[LENGTH] < most:
                        _push(t, s, w, np.int64(-1), since)
        elif at[u, X] == 0:
            for e in range(start[u, DROP], start[u + 1, DROP]):
                w = drop[e]
                if at[w, X] > 0 and tally[LENGTH] < most:
                    _push(t, s, w, -at[w, X], since)


@njit(cache=True, nogil=True)
def undo(t: Tables, s: Point, length: Int, worth: Int, broken: Int, excess: float) -> None:
    """Go back to a trail of ``length``, when the tally was ``worth, broken, excess``."""
    start, column, row, at = t.start, t.column, t.row, s.var
    sums, trail, tally, violation = s.row, s.trail, s.tally, s.violation
    while tally[LENGTH] > length:
        k = tally[LENGTH] - 1
        v = trail[k, 0]
        step = trail[k, 1]
        at[v, X] -= step
        for e in range(start[v, COL], start[v + 1, COL]):
            r = column[e, 0]
            sums[r, USE] -= step * column[e, 1]
            sums[r, HELD] -= step * v * row[r, SINGLE]
        tally[LENGTH] = k
    tally[WORTH] = worth
    tally[BROKEN] = broken
    violation[0] = excess


@njit(cache=True, nogil=True)
def judge(t: Tables, s: Point, v: Int, step: Int) -> tuple[Int, Int, float]:
    """Return what a move would change: objective, hard rows broken, violation."""
    var, start, tally, violation = t.var, t.start, s.tally, s.violation
    tally[WORK] += 5 * (1 + start[v + 1, COL] - start[v, COL])
    if var[v, ALONE] == 1:
        return weigh(t, s, v, step)
    length = tally[LENGTH]
    worth = tally[WORTH]
    broken = tally[BROKEN]
    excess = violation[0]
    move(t, s, v, step)
    tally[WORK] += 40 * (tally[LENGTH] - length)
    gain = tally[WORTH] - worth
    more = tally[BROKEN] - broken
    harm = violation[0] - excess
    undo(t, s, length, worth, broken, excess)
    return gain, more, harm


@njit(cache=True, nogil=True)
def spread(t: Tables, s: Point, column: Int, sign: Int) -> None:
    """Add the trail's pair worths, times ``sign``, to ``LINK`` or ``SHIFT``."""
    start, near, at, trail = t.start, t.near, s.var, s.trail
    tally = s.tally
    work = np.int64(0)
    for k in range(tally[LENGTH]):
        v = trail[k, 0]
        step = sign * trail[k, 1]
        begin, end = start[v, NEAR], start[v + 1, NEAR]
        for e in range(begin, end):
            at[near[e, 0], column] += step * near[e, 1]
        work += end - begin
    tally[WORK] += work


@njit(cache=True, nogil=True)
def commit(t: Tables, s: Point) -> None:
    """Make the trail's changes part of the point."""
    tally = s.tally
    spread(t, s, np.int64(LINK), np.int64(1))
    tally[LENGTH] = 0
