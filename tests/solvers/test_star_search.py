"""The search by stars as part of `exact`, against enumeration."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bundlesolve.bounds.core import make_core
from bundlesolve.generate.conflicts import Conflicts
from bundlesolve.generate.qkp import Qkp
from bundlesolve.model import Instance, compile
from bundlesolve.model.program import Program
from bundlesolve.reduce.restrict import restrict
from bundlesolve.run import Run
from bundlesolve.solvers import star_search
from bundlesolve.solvers.star_search import StarProblem, StarSearch
from bundlesolve.stop import Stop, StopReason
from tests.bounds.cores import MOST_POINTS, feasible_worths
from tests.strategies import instances


def search(program: Program, stop: Stop, threads: int = 1, start: bool = True) -> Run:
    """Return a run after the search of a program that is one for stars."""
    run = Run(program, stop, np.random.default_rng(0), "exact")
    if start:
        run.offer(program.lower)
    left = restrict(program, program.lower, program.upper)
    assert left.program is not None
    problem = StarProblem.of(make_core(left.program))
    assert problem is not None
    done = StarSearch(problem, left, run, threads).prove()
    assert not done or run.bound == run.objective
    return run


@given(st.integers(0, 10**6), st.booleans(), st.sampled_from([1, 7, 500]))
@settings(max_examples=60, deadline=None)
def test_proves_the_best(seed: int, start: bool, nodes: int) -> None:
    """From a point or none, in walks of any length."""
    rng = np.random.default_rng(seed)
    kind = Conflicts(items=9, density=70, conflict_density=int(rng.integers(0, 60)))
    program = compile(kind.make(seed)).program
    _, worths = feasible_worths(program)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(star_search, "MOST_NODES", nodes)
        patch.setattr(star_search, "MOST_WORK", 1e9)
        run = search(program, Stop(), threads=1 + seed % 2, start=start)
    assert run.objective == run.bound == worths.max()
    assert run.stop_reason in (None, StopReason.PROVED)


@given(st.integers(0, 10**6), st.integers(1, 40))
@settings(max_examples=40, deadline=None)
def test_a_bound_on_the_way_is_a_bound(seed: int, steps: int) -> None:
    """When the steps are over."""
    program = compile(
        Conflicts(items=12, density=90, conflict_density=9).make(seed)
    ).program
    run = search(program, Stop(steps=steps))
    _, worths = feasible_worths(program)
    assert run.bound is None or run.bound >= worths.max()
    assert run.steps <= steps


@given(instances())
@settings(max_examples=80, deadline=None)
def test_other_programs_are_declined_or_solved(instance: Instance) -> None:
    """Programs of the whole model: what is taken is solved."""
    program = compile(instance).program
    assume(program.box_size <= MOST_POINTS)
    left = restrict(program, program.lower, program.upper)
    assume(left.program is not None)
    assert left.program is not None
    core = make_core(left.program)
    if StarProblem.of(core) is None:
        return
    points, worths = feasible_worths(program)
    assert len(points) > 0
    run = search(program, Stop(), start=program.is_feasible(program.lower))
    assert run.objective == run.bound == worths.max()


def test_same_steps_same_trace() -> None:
    """One thread, a limit of steps: the same points and bounds."""
    program = compile(Conflicts(items=40, density=80).make(3)).program
    traces = []
    for _ in range(2):
        run = search(program, Stop(steps=700))
        traces.append([(b.steps, b.bound) for b in run.bound_trace])
    assert traces[0] == traces[1]


def test_large_worths_are_declined() -> None:
    """Where sums might pass 62 bits."""
    plain = Qkp(items=6).make(1)
    large = plain.replace(utility=plain.utility * 10**12)
    assert StarProblem.of(make_core(compile(plain).program)) is not None
    assert StarProblem.of(make_core(compile(large).program)) is None
