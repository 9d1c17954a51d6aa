"""What the categories in a basket say about the next item's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.queries import Queries
from bundlesolve.learn.synergies.counts import count
from bundlesolve.learn.synergies.pair_model import LEAST_CUSTOMERS
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions
from bundlesolve.model.frozen import IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

SHRUNK = 10.0
"""Baskets that draw the lift of two categories to 1."""


def one_hot(category: IntArray, groups: int) -> csr_matrix:
    """Return 1 where an item is of a category. Shape ``[n, groups]``."""
    from scipy.sparse import csr_matrix

    n = len(category)
    return csr_matrix((np.ones(n), (np.arange(n), category)), shape=(n, groups))


@dataclass(frozen=True, eq=False)
class CategoryLifts:
    """Which categories are bought together, and how often one of them twice.

    ::

        lift_cd = log((n_cd + 10) / (m p_c p_d + 10)),  c != d

    of baskets that hold an item of each; 0 where fewer than 5 customers are behind it.

    Parameters
    ----------
    category
        Number of each item's. Shape ``[n]``.
    lift
        Symmetric, diagonal 0. Shape ``[groups, groups]``.
    """

    category: IntArray
    lift: FloatArray

    @classmethod
    def of(cls, receipts: Transactions, catalogue: Catalogue) -> CategoryLifts | None:
        """Count; None where there are fewer than two categories."""
        labels, category = np.unique(np.array(catalogue.category), return_inverse=True)
        if len(labels) < 2:
            return None
        held = (receipts.matrix() @ one_hot(category, len(labels))).tocsr()
        held.sort_indices()
        of_groups = receipts.replace(
            items=tuple(str(label) for label in labels),
            starts=held.indptr.astype(np.int64),
            item=held.indices.astype(np.int64),
            quantity=held.data.astype(np.float64),
            price=np.ones(len(held.data)),
        )
        pairs = count(of_groups)
        enough = pairs.people >= LEAST_CUSTOMERS
        # Never seen together: that is told by how often it was expected.
        lift = np.log(SHRUNK / (pairs.m * np.outer(pairs.share, pairs.share) + SHRUNK))
        expected = pairs.expected(pairs.first, pairs.second)
        value = np.log((pairs.baskets + SHRUNK) / (expected + SHRUNK))
        value[~enough & (value > 0)] = 0.0
        lift[pairs.first, pairs.second] = lift[pairs.second, pairs.first] = value
        np.fill_diagonal(lift, 0.0)
        return cls(category, lift)

    def columns(self, queries: Queries) -> list[NDArray[np.float32]]:
        """Return four columns about the basket and each item's category, ``[q, n]`` each.

        ``log(1 + items of it in the basket)``; whether there is one; the sum of the lifts
        of the basket's categories, over the root of the basket's size, and as it is.
        """
        groups = one_hot(self.category, len(self.lift))
        held = (queries.contexts() @ groups).toarray()
        any_ = (held > 0).astype(np.float64)
        total = any_ @ self.lift
        root = np.sqrt(np.maximum(queries.sizes(), 1))[:, None]
        found = (np.log1p(held), any_, total / root, total)
        return [column.astype(np.float32)[:, self.category] for column in found]
