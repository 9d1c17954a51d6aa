"""Enumeration of two-valued points under a convex form, depth first.

What is known of every point is ``f(x) <= top - (1, x)' M (1, x)``, ``M`` positive definite.
With some of ``x`` fixed and the others any real numbers, the least value of the form
follows from the inverse of ``M`` like the distance in a normal distribution: a variable of
conditional mean ``m`` and variance ``s`` costs ``(v - m)^2 / s`` at ``v``, and fixing it
changes means and covariances of the others (Buchheim, Caprara and Lodi, "An effective
branch-and-bound algorithm for convex quadratic integer programming", Math. Programming
135, 2012). That is how the walk chooses; what it leaves out it leaves out by proof: for
every real ``y``

    (1, x)' M (1, x) >= sum_i (M y)_i (2 x_i - y_i),

of which only ``M y`` has to be computed, its rounding bounded.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bundlesolve.kernels.compiling import njit, register_jitable
from bundlesolve.kernels.types import Floats, Ints

ROUNDING = 2.0**-53
LARGER = 0.01
"""What the dearer side of a variable counts beside the cheaper one."""
FORCED = 1e9
"""Merit of a variable of which one side is left."""
LEFT_OPEN, DONE = 0, 1
"""What `enumerate_points` says: its work was used up, or nothing better is left."""


class FormProblem(NamedTuple):
    """``worth.x + 1/2 x'Px`` over sets in knapsacks, and a form that bounds it.

    Attributes
    ----------
    worth, pair
        Whole numbers. Shapes ``[n]``, ``[n, n]``, symmetric with zero diagonal.
    weight, group, room
        Of each variable, its knapsack or -1, and the capacities. Shapes ``[n]``, ``[n]``,
        ``[g]``.
    clash
        True where two variables cannot both be in. Shape ``[n, n]``.
    form
        ``M``. Shape ``[1 + n, 1 + n]``.
    inverse, mean
        Inverse of ``M`` without its first row, and the real minimum. They may be inexact.
        Shapes ``[n, n]``, ``[n]``.
    """

    worth: Floats
    pair: Floats
    weight: Floats
    group: Ints
    room: Floats
    clash: NDArray[np.bool_]
    form: Floats
    inverse: Floats
    mean: Floats


@register_jitable
def _least(problem: FormProblem, side: NDArray[np.int8], y: Floats, size: float) -> float:
    """Return what the form is at least where ``side`` is 0 or 1; -1 is undecided.

    ``y`` must be ``side`` where that is decided; its first entry is 1. ``size`` is at
    least the absolute value of every entry of the form.
    """
    form, n = problem.form, len(side)
    total, largest = 0.0, 1.0
    for i in range(n + 1):
        largest = max(largest, abs(y[i]))
    for i in range(n + 1):
        g = 0.0
        for j in range(n + 1):
            g += form[i, j] * y[j]
        if i == 0 or side[i - 1] >= 0:
            total += g * y[i]
        else:
            total += min(0.0, 2.0 * g) - g * y[i]
    # Each g is off by (n + 4) roundings of terms of at most size * largest, and is taken
    # (2 + largest) times; the sums of the totals are covered by the factor 4.
    terms = (n + 1.0) * (n + 1.0) * size * largest * (2.0 + largest)
    return total - 4.0 * ROUNDING * (n + 4.0) * terms


@register_jitable
def _worth(problem: FormProblem, side: NDArray[np.int8]) -> float:
    """Return what a decided point is worth: whole numbers, so that the sum is exact."""
    total, n = 0.0, len(side)
    for i in range(n):
        if side[i] == 1:
            total += problem.worth[i]
            for j in range(i):
                if side[j] == 1:
                    total += problem.pair[i, j]
    return total


@register_jitable
def _can_hold(problem: FormProblem, side: NDArray[np.int8], left: Floats, i: int) -> bool:
    """Tell whether a variable can be in with those that are."""
    g = problem.group[i]
    if g >= 0 and problem.weight[i] > left[g]:
        return False
    for j in range(len(side)):
        if side[j] == 1 and problem.clash[i, j]:
            return False
    return True


@njit(cache=True, nogil=True)
def enumerate_points(
    problem: FormProblem,
    top: float,
    least: float,
    most_work: int,
    best: NDArray[np.int8],
    notes: Floats,
) -> int:
    """Look for points worth at least ``least``; return `DONE` or `LEFT_OPEN`.

    Parameters
    ----------
    problem
        What is searched.
    top
        ``f(x) <= top - (1, x)' M (1, x)`` for every point that counts.
    least
        What a point must be worth, a whole number.
    most_work
        Numbers touched before the walk gives up.
    best
        Receives the best point found, if any. Shape ``[n]``.
    notes
        Receives its worth, else stays as it is. Shape ``[1]``.
    """
    n = len(problem.worth)
    cov, mean = np.empty((n + 1, n, n)), np.empty((n + 1, n))
    at, count = np.zeros((n + 1, n), dtype=np.int64), np.zeros(n + 1, dtype=np.int64)
    cost, left = np.zeros(n + 1), np.zeros((n + 1, len(problem.room)))
    phase, place = np.zeros(n + 1, dtype=np.int64), np.zeros(n + 1, dtype=np.int64)
    first = np.zeros(n + 1, dtype=np.int64)
    side, y = np.full(n, -1, dtype=np.int8), np.ones(n + 1)
    cov[0], mean[0], count[0], left[0] = problem.inverse, problem.mean, n, problem.room
    size = 0.0
    for i in range(n + 1):
        for j in range(n + 1):
            size = max(size, abs(problem.form[i, j]))
    base = problem.form[0, 0]
    for i in range(n):
        at[0, i] = i
        base += problem.form[0, 1 + i] * problem.mean[i]
    cost[0] = base
    work, d = 0, 0
    while d >= 0:
        k = count[d]
        if phase[d] == 0 and k == 0:
            worth = _worth(problem, side)
            if worth >= least:
                least, notes[0] = worth + 1.0, worth
                for i in range(n):
                    best[i] = side[i]
            d -= 1
            continue
        room = top - least - cost[d]
        if phase[d] == 0:
            merit, chosen, value = -1.0, 0, 0
            for a in range(k):
                m, s = mean[d, a], cov[d, a, a]
                out, into = m * m / s, (1.0 - m) * (1.0 - m) / s
                if not _can_hold(problem, side, left[d], at[d, a]):
                    into = np.inf
                low, high = min(out, into), max(out, into)
                found = low + LARGER * min(high, max(room, 0.0))
                if high > room:
                    found += FORCED
                if found > merit:
                    merit, chosen, value = found, a, 0 if out <= into else 1
            place[d], first[d], phase[d] = chosen, value, 1
            work += k * k
        elif phase[d] == 1:
            phase[d] = 2
        else:
            phase[d] = 0
            side[at[d, place[d]]] = -1
            d -= 1
            continue
        a = place[d]
        i, v = at[d, a], first[d] if phase[d] == 1 else 1 - first[d]
        m, s = mean[d, a], cov[d, a, a]
        side[i] = -1
        if v == 1 and not _can_hold(problem, side, left[d], i):
            continue
        side[i] = v
        step = (v - m) / s
        if (v - m) * step > room:
            for b in range(n):
                y[1 + b] = side[b]
            for b in range(k):
                if b != a:
                    y[1 + at[d, b]] = mean[d, b] + cov[d, b, a] * step
            work += n * n
            if _least(problem, side, y, size) > top - least:
                continue
        work += n * n
        if work > most_work:
            return LEFT_OPEN
        e, row = d + 1, 0
        for b in range(k):
            if b == a:
                continue
            at[e, row], mean[e, row] = at[d, b], mean[d, b] + cov[d, b, a] * step
            share, column = cov[d, b, a] / s, 0
            for c in range(k):
                if c != a:
                    cov[e, row, column] = cov[d, b, c] - share * cov[d, c, a]
                    column += 1
            row += 1
        count[e], cost[e], phase[e] = k - 1, cost[d] + (v - m) * step, 0
        left[e] = left[d]
        if v == 1 and problem.group[i] >= 0:
            left[e, problem.group[i]] -= problem.weight[i]
        d = e
    return DONE


@cache
def warm_up() -> None:
    """Compile the kernel on a tiny input."""
    one, square = np.ones(1), np.ones((1, 1))
    group, clash = np.zeros(1, dtype=np.int64), np.zeros((1, 1), dtype=np.bool_)
    problem = FormProblem(
        one, 0.0 * square, one, group, one, clash, np.eye(2), square, 0.0 * one
    )
    enumerate_points(problem, 9.0, 1.0, 99, np.zeros(1, dtype=np.int8), np.zeros(1))
