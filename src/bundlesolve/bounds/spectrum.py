"""Matrices that are nearly semidefinite, made so."""

from __future__ import annotations

import numpy as np
from scipy.linalg import eigvalsh_tridiagonal

from bundlesolve.bounds.multipliers import project
from bundlesolve.kernels.types import Floats

MOST_PROJECTED = 2_500
"""Rows of a matrix beyond which its eigenvectors take too long."""
LANCZOS = 150
"""Products that the least eigenvalue of such a matrix is worth."""


def make_semidefinite(lift: Floats) -> Floats:
    """Return a semidefinite matrix near one that is nearly so, up to rounding.

    A large one only has its diagonal raised, by what its least eigenvalue seems to be and
    more until a factorisation runs through.
    """
    if len(lift) <= MOST_PROJECTED:
        return project(lift, few=True)[0]
    diagonal = lift.flat[:: len(lift) + 1].copy()
    shift = max(-least_eigenvalue(lift), 1e-9 * float(np.abs(diagonal).max()))
    for more in (1.02, 1.2, 2.0, 8.0):
        lift.flat[:: len(lift) + 1] = diagonal + more * shift
        try:
            np.linalg.cholesky(lift)
        except np.linalg.LinAlgError:
            continue
        break
    return lift


def least_eigenvalue(matrix: Floats) -> float:
    """Return about the least eigenvalue of a symmetric matrix, from above.

    Lanczos' method, ``LANCZOS`` products without orthogonalising anew: copies of
    eigenvalues that have converged do no harm to the least one.
    """
    n = len(matrix)
    newest = np.random.default_rng(0).normal(size=n)
    newest /= np.linalg.norm(newest)
    last, off = np.zeros(n), 0.0
    diagonal, beside = [], []
    for _ in range(min(LANCZOS, n)):
        product = matrix @ newest - off * last
        along = float(product @ newest)
        product -= along * newest
        diagonal.append(along)
        off = float(np.linalg.norm(product))
        if off <= 1e-12 * max(map(abs, diagonal)):
            break
        beside.append(off)
        last, newest = newest, product / off
    size = len(diagonal)
    values = eigvalsh_tridiagonal(
        np.array(diagonal), np.array(beside[: size - 1]), select="i", select_range=(0, 0)
    )
    return float(values[0])
