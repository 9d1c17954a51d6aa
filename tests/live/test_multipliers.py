"""Multipliers handed on from program to program give bounds, and good ones."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bundlesolve.bounds.lagrangian import Lagrangian
from bundlesolve.generate import Qkp
from bundlesolve.live.multipliers import Multipliers
from bundlesolve.model import Instance, Program, compile
from tests.live.steps import changed, steps
from tests.referee import best_by_brute
from tests.strategies import instances


def after_steps(program: Program, count: int) -> Lagrangian:
    """Search for multipliers from nothing."""
    relaxation = Lagrangian(program, None)
    relaxation.improve(count)
    return relaxation


@settings(max_examples=150)
@given(st.data(), instances(most_items=4))
def test_inherited_bounds_hold(data: st.DataObject, instance: Instance) -> None:
    """Change by change, rows and pairs coming and going; splits make up the pairs."""
    known = Multipliers.of(after_steps(compile(instance).program, 5))
    now = instance
    for _ in range(3):
        now = changed(now, data.draw(steps(now)))
        truth = best_by_brute(now)
        relaxation = known.relaxation(compile(now).program, truth)
        a = relaxation.arrays
        assert np.allclose(a.split + a.split[a.back], a.pair_worth)
        assert np.all((a.dual_high >= 0) & (a.dual_high <= a.most_high))
        relaxation.improve(2)
        assert truth is None or relaxation.bound is None or relaxation.bound >= truth
        known = Multipliers.of(relaxation)


def test_inherited_bounds_are_better_than_new_ones() -> None:
    """A little less to spend: one evaluation gives what takes new multipliers dozens."""
    instance = Qkp(items=60, density=50).make(4)
    known = Multipliers.of(after_steps(compile(instance).program, 300))
    (budget,) = instance.budgets
    assert budget.at_most is not None
    less = instance.replace(budgets=(budget.replace(at_most=budget.at_most - 5),))
    program = compile(less).program
    inherited = known.relaxation(program, None)
    inherited.improve(1)
    assert inherited.bound is not None
    for count in (1, 30):
        anew = after_steps(program, count).bound
        assert anew is not None
        assert inherited.bound < anew
