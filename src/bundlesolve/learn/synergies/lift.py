"""Synergy as the logarithm of lift, shrunk and tested."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from bundlesolve.errors import InvalidParameter
from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.synergies.counts import PairCounts, symmetric
from bundlesolve.learn.synergies.pair_model import PairModel
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions
from bundlesolve.model.frozen import IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


@dataclass(frozen=True, kw_only=True)
class Lift(PairModel):
    """Pointwise mutual information (PMI), the log of lift, shrunk and tested.

    With ``e_ij = m * p_i * p_j`` joint baskets expected of unconnected items::

        w_ij = log((n_ij + shrinkage) / (e_ij + shrinkage))
        G_ij = 2 * (n_ij * log(n_ij / e_ij) - (n_ij - e_ij))

    A pair counts if ``sqrt(G)`` is at least ``significance``: the likelihood-ratio test
    of a Poisson count, about that many standard deviations. Pairs never met although
    expected are negative.

    Parameters
    ----------
    shrinkage
        Imagined baskets that draw the ratio to 1. Default 10.
    significance
        Standard deviations. Default 3.

    References
    ----------
    K. Church, P. Hanks, "Word association norms, mutual information, and lexicography",
    Computational Linguistics 16 (1990); T. Dunning, "Accurate methods for the statistics
    of surprise and coincidence", Computational Linguistics 19 (1993).
    """

    name: ClassVar[str] = "lift"
    summary: ClassVar[str] = "log lift (PMI), shrunk, significant pairs only"
    from_counts: ClassVar[bool] = True
    formula: ClassVar[str] = "w_ij = log((n_ij + k) / (m p_i p_j + k))"

    shrinkage: float = 10.0
    significance: float = 3.0

    def __post_init__(self) -> None:
        super().__post_init__()
        for field in ("shrinkage", "significance"):
            if not 0 <= getattr(self, field) < np.inf:
                found = getattr(self, field)
                raise InvalidParameter(f"{field}: expected 0 or more, found {found}")

    def weights(
        self, receipts: Transactions, catalogue: Catalogue, counts: PairCounts
    ) -> csr_matrix:
        """Return the significant ones, symmetric. Shape ``[n, n]``."""
        absent_first, absent_second = never_met(counts, self.significance)
        first = np.concatenate([counts.first, absent_first])
        second = np.concatenate([counts.second, absent_second])
        seen = np.concatenate([counts.baskets, np.zeros(len(absent_first))])
        expected = counts.expected(first, second)
        keep = np.sqrt(surprise_of(seen, expected)) >= self.significance
        ratio = (seen[keep] + self.shrinkage) / (expected[keep] + self.shrinkage)
        # Without shrinkage a pair never met has no logarithm: it is met half a time.
        floor = 0.5 / np.maximum(expected[keep], 0.5)
        strength = np.log(np.maximum(ratio, floor))
        return symmetric(counts.n, first[keep], second[keep], strength)


def surprise_of(seen: FloatArray, expected: FloatArray) -> FloatArray:
    """Return the likelihood-ratio statistic ``G`` of Poisson counts."""
    ratio = np.divide(seen, expected, out=np.ones_like(expected), where=seen > 0)
    g: FloatArray = 2.0 * (seen * np.log(ratio) - (seen - expected))
    return np.maximum(g, 0.0)


def never_met(counts: PairCounts, significance: float) -> tuple[IntArray, IntArray]:
    """Return pairs in no basket where ``2 * e_ij >= significance^2`` were expected."""
    least = max(significance**2 / 2, 1.0)
    order = np.argsort(-counts.share, kind="stable")
    share = counts.share[order]
    # Items by falling sales: the partners that are large enough come first.
    reach = np.searchsorted(-share * counts.m, -least / np.maximum(share, 1e-300), "right")
    reach = np.minimum(reach, np.arange(counts.n))
    row = np.repeat(np.arange(counts.n), reach)
    column = np.arange(len(row)) - np.repeat(np.cumsum(reach) - reach, reach)
    first = np.minimum(order[row], order[column])
    second = np.maximum(order[row], order[column])
    seen, _ = counts.look_up(first, second)
    return first[seen == 0], second[seen == 0]
