"""The bound that costs nothing: every variable and pair at its best on its own."""

from __future__ import annotations

import numpy as np

from bundlesolve.model.program import Program

CHUNK = 1 << 18
"""Pairs that are looked at at a time."""


def quick_bound(program: Program) -> int:
    """Return ``constant + sum_v max(worth lower, worth upper) + sum_p max(0, pair_worth)``.

    Rows and penalties are left out, so it holds for every program; pairs whose variables
    are fixed count as they are.
    """
    linear = np.maximum(program.worth * program.lower, program.worth * program.upper)
    total = program.constant + int(linear.sum())
    for begin in range(0, program.num_pairs, CHUNK):
        part = slice(begin, begin + CHUNK)
        first, second = program.pair_first[part], program.pair_second[part]
        worth = program.pair_worth[part]
        least = program.lower[first] * program.lower[second]
        most = program.upper[first] * program.upper[second]
        total += int(np.maximum(worth * least, worth * most).sum())
    return total
