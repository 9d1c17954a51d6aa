"""Minimum cuts that go on where they ended: bounds, whatever has changed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundlesolve.bounds.mincut import mincut_bound
from bundlesolve.generate import Team
from bundlesolve.live import cuts as room
from bundlesolve.live.cuts import Cuts, nodes_of
from bundlesolve.model import Budget, Instance, compile
from tests.live.steps import changed, steps
from tests.referee import best_by_brute
from tests.strategies import amounts, instances


@settings(max_examples=150)
@given(st.data(), instances(most_items=4))
def test_bounds_hold(data: st.DataObject, instance: Instance) -> None:
    """Change by change, on small dense instances taken for sparse ones."""
    weights = data.draw(amounts(instance.n, 0, 6))
    money = Budget(name="money", per_unit=weights, at_most=data.draw(st.integers(0, 9)))
    now = instance.replace(budgets=(*instance.budgets, money))
    before: Cuts | None = None
    for _ in range(4):
        program = compile(now).program
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(room, "MOST_DENSITY", math.inf)
            nodes = nodes_of(program)
        if nodes is not None:
            before = Cuts.of(program, before).run(nodes, lambda: math.inf)
            truth = best_by_brute(now)
            assert truth is None or before.bound is None or before.bound >= truth
            for x in before.starts(program):
                assert np.all((program.lower <= x) & (x <= program.upper))
        now = changed(now, data.draw(steps(now)))


def test_warm_cuts_are_few_and_as_good() -> None:
    """On a sparse knapsack: the bound of new cuts, with a few instead of many."""
    instance = Team(items=300).make(1)
    before: Cuts | None = None
    for less in range(5):
        (budget,) = instance.budgets
        assert budget.at_most is not None
        tight = budget.replace(at_most=budget.at_most - 3 * less)
        program = compile(instance.replace(budgets=(tight,))).program
        nodes = nodes_of(program)
        assert nodes is not None
        warm = Cuts.of(program, before).run(nodes, lambda: math.inf)
        cold = Cuts.of(program, None).run(nodes, lambda: math.inf)
        assert warm.bound == cold.bound
        before = warm
        best = mincut_bound(program, None, lambda: True)
        assert best is not None
        assert warm.bound is not None
        assert warm.bound >= best


def test_no_time_no_bound() -> None:
    """Not a single cut."""
    program = compile(Team(items=50).make(2)).program
    nodes = nodes_of(program)
    assert nodes is not None
    cuts = Cuts.of(program, None).run(nodes, lambda: 0.0)
    assert cuts.bound is None
    assert list(cuts.starts(program)) == []


def test_dense_programs_are_left_alone(tea: Instance) -> None:
    """Two of three pairs are worth something."""
    assert nodes_of(compile(tea).program) is None
