"""Pairs of items that were bought together, counted once for every model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions
from bundlesolve.model.frozen import IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


@dataclass(frozen=True, eq=False)
class PairCounts:
    """Baskets and different customers of pairs, sorted by ``(first, second)``.

    Parameters
    ----------
    n, m
        Number of items, and of baskets.
    single
        Baskets that hold each item. Shape ``[n]``.
    first, second
        Item numbers, ``first < second``. Shape ``[p]``.
    baskets
        Baskets that hold both. Shape ``[p]``.
    people
        Different customers among them; the unknown ones are one. Where the receipts
        have no customers, the baskets. Shape ``[p]``.
    """

    n: int
    m: int
    single: IntArray
    first: IntArray
    second: IntArray
    baskets: IntArray
    people: IntArray

    @property
    def share(self) -> FloatArray:
        """Share of the baskets that hold each item, ``p_i``. Shape ``[n]``."""
        return self.single / max(self.m, 1)

    def expected(self, first: IntArray, second: IntArray) -> FloatArray:
        """Return ``m * p_i * p_j``: joint baskets of items that have nothing in common."""
        share = self.share
        return self.m * share[first] * share[second]

    def look_up(self, first: IntArray, second: IntArray) -> tuple[IntArray, IntArray]:
        """Return baskets and customers of pairs, 0 for those never met.

        Parameters
        ----------
        first, second
            ``first < second``, in any order of pairs. Shape ``[k]``.
        """
        if not len(self.first):
            none = np.zeros(len(first), dtype=np.int64)
            return none, none
        keys = self.first * self.n + self.second
        wanted = first * self.n + second
        place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        found = keys[place] == wanted
        return np.where(found, self.baskets[place], 0), np.where(
            found, self.people[place], 0
        )

    def matrix(self, values: FloatArray) -> csr_matrix:
        """Return values of the counted pairs as a symmetric matrix. Shape ``[n, n]``."""
        return symmetric(self.n, self.first, self.second, values)

    def dense(self) -> FloatArray:
        """Return joint baskets of all pairs, on the diagonal each item's. ``[n, n]``."""
        together = np.zeros((self.n, self.n))
        together[self.first, self.second] = self.baskets
        together[self.second, self.first] = self.baskets
        together[np.diag_indices(self.n)] = self.single
        return together


def count(receipts: Transactions, least_baskets: int = 1) -> PairCounts:
    """Count the pairs of all baskets.

    Parameters
    ----------
    receipts
        The sales.
    least_baskets
        Pairs in fewer are left out. Default 1.
    """
    from bundlesolve.kernels.pair_counts import count_pairs

    everyone = np.arange(receipts.m, dtype=np.int64)
    who = everyone if receipts.customer is None else receipts.customer.astype(np.int64)
    order = np.argsort(who, kind="stable")
    starts, item = receipts.starts.astype(np.int64), receipts.item.astype(np.int64)
    found = count_pairs(starts, item, who, order, receipts.n, least_baskets)
    return PairCounts(receipts.n, receipts.m, receipts.baskets_with, *found)


def symmetric(n: int, first: IntArray, second: IntArray, values: FloatArray) -> csr_matrix:
    """Return pairs as a symmetric sparse matrix without a diagonal. Shape ``[n, n]``."""
    from scipy.sparse import csr_matrix

    rows, columns = np.concatenate([first, second]), np.concatenate([second, first])
    both = np.concatenate([values, values])
    return csr_matrix((both, (rows, columns)), shape=(n, n))
