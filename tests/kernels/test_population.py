"""The population kernel: exact values, sound moves, repair and improvement that hold."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundlesolve.kernels.population import raise_population, warm_up
from bundlesolve.kernels.population_tables import Tables, blocks, implications, tables
from bundlesolve.model import compile
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program
from tests.kernels.programs import program_of, random_point
from tests.strategies import instances

EVALUATE, REPAIR, IMPROVE = -1, 0, 20


def parts_of(program: Program) -> tuple[tuple[IntArray, ...], ...]:
    """Return bounds, pairs, rows and limits, as the kernel's tables want them."""
    return (
        (program.lower, program.upper),
        (program.pair_first, program.pair_second, program.pair_worth),
        (program.row_start, program.row_var, program.row_coef),
        (program.row_low, program.row_high, program.row_soft, program.row_penalty),
    )


def tables_of(program: Program) -> Tables:
    """Return the program's tables."""
    bounds, pairs, matrix, limits = parts_of(program)
    return tables(bounds, program.worth, pairs, matrix, limits)  # type: ignore[arg-type]


def raised(
    program: Program, points: IntArray, passes: int, effort: int = 10**6, seed: int = 0
) -> tuple[IntArray, list[int], list[float]]:
    """Return the points after the kernel, with their objectives and violations."""
    points = points.copy()
    worth = np.zeros(len(points), dtype=np.int64)
    excess = np.zeros(len(points))
    order = np.random.default_rng(seed).permutation(program.num_vars)
    how = np.full(len(points), passes)
    raise_population(tables_of(program), points, order, how, effort, worth, excess)
    return points, (worth + program.constant).tolist(), excess.tolist()


def some_points(program: Program, seed: int, count: int = 6) -> IntArray:
    """Return random points within the bounds."""
    rng = np.random.default_rng(seed)
    return np.stack([random_point(program, rng) for _ in range(count)])


@given(instance=instances(), seed=st.integers(0, 999), passes=st.integers(-1, 3))
@settings(deadline=None, max_examples=150)
def test_values_are_the_programs(instance: object, seed: int, passes: int) -> None:
    """Whatever the kernel did to a point, its value and feasibility are the program's."""
    program = compile(instance).program  # type: ignore[arg-type]
    points, worth, excess = raised(program, some_points(program, seed), passes, seed=seed)
    for x, value, violation in zip(points, worth, excess, strict=True):
        assert np.all((program.lower <= x) & (x <= program.upper))
        assert value == program.objective(x)
        assert (violation == 0) == program.is_feasible(x)


@pytest.mark.parametrize("seed", range(25))
def test_values_hold_on_larger_programs(seed: int) -> None:
    """The same with twelve items, several bundles, units, shared stock and every rule."""
    program = program_of(seed)
    points, worth, excess = raised(program, some_points(program, seed), IMPROVE)
    for x, value, violation in zip(points, worth, excess, strict=True):
        assert np.all((program.lower <= x) & (x <= program.upper))
        assert value == program.objective(x)
        assert (violation == 0) == program.is_feasible(x)


@pytest.mark.parametrize("seed", range(25))
def test_evaluation_changes_nothing(seed: int) -> None:
    """Negative passes only evaluate."""
    program = program_of(seed)
    before = some_points(program, seed)
    after, _, _ = raised(program, before, EVALUATE)
    np.testing.assert_array_equal(after, before)


@pytest.mark.parametrize("seed", range(25))
def test_improvement_never_loses(seed: int) -> None:
    """From one repaired point, more passes give no less worth and stay feasible."""
    program = program_of(seed)
    points, worth, excess = raised(program, some_points(program, seed), REPAIR)
    _, better, still = raised(program, points, IMPROVE)
    for before, after, was, is_now in zip(worth, better, excess, still, strict=True):
        if was == 0:
            assert is_now == 0
            assert after >= before


@pytest.mark.parametrize("seed", range(25))
def test_no_single_change_is_left_that_gains(seed: int) -> None:
    """An improved feasible point is a local optimum: brute force over single changes."""
    program = program_of(seed)
    points, worth, excess = raised(program, some_points(program, seed), 1000, 10**9)
    for x, value, violation in zip(points, worth, excess, strict=True):
        if violation > 0:
            continue
        for v in range(program.num_vars):
            for step in (-1, 1):
                y = x.copy()
                y[v] += step
                if program.is_feasible(y):
                    assert program.objective(y) <= value


def knapsack(weights: list[int], budget: int, worth: list[int], **more: object) -> Program:
    """Return a 0-1 program with one budget."""
    m = len(weights)
    fields: dict[str, object] = {
        "lower": np.zeros(m, dtype=np.int64),
        "upper": np.ones(m, dtype=np.int64),
        "worth": np.array(worth),
        "row_start": [0, m],
        "row_var": np.arange(m),
        "row_coef": weights,
        "row_low": [0],
        "row_high": [budget],
        "row_soft": [0],
        "row_penalty": [0],
    }
    return Program(**(fields | more))  # type: ignore[arg-type]


def test_repair_drops_what_is_worth_least_per_violation() -> None:
    """Too heavy by 3: item 1 removes it at 5/3 a unit, items 0 and 2 cost more a unit."""
    program = knapsack([3, 3, 3], 6, [9, 5, 8])
    points, worth, excess = raised(program, np.ones((1, 3), dtype=np.int64), REPAIR)
    assert points.tolist() == [[1, 0, 1]]
    assert (worth, excess) == ([17], [0.0])


