"""The low-rank start: its multipliers bound, closely, whatever the program looks like."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bundlesolve.bounds import augmented, low_rank, spectrum, tightening
from bundlesolve.bounds.core import make_core
from bundlesolve.bounds.low_rank import low_rank_start
from bundlesolve.bounds.semidefinite import Semidefinite
from bundlesolve.bounds.tightening import low_rank_bound
from bundlesolve.model import Instance, compile
from tests.bounds.cores import MOST_POINTS, feasible_worths
from tests.solvers.engines import knapsack
from tests.strategies import instances


@settings(max_examples=15)
@given(instances())
def test_never_below_the_best(instance: Instance) -> None:
    """Rows of every kind, clashes, worths of any sign; and nothing better is fixed away."""
    program = compile(instance).program
    assume(program.box_size <= MOST_POINTS)
    points, worths = feasible_worths(program)
    assume(len(points) > 0)
    core = make_core(program)
    assume(core.num_vars == core.num_pairable > 0 and np.any(core.group >= 0))
    objective = int(worths.max()) - 1
    start = low_rank_start(core, objective)
    assert start is not None
    relaxation = Semidefinite(core, objective, start)
    relaxation.improve(3)
    relaxation.fix_by_form()
    assert relaxation.bound is not None
    assert relaxation.bound >= worths.max()
    best = points[worths == worths.max()][:, core.var] - core.base
    assert np.all(best >= relaxation.lower)
    assert np.all(best <= relaxation.upper)


@settings(max_examples=15)
@given(instances())
def test_asked_again_never_below_the_best(instance: Instance) -> None:
    """Start after start on what is left: nothing better is fixed away."""
    program = compile(instance).program
    assume(program.box_size <= MOST_POINTS)
    points, worths = feasible_worths(program)
    assume(len(points) > 0)
    objective = int(worths.max()) - 1
    told: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(low_rank, "LEAST_VARIABLES", 1)
        patch.setattr(tightening, "WORTH_ANOTHER_START", 2.0)
        patch.setattr(tightening, "PACE_GAP", 0.0)
        box = tightening.tighten(program, objective, lambda: True, 30, tell=told.append)
    assert not box.closed
    assert min(told, default=objective + 1) >= worths.max()
    best = points[worths == worths.max()]
    assert np.all(best >= box.lower)
    assert np.all(best <= box.upper)


def test_close_where_steps_from_nothing_are_not() -> None:
    """A sparse knapsack of 120 items: the first step already bounds better than 40 did."""
    program = knapsack(120, density=0.25, share=20)
    core = make_core(program)
    objective = 9_000
    cold = Semidefinite(core, objective)
    cold.improve(40)
    start = low_rank_start(core, objective)
    warm = Semidefinite(core, objective, start)
    warm.improve(1)
    assert warm.value < cold.value


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_do_not_change_it(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks are summed in order, whoever works on them."""
    monkeypatch.setattr(augmented, "BLOCK", 16)
    core = make_core(knapsack(60))
    one, more = low_rank_start(core, 5_000), low_rank_start(core, 5_000, threads)
    assert one is not None
    assert more is not None
    assert np.array_equal(one.lift, more.lift)


def test_stopped_before_it_begins() -> None:
    """There is nothing to start from, and nothing is claimed."""
    assert low_rank_start(make_core(knapsack(20)), 500, stops=lambda: True) is None


def test_what_it_suits() -> None:
    """Many two-valued variables and a knapsack."""
    core = make_core(knapsack(260))
    assert low_rank.suits(core)
    assert not low_rank.suits(replace(core, group=np.full(260, -1)))
    assert not low_rank.suits(make_core(knapsack(100)))


def test_a_bound_without_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is too large for steps, its diagonal raised: a bound all the same."""
    monkeypatch.setattr(low_rank, "LEAST_VARIABLES", 10)
    monkeypatch.setattr(spectrum, "MOST_PROJECTED", 10)
    program = knapsack(14)
    truth = feasible_worths(program)[1].max()
    bound = low_rank_bound(program, int(truth), np.inf)
    assert bound is not None
    assert truth <= bound <= 1.5 * truth
    assert low_rank_bound(program, None, np.inf) is None
    assert low_rank_bound(program, int(truth), 0.0) is None


@given(st.integers(0, 10**6), st.integers(1, 60))
def test_the_least_eigenvalue(seed: int, size: int) -> None:
    """As LAPACK has it, or above where Lanczos' method ends early."""
    matrix = np.random.default_rng(seed).normal(size=(size, size))
    matrix += matrix.T
    found, truth = spectrum.least_eigenvalue(matrix), np.linalg.eigvalsh(matrix)[0]
    assert found == pytest.approx(truth, rel=1e-6, abs=1e-6)
