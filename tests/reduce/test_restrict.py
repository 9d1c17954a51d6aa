"""A restriction is the same program on the part of the box that is left."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve.model import Instance, compile
from bundlesolve.reduce.fixing import fix_variables
from bundlesolve.reduce.restrict import restrict
from tests.referee import best_by_brute
from tests.solvers.test_contract import classic
from tests.strategies import instances


@given(st.data())
def test_same_worth_and_feasibility(data: st.DataObject) -> None:
    """For any tighter box and point in it: one objective, one verdict, there and back."""
    program = compile(data.draw(instances())).program
    lower, upper, x = [], [], []
    for least, most in zip(program.lower.tolist(), program.upper.tolist(), strict=True):
        low = data.draw(st.integers(least, most))
        high = data.draw(st.integers(low, most))
        lower.append(low)
        upper.append(high)
        x.append(data.draw(st.integers(low, high)))
    point = np.array(x, dtype=np.int64)
    low_array = np.array(lower, dtype=np.int64)
    small = restrict(program, low_array, np.array(upper, dtype=np.int64))
    if small.program is None:
        assert not program.is_feasible(point)
        return
    inner = small.project(point)
    assert np.array_equal(small.lift(inner), point)
    assert small.program.is_feasible(inner) == program.is_feasible(point)
    assert small.program.objective(inner) == program.objective(point)


@given(instances(), st.integers(1, 30))
def test_fixing_keeps_every_better_point(instance: Instance, below: int) -> None:
    """With a known worth below the optimum, the optimum is still there."""
    truth = best_by_brute(instance)
    if truth is None:
        return
    program = compile(instance).program
    bounds: list[int] = []
    core = fix_variables(program, truth - below, lambda: True, 60, bounds.append)
    assert core.program is not None
    assert all(bound >= truth for bound in bounds)
    inside = core.lift(core.program.lower)
    assert np.all(inside >= program.lower)
    reached = _best(core.program)
    assert reached == truth


@given(instances())
def test_nothing_is_better_than_the_optimum(instance: Instance) -> None:
    """With the optimum known, whatever is left is no better."""
    truth = best_by_brute(instance)
    if truth is None:
        return
    core = fix_variables(compile(instance).program, truth, lambda: True, 60)
    if core.program is not None:
        left = _best(core.program)
        assert left is None or left <= truth


def _best(program: object) -> int | None:
    from bundlesolve.model.program import Program
    from bundlesolve.run import Run
    from bundlesolve.solvers.brute import Brute
    from bundlesolve.stop import Stop

    assert isinstance(program, Program)
    run = Run(program, Stop(), np.random.default_rng(0), "brute")
    Brute().search(program, run)
    return run.objective


def test_classic_instances_shrink() -> None:
    """Knowing the optimum: two are settled, one keeps some of its variables."""
    left = []
    for seed in (0, 1, 4):
        instance = classic(18, seed=seed)
        program = compile(instance).program
        truth = best_by_brute(instance)
        assert truth is not None
        core = fix_variables(program, truth, lambda: True)
        left.append(0 if core.program is None else core.program.num_vars)
        assert fix_variables(program, truth, lambda: False).program is not None
    assert left[:2] == [0, 0]
    assert 0 < left[2] < 18
