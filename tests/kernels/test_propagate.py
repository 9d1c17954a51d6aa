"""Propagation removes values that no feasible point has, and nothing else."""

from __future__ import annotations

from itertools import product

import numpy as np
from hypothesis import given

from bundlesolve.kernels.propagate import propagate, warm_up
from bundlesolve.model import Instance, compile
from tests.strategies import instances


@given(instances())
def test_every_feasible_point_stays(instance: Instance) -> None:
    """All points of the box that keep the hard rows are within the tightened bounds."""
    program = compile(instance).program
    lower = program.lower.astype(np.float64)
    upper = program.upper.astype(np.float64)
    rows = [
        getattr(program, name).astype(np.float64)
        for name in ("row_coef", "row_low", "row_high")
    ]
    hard = 1 - program.row_soft
    fits = propagate(program.row_start, program.row_var, *rows, hard, lower, upper, 10)
    ranges = [
        range(int(a), int(b) + 1) for a, b in zip(program.lower, program.upper, strict=True)
    ]
    for values in product(*ranges):
        x = np.array(values, dtype=np.int64)
        if program.is_feasible(x):
            assert fits
            assert np.all((lower <= x) & (x <= upper))


def test_a_budget_by_hand() -> None:
    """3 x + 5 y <= 7 with x >= 1: y fits no more, x may be 2 at most."""
    start, var = np.array([0, 2]), np.array([0, 1])
    coef, low, high = np.array([3.0, 5.0]), np.array([0.0]), np.array([7.0])
    lower, upper = np.array([1.0, 0.0]), np.array([9.0, 1.0])
    hard = np.array([1])
    assert propagate(start, var, coef, low, high, hard, lower, upper, 9)
    assert (lower.tolist(), upper.tolist()) == ([1, 0], [2, 0])
    lower[1] = upper[1] = 1.0
    assert not propagate(start, var, coef, low, high, hard, lower, upper, 9)
    warm_up()
