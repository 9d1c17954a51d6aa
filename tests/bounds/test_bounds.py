"""Bounds are proofs: never below the true optimum, and as tight as their paper says."""

from __future__ import annotations

from itertools import count

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve.bounds.lagrangian import lagrangian_bound
from bundlesolve.bounds.quick import quick_bound
from bundlesolve.bounds.relaxation import relax
from bundlesolve.model import Instance, compile
from bundlesolve.model.program import Program
from tests.referee import best_by_brute
from tests.solvers.nasty import NASTY
from tests.solvers.test_contract import classic
from tests.strategies import instances


def always() -> bool:
    """Never stop early."""
    return True


@given(instances(), st.integers(1, 60))
def test_never_below_the_optimum(instance: Instance, iterations: int) -> None:
    """Whatever the number of steps, both bounds hold on the whole model."""
    truth = best_by_brute(instance)
    program = compile(instance).program
    if truth is None:
        return
    assert quick_bound(program) >= truth
    bound = lagrangian_bound(program, truth, always, iterations)
    assert bound is not None
    assert bound >= truth
    blind = lagrangian_bound(program, None, always, iterations)
    assert blind is not None
    assert blind >= truth


@pytest.mark.parametrize(
    ("instance", "optimum"),
    [pair for pair in NASTY.values() if pair[1] is not None],
    ids=[story for story, pair in NASTY.items() if pair[1] is not None],
)
def test_nasty(instance: Instance, optimum: int) -> None:
    """Empty programs, supplies, huge numbers: still an upper bound."""
    bound = lagrangian_bound(compile(instance).program, optimum, always)
    assert bound is None or bound >= optimum


def test_continuous_knapsack_by_hand() -> None:
    """Worths 6, 5, 4 at weights 3, 4, 5 and room for 5: 6 + 5/2 = 8.5, so 8."""
    program = Program(
        lower=np.zeros(3, dtype=np.int64),
        upper=np.ones(3, dtype=np.int64),
        worth=np.array([6, 5, 4]),
        row_start=np.array([0, 3]),
        row_var=np.arange(3),
        row_coef=np.array([3, 4, 5]),
        row_low=np.array([0]),
        row_high=np.array([5]),
        row_soft=np.array([0]),
        row_penalty=np.array([0]),
    )
    assert lagrangian_bound(program, None, always, 1) == 8


def test_steps_tighten_the_bound() -> None:
    """On a classic instance 400 steps are far tighter than the first and than nothing."""
    instance = classic(20, seed=3)
    program = compile(instance).program
    truth = best_by_brute(instance)
    assert truth is not None
    first = lagrangian_bound(program, truth, always, 1)
    last = lagrangian_bound(program, truth, always, 400)
    assert first is not None
    assert last is not None
    assert truth <= last < first < quick_bound(program)
    assert last - truth <= 0.1 * truth


def test_asks_before_every_chunk() -> None:
    """No time at all gives None; a little gives a bound."""
    program = compile(classic(10)).program
    assert lagrangian_bound(program, None, lambda: False) is None
    asked = count()
    assert lagrangian_bound(program, None, lambda: next(asked) < 2) is not None


def test_groups_do_not_overlap(tea: Instance) -> None:
    """Every variable is in one knapsack at most; arcs come in twins."""
    arrays = relax(compile(tea).program)
    assert set(arrays.group.tolist()) <= {-1, 0}
    twins = arrays.back[arrays.back]
    assert twins.tolist() == list(range(len(arrays.head)))
    assert np.all(arrays.pair_worth[arrays.back] == arrays.pair_worth)
