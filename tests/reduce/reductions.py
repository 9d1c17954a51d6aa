"""What every reduction has to keep, checked against enumeration."""

from __future__ import annotations

import itertools

import numpy as np

from bundlesolve.model.program import Program
from bundlesolve.reduce.restrict import Restriction


def best(program: Program | None) -> int | None:
    """The optimum by enumeration in plain NumPy; None if there is no feasible point."""
    if program is None:
        return None
    worths = [program.objective(x) for x in points(program) if program.is_feasible(x)]
    return max(worths, default=None)


def points(program: Program) -> list[np.ndarray]:
    """Every point within the bounds."""
    ranges = (
        range(low, high + 1)
        for low, high in zip(program.lower.tolist(), program.upper.tolist(), strict=True)
    )
    return [np.array(x, dtype=np.int64) for x in itertools.product(*ranges)]


def assert_keeps_a_best_point(program: Program, small: Restriction) -> None:
    """The optimum survives; what is feasible there is here, at the same objective."""
    assert best(small.program) == best(program)
    for x in [] if small.program is None else points(small.program):
        if small.program is not None and small.program.is_feasible(x):
            lifted = small.lift(x)
            assert program.is_feasible(lifted)
            assert program.objective(lifted) == small.program.objective(x)
            assert np.array_equal(small.project(lifted), x)
