"""The semidefinite bound: a proof at every step, and as tight as its paper says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bundlesolve.bounds.core import make_core
from bundlesolve.bounds.lagrangian import lagrangian_bound
from bundlesolve.bounds.multipliers import Multipliers
from bundlesolve.bounds.semidefinite import Semidefinite, warm_up
from bundlesolve.kernels.types import Floats, Ints
from bundlesolve.model import Conflict, Instance, compile
from bundlesolve.model.program import Program
from tests.bounds.cores import MOST_POINTS, feasible_worths, wide_program
from tests.kernels.programs import program_of
from tests.referee import best_by_brute
from tests.solvers.nasty import NASTY
from tests.solvers.test_contract import classic
from tests.strategies import instances


def holds(relaxation: Semidefinite, points: Ints, worths: Ints) -> None:
    """No point is above the bound; every point better than the known one is in the box."""
    core, objective = relaxation.core, relaxation.objective
    assert relaxation.bound is not None
    if len(worths):
        assert relaxation.bound >= worths.max()
    better = points if objective is None else points[worths > objective]
    inner = better[:, core.var] - core.base
    assert np.all(inner >= relaxation.lower)
    assert np.all(inner <= relaxation.upper)
    assert not (relaxation.is_closed and len(better))


def proves(program: Program, below: int | None, steps: list[int]) -> None:
    """Check a bound after some steps with the known worth ``below`` the optimum."""
    points, worths = feasible_worths(program)
    objective = None
    if below is not None and len(worths):
        objective = int(worths.max()) - below
    relaxation = Semidefinite(make_core(program), objective)
    assert relaxation.bound is None
    for count in steps:
        relaxation.improve(count)
        holds(relaxation, points, worths)


@given(instances(), st.none() | st.integers(0, 12), st.integers(1, 25))
def test_never_below_a_point_never_cuts_a_better_one(
    instance: Instance, below: int | None, steps: int
) -> None:
    """On the whole model: soft rows, both sides, several units, penalties, clashes."""
    program = compile(instance).program
    assume(program.box_size <= MOST_POINTS)
    proves(program, below, [1, steps, 20])


@pytest.mark.parametrize("seed", range(24))
def test_the_generator_s_programs(seed: int) -> None:
    """With bundles, stock and several units; a known point below the best or none."""
    program = program_of(seed, items=5)
    if program.box_size <= 20_000:
        proves(program, (None, 0, 1, 5)[seed % 4], [1, 30])


@given(st.integers(0, 10**6), st.none() | st.integers(0, 12), st.integers(1, 25))
def test_wide_variables_below_zero(seed: int, below: int | None, steps: int) -> None:
    """In knapsacks and other rows alike."""
    proves(wide_program(seed), below, [1, steps])


@pytest.mark.parametrize("story", NASTY)
def test_nasty(story: str) -> None:
    """Supplies, negative bounds, numbers up to 2**53."""
    program = compile(NASTY[story][0]).program
    if program.box_size <= 20_000:
        proves(program, 1, [1, 30])


@given(st.integers(0, 10**6), st.integers(2, 7), st.integers(1, 25))
def test_worths_near_the_limit_of_integers(seed: int, n: int, steps: int) -> None:
    """Of both signs, up to 2**53 together: rounding is counted, not hoped for."""
    rng = np.random.default_rng(seed)
    first, second = np.triu_indices(n, 1)
    count = n + len(first)
    worth = rng.integers(-(2**52) // count, 2**52 // count, count)
    worth[worth == 0] = 1
    weight = rng.integers(1, 2**40, n)
    program = Program(
        lower=np.zeros(n, dtype=np.int64),
        upper=np.ones(n, dtype=np.int64),
        worth=worth[:n],
        pair_first=first,
        pair_second=second,
        pair_worth=worth[n:],
        row_start=np.array([0, n]),
        row_var=np.arange(n),
        row_coef=weight,
        row_low=np.array([0]),
        row_high=np.array([weight.sum() // 2]),
        row_soft=np.array([0]),
        row_penalty=np.array([0]),
        constant=int(rng.integers(-(2**51), 2**51)),
    )
    proves(program, int(rng.integers(0, 3)), [1, steps])


@given(instances(), st.integers(0, 10**6), st.integers(1, 12))
def test_multipliers_are_carried_into_a_smaller_box(
    instance: Instance, seed: int, steps: int
) -> None:
    """The bound of the smaller box holds for its points from the first step on."""
    program = compile(instance).program
    assume(program.box_size <= MOST_POINTS)
    points, worths = feasible_worths(program)
    objective = int(worths.max()) - 4 if len(worths) else None
    rng = np.random.default_rng(seed)
    core = make_core(program)
    multipliers = None
    for _ in range(3):
        relaxation = Semidefinite(core, objective, multipliers, factor=0.5)
        relaxation.improve(steps)
        holds(relaxation, points, worths)
        lower, upper = smaller_box(core.upper, rng)
        inner = points[:, core.var] - core.base
        inside = np.all((inner >= lower) & (inner <= upper), axis=1)
        points, worths = points[inside], worths[inside]
        core, free = core.restrict(lower, upper)
        multipliers = relaxation.best.restrict(relaxation.core, lower, free)


def smaller_box(upper: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Fix about a third of the variables, tighten some of the others."""
    low = np.floor(rng.random(len(upper)) * (upper + 1.0))
    low = np.where(rng.random(len(upper)) < 0.35, low, 0.0)
    high = np.where((low > 0.0) | (rng.random(len(upper)) < 0.15), low, upper)
    return low, np.where(rng.random(len(upper)) < 0.2, np.maximum(low, upper), high)