def test_a_swap_is_found_where_no_flip_gains() -> None:
    """Only one item fits; the worth 5 that is in makes room for the worth 7."""
    program = knapsack([4, 4], 4, [5, 7])
    points, worth, _ = raised(program, np.array([[1, 0]]), IMPROVE)
    assert (points.tolist(), worth) == ([[0, 1]], [7])


def test_steps_leave_with_their_item_and_bring_it_in() -> None:
    """Steps (worth 4 each, up to 3) pull their worthless item in: 3 * 4 - 1."""
    program = Program(
        lower=np.array([0, 0]),
        upper=np.array([1, 3]),
        worth=np.array([-1, 4]),
        row_start=np.array([0, 2]),
        row_var=np.array([0, 1]),
        row_coef=np.array([-3, 1]),
        row_low=np.array([-3]),
        row_high=np.array([0]),
        row_soft=np.array([0]),
        row_penalty=np.array([0]),
    )
    points, worth, _ = raised(program, np.array([[0, 0], [0, 2], [1, 0]]), IMPROVE)
    assert (points.tolist(), worth) == ([[1, 3]] * 3, [11] * 3)


def test_a_class_of_exactly_one_is_repaired_and_improved() -> None:
    """Of three exactly one: none and all three both end at the best that fits."""
    program = knapsack(
        [1, 2, 9],
        5,
        [1, 3, 8],
        row_start=[0, 3, 6],
        row_var=[0, 1, 2, 0, 1, 2],
        row_coef=[1, 2, 9, 1, 1, 1],
        row_low=[0, 1],
        row_high=[5, 1],
        row_soft=[0, 0],
        row_penalty=[0, 0],
    )
    points, _, excess = raised(program, np.array([[0, 0, 0], [1, 1, 1]]), IMPROVE)
    assert points.tolist() == [[0, 1, 0]] * 2
    assert excess == [0.0, 0.0]
    bounds, pairs, matrix, limits = parts_of(program)
    assert len(set(blocks(bounds, pairs, matrix, limits).tolist())) == 1  # type: ignore[arg-type]


def test_an_equality_is_mended_in_two_moves() -> None:
    """3 x + 4 y = 4 from x: either change alone makes it worse, both together mend it."""
    program = knapsack([3, 4], 4, [9, 1], row_low=[4])
    points, _, excess = raised(program, np.array([[1, 0]]), REPAIR)
    assert (points.tolist(), excess) == ([[0, 1]], [0.0])


def test_what_cannot_be_mended_says_so() -> None:
    """An impossible row leaves a violation, and the exact objective, behind."""
    program = knapsack([1, 1], 9, [1, 1], row_low=[5])
    points, worth, excess = raised(program, np.array([[0, 1]]), IMPROVE)
    assert excess[0] > 0
    assert worth == [program.objective(points[0])]


def test_a_program_without_variables() -> None:
    """Nothing to choose: one empty point, feasible or not as its rows say."""
    none = np.zeros(0, dtype=np.int64)
    for low, broken in ((0, False), (1, True)):
        program = Program(
            lower=none,
            upper=none,
            worth=none,
            row_start=np.array([0, 0]),
            row_low=np.array([low]),
            row_high=np.array([2]),
            row_soft=np.array([0]),
            row_penalty=np.array([0]),
        )
        _, worth, excess = raised(program, np.zeros((2, 0), dtype=np.int64), IMPROVE)
        assert worth == [0, 0]
        assert (excess[0] > 0) == broken


def test_linked_rows_are_recognised() -> None:
    """x1 + x2 <= 5 x0 makes x0 the owner of both; 2 x0 <= 3 x1 + x2 makes none."""
    program = Program(
        lower=np.zeros(3, dtype=np.int64),
        upper=np.ones(3, dtype=np.int64),
        worth=np.zeros(3, dtype=np.int64),
        row_start=np.array([0, 3, 6]),
        row_var=np.array([0, 1, 2, 0, 1, 2]),
        row_coef=np.array([-5, 1, 1, 2, -3, -1]),
        row_low=np.array([-9, -9]),
        row_high=np.array([0, 0]),
        row_soft=np.array([0, 0]),
        row_penalty=np.array([0, 0]),
    )
    bounds, _, matrix, limits = parts_of(program)
    member, owner, linked = implications(bounds, matrix, limits)  # type: ignore[arg-type]
    assert (member.tolist(), owner.tolist(), linked.tolist()) == ([1, 2], [0, 0], [1, 0])


def test_little_effort_ends_early_and_exactly() -> None:
    """A point on which hardly any work may be spent still has its exact value."""
    program = program_of(3)
    points, worth, _ = raised(program, some_points(program, 3), IMPROVE, effort=1)
    assert worth == [program.objective(x) for x in points]


def test_warm_up_compiles_the_types_that_are_used() -> None:
    """After `warm_up` no program makes the kernel compile again, read-only or not."""
    warm_up()
    known = getattr(raise_population, "signatures", [])
    raised(program_of(5), some_points(program_of(5), 5), IMPROVE)
    assert getattr(raise_population, "signatures", []) == known
    assert len(known) <= 1


def test_the_same_without_compiler() -> None:
    """Plain Python gives the same points and values as Numba's code."""
    script = (
        "from tests.kernels.test_population import *\n"
        "for seed in range(3):\n"
        "    program = program_of(seed)\n"
        "    points = some_points(program, seed, 3)\n"
        "    print([a.tolist() if hasattr(a, 'tolist') else a\n"
        "           for a in raised(program, points, 5)])\n"
    )
    printed = [
        subprocess.run(
            [sys.executable, "-c", script],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "NUMBA_DISABLE_JIT": off},
        ).stdout
        for off in ("0", "1")
    ]
    assert printed[0]
    assert printed[0] == printed[1]
