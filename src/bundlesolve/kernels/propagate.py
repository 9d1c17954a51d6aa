"""Bounds of variables tightened by hard rows until nothing changes."""

from __future__ import annotations

from functools import cache

import numpy as np

from bundlesolve.kernels.compiling import njit
from bundlesolve.kernels.types import Floats, Ints


@njit(cache=True, nogil=True)
def propagate(
    row_start: Ints,
    row_var: Ints,
    row_coef: Floats,
    row_low: Floats,
    row_high: Floats,
    row_hard: Ints,
    lower: Floats,
    upper: Floats,
    rounds: int,
) -> bool:
    """Tighten ``lower`` and ``upper`` in place; False if a row cannot be kept.

    For ``a.x <= high``: a variable may take no value with which the row is above its
    limit while all others are at their best for it; likewise for ``a.x >= low``. All
    numbers are whole and below 2**53, so the arithmetic is exact.
    """
    for _ in range(rounds):
        changed = False
        for r in range(len(row_low)):
            if row_hard[r] == 0:
                continue
            least = 0.0
            most = 0.0
            for e in range(row_start[r], row_start[r + 1]):
                v = row_var[e]
                if row_coef[e] > 0.0:
                    least += row_coef[e] * lower[v]
                    most += row_coef[e] * upper[v]
                else:
                    least += row_coef[e] * upper[v]
                    most += row_coef[e] * lower[v]
            if least > row_high[r] or most < row_low[r]:
                return False
            if most <= row_high[r] and least >= row_low[r]:
                continue
            for e in range(row_start[r], row_start[r + 1]):
                v = row_var[e]
                a = row_coef[e]
                span = abs(a) * (upper[v] - lower[v])
                if span == 0.0:
                    continue
                if span > row_high[r] - least:
                    steps = np.floor((row_high[r] - least) / abs(a))
                    if a > 0.0:
                        upper[v] = lower[v] + steps
                    else:
                        lower[v] = upper[v] - steps
                    changed = True
                    most -= span - steps * abs(a)
                    span = steps * abs(a)
                if span > most - row_low[r]:
                    steps = np.floor((most - row_low[r]) / abs(a))
                    if a > 0.0:
                        lower[v] = upper[v] - steps
                    else:
                        upper[v] = lower[v] + steps
                    changed = True
                    least += span - steps * abs(a)
        if not changed:
            return True
    return True


@cache
def warm_up() -> None:
    """Compile the kernel on a tiny input."""
    start, var = np.array([0, 1]), np.zeros(1, dtype=np.int64)
    one = np.ones(1)
    hard = np.ones(1, dtype=np.int64)
    propagate(start, var, one, one * 0, one, hard, one * 0, one.copy(), 1)