def test_five_in_a_ring() -> None:
    """Neighbours clash: 10 times Lovasz' theta is 22.3, linear programs say 25, truth 20.

    By hand: whatever neighbours are in the matrix is free, others are 0 there, and every
    item's worth is 10 + 10 - 2 * 10 = 0, so the bound is the corner, 10 sqrt(5).
    """
    ring = [tuple(sorted((i, (i + 1) % 5))) for i in range(5)]
    rules = tuple(Conflict(name=f"{i}-{j}", items=np.array((i, j))) for i, j in ring)
    instance = Instance(items=tuple("abcde"), utility=np.full(5, 10), rules=rules)
    program = compile(instance).program
    assert best_by_brute(instance) == 20
    assert lagrangian_bound(program, None, lambda: True, 400) == 25
    core = make_core(program)
    lift = np.diag([10.0 * 5**0.5] + [10.0] * 5)
    lift[0, 1:] = lift[1:, 0] = -10.0
    for i, j in ring:
        lift[1 + i, 1 + j] = lift[1 + j, 1 + i] = 10.0 / (0.5 + 0.5 * 5**0.5)
    theta = Multipliers(np.zeros((5, 5)), lift, np.zeros(0), np.zeros(0))
    relaxation = Semidefinite(core, None, theta)
    relaxation.improve(1)
    assert relaxation.bound == 22


def test_tighter_than_the_separation_alone() -> None:
    """On classic instances with the optimum known, the gap is a part of what it was."""
    warm_up()
    for seed in (0, 4, 7):
        instance = classic(18, seed=seed)
        program = compile(instance).program
        truth = best_by_brute(instance)
        assert truth is not None
        plain = lagrangian_bound(program, truth, lambda: True, 400)
        relaxation = Semidefinite(make_core(program), truth)
        relaxation.improve(300)
        assert plain is not None
        assert relaxation.bound is not None
        assert truth <= relaxation.bound <= plain


def test_what_it_tells() -> None:
    """Closed at the optimum of a lone item; nothing is left to fix."""
    instance = Instance(items=("a",), utility=np.array([3]), name="lone")
    relaxation = Semidefinite(make_core(compile(instance).program), 3)
    assert relaxation.num_fixed == 0
    assert relaxation.cutoff == 3.0
    relaxation.improve(10)
    assert relaxation.is_closed
    assert relaxation.bound == 3
    assert not relaxation.is_stuck
