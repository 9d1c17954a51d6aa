"""Enumeration under a convex form against all points."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from bundlesolve.kernels.form_tree import (
    DONE,
    LEFT_OPEN,
    FormProblem,
    enumerate_points,
)

N = 9
POINTS = np.array(list(itertools.product((0, 1), repeat=N)), dtype=np.float64)


def problem_of(seed: int, exact: bool = True) -> tuple[FormProblem, float, np.ndarray]:
    """Return a problem, the form's top, and the worth of every point, -inf if not allowed.

    The form is a random positive definite one; the top is the least that holds.
    """
    rng = np.random.default_rng(seed)
    worth = rng.integers(-20, 20, N).astype(np.float64)
    pair = np.triu(rng.integers(-9, 20, (N, N)), 1).astype(np.float64)
    pair = pair + pair.T
    weight, group = rng.integers(1, 9, N).astype(np.float64), rng.integers(-1, 2, N)
    room = np.array([9.0, 12.0])
    clash = np.triu(rng.random((N, N)) < 0.1, 1)
    clash = clash | clash.T
    root = rng.normal(size=(N + 1, N + 1))
    form = root @ root.T + 0.1 * np.eye(N + 1)
    inverse = np.linalg.inv(form[1:, 1:]).astype(np.float64)
    if not exact:
        inverse[np.diag_indices(N)] += 0.3
    problem = FormProblem(
        worth,
        pair,
        weight,
        group,
        room,
        clash,
        form,
        inverse,
        -inverse @ form[1:, 0],
    )
    value = POINTS @ worth + np.einsum("ci,ij,cj->c", POINTS, pair, POINTS) / 2
    with_one = np.column_stack((np.ones(len(POINTS)), POINTS))
    top = float((value + np.einsum("ci,ij,cj->c", with_one, form, with_one)).max())
    fits = np.einsum("ci,ij,cj->c", POINTS, clash.astype(float), POINTS) == 0
    for g, most in enumerate(room):
        fits &= POINTS @ np.where(group == g, weight, 0.0) <= most
    return problem, top, np.where(fits, value, -np.inf)


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("seed", range(20))
def test_finds_the_best_point(seed: int, exact: bool) -> None:
    """Also where the inverse is wrong: it only says where to look."""
    problem, top, value = problem_of(seed, exact)
    best, notes = np.zeros(N, dtype=np.int8), np.full(1, -np.inf)
    done = enumerate_points(problem, top + 1e-6, -1e4, 10**9, best, notes)
    assert done == DONE
    assert notes[0] == value.max()
    at = int(np.flatnonzero(np.all(best == POINTS, axis=1))[0])
    assert value[at] == value.max()


@pytest.mark.parametrize("seed", range(10))
def test_nothing_better_is_nothing_found(seed: int) -> None:
    """A point must be worth at least what is asked for."""
    problem, top, value = problem_of(seed)
    best, notes = np.zeros(N, dtype=np.int8), np.full(1, -np.inf)
    least = float(value.max()) + 1.0
    assert enumerate_points(problem, top + 1e-6, least, 10**9, best, notes) == DONE
    assert notes[0] == -np.inf


def test_gives_up() -> None:
    """When its work is used up."""
    problem, top, _ = problem_of(0)
    best, notes = np.zeros(N, dtype=np.int8), np.full(1, -np.inf)
    assert enumerate_points(problem, top + 1e-6, -1e4, 300, best, notes) == LEFT_OPEN
