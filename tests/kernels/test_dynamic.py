"""The whole knapsack against enumeration: value, point and prices."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve.kernels.dynamic import whole_knapsack
from bundlesolve.kernels.types import Floats

ITEMS = st.lists(
    st.tuples(st.integers(-9, 40), st.integers(0, 12), st.integers(0, 5)),
    min_size=1,
    max_size=8,
)
EPS = 1e-9


def arrays(items: list[tuple[int, int, int]]) -> tuple[Floats, Floats, Floats]:
    """Return values (some between whole numbers), weights, and 0 for one item in six."""
    value = np.array([v + 0.125 * (v % 3) for v, _, _ in items])
    weight = np.array([float(a) for _, a, _ in items])
    return value, weight, np.array([float(k > 0) for _, _, k in items])


def best(
    value: Floats, weight: Floats, most: Floats, capacity: float
) -> tuple[float, Floats]:
    """Return the optimum, and for each item the best with it out and with it in."""
    n = len(value)
    top = -np.inf
    sides = np.full((n, 2), -np.inf)
    for point in product((0, 1), repeat=n):
        x = np.array(point)
        if np.any(x > most) or weight @ x > max(capacity, 0.0):
            continue
        worth = float(value @ x)
        top = max(top, worth)
        for i in range(n):
            sides[i, x[i]] = max(sides[i, x[i]], worth)
    return top, sides


def solve(
    value: Floats, weight: Floats, most: Floats, capacity: float, cells: int, priced: float
) -> tuple[float, float, Floats, Floats]:
    """Return bound, scale, point and prices."""
    x, price = np.empty(len(value)), np.empty(len(value))
    table = np.empty(cells)
    bound, scale = whole_knapsack(value, weight, most, capacity, table, x, price, priced)
    return bound, scale, x, price


@given(ITEMS, st.integers(0, 60), st.sampled_from([-1.0, 0.0, 3.0, 1e6]))
def test_value_point_and_prices(
    items: list[tuple[int, int, int]], capacity: int, priced: float
) -> None:
    """The optimum, at the point written; turning an item round costs its price or more."""
    value, weight, most = arrays(items)
    top, sides = best(value, weight, most, capacity)
    bound, scale, x, price = solve(value, weight, most, capacity, 5_000, priced)
    assert bound == pytest.approx(top, abs=EPS)
    assert scale >= abs(bound) - EPS
    assert np.all((x == 0.0) | (x == most))
    assert weight @ x <= capacity
    assert value @ x == pytest.approx(top, abs=EPS)
    if priced < 0.0:
        return
    # Prices are exact up to what was asked for, less what the bound fell by.
    exact = priced - (solve(value, weight, most, capacity, 1, -1.0)[0] - top)
    for i in np.flatnonzero(most):
        other = sides[i, 1 - int(x[i])]
        assert abs(price[i]) <= top - other + EPS
        assert price[i] >= -EPS if x[i] == 1.0 else price[i] <= EPS
        if value[i] > 0.0 and weight[i] <= capacity:
            assert abs(price[i]) >= min(top - other, exact) - EPS
    assert np.all(np.isneginf(price[most == 0.0]))


@given(ITEMS, st.integers(0, 60), st.integers(0, 40))
def test_a_table_too_small_leaves_the_continuous_bound(
    items: list[tuple[int, int, int]], capacity: int, cells: int
) -> None:
    """Whatever the room: never below the optimum, and prices hold for the bound."""
    value, weight, most = arrays(items)
    top, sides = best(value, weight, most, capacity)
    bound, _, x, price = solve(value, weight, most, capacity, cells, 2.0)
    assert bound >= top - EPS
    assert np.all((x >= 0.0) & (x <= most))
    assert weight @ x <= capacity + EPS
    for i in np.flatnonzero(most):
        turned = sides[i, 0 if price[i] > 0.0 else 1]
        assert turned <= bound - abs(price[i]) + EPS


def test_prices_by_hand() -> None:
    """6 + 5 of 3 + 4 within 7; 5 or 6 without one of them, 4 with the third."""
    value, weight = np.array([6.0, 5.0, 4.0]), np.array([3.0, 4.0, 5.0])
    bound, _, x, price = solve(value, weight, np.ones(3), 7.0, 100, 100.0)
    assert (bound, x.tolist()) == (11.0, [1.0, 1.0, 0.0])
    assert price.tolist() == [6.0, 5.0, -7.0]


@pytest.mark.parametrize("room", [30, 170])
def test_what_is_taken_and_what_is_dropped(room: int) -> None:
    """Small and large capacities use the two kinds of table; both are the optimum."""
    rng = np.random.default_rng(room)
    weight = rng.integers(1, 31, 12).astype(np.float64)
    value = weight + rng.integers(0, 3, 12)
    top, _ = best(value, weight, np.ones(12), float(room))
    bound, _, x, _ = solve(value, weight, np.ones(12), float(room), 20_000, 0.0)
    assert bound == top == value @ x


def test_a_table_larger_than_integers_is_not_made() -> None:
    """4,096 items of weight 2**40: rows times columns pass 2**63."""
    n = 4_096
    weight = np.full(n, 2.0**40)
    weight[0] -= 1.0
    capacity = float(weight.sum() // 2)
    bound, _, _, _ = solve(np.ones(n), weight, np.ones(n), capacity, 1_000, 0.0)
    assert n // 2 <= bound <= n // 2 + 1


def test_nothing_fits_into_a_negative_capacity() -> None:
    """Items without weight are still taken."""
    value, weight = np.array([3.0, 2.0]), np.array([1.0, 0.0])
    bound, _, x, _ = solve(value, weight, np.ones(2), -4.0, 100, 1.0)
    assert (bound, x.tolist()) == (2.0, [0.0, 1.0])
