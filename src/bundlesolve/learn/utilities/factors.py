"""Utility by matrix factorisation: alternating least squares in closed form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.utilities.factor_model import LeastSquaresFactors

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


@dataclass
class Factors(LeastSquaresFactors):
    """Implicit-feedback matrix factorisation.

    With ``x_hi`` = 1 if customer ``h`` ever bought item ``i`` and the confidence
    ``1 + weight * log(1 + c_hi)``, customers ``u_h`` and items ``v_i`` of ``size`` numbers
    minimise::

        sum_hi (1 + weight * log(1 + c_hi)) * (x_hi - u_h . v_i)^2
            + ridge * (sum_h |u_h|^2 + sum_i |v_i|^2)

    One side fixed, the other is a ridge regression with a closed form; ``rounds`` times.

    Parameters
    ----------
    size
        Numbers a customer and an item. Default 32.
    weight
        How much more a purchase counts than none. Default 5.
    ridge
        Default 5.
    rounds
        Default 8.
    seed
        Of the first items. Default 0.

    References
    ----------
    Y. Hu, Y. Koren, C. Volinsky, "Collaborative filtering for implicit feedback
    datasets", ICDM 2008.
    """

    name: ClassVar[str] = "factors"
    summary: ClassVar[str] = "matrix factorisation (ALS), own closed form"

    rounds: int = 8

    def _fit_scores(self, counts: csr_matrix) -> None:
        more = counts.copy()
        more.data = self.weight * np.log1p(more.data)
        columns = more.T.tocsr()
        rng = np.random.default_rng(self.seed)
        items = rng.normal(0.0, 0.1, (more.shape[1], self.size))
        users = np.zeros((more.shape[0], self.size))
        for _ in range(self.rounds):
            users = solve_side(more, items, self.ridge)
            items = solve_side(columns, users, self.ridge)
        self.users_, self.items_ = users, items
        self.norm_ = np.asarray(more.sum(axis=1)).ravel()


def solve_side(more: csr_matrix, other: FloatArray, ridge: float) -> FloatArray:
    """Return the best vectors of one side, the other fixed. Shape ``[rows, size]``.

    Parameters
    ----------
    more
        Confidence beyond 1 of what was bought. Shape ``[rows, len(other)]``.
    other
        Vectors of the other side.
    ridge
        Above 0.
    """
    gram = other.T @ other + ridge * np.eye(other.shape[1])
    found = np.zeros((more.shape[0], other.shape[1]))
    for row in range(more.shape[0]):
        here = slice(more.indptr[row], more.indptr[row + 1])
        if here.start == here.stop:
            continue
        some, extra = other[more.indices[here]], more.data[here]
        left = gram + (some * extra[:, None]).T @ some
        found[row] = np.linalg.solve(left, some.T @ (1.0 + extra))
    return found
