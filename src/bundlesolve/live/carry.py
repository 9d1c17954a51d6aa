"""A bound that was proved for one program, carried over to a changed one.

If every point of the new program is a point of the old one, and is there worth at least
what it is worth here less ``d``, then ``old bound + d`` bounds the new program. So a bound
survives every change that only forbids, and changes of worth at their price. All numbers
are whole; nothing is rounded.
"""

from __future__ import annotations

import numpy as np

from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program


def carried_bound(before: Program, after: Program, bound: int) -> int | None:
    """Return a bound of ``after`` from one of ``before``; None where none follows.

    Parameters
    ----------
    before
        The program that ``bound`` was proved for.
    after
        The changed program, its variables in the same order.
    bound
        Upper bound on the objective of every feasible point of ``before``.
    """
    if before.num_vars != after.num_vars:
        return None
    if np.any(after.lower < before.lower) or np.any(after.upper > before.upper):
        return None
    rows = _worth_of_loosened_rows(before, after)
    if rows is None:
        return None
    more = after.worth - before.worth
    linear = np.maximum(more * after.lower, more * after.upper)
    gained = after.constant - before.constant + int(linear.sum())
    return bound + gained + rows + _worth_of_pairs(before, after)


def _worth_of_pairs(before: Program, after: Program) -> int:
    """Return how much all pairs together may be worth more than before."""
    from bundlesolve.kernels.pair_gain import pair_gain

    pairs = ("pair_first", "pair_second", "pair_worth")
    columns = [getattr(program, name) for program in (before, after) for name in pairs]
    return int(pair_gain(*columns))


def _worth_of_loosened_rows(before: Program, after: Program) -> int | None:
    """Return the penalties that points may pay less than before.

    None where a hard row has been loosened, so that there may be new points.
    """
    match = matched_rows(before, after)
    least, most = _ranges(before, after)
    # What a row of before may be broken by within the bounds of after.
    off = np.maximum(np.maximum(most - before.row_high, before.row_low - least), 0)
    kept = match >= 0
    as_tight = kept.copy()
    rows = np.flatnonzero(kept)
    other = match[rows]
    low = np.maximum(before.row_low, least)[rows]
    high = np.minimum(before.row_high, most)[rows]
    as_tight[rows] = (after.row_low[other] >= low) | (low <= least[rows])
    as_tight[rows] &= (after.row_high[other] <= high) | (high >= most[rows])
    counts = off > 0
    hard = before.row_soft == 0
    stays_hard = np.zeros(len(match), dtype=bool)
    stays_hard[rows] = after.row_soft[other] == 0
    if np.any(counts & hard & ~(as_tight & stays_hard)):
        return None
    soft = counts & ~hard & ~(as_tight & stays_hard)
    paid = np.zeros(len(match), dtype=np.int64)
    paid[rows] = np.where(as_tight[rows], after.row_penalty[other], 0)
    less = np.maximum(before.row_penalty - paid, 0)
    return int((less * off)[soft].sum())


def matched_rows(before: Program, after: Program) -> IntArray:
    """Return the row of ``after`` with the origin and terms of each of ``before``, or -1.

    Shape ``[r]``. Rows without an origin are matched only where all rows are the same.
    """
    terms = ("row_start", "row_var", "row_coef")
    if before.origins == after.origins and all(
        np.array_equal(getattr(before, name), getattr(after, name)) for name in terms
    ):
        return np.arange(before.num_rows)
    number = {origin: r for r, origin in enumerate(after.origins)}
    match = np.array([number.get(o, -1) for o in before.origins], dtype=np.int64)
    if len(match) != before.num_rows or after.num_rows == 0:
        return np.full(before.num_rows, -1, dtype=np.int64)
    length, other = np.diff(before.row_start), np.diff(after.row_start)
    match[(match >= 0) & (length != other[match])] = -1
    # Terms of the rows that are left, side by side.
    rows = np.flatnonzero(match >= 0)
    if len(rows):
        count = length[rows]
        row = np.repeat(np.arange(len(rows)), count)
        offset = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
        here = before.row_start[rows][row] + offset
        there = after.row_start[match[rows]][row] + offset
        differs = (before.row_var[here] != after.row_var[there]) | (
            before.row_coef[here] != after.row_coef[there]
        )
        match[rows[row[differs]]] = -1
    return match


def _ranges(before: Program, after: Program) -> tuple[IntArray, IntArray]:
    """Return the least and the most activity of before's rows within after's bounds."""
    at_low = before.row_coef * after.lower[before.row_var]
    at_high = before.row_coef * after.upper[before.row_var]
    sums = [np.zeros(len(at_low) + 1, dtype=np.int64) for _ in range(2)]
    np.cumsum(np.minimum(at_low, at_high), out=sums[0][1:])
    np.cumsum(np.maximum(at_low, at_high), out=sums[1][1:])
    start = before.row_start
    least, most = (s[start[1:]] - s[start[:-1]] for s in sums)
    return least, most
