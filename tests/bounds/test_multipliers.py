"""Multipliers stay valid wherever they are carried; shifts are proofs."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bundlesolve.bounds.core import make_core
from bundlesolve.bounds.multipliers import (
    Multipliers,
    least_shift,
    no_multipliers,
    project,
)
from bundlesolve.kernels.types import Floats
from bundlesolve.model import Instance, compile
from tests.bounds.cores import MOST_POINTS, box_points
from tests.strategies import instances


def random_multipliers(empty: Multipliers, rng: np.random.Generator) -> Multipliers:
    """Return random ones of the same shapes, the lift semidefinite but for rounding."""
    n = len(empty.lift)
    lean = rng.normal(size=empty.lean.shape)
    root = rng.normal(size=(n, max(1, n // 2))) * 10.0 ** rng.uniform(-2, 4)
    lift = root @ root.T
    high, low = rng.random(len(empty.high)), rng.random(len(empty.low))
    return Multipliers((lean - lean.T) / 2, (lift + lift.T) / 2, high, low)


def form(lift: Floats, x: Floats) -> float:
    """Return ``(1, x)' lift (1, x)``."""
    point = np.concatenate(([1.0], x))
    return float(point @ lift @ point)


@given(instances(), st.integers(0, 10**6))
def test_restricting_keeps_the_form(instance: Instance, seed: int) -> None:
    """At every point of the smaller box; the matrix is symmetric to the last digit."""
    program = compile(instance).program
    assume(program.box_size <= MOST_POINTS)
    rng = np.random.default_rng(seed)
    core = make_core(program)
    multipliers = random_multipliers(no_multipliers(core), rng)
    lower = np.where(rng.random(core.num_vars) < 0.4, core.upper, 0.0)
    upper = np.where(rng.random(core.num_vars) < 0.4, core.upper, lower)
    small, free = core.restrict(lower, upper)
    kept = multipliers.restrict(core, lower, free)
    assert np.array_equal(kept.lift, kept.lift.T)
    assert np.array_equal(kept.lean, -kept.lean.T)
    assert np.array_equal(kept.high, multipliers.high)
    b, size = core.num_pairable, 1.0 + float(np.abs(multipliers.lift).sum())
    for inner in box_points(0 * small.upper, small.upper):
        point = lower.copy()
        point[free] += inner
        there = form(kept.lift, inner[: small.num_pairable].astype(float))
        assert there == pytest.approx(form(multipliers.lift, point[:b]), abs=1e-12 * size)


@given(st.integers(0, 10**6), st.integers(1, 12), st.booleans())
def test_projection_is_the_nearest(seed: int, n: int, few: bool) -> None:
    """Semidefinite, and what is cut off is semidefinite too and orthogonal (Moreau)."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(n, n)) + rng.uniform(-2, 2) * np.eye(n)
    matrix += matrix.T
    nearest, lost = project(matrix, few)
    values = np.linalg.eigvalsh(matrix)
    assert lost == np.count_nonzero(values < 0.0)
    assert np.linalg.eigvalsh(nearest)[0] >= -1e-12 * n
    cut = nearest - matrix
    assert np.linalg.eigvalsh(cut)[0] >= -1e-12 * n
    assert abs(np.vdot(cut, nearest)) <= 1e-11 * n * n
    assert np.vdot(cut, cut) == pytest.approx(np.square(values[values < 0.0]).sum())


def is_positive_definite(matrix: Floats, shift: float) -> bool:
    """Eliminate ``matrix + shift I`` in fractions: all pivots must be positive."""
    n = len(matrix)
    a = [[Fraction(float(matrix[i, j])) for j in range(n)] for i in range(n)]
    for k in range(n):
        a[k][k] += Fraction(shift)
    for k in range(n):
        if a[k][k] <= 0:
            return False
        for i in range(k + 1, n):
            part = a[i][k] / a[k][k]
            for j in range(k, n):
                a[i][j] -= part * a[k][j]
    return True


@given(st.integers(0, 10**6), st.integers(1, 7), st.integers(0, 3))
def test_the_shift_is_a_proof(seed: int, n: int, kind: int) -> None:
    """In exact arithmetic: rank one, badly scaled, projected, and quite indefinite."""
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(n, 1 + n // 2)) * 10.0 ** rng.uniform(-3, 5)
    if kind == 1:
        root *= 10.0 ** rng.uniform(-8, 8, (n, 1))
    matrix = root @ root.T
    matrix = (matrix + matrix.T) / 2
    if kind == 2:
        noise = rng.normal(size=(n, n))
        matrix = project(matrix + noise + noise.T, few=True)[0]
        matrix = (matrix + matrix.T) / 2
    if kind == 3:
        matrix -= rng.random() * np.abs(matrix).max() * np.eye(n)
    shift = least_shift(matrix)
    assert is_positive_definite(matrix, shift)
    if kind in (0, 2):
        assert shift <= 1e-10 * (1.0 + float(np.trace(matrix)))


def test_the_zero_matrix_needs_next_to_nothing() -> None:
    """So the plain relaxation is not made worse."""
    assert 0.0 < least_shift(np.zeros((5, 5))) <= 1e-290
