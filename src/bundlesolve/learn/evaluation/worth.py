"""What a bundle turned out to be worth, counted on baskets of a later time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from bundlesolve.learn.synergies.base import PairWorths
from bundlesolve.learn.synergies.counts import PairCounts, count
from bundlesolve.learn.synergies.sparse import strongest
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions
from bundlesolve.model.frozen import IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


@dataclass(frozen=True, eq=False)
class LaterWorth:
    """The worth of items and pairs as the later baskets show it, with no model.

    ::

        u_i = 1000 * p_i * margin_i
        s_ij = 1000 * (p_ij - p_i * p_j) * (margin_i + margin_j) / 2

    with the shares of the later baskets that hold an item and a pair: what utility and
    synergy learned before were forecasts of.

    Parameters
    ----------
    receipts
        The later baskets.
    margin
        Money a unit. Shape ``[n]``.
    """

    receipts: Transactions
    margin: FloatArray

    @cached_property
    def _matrix(self) -> csr_matrix:
        return self.receipts.matrix().tocsc()

    @cached_property
    def counts(self) -> PairCounts:
        """All pairs of the later baskets."""
        return count(self.receipts)

    @cached_property
    def utilities(self) -> FloatArray:
        """Worth of each item. Shape ``[n]``."""
        return 1000.0 * self.receipts.purchase_share * self.margin

    def pairs(self, most: int) -> PairWorths:
        """Return the pairs of largest worth, at most ``most`` an item: the oracle's."""
        c = self.counts
        i, j = c.first, c.second
        excess = c.baskets / max(c.m, 1) - c.share[i] * c.share[j]
        worth = 1000.0 * excess * (self.margin[i] + self.margin[j]) / 2
        kept = strongest(i, j, np.abs(worth), most)
        return PairWorths(i[kept], j[kept], excess[kept], c.baskets[kept], worth[kept])

    def of(self, items: IntArray, weight: FloatArray | None = None) -> float:
        """Return the worth of a bundle, pairs included that no model kept.

        Parameters
        ----------
        items
            Numbers of the chosen items.
        weight
            How often each basket counts, for a bootstrap. Shape ``[m]``. Default: once.
        """
        x = self._matrix[:, items].toarray()
        w = np.ones(len(x)) if weight is None else weight
        together = (x * w[:, None]).T @ x / max(float(w.sum()), 1.0)
        share = np.diag(together)
        margin = self.margin[items]
        excess = together - np.outer(share, share)
        np.fill_diagonal(excess, 0.0)
        # Each pair stands twice in the matrix, and has half the sum of two margins.
        pairs = float((excess * (margin[:, None] + margin)).sum()) / 4
        return 1000.0 * (float(share @ margin) + pairs)

    def lift(self, items: IntArray) -> float:
        """Return joint baskets of the chosen pairs over those of unconnected items."""
        x = self._matrix[:, items].toarray()
        together, single = x.T @ x, x.sum(axis=0)
        np.fill_diagonal(together, 0.0)
        expected = np.outer(single, single) / max(len(x), 1)
        np.fill_diagonal(expected, 0.0)
        total = float(expected.sum())
        return float(together.sum()) / total if total else float("nan")

    def earned_together(self, items: IntArray) -> float:
        """Return the margin of chosen items in baskets with two or more, per 1,000."""
        x = self._matrix[:, items].toarray()
        several = x[x.sum(axis=1) >= 2]
        return 1000.0 * float((several @ self.margin[items]).sum()) / max(len(x), 1)
