"""Annealing of large sparse programs, here on small ones."""

from __future__ import annotations

from unittest import mock

import numpy as np
from hypothesis import given

from bundlesolve.generate.team import Team
from bundlesolve.kernels import anneal as kernel
from bundlesolve.kernels.point import BROKEN, OBJECTIVE, new_point, place
from bundlesolve.model import Instance, compile
from bundlesolve.model.program import Program
from bundlesolve.run import Run
from bundlesolve.solvers import annealing
from bundlesolve.solvers.base import get_solver
from bundlesolve.solvers.layouts import layout_of
from bundlesolve.stop import Stop
from tests.referee import best_by_brute
from tests.strategies import instances


def run_of(program: Program, steps: int) -> Run:
    """Return a run that has been given greedy's point."""
    run = Run(program, Stop(steps=steps), np.random.default_rng(0))
    get_solver("greedy").search(program, run.prelude("greedy", Stop()))
    return run


@given(instances())
def test_annealing_is_never_above_the_best(instance: Instance) -> None:
    """On the whole model without soft limits: feasible, and not above brute's."""
    program = compile(instance).program
    with mock.patch.object(annealing, "LEAST_INSIDE", -1):
        run = run_of(program, 300)
        if not annealing.suits(program, run):
            return
        before = run.objective
        annealing.anneal(program, run)
    best = best_by_brute(instance)
    assert before is not None
    assert run.objective is not None
    assert best is not None
    assert before <= run.objective <= best


def test_annealing_improves_on_greedy_alike_for_one_seed() -> None:
    """A team of 600: better than greedy, and the same point twice."""
    program = compile(Team(items=600, skills=150).make(1)).program
    found = []
    for _ in range(2):
        run = run_of(program, 40_000)
        before = run.objective
        annealing.anneal(program, run)
        found.append(run.objective)
        assert before is not None
        assert run.objective is not None
        assert run.objective > before
        assert run.steps <= 40_000
    assert found[0] == found[1]


def test_a_walk_keeps_its_books() -> None:
    """After thousands of moves gains, activities and worth are those of the point."""
    program = compile(Team(items=300, skills=75).make(2)).program
    layout = layout_of(program)
    point = new_point(layout)
    notes = np.zeros(kernel.NOTES, dtype=np.int64)
    levels, seeds = np.array([1e5, 3e5]), np.array([1, 2])
    best, weight = point.x.copy(), np.ones(300)
    looks, moves = 60_000, 1 << 30
    made = kernel.anneal(layout, point, weight, best, notes, levels, seeds, looks, moves)
    assert made > 1_000
    assert notes[kernel.LOOKS] == looks
    fresh = new_point(layout)
    fresh.x[:] = point.x
    place(layout, fresh)
    for ours, theirs in zip(point, fresh, strict=True):
        assert np.array_equal(ours, theirs)
    assert point.sums[BROKEN] == 0
    assert program.objective(best) == notes[kernel.BEST] >= 0
    assert program.is_feasible(best)
    assert point.sums[OBJECTIVE] > 0


def test_few_in_or_soft_limits_are_left_to_others() -> None:
    """Annealing is for programs of which parts cannot hold all that is in."""
    program = compile(Team(items=600, skills=150).make(1)).program
    run = run_of(program, 10)
    assert not annealing.suits(program, run)
    with mock.patch.object(annealing, "LEAST_INSIDE", 10):
        assert annealing.suits(program, run)
        soft = program.replace(row_soft=np.ones(1, dtype=np.int64))
        assert not annealing.suits(soft, run)
