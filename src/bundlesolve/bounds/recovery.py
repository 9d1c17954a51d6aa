"""A semidefinite lift from one that is nearly so, without spoiling what it is for.

The lift of a low-rank point that is not quite stationary has some negative eigenvalues.
Taken away, they leave noise in every pair, and the separated knapsacks of `Semidefinite`
pick what is positive of it: up to a hundred times what the projection itself costs. So the
lift goes to and fro between two convex sets (Bregman, Soviet Math. Doklady 6, 1965)::

    A = { Z : Z semidefinite }
    B = { Z : Z_ij <= most_ij,  Z_jj + 2 Z_0j = linear_j }

In ``B`` no pair's split exceeds what its knapsacks charge, and the bound is ``Z_00`` and
those charges. Distances are measured with row ``j`` times ``7 sqrt(x_j + 1/50)``: what
variables are out may change, for it counts little.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy.linalg import eigh

from bundlesolve.bounds.spectrum import (
    MOST_PROJECTED,
    least_eigenvalue,
    lowest,
    make_semidefinite,
)
from bundlesolve.kernels.types import Floats

ITERATIONS = 12
"""Times to and fro, at most."""
OVER = 1.9
"""Length of a step towards the cone; 1 is onto it."""
MOST_EXACT = 400
"""Rows of a matrix up to which all of its eigenvectors are asked for."""
SCALE, OUT = 7.0, 0.02
"""Scale of a variable's row beside that of the constant, and what is added to ``x``."""
MARGIN, LEAST_SHIFT = 1.05, 1e-6
"""What the shift is beside the last least eigenvalue, and at least beside the diagonal."""
ROWS = 256
"""Rows that are worked on at a time."""


def recover(
    lift: Floats,
    most: Floats,
    x: Floats,
    pool: ThreadPoolExecutor,
    stops: Callable[[], bool] = lambda: False,
    iterations: int = ITERATIONS,
) -> Floats:
    """Return a semidefinite matrix near a lift, up to rounding; the lift is overwritten.

    Parameters
    ----------
    lift
        Symmetric, over ``(1, x)``, in ``B``. Shape ``[1 + b, 1 + b]``.
    most
        Largest entries of the pairs, ``inf`` on the diagonal. Shape ``[b, b]``.
    x
        How far each variable is in. Shape ``[b]``.
    pool
        Works on strips of rows.
    stops
        Asked after every iteration; True ends it. Default: never.
    iterations
        Most of them. Default ``ITERATIONS``.
    """
    size = len(lift)
    scale = np.ones(size)
    scale[1:] = SCALE * np.sqrt(np.clip(x, 0.0, 1.0) + OUT)
    inner = np.arange(1, size)
    linear = lift[inner, inner] + 2.0 * lift[0, 1:]
    _rescale(lift, scale)
    most = most * scale[1:, None]
    most *= scale[1:]
    own, side = 1.0 / np.square(scale[1:]), 2.0 / scale[1:]
    share = 1.0 / (np.square(own) + np.square(side) / 2.0)
    negative = _Negative()
    for _ in range(iterations - 1):
        if stops():
            break
        values, vectors = negative.look(lift)
        if not len(values):
            break
        _take_away(lift, OVER * values, vectors, pool)
        # Onto B: the nearest point for one equation a variable, and one limit a pair.
        over = own * lift[inner, inner] + side * lift[0, 1:] - linear
        diagonal = lift[inner, inner] - share * over * own
        lift[0, 1:] -= share * over * side / 2.0
        lift[1:, 0] = lift[0, 1:]
        np.minimum(lift[1:, 1:], most, out=lift[1:, 1:])
        lift[inner, inner] = diagonal
    _take_away(lift, *negative.look(lift), pool)
    lift = make_semidefinite(lift, negative.rest(lift))
    _rescale(lift, 1.0 / scale)
    return lift


def _rescale(matrix: Floats, by: Floats) -> None:
    for first in range(0, len(matrix), ROWS):
        matrix[first : first + ROWS] *= by[first : first + ROWS, None] * by


def _take_away(
    matrix: Floats, values: Floats, vectors: Floats, pool: ThreadPoolExecutor
) -> None:
    """Subtract ``vectors diag(values) vectors'``, strip by strip."""

    def work(first: int) -> None:
        at = slice(first, min(first + ROWS, len(matrix)))
        matrix[at] -= (vectors[at] * values) @ vectors.T

    list(pool.map(work, range(0, len(matrix), ROWS)))


class _Negative:
    """The negative eigenvalues of a matrix that changes little between two looks."""

    def __init__(self) -> None:
        self._shift = 0.0
        self._basis: Floats | None = None

    def look(self, matrix: Floats) -> tuple[Floats, Floats]:
        """Return the negative eigenvalues and their vectors, of a large matrix about."""
        if len(matrix) <= MOST_EXACT:
            values, vectors = eigh(
                matrix, subset_by_value=(-np.inf, 0.0), driver="evr", check_finite=False
            )
            return values, vectors
        if self._basis is None:
            self._shift = -least_eigenvalue(matrix.astype(np.float32))
        least = LEAST_SHIFT * float(np.abs(matrix.diagonal()).max())
        values, vectors, _ = lowest(matrix, max(self._shift, least), self._basis)
        self._basis = vectors
        self._shift = max(-MARGIN * float(values[0]), 0.0)
        kept = values < 0.0
        return values[kept], vectors[:, kept]

    def rest(self, matrix: Floats) -> float:
        """Return about the size of the least eigenvalue that is left."""
        if len(matrix) <= MOST_PROJECTED:
            return 0.0
        self.look(matrix)
        return self._shift
