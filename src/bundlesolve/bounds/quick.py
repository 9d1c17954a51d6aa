"""The bound that costs nothing: every variable and pair at its best on its own."""

from __future__ import annotations

import numpy as np

from bundlesolve.model.program import Program


def quick_bound(program: Program) -> int:
    """Return ``constant + sum_v max(worth lower, worth upper) + sum_p max(0, pair_worth)``.

    Rows and penalties are left out, so it holds for every program; pairs whose variables
    are fixed count as they are.
    """
    linear = np.maximum(program.worth * program.lower, program.worth * program.upper)
    first, second = program.pair_first, program.pair_second
    least = program.lower[first] * program.lower[second]
    most = program.upper[first] * program.upper[second]
    pairs = np.maximum(program.pair_worth * least, program.pair_worth * most)
    return program.constant + int(linear.sum()) + int(pairs.sum())
