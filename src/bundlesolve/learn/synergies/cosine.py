"""Synergy as the cosine of two items' columns of the basket matrix."""

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
class Cosine(PairModel):
    """Item-item cosine: joint baskets over the geometric mean of the items' own.

    ::

        w_ij = n_ij / sqrt(n_i * n_j)

    Never negative: it knows no substitutes.

    References
    ----------
    G. Linden, B. Smith, J. York, "Amazon.com recommendations: item-to-item collaborative
    filtering", IEEE Internet Computing 7 (2003).
    """

    name: ClassVar[str] = "cosine"
    summary: ClassVar[str] = "item-item cosine"
    from_counts: ClassVar[bool] = True
    formula: ClassVar[str] = "w_ij = n_ij / sqrt(n_i n_j)"

    def weights(
        self, receipts: Transactions, catalogue: Catalogue, counts: PairCounts
    ) -> csr_matrix:
        """Return the cosines, symmetric. Shape ``[n, n]``."""
        size = np.sqrt(counts.single.astype(np.float64))
        return counts.matrix(counts.baskets / (size[counts.first] * size[counts.second]))
