"""Fixing by cuts takes no better point away."""

from __future__ import annotations

from itertools import product

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from bundlesolve.bounds.closure import closure_of, led_by
from bundlesolve.bounds.mincut import CutBound
from bundlesolve.generate import KINDS
from bundlesolve.model import Instance, compile
from bundlesolve.model.program import Program
from bundlesolve.reduce.cut_fixing import fix_by_cuts
from tests.kernels.closures import Problem, problems
from tests.strategies import instances


def keeps_better_points(program: Program, objective: int) -> bool:
    """Tell whether every feasible point above the objective lies in the core."""
    closure = closure_of(program)
    assume(closure is not None)
    assert closure is not None
    cut = CutBound(closure)
    assert cut.run(lambda: True)
    core = fix_by_cuts(program, cut, objective)
    ranges = [range(a, b + 1) for a, b in zip(program.lower, program.upper, strict=True)]
    for cells in product(*ranges):
        x = np.array(cells, dtype=np.int64)
        if program.is_feasible(x) and program.objective(x) > objective:
            if core.program is None:
                return False
            if not np.array_equal(core.lift(core.project(x)), x):
                return False
    return True


@given(instances(most_bundles=1), st.integers(-20, 60))
def test_whole_model(instance: Instance, objective: int) -> None:
    """Whatever the known objective and the rows that the cut does not see."""
    program = compile(instance).program
    assume(program.box_size <= 5000)
    assert keeps_better_points(program, objective)


@given(problems(), st.integers(0, 12))
def test_knapsacks(problem: Problem, below: int) -> None:
    """With an objective near the optimum, where most is fixed."""
    assert keeps_better_points(problem.program, problem.best - below)


def test_units_go_with_their_item() -> None:
    """The further units of an item that is out are no variables of the core."""
    shop = KINDS["retail"](items=200, synergies=2_000).make(3)  # type: ignore[call-arg]
    program = compile(shop).program
    closure = closure_of(program)
    assert closure is not None
    cut = CutBound(closure)
    assert cut.run(lambda: True)
    assert cut.bound is not None
    core = fix_by_cuts(program, cut, cut.bound - 50)
    assert core.program is not None
    led, leader = led_by(program)
    out = np.setdiff1d(leader, core.free)
    out = out[core.base[out] == 0]
    assert len(out) > 0
    assert not np.any(np.isin(led[np.isin(leader, out)], core.free))
