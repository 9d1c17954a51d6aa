"""The core: what may be better survives, and what it proves holds for the whole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bundlesolve.model import Instance, compile
from bundlesolve.reduce.core import Core, find_core
from bundlesolve.reduce.probing import probe
from bundlesolve.reduce.restrict import Restriction
from tests.reduce.reductions import assert_keeps_a_best_point, best, points
from tests.solvers.engines import knapsack, small
from tests.strategies import instances


def always() -> bool:
    """No limit."""
    return True


@given(instance=instances(), below=st.integers(0, 20))
def test_what_is_better_survives(instance: Instance, below: int) -> None:
    """Known is the optimum or less: the core's best, with the known, is the optimum."""
    program = compile(instance).program
    assume(program.box_size <= 1 << 10)
    truth = best(program)
    assume(truth is not None)
    assert truth is not None
    bounds: list[int] = []
    core = find_core(program, truth - below, always, bounds.append)
    inside = best(core.program)
    assert all(bound >= truth for bound in bounds)
    assert max(truth - below, truth if inside is None else inside) == truth
    if below:
        assert inside == truth
        assert core.bound(inside) == truth
    if core.program is not None:
        for x in points(core.program):
            if core.program.is_feasible(x):
                assert program.is_feasible(core.lift(x))
                assert program.objective(core.lift(x)) == core.program.objective(x)


@pytest.mark.parametrize("seed", range(40))
def test_without_a_known_point(seed: int) -> None:
    """Then it is presolve alone, which keeps a best point, or none where none is."""
    program = small(seed + 500)
    if program.box_size <= 1 << 10:
        assert_keeps_a_best_point(program, find_core(program, None, always).restriction)


@given(instance=instances(), below=st.integers(1, 20))
def test_probing_keeps_every_better_point(instance: Instance, below: int) -> None:
    """With few steps in each probe, the optimum above the known worth is still there."""
    program = compile(instance).program
    assume(program.box_size <= 1 << 10)
    truth = best(program)
    assume(truth is not None)
    assert truth is not None
    left = probe(program, truth - below, always, root_steps=20, steps=5)
    assert best(left.program) == truth


def test_probing_fixes_more_than_the_root() -> None:
    """A dense knapsack of 40 items, its best point known."""
    from bundlesolve.reduce.fixing import fix_variables
    from bundlesolve.solvers.local import Local
    from bundlesolve.stop import Stop
    from tests.solvers.engines import searched

    program = knapsack(40, seed=3)
    run, _ = searched(Local(), program, Stop(steps=5000), start=program.lower)
    assert run.objective is not None
    at_root = fix_variables(program, run.objective, always).program
    probed = probe(program, run.objective, always).program
    sizes = [0 if left is None else left.num_vars for left in (probed, at_root)]
    assert sizes[0] <= sizes[1]
    assert sizes[0] < 40


def test_a_start_must_be_in_the_core() -> None:
    """The point that was known is a start only where reduction has left it in."""
    program = knapsack(5)
    x = np.array([1, 0, 0, 0, 0])
    inside = Core(Restriction.whole(program), 7)
    start = inside.start(x)
    assert start is not None
    assert np.array_equal(start, x)
    assert inside.start(None) is None
    assert inside.bound(3) == 7
    gone = Core(Restriction(None, x[:0], program.lower), 7)
    assert gone.start(x) is None
    fixed = Core(Restriction(program, np.arange(5), program.lower + 1), None)
    assert fixed.bound(3) == 3


def test_no_time_no_core() -> None:
    """A reduction that may not take a step leaves everything."""
    program = knapsack(20)
    core = find_core(program, 0, lambda: False)
    assert core.program is not None
    assert core.program.num_vars == 20
