"""What the lift's form costs: below every point's, and exact where that can be computed."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundlesolve.bounds.form_prices import form_prices


def matrix_of(seed: int, size: int, rank: int, shift: float) -> np.ndarray:
    """Return a semidefinite matrix of low rank, plus a multiple of the identity."""
    root = np.random.default_rng(seed).integers(-9, 10, (size, rank)).astype(float)
    return np.asarray(root @ root.T + shift * np.eye(size))


@given(st.integers(0, 10**6), st.integers(2, 9), st.integers(1, 9), st.integers(0, 6))
def test_no_point_pays_less(seed: int, size: int, rank: int, power: int) -> None:
    """Every two-valued point's form, in exact arithmetic, is at least both its prices."""
    shift = 10.0**-power
    matrix = matrix_of(seed, size, min(rank, size), shift)
    prices = form_prices(matrix, shift / 2)
    assert prices is not None
    exact = [[Fraction(v) for v in row] for row in matrix]
    for number in range(2 ** (size - 1)):
        point = [1] + [number >> j & 1 for j in range(size - 1)]
        form = sum(
            exact[i][j] for i in range(size) for j in range(size) if point[i] and point[j]
        )
        for j, value in enumerate(point[1:]):
            assert (prices.into if value else prices.out)[j] <= form


def test_a_hand_computed_case() -> None:
    """``2 z0^2 - 2 z0 z1 + 3 z1^2``: nothing else to choose, so 2 and 3."""
    prices = form_prices(np.array([[2.0, -1.0], [-1.0, 3.0]]), 1.0)
    assert prices is not None
    assert prices.out == pytest.approx([2.0])
    assert prices.into == pytest.approx([3.0])


def test_the_others_are_chosen_best() -> None:
    """``(z0 - z1 + z2)^2 + z1^2 + z2^2``: with z1 = 1 and z2 = 0 it is 1, the least."""
    root = np.array([[1.0, 0.0, 0.0], [-1.0, 1.0, 0.0], [1.0, 0.0, 1.0]])
    prices = form_prices(root @ root.T, 0.1)
    assert prices is not None
    assert prices.into[0] == pytest.approx(1.0)
    # z1 = 0: (1 + z2)^2 + z2^2 is least at z2 = -1/2.
    assert prices.out[0] == pytest.approx(0.5)


def test_a_matrix_that_is_not_definite_has_none() -> None:
    """Nor one whose inverse is noise."""
    assert form_prices(np.array([[1.0, 2.0], [2.0, 1.0]]), 1.0) is None
    assert form_prices(matrix_of(1, 9, 2, 1e-14), 1e-14) is None
