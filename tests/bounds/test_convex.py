"""The semidefinite bound for mixed signs, against enumeration and known values."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundlesolve.bounds.ball import Ball, Dual, combine, minimise, positive_part
from bundlesolve.bounds.convex import Convex, clashes, make_ball, suits
from bundlesolve.bounds.core import Core
from bundlesolve.bounds.semidefinite import Semidefinite
from bundlesolve.bounds.triangles import (
    Triangles,
    most_violated,
    no_triangles,
    to_binary,
    to_signs,
    whole_prices,
)
from tests.bounds.cores import check_by_enumeration, core_of, worths


def triangles_of(rng: np.random.Generator, size: int, count: int) -> Triangles:
    """Return random triangles at random prices."""
    triple = np.sort([rng.choice(size, 3, replace=False) for _ in range(count)], axis=1)
    kind = rng.integers(0, 4, count)
    return Triangles(triple, kind, whole_prices(rng.random(count)))


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(2, 9),
    st.integers(0, 1),
    st.integers(0, 2),
    st.integers(0, 3),
)
def test_never_below_enumeration(
    seed: int, b: int, groups: int, rows: int, clashes: int
) -> None:
    """The bound holds after every round, and no fixing loses a better point."""
    core = core_of(np.random.default_rng(seed), b, groups, rows, clashes)
    check_by_enumeration(Convex, core)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(3, 9), st.integers(0, 1))
def test_a_child_starts_where_its_parent_ended(seed: int, b: int, groups: int) -> None:
    """Restricted multipliers are valid in the part, and not worse without knapsacks."""
    rng = np.random.default_rng(seed)
    core = core_of(rng, b, groups, 0, 0)
    parent = Convex(core, None)
    parent.improve(4)
    lower, upper = np.zeros(b), np.ones(b)
    for j in rng.choice(b, 2, replace=False):
        lower[j] = upper[j] = float(rng.integers(0, 2))
    small, free = core.restrict(lower, upper)
    child = Convex(small, None, parent.best.restrict(core, lower, free))
    child.improve(1)
    points, worth = worths(core)
    inside = np.all((points >= lower) & (points <= upper), axis=1)
    assert child.bound is not None
    assert child.bound >= worth[inside].max(initial=-np.inf)
    if not groups:
        assert child.value + small.constant <= parent.value + core.constant + 1e-6


def test_the_start_is_recovered_from_the_lift() -> None:
    """Diagonal, knapsack and clash multipliers come back out of the lift."""
    core = core_of(np.random.default_rng(5), 9, 1, 1, 3)
    relaxation = Convex(core, None)
    ball = relaxation._ball
    rng = np.random.default_rng(6)
    dual = Dual(
        1e5 + rng.random(10),
        rng.random(3),
        rng.random(9),
        rng.random(len(ball.equal)),
        no_triangles(),
    )
    dual.rows[2] = 0.0
    trial, dual = relaxation._trial(dual)
    again = Convex(core, None, trial)._dual
    np.testing.assert_allclose(
        np.diag(again.diagonal) - combine(ball, again),
        np.diag(dual.diagonal) - combine(ball, dual),
        atol=1e-6,
    )


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 6), st.integers(1, 12))
def test_triangles_are_never_negative(seed: int, b: int, count: int) -> None:
    """Forms are 0 or more at every point, whole after fixing too, and exact."""
    rng = np.random.default_rng(seed)
    triangles = triangles_of(rng, 1 + b, count)
    form = triangles.form(b)
    points = np.array(list(itertools.product((0.0, 1.0), repeat=b)))
    full = np.column_stack((np.ones(len(points)), points))
    value = np.einsum("pi,ij,pj->p", full, form, full)
    assert value.min() >= 0.0
    # The same from the signs themselves, one by one.
    signs = 2.0 * full - 1.0
    expected = sum(
        p * triangles.take(np.array([t])).values(np.outer(s, s))[0]
        for t, p in enumerate(triangles.price)
        for s in [signs[-2]]
    )
    assert value[-2] == expected
    # One variable fixed: the form falls by no more than what was dropped.
    j, at = int(rng.integers(1, 1 + b)), float(rng.choice([-1.0, 1.0]))
    number = np.insert(np.arange(b), j, 0)
    sign = np.ones(1 + b)
    sign[j] = at
    small = triangles.restrict(number, sign)
    kept = np.delete(np.arange(1 + b), j)
    here = full[signs[:, j] == at]
    left = here[:, kept]
    less = np.einsum("pi,ij,pj->p", left, small.form(b - 1), left)
    dropped = np.count_nonzero(number[triangles.triple] == 0, axis=1) == 2
    gone = triangles.take(dropped).form(b)
    lost = np.einsum("pi,ij,pj->p", here, gone, here)
    assert np.array_equal(less + lost, value[signs[:, j] == at])
    assert np.all(np.diff(small.triple, axis=1) > 0)


def test_forms_change_their_variables() -> None:
    """Signs and two-valued variables give the same value, there and back."""
    rng = np.random.default_rng(1)
    matrix = rng.standard_normal((5, 5))
    matrix += matrix.T
    x = np.array([1.0, 0.0, 1.0, 1.0, 0.0])
    s = 2.0 * x - 1.0
    binary = to_binary(matrix)
    assert x @ binary @ x == pytest.approx(s @ matrix @ s)
    np.testing.assert_allclose(to_signs(binary), matrix)


def test_the_most_violated_come_first() -> None:
    """Of the triangles below the limit, the least are taken."""
    moment = np.eye(4)
    moment[0, 1] = moment[1, 0] = moment[0, 2] = moment[2, 0] = -0.9
    moment[1, 2] = moment[2, 1] = -0.8
    found = most_violated(moment, -0.5, 1)
    assert found.triple.tolist() == [[0, 1, 2]]
    assert found.kind.tolist() == [0]
    assert found.values(moment) == pytest.approx([1.0 - 2.6])
    assert len(most_violated(moment, -2.0, 5)) == 0


def cycle_cut(size: int) -> Core:
    """Return the maximum cut of a cycle as a core."""
    quadratic = np.zeros((size, size))
    for i in range(size):
        j = (i + 1) % size
        quadratic[i, j] = quadratic[j, i] = -2.0
    zero, none = np.zeros(size), np.zeros((0, size))
    return Core(
        np.arange(size),
        np.zeros(size, dtype=np.int64),
        quadratic,
        np.zeros((size, size), dtype=np.bool_),
        np.full(size, 2.0),
        np.ones(size),
        zero,
        np.full(size, -1, dtype=np.int64),
        np.zeros(0),
        none,
        np.zeros(0),
        np.zeros(0),
        np.zeros(0),
        np.zeros(0),
        0,
    )


def test_cycle_of_five() -> None:
    """The basic bound of C5 is 5 (5 + sqrt 5) / 8 = 4.52, with triangles it is 4."""
    core = cycle_cut(5)
    ball, _ = make_ball(core)
    dual = Dual(np.zeros(6), np.zeros(0), np.zeros(5), np.zeros(0), no_triangles())
    for alpha in (1e-1, 1e-2, 1e-3, 1e-4):
        dual, _ = minimise(ball, dual, alpha, 500)
    # On the diagonal of the sign form: x_i x_i = x_i = (1 + s_i) / 2.
    matrix = np.zeros((6, 6))
    matrix[1:, 1:] = core.quadratic / 2
    matrix[0, 1:] = matrix[1:, 0] = core.worth / 2
    constant = np.trace(to_signs(matrix))
    shift = np.linalg.eigvalsh(combine(ball, dual) - np.diag(dual.diagonal))[-1]
    bound = constant + dual.diagonal.sum() + 6 * max(0.0, shift)
    assert bound == pytest.approx(5 * (5 + np.sqrt(5)) / 8, abs=2e-3)
    relaxation = Convex(core, 4)
    relaxation.improve(20)
    assert relaxation.is_closed
    assert relaxation.bound == 4


def test_gradient() -> None:
    """The multipliers found are those where the moment keeps the equations."""
    rng = np.random.default_rng(3)
    cost = rng.standard_normal((6, 6))
    cost += cost.T
    np.fill_diagonal(cost, 0.0)
    ball = Ball(
        cost,
        np.zeros((0, 5)),
        np.zeros(0),
        np.zeros(0),
        no_triangles(),
        np.zeros((5, 5)),
        np.zeros(5),
    )
    start = Dual(np.zeros(6), np.zeros(0), np.zeros(5), np.zeros(0), no_triangles())
    dual, moment = minimise(ball, start, 0.05, 500)
    np.testing.assert_allclose(np.diag(moment), 1.0, atol=1e-2)
    expected = positive_part(cost - np.diag(dual.diagonal)) / 0.05
    np.testing.assert_allclose(moment, expected, atol=1e-8)


def test_better_than_volume_steps() -> None:
    """On mixed signs rounds reach what volume steps do not."""
    core = core_of(np.random.default_rng(8), 40, 0, 0, 0)
    assert suits(core)
    rounds, steps = Convex(core, None), Semidefinite(core, None)
    rounds.improve(8)
    steps.improve(200)
    assert rounds.value < steps.value


def test_what_suits() -> None:
    """Whole numbers of more than two values, or positive pairs alone, do not."""
    core = core_of(np.random.default_rng(9), 5, 0, 0, 0)
    assert suits(core)
    assert not suits(cycle_cut(3).restrict(np.zeros(3), np.array([1.0, 0.0, 0.0]))[0])


def test_positive_pairs_that_clash_suit() -> None:
    """Conflicts do; two items that are just too heavy for one knapsack do not."""
    core = core_of(np.random.default_rng(10), 6, 1, 0, 4)
    core = replace(core, quadratic=np.abs(core.quadratic), capacity=np.array([1e6]))
    assert clashes(core)
    assert suits(core)
    heavy = replace(core, capacity=np.array([1.0]))
    assert not clashes(heavy)
    assert not suits(heavy)
