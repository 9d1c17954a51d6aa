"""The separated problem on a full matrix, against enumeration."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve.kernels.dense_lagrangian import evaluate_dense, warm_up
from bundlesolve.kernels.types import Floats, Ints

EPS = 1e-9


class Separated:
    """A random separated problem of ``m`` variables, ``b`` of them two-valued."""

    def __init__(self, seed: int, b: int, m: int, num_groups: int) -> None:
        rng = np.random.default_rng(seed)
        self.split = rng.integers(-9, 20, (b, b)) / 4.0
        np.fill_diagonal(self.split, 0.0)
        self.group: Ints = rng.integers(-1, num_groups, m)
        self.weight = np.where(self.group >= 0, rng.integers(0, 6, m), 0).astype(float)
        self.capacity = rng.integers(0, 8, num_groups).astype(float)
        self.cost = rng.integers(-9, 9, m) / 2.0
        self.upper = np.ones(m)
        self.upper[b:] = rng.integers(1, 4, m - b)

    def evaluate(self, cells: int, enough: float = 0.0) -> tuple[Any, ...]:
        """Return bound, rounding, earned, point and reduced worths."""
        b, m = len(self.split), len(self.cost)
        earned, x, reduced = np.empty((b, b)), np.empty(m), np.empty(m)
        value, error = evaluate_dense(
            self.split,
            self.weight,
            self.group,
            self.capacity,
            self.cost,
            self.upper,
            np.empty(cells),
            earned,
            x,
            reduced,
            enough,
        )
        return value, error, earned, x, reduced

    def gain(self, j: int) -> float:
        """Return the most that ``j`` earns from others beside it; -inf if it is alone."""
        b, g = len(self.split), self.group[j]
        beside = (self.group[:b] == g) if g >= 0 else np.zeros(b, dtype=bool)
        room = self.capacity[g] - self.weight[j] if g >= 0 else 0.0
        top = -np.inf
        for point in product((0, 1), repeat=b):
            y = np.array(point)
            if y[j] == 0 and (self.weight[:b] * beside) @ y <= room:
                top = max(top, float(self.split[j] @ y))
        return top

    def points(self) -> list[tuple[Floats, float]]:
        """Return every point that keeps the knapsacks and what it is worth."""
        b = len(self.split)
        value = self.cost.copy()
        for j in range(b):
            value[j] += self.gain(j)
        found = []
        for point in product(*(range(int(u) + 1) for u in self.upper)):
            x = np.array(point, dtype=float)
            use = np.bincount(self.group + 1, self.weight * x, len(self.capacity) + 1)
            if np.all(use[1:] <= self.capacity):
                worth = float(np.where(x > 0.0, value, 0.0) @ x)
                found.append((x, worth))
        return found


@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(0, 2), st.integers(0, 2))
def test_never_below_enumeration(seed: int, b: int, wide: int, groups: int) -> None:
    """The optimum where all is two-valued; above it with wide variables or no table."""
    problem = Separated(seed, b, b + wide, groups)
    points = problem.points()
    top = max(worth for _, worth in points)
    value, error, _, x, reduced = problem.evaluate(20_000, enough=4.0)
    assert value + error >= top
    if np.all(problem.upper == 1.0):
        assert value == pytest.approx(top, abs=EPS)
        assert any(np.array_equal(x, point) for point, _ in points)
    continuous = problem.evaluate(1)
    assert continuous[0] + continuous[1] >= value
    for bound, prices in ((value, reduced), (continuous[0], continuous[4])):
        for j in np.flatnonzero(problem.upper == 1.0):
            end = 0.0 if prices[j] > 0.0 else 1.0
            turned = [worth for point, worth in points if point[j] == end]
            assert max(turned, default=-np.inf) <= bound - abs(prices[j]) + EPS


@given(st.integers(0, 10**6), st.integers(1, 5))
def test_what_is_earned_is_the_gain_of_those_in(seed: int, b: int) -> None:
    """The worth of the written point and pairs is the bound."""
    problem = Separated(seed, b, b, 1)
    value, _, earned, x, _ = problem.evaluate(20_000)
    assert problem.cost @ x + np.vdot(problem.split, earned) == pytest.approx(value)
    assert np.all((earned == 0.0) | (earned == x[:, None]))


def test_by_hand() -> None:
    """Two of weight 2 within 4, one of 3: the two earn 5 and 1 from each other."""
    problem = Separated(0, 3, 3, 1)
    problem.split = np.array([[0.0, 5.0, 9.0], [1.0, 0.0, 9.0], [9.0, 9.0, 0.0]])
    problem.group, problem.weight = np.zeros(3, dtype=np.int64), np.array([2.0, 2.0, 3.0])
    problem.capacity, problem.cost = np.array([4.0]), np.ones(3)
    value, _, _, x, reduced = problem.evaluate(1_000, enough=100.0)
    assert (value, x.tolist()) == (8.0, [1.0, 1.0, 0.0])
    assert reduced.tolist() == [6.0, 2.0, -7.0]
    warm_up()


def test_what_does_not_fit_is_out() -> None:
    """Worth 10 at weight 3 within 2, beside a wide variable: out for good, not in."""
    problem = Separated(0, 1, 2, 1)
    problem.group, problem.weight = np.zeros(2, dtype=np.int64), np.array([3.0, 1.0])
    problem.capacity, problem.upper = np.array([2.0]), np.array([1.0, 3.0])
    problem.cost = np.array([10.0, 1.0])
    value, _, _, x, reduced = problem.evaluate(1_000)
    assert (value, x.tolist()) == (2.0, [0.0, 2.0])
    assert reduced.tolist() == [-np.inf, 0.0]
