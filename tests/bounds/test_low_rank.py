"""The low-rank start: its multipliers bound, closely, whatever the program looks like."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bundlesolve.bounds import augmented, low_rank, spectrum, tightening
from bundlesolve.bounds.core import make_core
from bundlesolve.bounds.low_rank import low_rank_start
from bundlesolve.bounds.semidefinite import Semidefinite
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


def test_short_of_time() -> None:
    """Rounds get shorter, and what they have come to is taken."""
    core = make_core(knapsack(60))
    start = low_rank_start(core, 5_000, seconds=1e-3)
    assert start is not None
    relaxation = Semidefinite(core, 5_000, start)
    relaxation.improve(1)
    assert relaxation.bound is not None


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.integers(4, 40), st.integers(1, 9))
def test_strips_are_the_whole_matrix(seed: int, size: int, rows: int) -> None:
    """Products, sums and prices by strips are those of the full symmetric matrices."""
    rng = np.random.default_rng(seed)
    factor = rng.normal(size=(size, 8)) / 3.0
    worth, price = (np.triu(rng.normal(size=(size, size)), 1) for _ in range(2))
    worth, price, clash = worth + worth.T, price + price.T, worth + worth.T > 1.0
    core = replace(make_core(knapsack(size)), quadratic=worth, clash=clash)
    added = price - 0.7 * factor @ factor.T
    added[~clash] = np.maximum(added[~clash], 0.0)
    np.fill_diagonal(added, 0.0)
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(1) as pool:
        patch.setattr(augmented, "BLOCK", rows)
        search = augmented.Augmented(core, 100, pool)
        search.price[:], search.price_weight = price, 0.7
        result, squares, worths = search.products(factor, keeps=True)
    assert result == pytest.approx((worth + added) @ factor, abs=1e-4)
    assert squares == pytest.approx(np.square(added).sum(), rel=1e-4, abs=1e-4)
    assert worths == pytest.approx((worth * (factor @ factor.T)).sum(), abs=1e-3)
    assert np.triu(search.price) == pytest.approx(np.triu(added), abs=1e-4)


def test_stopped_before_it_begins() -> None:
    """There is nothing to start from, and nothing is claimed."""
    assert low_rank_start(make_core(knapsack(20)), 500, stops=lambda: True) is None


def test_what_it_suits() -> None:
    """Many two-valued variables and a knapsack."""
    core = make_core(knapsack(260))
    assert low_rank.suits(core)
    assert not low_rank.suits(replace(core, group=np.full(260, -1)))
    assert not low_rank.suits(make_core(knapsack(100)))


@given(st.integers(0, 10**6), st.integers(1, 60))
def test_the_least_eigenvalue(seed: int, size: int) -> None:
    """As LAPACK has it, or above where Lanczos' method ends early."""
    matrix = np.random.default_rng(seed).normal(size=(size, size))
    matrix += matrix.T
    found, truth = spectrum.least_eigenvalue(matrix), np.linalg.eigvalsh(matrix)[0]
    assert found == pytest.approx(truth, rel=1e-6, abs=1e-6)
