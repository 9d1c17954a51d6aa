"""Which rows of a program stay as knapsacks in its Lagrangian relaxation."""

from __future__ import annotations

import numpy as np

from bundlesolve.kernels.types import Floats, Ints
from bundlesolve.model.program import Program


def choose_groups(program: Program) -> tuple[Floats, Ints, Ints]:
    """Return weight and group of every variable, and the row of every group.

    Groups are hard rows with disjoint variables, non-negative coefficients and an upper
    limit that counts, tight and long ones first. A variable in none has weight 0 and
    group -1. Shapes ``[m]``, ``[m]`` and ``[G]``.
    """
    least, most = program.activity_range
    weight = np.zeros(program.num_vars)
    group = np.full(program.num_vars, -1, dtype=np.int64)
    negative = np.bincount(program.row_of, program.row_coef < 0, minlength=program.num_rows)
    candidates = []
    for r in range(program.num_rows):
        room, reach = program.row_high[r] - least[r], most[r] - least[r]
        if program.row_soft[r] or negative[r] or room >= reach or reach <= 0:
            continue
        span = program.row(r)
        length = span.stop - span.start
        if length >= 2:
            candidates.append((length * (1.0 - max(int(room), 0) / int(reach)), r))
    kept: list[int] = []
    for _, r in sorted(candidates, key=lambda c: (-c[0], c[1])):
        span = program.row(r)
        members = program.row_var[span]
        if np.all(group[members] < 0):
            group[members] = len(kept)
            weight[members] = program.row_coef[span]
            kept.append(r)
    return weight, group, np.array(kept, dtype=np.int64)
