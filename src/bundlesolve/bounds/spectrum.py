"""Matrices that are nearly semidefinite, made so."""

from __future__ import annotations

import numpy as np
from scipy.linalg import eigvalsh_tridiagonal
from scipy.linalg.lapack import spotrf, spotrs

from bundlesolve.bounds.multipliers import project
from bundlesolve.kernels.types import Floats

MOST_PROJECTED = 2_500
"""Rows of a matrix beyond which its eigenvectors take too long."""
LANCZOS = 150
"""Products that the least eigenvalue of such a matrix is worth."""
MOST_TRIALS = 40
"""Times that a shift may be doubled."""
VECTORS, TURNS = 40, 3
"""Vectors that are looked for of negative eigenvalues, and iterations that this takes."""


def make_semidefinite(lift: Floats, shift: float = 0.0) -> Floats:
    """Return a semidefinite matrix near one that is nearly so, up to rounding.

    A large one only has its diagonal raised, by ``shift`` and more until a factorisation
    runs through.
    """
    if len(lift) <= MOST_PROJECTED:
        return project(lift, few=True)[0]
    diagonal = lift.diagonal().copy()
    shift = max(shift, 1e-9 * float(np.abs(diagonal).max()))
    for _ in range(MOST_TRIALS):
        lift.flat[:: len(lift) + 1] = diagonal + shift
        try:
            np.linalg.cholesky(lift)
        except np.linalg.LinAlgError:
            shift *= 2.0
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
        product = (matrix @ newest.astype(matrix.dtype)).astype(np.float64) - off * last
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


def lowest(
    matrix: Floats, shift: float, start: Floats | None = None
) -> tuple[Floats, Floats, float]:
    """Return about the negative eigenvalues of a symmetric matrix, and their vectors.

    Subspace iterations with the inverse of ``matrix + shift I``, in single precision: a
    factorisation finds at once what Lanczos' method takes thousands of products for.

    Parameters
    ----------
    matrix
        Shape ``[n, n]``.
    shift
        Above the size of the least eigenvalue, about; raised where it is not.
    start
        A subspace to begin with, orthonormal. Default: any.

    Returns
    -------
    Eigenvalues, shape ``[k]``; vectors, orthonormal, shape ``[n, k]``; the shift.
    """
    n = len(matrix)
    diagonal = matrix.diagonal()
    while True:
        factor = matrix.astype(np.float32)
        factor.flat[:: n + 1] = diagonal + shift
        # Fortran's order of a symmetric matrix is the same matrix: nothing is copied.
        factor, failed = spotrf(factor.T, lower=1, clean=0, overwrite_a=1)
        if not failed:
            break
        shift *= 1.5
    basis = start
    if basis is None:
        basis = np.random.default_rng(0).normal(size=(n, min(VECTORS, n)))
    for _ in range(TURNS):
        solved, _ = spotrs(factor, basis.astype(np.float32), lower=1)
        basis = np.linalg.qr(solved.astype(np.float64))[0]
    del factor
    inner = basis.T @ (matrix @ basis)
    values, turned = np.linalg.eigh((inner + inner.T) / 2)
    return values, basis @ turned, shift
