"""A core is the program itself in other arrays, whole and in every smaller box."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bundlesolve.bounds.core import dense_size, make_core
from bundlesolve.bounds.groups import choose_groups
from bundlesolve.model import Instance, compile
from bundlesolve.model.program import Program
from tests.bounds.cores import MOST_POINTS, box_points, inner_worth, wide_program
from tests.kernels.programs import program_of
from tests.solvers.nasty import NASTY
from tests.strategies import instances


def agrees(program: Program) -> None:
    """Compare worth and feasibility of every point of a program and of its core."""
    core = make_core(program)
    assert np.all(core.base == program.lower[core.var])
    for x in box_points(program.lower, program.upper):
        inner = (x[core.var] - core.base).astype(float)
        assert np.all((inner >= 0.0) & (inner <= core.upper))
        expected = program.objective(x) if program.is_feasible(x) else None
        assert inner_worth(core, inner) == expected


@given(instances())
def test_same_worth_and_feasibility(instance: Instance) -> None:
    """Knapsacks, clashes, rows of both kinds and sides: together they are the rows."""
    program = compile(instance).program
    assume(program.box_size <= MOST_POINTS)
    agrees(program)


@pytest.mark.parametrize("seed", range(20))
def test_the_generator_s_programs(seed: int) -> None:
    """With bundles, stock and several units."""
    program = program_of(seed, items=5)
    if program.box_size <= 20_000:
        agrees(program)


@given(st.integers(0, 10**6))
def test_wide_variables_below_zero(seed: int) -> None:
    """In knapsacks and other rows alike."""
    agrees(wide_program(seed))


@pytest.mark.parametrize("story", NASTY)
def test_nasty(story: str) -> None:
    """Supplies, negative bounds, numbers up to 2**53."""
    program = compile(NASTY[story][0]).program
    if program.box_size <= 20_000:
        agrees(program)


@given(instances(), st.integers(0, 10**6))
def test_restricting_keeps_the_worth(instance: Instance, seed: int) -> None:
    """Twice to a smaller box: its points are worth what they were, as feasible as ever."""
    program = compile(instance).program
    assume(program.box_size <= MOST_POINTS)
    rng = np.random.default_rng(seed)
    whole = make_core(program)
    core, base, place = whole, np.zeros(whole.num_vars), np.arange(whole.num_vars)
    for _ in range(2):
        lower = np.floor(rng.random(core.num_vars) * (core.upper + 1.0))
        upper = np.where(rng.random(core.num_vars) < 0.6, core.upper, lower)
        lower = np.where(rng.random(core.num_vars) < 0.3, np.minimum(lower, upper), 0.0)
        upper = np.maximum(lower, upper)
        base[place] += lower
        core, free = core.restrict(lower, upper)
        place = place[free]
        assert np.array_equal(core.var, whole.var[place])
    for inner in box_points(0 * core.upper, core.upper):
        point = base.copy()
        point[place] += inner
        small, large = inner_worth(core, inner.astype(float)), inner_worth(whole, point)
        # Two that clash and are both in for good are no longer seen: rows are for that.
        if large is not None or not hidden_clash(whole.clash, base, place):
            assert small == large


def hidden_clash(clash: np.ndarray, base: np.ndarray, place: np.ndarray) -> bool:
    """Return whether a variable that is in for good clashes with another."""
    settled = np.setdiff1d(np.flatnonzero(base[: len(clash)] > 0), place)
    return bool(np.any(clash[settled]))


def test_two_that_do_not_fit_together_clash() -> None:
    """Weights 3, 4, 5 within 7: the last clashes with both, in a row that says more."""
    core = make_core(knapsack([3, 4, 5], 7))
    assert core.clash.tolist() == [
        [False, False, True],
        [False, False, True],
        [True, True, False],
    ]
    assert (len(core.capacity), len(core.rows)) == (1, 0)


@pytest.mark.parametrize("seed", range(5))
def test_exact_sums_of_large_pairs(seed: int) -> None:
    """Every pair counts twice in x'Qx, whose parts may pass 2**53."""
    n = 12
    first, second = np.triu_indices(n, 1)
    rng = np.random.default_rng(seed)
    program = Program(
        lower=np.zeros(n, dtype=np.int64),
        upper=np.ones(n, dtype=np.int64),
        worth=np.zeros(n, dtype=np.int64),
        pair_first=first,
        pair_second=second,
        pair_worth=2**53 // len(first) - rng.integers(1, 2**40, len(first)),
    )
    small, _ = make_core(program).restrict(np.ones(n), np.ones(n))
    assert small.constant == program.objective(np.ones(n, dtype=np.int64))


def test_groups_are_disjoint_hard_rows_with_their_weights() -> None:
    """Every variable in one at most, with the row's coefficients."""
    program = program_of(3)
    weight, group, kept = choose_groups(program)
    for g, r in enumerate(kept):
        span = program.row(int(r))
        assert not program.row_soft[r]
        assert np.array_equal(np.flatnonzero(group == g), program.row_var[span])
        assert np.array_equal(weight[program.row_var[span]], program.row_coef[span])
    assert np.all(weight[group < 0] == 0.0)


def test_dense_size() -> None:
    """Two matrices over the variables, and the rows."""
    assert dense_size(knapsack([3, 4, 5], 7)) == 3 * (6 + 1)


def knapsack(weights: list[int], capacity: int) -> Program:
    """Return a program of one row and no worth."""
    n = len(weights)
    return Program(
        lower=np.zeros(n, dtype=np.int64),
        upper=np.ones(n, dtype=np.int64),
        worth=np.zeros(n, dtype=np.int64),
        row_start=np.array([0, n]),
        row_var=np.arange(n),
        row_coef=np.array(weights),
        row_low=np.array([0]),
        row_high=np.array([capacity]),
        row_soft=np.array([0]),
        row_penalty=np.array([0]),
    )
