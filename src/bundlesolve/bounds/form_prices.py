"""What a positive semidefinite form costs a variable at either value.

If ``f(x) + (1, x)' Z (1, x) <= V`` at every point, ``f(x) <= V - (1, x)' Z (1, x)``, and
the form is not only never negative: with one variable held it is at least what it is worth
over all real values of the others,

    min { z' B z : z_0 = 1, z_j = v } = (1, v) S^-1 (1, v)',   S = (B^-1)[{0, j}, {0, j}]

with ``B = Z + epsilon I``: the Schur complement of the others. One inverse gives all.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotri

from bundlesolve.kernels.types import Floats

ROUNDING = 2.0**-53


class FormPrices(NamedTuple):
    """Lower bounds on ``(1, x)' B (1, x)`` where ``x_j`` is 0, and where it is 1."""

    out: Floats
    into: Floats


def form_prices(matrix: Floats, least: float) -> FormPrices | None:
    """Return the prices of a positive definite matrix over ``(1, x)``.

    Valid in exact arithmetic for the matrix as it is stored: with ``C`` the computed
    inverse and ``rho`` at least the norm of ``I - BC``, the inverse differs from ``C`` by a
    matrix of norm ``eta = |C| rho / (1 - rho)`` or less, so ``S`` is at most its computed
    self plus ``eta I``.

    Parameters
    ----------
    matrix
        Symmetric; known to be positive definite. Shape ``[1 + b, 1 + b]``.
    least
        A number that no eigenvalue is below.

    Returns
    -------
    None if the inverse is too inaccurate to say anything.
    """
    factor, failed = dpotrf(matrix, lower=1)
    if failed:
        return None
    inverse, failed = dpotri(factor, lower=1, overwrite_c=1)
    if failed:
        return None
    n = len(matrix)
    inverse = np.tril(inverse) + np.tril(inverse, -1).T
    residual = matrix @ inverse
    residual.flat[:: n + 1] -= 1.0
    rows, columns = np.abs(residual).sum(axis=1).max(), np.abs(residual).sum(axis=0).max()
    size = float(np.linalg.norm(inverse))
    # The product's own rounding, and that of these sums.
    rho = float(np.sqrt(rows * columns)) * (1.0 + 4 * n * ROUNDING)
    rho += 4 * (n + 2) * ROUNDING * float(np.linalg.norm(matrix)) * size
    if not rho < 0.5:
        return None
    norm = min(size, (1.0 + rho) / least)
    eta = norm * rho / (1.0 - rho) * 1.01
    corner = inverse[0, 0] + eta
    side, own = inverse[0, 1:], np.diag(inverse)[1:] + eta
    largest = corner * own + np.square(side)
    determinant = corner * own - np.square(side) + 8 * ROUNDING * largest
    slack = 8 * ROUNDING * (own + 2 * np.abs(side) + corner)
    out = (own - slack) / determinant
    into = (own - 2 * side + corner - slack) / determinant
    exact = 1.0 - 8 * ROUNDING
    return FormPrices(np.maximum(out, 0.0) * exact, np.maximum(into, 0.0) * exact)
