"""Synergy as EASE: linear regression of each item on all others, in closed form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bundlesolve.errors import InvalidParameter
from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.synergies.counts import PairCounts
from bundlesolve.learn.synergies.pair_model import PairModel, check_dense
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions


@dataclass(frozen=True, kw_only=True)
class Ease(PairModel):
    """Embarrassingly shallow autoencoder: ridge regression without a diagonal.

    With ``Z`` the basket matrix whose columns are divided by ``n_i^(power / 2)``, ``n_i``
    the baskets that hold the item, and ``P = inverse(Z'Z + ridge * I)``::

        W_ji = -P_ji / P_ii     minimises |Z - Z W|^2 + ridge |W|^2, diag W = 0

    With power 0 it is the paper's; dividing keeps rare items from being shrunk away.

    Parameters
    ----------
    ridge
        Above 0, in baskets to the power ``1 - power``. Default 3.
    power
        From 0 to 1. Default 0.5.

    References
    ----------
    H. Steck, "Embarrassingly shallow autoencoders for sparse data", WWW 2019.
    """

    name: ClassVar[str] = "ease"
    summary: ClassVar[str] = "EASE: closed-form regression on all other items"
    formula: ClassVar[str] = (
        "W_ji = -P_ji / P_ii, P = inverse(Z'Z + ridge I), Z = X / n^(power / 2)"
    )

    ridge: float = 3.0
    power: float = 0.5

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.ridge < np.inf:
            raise InvalidParameter(f"ridge: expected a number above 0, found {self.ridge}")
        if not 0 <= self.power <= 1:
            raise InvalidParameter(f"power: expected in [0, 1], found {self.power}")

    def weights(
        self, receipts: Transactions, catalogue: Catalogue, counts: PairCounts
    ) -> FloatArray:
        """Return the regression weights; row the reason, column the item. ``[n, n]``.

        Raises
        ------
        InvalidParameter
            If there are too many items for dense matrices.
        """
        from scipy.linalg.lapack import dpotrf, dpotri

        check_dense(self.name, counts.n)
        size = np.maximum(counts.single, 1.0) ** (-self.power / 2)
        gram = counts.dense() * np.outer(size, size)
        gram[np.diag_indices(counts.n)] += self.ridge
        factor, failed = dpotrf(gram, lower=1, overwrite_a=1)
        assert not failed, "a Gram matrix with a ridge is positive definite"
        inverse, failed = dpotri(factor, lower=1, overwrite_c=1)
        assert not failed, "its factor has no zero on the diagonal"
        precision = np.tril(inverse) + np.tril(inverse, -1).T
        weights: FloatArray = -precision / np.diag(precision)
        np.fill_diagonal(weights, 0.0)
        return np.round(weights, 9)
