"""The multipliers of the semidefinite bound."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.linalg import eigh

from bundlesolve.bounds.core import Core
from bundlesolve.bounds.triangles import Triangles, no_triangles
from bundlesolve.kernels.types import Floats, Ints

FEW = 0.35
"""Share of negative eigenvalues up to which computing those alone is faster."""


@dataclass(frozen=True)
class Multipliers:
    """A point of the dual: any is valid, the bound tells how good it is.

    Parameters
    ----------
    lean
        How far the split of a pair leans to its first variable; antisymmetric. Shape
        ``[b, b]``.
    lift
        Positive semidefinite matrix over ``(1, x)``: the objective plus
        ``(1, x)' lift (1, x)``, which is never negative, is bounded instead. Shape
        ``[1 + b, 1 + b]``.
    high, low
        Multipliers of the rows' two sides. Shape ``[r]``.
    triangles
        Forms that are never negative on two-valued points and are added to the objective
        too. Default: none.
    """

    lean: Floats
    lift: Floats
    high: Floats
    low: Floats
    triangles: Triangles = field(default_factory=no_triangles)

    def restrict(self, core: Core, lower: Floats, free: Ints) -> Multipliers:
        """Return the multipliers of the core that `Core.restrict` made.

        A variable fixed at 1 is folded into the constant's row and column, a congruence,
        which keeps the matrix semidefinite.
        """
        b = core.num_pairable
        paired = free[free < b]
        ones = 1 + np.flatnonzero(lower[:b] > 0)
        lift = self.lift
        if len(ones):
            lift = lift.copy()
            lift[0] += lift[ones].sum(axis=0)
            lift[:, 0] += lift[:, ones].sum(axis=1)
        kept = np.concatenate(([0], 1 + paired))
        lift = np.ascontiguousarray(lift[np.ix_(kept, kept)])
        # Row and column may be summed in different order; the proof needs one matrix.
        lift[:, 0] = lift[0]
        number = np.zeros(len(self.lift), dtype=np.int64)
        number[kept] = np.arange(len(kept))
        sign = np.where(number == 0, -1.0, 1.0)
        sign[ones] = sign[0] = 1.0
        return Multipliers(
            np.ascontiguousarray(self.lean[np.ix_(paired, paired)]),
            lift,
            self.high,
            self.low,
            self.triangles.restrict(number, sign),
        )


def no_multipliers(core: Core) -> Multipliers:
    """Return all multipliers 0."""
    b, r = core.num_pairable, len(core.high)
    return Multipliers(
        np.zeros((b, b)),
        np.zeros((1 + b, 1 + b)),
        np.zeros(r),
        np.zeros(r),
    )


def project(matrix: Floats, few: bool) -> tuple[Floats, int]:
    """Return the nearest positive semidefinite matrix and its number of lost dimensions.

    Parameters
    ----------
    matrix
        Symmetric.
    few
        Whether few eigenvalues are likely to be negative.
    """
    if few:
        values, vectors = eigh(
            matrix, subset_by_value=(-np.inf, 0.0), driver="evr", check_finite=False
        )
        lost = len(values)
        if lost == 0:
            return matrix, 0
        return matrix - (vectors * values) @ vectors.T, lost
    values, vectors = np.linalg.eigh(matrix)
    keep = values > 0.0
    lost = int(len(values) - np.count_nonzero(keep))
    if 2 * lost < len(values):
        return matrix - (vectors[:, ~keep] * values[~keep]) @ vectors[:, ~keep].T, lost
    return (vectors[:, keep] * values[keep]) @ vectors[:, keep].T, lost


def least_shift(matrix: Floats) -> float:
    """Return a number that, added to the diagonal, proves the matrix semidefinite.

    If Cholesky's factorisation of a symmetric matrix runs through in floating point, the
    matrix plus ``c I`` is positive definite for ``c = gamma / (1 - gamma) * trace`` with
    ``gamma = (n + 1) eps`` (Rump, "Verification of positive definiteness", BIT 46, 2006);
    here ``c`` is eight times that, for the trace's and the sum's own rounding too. It is
    added once before the factorisation, so that it runs through, and once after.
    """
    n = len(matrix)
    shift = 8 * (n + 2) * 2.0**-53 * float(np.abs(np.diag(matrix)).sum()) + 1e-300
    diagonal = np.arange(n)
    while True:
        shifted = matrix.copy()
        shifted[diagonal, diagonal] += shift
        try:
            np.linalg.cholesky(shifted)
        except np.linalg.LinAlgError:
            shift *= 8.0
            continue
        return 2.0 * shift
