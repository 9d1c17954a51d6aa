"""Bounds that the hard rows force."""

from __future__ import annotations

import numpy as np

from bundlesolve.model.program import Program
from bundlesolve.reduce.restrict import Restriction, restrict

MOST_ROUNDS = 20


def force(program: Program) -> Restriction:
    """Tighten bounds by the hard rows, and take out what they fix.

    A variable may take no value with which a row breaks however the others of the row are
    chosen. No feasible point is lost. Its program is None when a hard row cannot be kept.

    Parameters
    ----------
    program
        What is reduced.
    """
    from bundlesolve.kernels.propagate import propagate

    lower, upper = program.lower.astype(np.float64), program.upper.astype(np.float64)
    rows = (
        getattr(program, name).astype(np.float64)
        for name in ("row_coef", "row_low", "row_high")
    )
    start, var, hard = program.row_start, program.row_var, 1 - program.row_soft
    if not propagate(start, var, *rows, hard, lower, upper, MOST_ROUNDS):
        return Restriction(None, np.zeros(0, dtype=np.int64), program.lower.copy())
    return restrict(program, lower.astype(np.int64), upper.astype(np.int64))
