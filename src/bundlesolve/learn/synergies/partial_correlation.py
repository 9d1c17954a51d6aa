"""Synergy as the partial correlation of two items in the basket matrix."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from bundlesolve.errors import InvalidParameter
from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.synergies.base import PairWorths
from bundlesolve.learn.synergies.counts import PairCounts
from bundlesolve.learn.synergies.pair_model import PairModel
from bundlesolve.learn.synergies.sparse import strongest
from bundlesolve.learn.synergies.support import PairCustomers, item_customers
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions
from bundlesolve.model.frozen import IntArray

log = logging.getLogger(__name__)

MOST_ITEMS = 20_000
"""Beyond this the dense ``n x n`` matrices no longer fit an ordinary machine."""


@dataclass(frozen=True, kw_only=True)
class PartialCorrelation(PairModel):
    """Signed sparse synergies from the precision matrix of the baskets.

    With ``x_i`` = 1 if a receipt holds item ``i``, ``R`` the correlation matrix of the
    ``x_i`` over all receipts and ``P`` its inverse, made stable by a ridge::

        P = inverse(R + ridge * I)
        rho_ij = -P_ij / sqrt(P_ii * P_jj)

    ``rho_ij`` is the correlation of two items once every other item is accounted for:
    items that only share a third one, or a season, or a big basket, lose most of theirs.
    `estimate` prices it without any calibration, in money per 1,000 baskets::

        c_ij = rho_ij * sqrt(p_i * (1 - p_i) * p_j * (1 - p_j))
        s_ij = 1000 * c_ij * (margin_i + margin_j) / 2

    ``c_ij`` is the share of receipts by which joint purchases exceed what two otherwise
    unconnected items with these sales would show. Half of them are counted as ``i`` sold
    because of ``j``, half the other way round.

    A pair needs evidence: joint receipts, seen or expected of unconnected items
    (``m * p_i * p_j``; a pair that was expected and not seen is evidence of the
    opposite), and different customers (`PairModel.least_customers`).

    Parameters
    ----------
    ridge
        Above 0. The larger, the nearer to the plain correlation. Default 0.1.
    pairs_per_item
        Most pairs an item keeps, the strongest by ``|rho|``. Default 20.
    least_baskets
        Joint receipts behind a pair, seen or expected. Default 5.
    least_customers
        Different customers behind a pair. Default 5, see `PairModel`.

    References
    ----------
    J. Whittaker, *Graphical Models in Applied Multivariate Statistics*, Wiley 1990,
    section 5.8.
    """

    name: ClassVar[str] = "partial_correlation"
    summary: ClassVar[str] = "correlation left when all other items are accounted for"
    from_counts: ClassVar[bool] = True
    formula: ClassVar[str] = "w_ij = -Q_ij / sqrt(Q_ii Q_jj), Q = inverse(R + ridge I)"

    ridge: float = 0.1

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.ridge < np.inf:
            raise InvalidParameter(f"ridge: expected a number above 0, found {self.ridge}")

    def weights(
        self, receipts: Transactions, catalogue: Catalogue, counts: PairCounts
    ) -> FloatArray:
        """Return ``rho``, symmetric. Shape ``[n, n]``.

        Raises
        ------
        InvalidParameter
            If there are more than `MOST_ITEMS` items.
        """
        self._check_size(counts.n)
        return partial_correlations(counts.dense() / counts.m, self.ridge)

    def _check_size(self, n: int) -> None:
        if n > MOST_ITEMS:
            expected = f"at most {MOST_ITEMS} items for dense matrices"
            raise InvalidParameter(f"{self.name}: expected {expected}, found {n}")

    def estimate(self, receipts: Transactions, catalogue: Catalogue) -> PairWorths:
        """Return the pairs that are worth something together.

        Raises
        ------
        InvalidParameter
            If there are more than `MOST_ITEMS` items.
        """
        n, m, share = receipts.n, receipts.m, receipts.purchase_share
        self._check_size(n)
        matrix = receipts.matrix()
        together = (matrix.T @ matrix).toarray()
        rho = partial_correlations(together / m, self.ridge)
        first, second = np.triu_indices(n, 1)
        strength, seen = rho[first, second], together[first, second]
        evidence = np.maximum(seen, m * share[first] * share[second])
        keep = np.flatnonzero((evidence >= self.least_baskets) & (strength != 0))
        first, second, strength = first[keep], second[keep], strength[keep]
        seen = np.rint(seen[keep]).astype(np.int64)
        people, each = PairCustomers(receipts), item_customers(receipts)

        def enough_customers(pairs: IntArray) -> NDArray[np.bool_]:
            behind = np.minimum(each[first[pairs]], each[second[pairs]])
            both = np.flatnonzero(strength[pairs] > 0)
            i, j = first[pairs[both]], second[pairs[both]]
            # Without customers each receipt counts as one.
            told = receipts.customer is not None
            behind[both] = people.count(i, j) if told else seen[pairs[both]]
            enough: NDArray[np.bool_] = behind >= self.least_customers
            return enough

        test = enough_customers if self.least_customers > 1 else None
        kept = strongest(first, second, np.abs(strength), self.pairs_per_item, test)
        log.info(
            "%s: %d of %d pairs have at least %d baskets behind them, %d are kept",
            self.name,
            len(keep),
            n * (n - 1) // 2,
            self.least_baskets,
            len(kept),
        )
        i, j, rho_ij = first[kept], second[kept], strength[kept]
        spread = np.sqrt(share * (1 - share))
        mean_margin = (catalogue.margin[i] + catalogue.margin[j]) / 2
        worth = 1000.0 * rho_ij * spread[i] * spread[j] * mean_margin
        return PairWorths(i, j, rho_ij, seen[kept], worth)


def partial_correlations(together: FloatArray, ridge: float) -> FloatArray:
    """Return the matrix of ``rho_ij`` with a zero diagonal.

    Parameters
    ----------
    together
        Share of the receipts that hold both items, on the diagonal that of each item,
        ``p_i``. Shape ``[n, n]``. An item on no or on all receipts has ``rho`` 0.
    ridge
        Added to the diagonal of the correlation matrix; above 0.
    """
    from scipy.linalg.lapack import dpotrf, dpotri

    share = np.diag(together)
    spread = np.sqrt(share * (1 - share))
    scale = np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 0)
    correlation = (together - np.outer(share, share)) * np.outer(scale, scale)
    np.fill_diagonal(correlation, 1.0 + ridge)
    # Of the two factors of a symmetric matrix LAPACK fills the lower triangle only.
    factor, failed = dpotrf(correlation, lower=1, overwrite_a=1)
    assert not failed, "a correlation matrix with a ridge is positive definite"
    inverse, failed = dpotri(factor, lower=1, overwrite_c=1)
    assert not failed, "its factor has no zero on the diagonal"
    precision = np.tril(inverse) + np.tril(inverse, -1).T
    size = 1.0 / np.sqrt(np.diag(precision))
    rho: FloatArray = -precision * np.outer(size, size)
    np.fill_diagonal(rho, 0.0)
    # Nine digits are far below what data can tell and far above what the order of
    # additions in a linear algebra library changes: ties break alike everywhere.
    return np.round(rho, 9)
