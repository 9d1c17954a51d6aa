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

    With ``G = X'X`` of the basket matrix and ``P = inverse(G + ridge * I)``::

        W_ji = -P_ji / P_ii     minimises |X - X W|^2 + ridge |W|^2, diag W = 0

    Parameters
    ----------
    ridge
        Above 0, in baskets. Default 300.

    References
    ----------
    H. Steck, "Embarrassingly shallow autoencoders for sparse data", WWW 2019.
    """

    name: ClassVar[str] = "ease"
    summary: ClassVar[str] = "EASE: closed-form regression on all other items"
    formula: ClassVar[str] = "W_ji = -P_ji / P_ii, P = inverse(X'X + ridge I)"

    ridge: float = 300.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.ridge < np.inf:
            raise InvalidParameter(f"ridge: expected a number above 0, found {self.ridge}")

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
        gram = counts.matrix(counts.baskets.astype(np.float64)).toarray()
        gram[np.diag_indices(counts.n)] = counts.single + self.ridge
        factor, failed = dpotrf(gram, lower=1, overwrite_a=1)
        assert not failed, "a Gram matrix with a ridge is positive definite"
        inverse, failed = dpotri(factor, lower=1, overwrite_c=1)
        assert not failed, "its factor has no zero on the diagonal"
        precision = np.tril(inverse) + np.tril(inverse, -1).T
        weights: FloatArray = -precision / np.diag(precision)
        np.fill_diagonal(weights, 0.0)
        return np.round(weights, 9)
