"""Lifts that are nearly semidefinite, made so without spoiling their pairs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundlesolve.bounds import recovery, spectrum
from bundlesolve.bounds.multipliers import project
from bundlesolve.bounds.recovery import recover
from bundlesolve.kernels.types import Floats


def nearly(seed: int, size: int, noise: float) -> tuple[Floats, Floats, Floats]:
    """Return a matrix with some negative eigenvalues, its limits, and how far items are in.

    The limits are those of a semidefinite matrix nearby.
    """
    rng = np.random.default_rng(seed)
    factor = rng.normal(size=(1 + size, max(1, size // 2)))
    inside = factor @ factor.T
    change = rng.normal(size=inside.shape) * noise
    lift = inside + np.tril(change, -1) + np.tril(change, -1).T
    most = np.maximum(inside, lift)[1:, 1:]
    np.fill_diagonal(most, np.inf)
    return lift, most, rng.random(size)


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.integers(2, 30), st.floats(0.0, 0.5), st.booleans())
def test_it_is_semidefinite(seed: int, size: int, noise: float, large: bool) -> None:
    """Whatever it began with; by whole decompositions and by subspaces of large ones."""
    lift, most, x = nearly(seed, size, noise)
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(1) as pool:
        if large:
            patch.setattr(recovery, "MOST_EXACT", 1)
            patch.setattr(recovery, "MOST_PROJECTED", 1)
            patch.setattr(spectrum, "MOST_PROJECTED", 1)
        found = recover(lift.copy(), most, x, pool)
    assert found == pytest.approx(found.T)
    largest = float(np.abs(lift).max())
    assert np.linalg.eigvalsh((found + found.T) / 2)[0] >= -1e-8 * largest


def test_one_that_is_semidefinite_stays() -> None:
    """There is nothing to take away."""
    lift, most, x = nearly(3, 12, 0.0)
    with ThreadPoolExecutor(1) as pool:
        assert recover(lift.copy(), most, x, pool) == pytest.approx(lift, abs=1e-8)


def test_pairs_stay_nearer_to_their_limits() -> None:
    """What a projection adds to pairs beyond their limits is mostly gone."""
    lift, most, x = nearly(5, 40, 0.3)
    limits = np.minimum(most, 1e9)

    def beyond(matrix: Floats) -> float:
        return float(np.maximum(matrix[1:, 1:] - limits, 0.0).sum())

    with ThreadPoolExecutor(1) as pool:
        found = recover(lift.copy(), most, x, pool)
    assert beyond(found) < 0.5 * beyond(project(lift, few=False)[0])


@given(st.integers(0, 10**6), st.integers(3, 50))
def test_negative_eigenvectors(seed: int, size: int) -> None:
    """The least eigenvalue is found, and the vectors are orthonormal."""
    matrix = np.random.default_rng(seed).normal(size=(size, size))
    matrix += matrix.T
    truth = np.linalg.eigvalsh(matrix)
    values, vectors, shift = spectrum.lowest(matrix, 1e-3)
    assert shift >= -truth[0] * (1.0 - 1e-3)
    assert values[0] >= truth[0] - 1e-6 * abs(truth[0])
    assert values[0] <= 0.5 * truth[0]
    assert vectors.T @ vectors == pytest.approx(np.eye(vectors.shape[1]), abs=1e-6)
