"""The linear model of a program: same worth at every point, nowhere a higher one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from bundlesolve.model.frozen import IntArray, integers
from bundlesolve.model.program import Program
from bundlesolve.solvers.linearise import ABOVE, BELOW, Linear, linearise, with_products
from bundlesolve.solvers.scaling import largest_worth, row_sizes, scaled
from tests.solvers.engines import small, truth


def _activity(linear: Linear, z: IntArray) -> IntArray:
    terms = linear.row_coef * z[linear.row_var]
    parts = np.split(terms, linear.row_start[1:-1])
    return integers([int(part.sum()) for part in parts][: linear.num_rows])


def _keeps(linear: Linear, z: IntArray) -> bool:
    activity = _activity(linear, z)
    inside = (z >= linear.lower) & (z <= linear.upper)
    rows = (activity >= linear.row_low) & (activity <= linear.row_high)
    return bool(inside.all() and rows.all())


def _point(program: Program, seed: int) -> IntArray:
    rng = np.random.default_rng(seed)
    return rng.integers(program.lower, program.upper + 1)


@given(st.integers(0, 500), st.integers(0, 50))
def test_a_lifted_point_keeps_rows_and_worth(number: int, seed: int) -> None:
    """Feasible points, and only those, keep the rows; the worth is the program's."""
    program = small(number)
    linear = with_products(linearise(program))
    x = _point(program, seed)
    z = linear.lift(x)
    assert _keeps(linear, z) == program.is_feasible(x)
    assert linear.constant + int(linear.worth @ z) == program.objective(x)


@given(st.integers(0, 500), st.integers(0, 50))
def test_no_other_product_or_slack_is_worth_more(number: int, seed: int) -> None:
    """Moving one of them in its favour breaks a row: the objective is not relaxed."""
    program = small(number)
    linear = with_products(linearise(program))
    x = _point(program, seed)
    assume(program.is_feasible(x))
    z = linear.lift(x)
    for c in range(program.num_vars, linear.num_columns):
        better = z.copy()
        better[c] += 1 if linear.worth[c] > 0 else -1
        assert not _keeps(linear, better)


@pytest.mark.parametrize("number", range(40))
@pytest.mark.parametrize("largest", [1e9, 3.0])
def test_another_reader_of_the_rows_finds_the_optimum(number: int, largest: float) -> None:
    """SciPy's solver, fed directly, against enumeration; also with the numbers scaled."""
    program = small(number)
    linear = with_products(linearise(program))
    numbers = scaled(linear, largest)
    rows = np.zeros((linear.num_rows, linear.num_columns))
    row_of = np.repeat(np.arange(linear.num_rows), np.diff(linear.row_start))
    rows[row_of, linear.row_var] = numbers.row_coef
    if not np.all((program.row_soft == 1) | (program.row_low <= program.row_high)):
        pytest.skip("settled before")
    result = milp(
        -numbers.worth,
        integrality=linear.is_integer,
        bounds=Bounds(numbers.lower, numbers.upper),
        constraints=LinearConstraint(rows, numbers.row_low, numbers.row_high)
        if linear.num_rows
        else None,
    )
    best = truth(program)
    assert result.success == (best is not None)
    if best is not None:
        assert linear.constant - result.fun / numbers.factor == pytest.approx(best)


def _program(**changes: object) -> Program:
    plain = Program(
        lower=integers([0, 0, 1, 0]),
        upper=integers([1, 1, 1, 0]),
        worth=integers([1, 2, 3, 4]),
    )
    return plain.replace(**changes)


def test_pairs_of_fixed_variables_become_linear() -> None:
    """Variable 2 is in and 3 is out: of six pairs one is left, with its product column."""
    first, second = np.triu_indices(4, 1)
    program = _program(
        pair_first=first, pair_second=second, pair_worth=integers([10, 20, 30, 40, 50, 60])
    )
    linear = linearise(program)
    # The pairs (0, 2) and (1, 2) are worth 20 and 40 for the free one; (2, 3) is worth 60
    # for variable 3, which is out.
    assert linear.worth.tolist() == [21, 42, 3, 64]
    assert (linear.first.tolist(), linear.second.tolist()) == ([0], [1])
    assert linear.pair_worth.tolist() == [10]
    assert with_products(linear).num_columns == 5


def _rows(low: int, high: int, soft: int, penalty: int) -> Linear:
    return linearise(
        _program(
            row_start=integers([0, 3]),
            row_var=integers([0, 1, 2]),
            row_coef=integers([2, 3, 1]),
            row_low=integers([low]),
            row_high=integers([high]),
            row_soft=integers([soft]),
            row_penalty=integers([penalty]),
        )
    )


@pytest.mark.parametrize(
    ("low", "high", "rows"),
    [
        (1, 6, []),  # the activity's own range
        (0, 9, []),
        (1, 5, [(BELOW, 5)]),
        (2, 6, [(2, ABOVE)]),
        (2, 5, [(BELOW, 5), (2, ABOVE)]),
        (4, 4, [(4, 4)]),
    ],
)
def test_only_sides_that_bind_become_rows(
    low: int, high: int, rows: list[tuple[int, int]]
) -> None:
    """Two limits are two rows, unless they are one number."""
    linear = _rows(low, high, 0, 0)
    assert list(zip(linear.row_low, linear.row_high, strict=True)) == rows
    assert linear.num_columns == 4


def test_soft_rows_get_a_slack_for_each_side() -> None:
    """Even where the limits exclude each other: 5 <= a.x <= 3."""
    linear = _rows(5, 3, 1, 7)
    assert linear.worth[4:].tolist() == [-7, -7]
    assert linear.upper[4:].tolist() == [3, 4]
    z = linear.lift(integers([1, 0, 1, 0]))  # activity 3
    assert z[4:].tolist() == [0, 2]


def test_soft_rows_that_cost_nothing_are_left_out() -> None:
    """They say nothing."""
    assert _rows(5, 3, 1, 0).num_rows == 0


def test_large_rows_are_scaled_by_powers_of_two() -> None:
    """Each by its own, its slack with it, so that no coefficient vanishes."""
    linear = _rows(1, 3, 1, 7)
    numbers = scaled(linear, 1.0)
    assert row_sizes(linear).tolist() == [9.0]  # 2 + 3 + 1, and 3 for the slack
    assert numbers.row_coef.tolist() == [2 / 16, 3 / 16, 1 / 16, -1]
    assert numbers.row_high.tolist() == [3 / 16]
    assert numbers.upper[4] == 3 / 16
    assert largest_worth(linear) == 7
    # One unit of the slack is 16 units of violation now, at 7 each.
    assert numbers.worth[4] / numbers.factor == -7 * 16
    assert numbers.is_whole
    assert not scaled(linear, 1e-9).is_whole
