"""Synergy as what an association rule adds to an item's share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.synergies.counts import PairCounts
from bundlesolve.learn.synergies.pair_model import PairModel
from bundlesolve.learn.transactions import Transactions

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


@dataclass(frozen=True, kw_only=True)
class Confidence(PairModel):
    """Added value of the rules "who buys j buys i" between single items.

    ::

        confidence(j -> i) = n_ij / n_j
        w_ji = confidence(j -> i) - p_i

    The share of the baskets with ``j`` that hold ``i``, less that of all baskets; of
    either sign for pairs that were met, in both directions different.

    References
    ----------
    R. Agrawal, T. Imieliński, A. Swami, "Mining association rules between sets of items
    in large databases", SIGMOD 1993.
    """

    name: ClassVar[str] = "confidence"
    summary: ClassVar[str] = "association rules: confidence less the item's share"
    from_counts: ClassVar[bool] = True
    formula: ClassVar[str] = "w_ji = n_ij / n_j - p_i"

    def weights(
        self, receipts: Transactions, catalogue: Catalogue, counts: PairCounts
    ) -> csr_matrix:
        """Return the added values; row the premise, column the item. ``[n, n]``."""
        from scipy.sparse import csr_matrix

        i, j, share, single = counts.first, counts.second, counts.share, counts.single
        there = counts.baskets / single[i] - share[j]
        back = counts.baskets / single[j] - share[i]
        cells = (np.concatenate([i, j]), np.concatenate([j, i]))
        values = np.concatenate([there, back])
        return csr_matrix((values, cells), shape=(counts.n, counts.n))
