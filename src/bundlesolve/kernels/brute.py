"""Enumeration of a box of integer points, each evaluated from scratch."""

from __future__ import annotations

from functools import cache

import numpy as np

from bundlesolve.kernels.compiling import njit
from bundlesolve.kernels.copying import copy_into
from bundlesolve.kernels.types import Ints


@njit(cache=True, nogil=True)
def best_of_range(
    begin: int,
    count: int,
    lower: Ints,
    upper: Ints,
    worth: Ints,
    pair_first: Ints,
    pair_second: Ints,
    pair_worth: Ints,
    row_start: Ints,
    row_var: Ints,
    row_coef: Ints,
    row_low: Ints,
    row_high: Ints,
    row_soft: Ints,
    row_penalty: Ints,
    best: Ints,
) -> bool:
    """Write the best feasible of points number ``begin .. begin + count - 1`` to ``best``.

    Point number ``q`` has the digits of ``q`` in the mixed radix ``upper - lower + 1`` as
    its distance from ``lower``. Returns False, and writes nothing, if none is feasible.
    """
    m = len(lower)
    x = lower.copy()
    rest = begin
    for v in range(m):
        radix = upper[v] - lower[v] + 1
        x[v] = lower[v] + rest % radix
        rest //= radix
    found = False
    best_value = np.int64(0)
    for _ in range(count):
        feasible = True
        value = np.int64(0)
        for r in range(len(row_low)):
            activity = np.int64(0)
            for e in range(row_start[r], row_start[r + 1]):
                activity += row_coef[e] * x[row_var[e]]
            over = max(activity - row_high[r], 0) + max(row_low[r] - activity, 0)
            if over > 0:
                if row_soft[r] == 0:
                    feasible = False
                    break
                value -= over * row_penalty[r]
        if feasible:
            for v in range(m):
                value += worth[v] * x[v]
            for p in range(len(pair_worth)):
                value += pair_worth[p] * x[pair_first[p]] * x[pair_second[p]]
            if not found or value > best_value:
                found = True
                best_value = value
                copy_into(best, x)
        for v in range(m):
            if x[v] < upper[v]:
                x[v] += 1
                break
            x[v] = lower[v]
    return found


@cache
def warm_up() -> None:
    """Compile every kernel of this file on a tiny input."""
    none = np.zeros(0, dtype=np.int64)
    one = np.ones(1, dtype=np.int64)
    start = np.zeros(1, dtype=np.int64)
    rows = (start, none, none, none, none, none, none)
    best_of_range(0, 2, one * 0, one, one, none, none, none, *rows, one.copy())
