"""Other planes: one variable more or fewer at the same use of the budget."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve.files import read
from bundlesolve.generate.qkp import Qkp
from bundlesolve.kernels.layout import Arrays, Layout, lay_out
from bundlesolve.kernels.point import BROKEN, Point, new_point, place
from bundlesolve.model import compile
from bundlesolve.solve import solve
from bundlesolve.solvers.planes import Planes, pairs_between, scarce_row
from bundlesolve.stop import Stop
from tests.kernels.programs import arrays_of

HEAVY, LIGHT = 4, 5


def knapsack(weights: list[list[int]], worth: list[int], limits: list[int]) -> Layout:
    """Lay out items without pairs under several budgets."""
    m, none = len(worth), np.zeros(0, dtype=np.int64)
    one = np.ones(m, dtype=np.int64)
    start = np.arange(0, m * len(limits) + 1, m)
    low, free = np.zeros_like(limits), np.zeros(len(limits), dtype=np.int64)
    rows = (start, np.tile(np.arange(m), len(limits)), np.array(weights).ravel())
    pairs = (none, none, none)
    ends = (low, np.array(limits), free, free)
    return lay_out(Arrays(0 * one, one, np.array(worth), *pairs, *rows, *ends))


def at(layout: Layout, inside: range) -> Point:
    """Return the point with some variables in."""
    point = new_point(layout)
    point.x[inside] = 1
    place(layout, point)
    return point


def first(more: int) -> Callable[[int], int]:
    """Return a draw that says more or fewer, and then always takes the first."""
    answers = iter([more])
    return lambda _: next(answers, 0)


@pytest.mark.parametrize(("more", "worth"), [(1, 50), (0, 44)])
def test_five_light_ones_in_the_place_of_four_heavy_ones(more: int, worth: int) -> None:
    """By hand: 4 x 11 at weight 5 and 5 x 10 at weight 4 both use a budget of 20 up."""
    weights = [5] * HEAVY + [4] * LIGHT
    layout = knapsack([weights], [11] * HEAVY + [10] * LIGHT, [20])
    point = at(layout, range(HEAVY) if more else range(HEAVY, HEAVY + LIGHT))
    moves = Planes(layout, point, 0, first(more)).leave(np.zeros(9), 100)
    assert moves == 1 + 2 * 4
    assert point.sums.tolist() == [worth, 0]
    assert point.activity.tolist() == [20]


def test_other_rows_are_kept() -> None:
    """A swap that would break a row besides the budget is not made."""
    weights = [5] * HEAVY + [4] * LIGHT
    few = [0] * HEAVY + [1] * LIGHT
    layout = knapsack([weights, few], [11] * HEAVY + [10] * LIGHT, [20, 3])
    point = at(layout, range(HEAVY))
    Planes(layout, point, 0, first(1)).leave(np.zeros(9), 100)
    assert point.activity[1] <= 3
    assert point.sums[BROKEN] == 1


@given(st.integers(0, 10_000), st.integers(0, 40), st.sampled_from([5, 25, 100]))
def test_one_more_or_one_fewer_or_broken(seed: int, most: int, density: int) -> None:
    """What comes out agrees with itself, and no limit on moves is passed."""
    rng = np.random.default_rng(seed)
    layout = lay_out(arrays_of(compile(Qkp(items=30, density=density).make(seed)).program))
    point = new_point(layout)
    for v in rng.permutation(30):
        point.x[v] = 1
        place(layout, point)
        if point.sums[BROKEN]:
            point.x[v] = 0
            place(layout, point)
    count = int(point.x.sum())
    planes = Planes(layout, point, 0, lambda below: int(rng.integers(below)))
    made = planes.leave(rng.random(30) * 100, most)
    again = new_point(layout)
    again.x[:] = point.x
    place(layout, again)
    for mine, anew in zip(point, again, strict=True):
        np.testing.assert_array_equal(mine, anew)
    assert made <= most
    assert abs(int(point.x.sum()) - count) == (made > 0)


@given(st.integers(0, 10_000), st.sampled_from([3, 60]))
def test_pairs_of_lists_and_of_matrices(seed: int, density: int) -> None:
    """Both layouts give the pair worths of the program."""
    program = compile(Qkp(items=25, density=density).make(seed)).program
    layout = lay_out(arrays_of(program))
    full = np.zeros((25, 25), dtype=np.int64)
    full[program.pair_first, program.pair_second] = program.pair_worth
    full += full.T
    order = np.random.default_rng(seed).permutation(25)
    ins, outs = order[:9], order[9:20]
    np.testing.assert_array_equal(pairs_between(layout, ins, outs), full[np.ix_(ins, outs)])


def test_the_scarce_row_is_the_only_budget() -> None:
    """Rows of equal coefficients are planes themselves; of two budgets neither is it."""
    worth, weights, ones = [1] * 5, [1, 2, 3, 4, 5], [1] * 5
    assert scarce_row(knapsack([weights], worth, [7])) == 0
    assert scarce_row(knapsack([ones, weights], worth, [3, 7])) == 1
    assert scarce_row(knapsack([ones], worth, [3])) is None
    assert scarce_row(knapsack([weights, weights[::-1]], worth, [7, 7])) is None
    assert scarce_row(knapsack([weights], worth, [15])) is None  # cannot be broken
    assert scarce_row(knapsack([[-1, *weights[1:]]], worth, [7])) is None
    assert scarce_row(knapsack([], worth, [])) is None


@pytest.mark.parametrize(
    ("name", "select", "best"),
    [
        ("large_qkp/large_qkp_500_75_0", "50%", 2_376_553),
        ("dispersion_qkp/dispersion-qkp-ran_300_75", "10%", 176_858),
    ],
)
def test_best_points_of_the_next_plane(
    benchmarks: Path, name: str, select: str, best: int
) -> None:
    """Bug: `local` stayed in the plane of 353 of 500 (97 of 300) variables for ever."""
    file = next(benchmarks.glob(f"{name}*.gz"))
    stop = Stop(steps=400_000, target=best)
    found = solve(read(file, select=select), "local", stop=stop, certify=False, seed=0)
    assert found.objective == best
