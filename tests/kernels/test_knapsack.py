"""The continuous knapsack: its dual is that of the linear program, digit for digit."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve.kernels.knapsack import critical_multiplier

ITEMS = st.lists(
    st.tuples(st.integers(-20, 60), st.integers(0, 99), st.integers(0, 2)), max_size=8
)


@given(ITEMS, st.integers(-3, 300))
def test_the_dual_is_worth_what_the_point_is(
    items: list[tuple[int, int, int]], capacity: int
) -> None:
    """Point and multiplier are feasible and of one worth: both are optimal."""
    columns = np.array(items, dtype=np.float64).reshape(len(items), 3).T
    value, weight, most = (column.copy() for column in columns)
    taken = np.empty(len(items))
    mu = critical_multiplier(value, weight, most, float(capacity), taken)
    room = max(capacity, 0)
    dual = mu * room + np.maximum(value - mu * weight, 0.0) @ most
    assert mu >= 0.0
    assert np.all((taken >= 0.0) & (taken <= most))
    assert weight @ taken <= room + 1e-9
    assert abs(dual - value @ taken) <= 1e-9 * (1.0 + dual)


def test_what_rounding_leaves_is_no_room() -> None:
    """1/49 of 49 is less than 1 in floating point: the dual stays the critical item's."""
    value, weight = np.array([98.0, 1.0]), np.array([49.0, 1.0])
    taken = np.empty(2)
    assert 1.0 / 49.0 * 49.0 < 1.0
    assert critical_multiplier(value, weight, np.ones(2), 1.0, taken) == 2.0
