"""Questions to a model: baskets of which one item is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bundlesolve.errors import InvalidParameter
from bundlesolve.learn.transactions import Transactions
from bundlesolve.model.frozen import IntArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

MOST_BASKETS = 3000
MOST_TARGETS = 2
SEED = 20260101
BATCH = 256


@dataclass(frozen=True, eq=False)
class Queries:
    """Baskets with one item taken out; that of query ``q`` is ``target[q]``.

    Parameters
    ----------
    n
        Number of items.
    starts, item
        The rest of each basket, the *context*, in compressed rows. Shapes ``[q + 1]``,
        ``[lines]``.
    target
        The item taken out. Shape ``[q]``.
    customer
        Number of the customer, -1 where unknown. Shape ``[q]``.
    """

    n: int
    starts: IntArray
    item: IntArray
    target: IntArray
    customer: IntArray

    def __len__(self) -> int:
        return len(self.target)

    def sizes(self) -> IntArray:
        """Return the number of items in each context. Shape ``[q]``."""
        return np.diff(self.starts)

    def contexts(self) -> csr_matrix:
        """Return the contexts as a matrix of zeros and ones. Shape ``[q, n]``."""
        from scipy.sparse import csr_matrix

        ones = np.ones(len(self.item))
        return csr_matrix((ones, self.item, self.starts), shape=(len(self), self.n))

    def outside(self) -> NDArray[np.bool_]:
        """Return True for each item that is not in the context. Shape ``[q, n]``."""
        outside = np.ones((len(self), self.n), dtype=bool)
        outside[np.repeat(np.arange(len(self)), np.diff(self.starts)), self.item] = False
        return outside

    def take(self, rows: IntArray) -> Queries:
        """Return some of the queries, in the order given."""
        sizes = np.diff(self.starts)[rows]
        starts = np.concatenate(([0], np.cumsum(sizes)))
        shift = np.repeat(self.starts[rows] - starts[:-1], sizes)
        item = self.item[np.arange(starts[-1]) + shift]
        return Queries(self.n, starts, item, self.target[rows], self.customer[rows])

    def batches(self, size: int = BATCH) -> Iterator[tuple[slice, Queries]]:
        """Go through the queries in parts, so that ``[q, n]`` arrays stay small."""
        for begin in range(0, len(self), size):
            end = min(begin + size, len(self))
            yield slice(begin, end), self.take(np.arange(begin, end))


def draw_queries(
    receipts: Transactions,
    *,
    most_baskets: int = MOST_BASKETS,
    most_targets: int = MOST_TARGETS,
    seed: int = SEED,
) -> Queries:
    """Draw baskets of two items or more and of each the items to be found.

    Parameters
    ----------
    receipts
        What the model has not seen.
    most_baskets
        Drawn without return. Default 3,000.
    most_targets
        Queries a basket. Default 2.
    seed
        Of the draw.

    Raises
    ------
    InvalidParameter
        If no basket has two items.
    """
    large = np.flatnonzero(np.diff(receipts.starts) >= 2)
    if not len(large):
        raise InvalidParameter("queries: expected a basket of two items, found none")
    rng = np.random.default_rng(seed)
    picked = large[np.sort(rng.permutation(len(large))[:most_baskets])]
    contexts: list[IntArray] = []
    targets: list[int] = []
    customers: list[int] = []
    for b in picked.tolist():
        basket = receipts.item[receipts.starts[b] : receipts.starts[b + 1]]
        who = -1 if receipts.customer is None else int(receipts.customer[b])
        for target in np.sort(rng.permutation(basket)[:most_targets]).tolist():
            contexts.append(basket[basket != target])
            targets.append(target)
            customers.append(who)
    sizes = [len(context) for context in contexts]
    return Queries(
        n=receipts.n,
        starts=np.concatenate(([0], np.cumsum(sizes))),
        item=np.concatenate(contexts),
        target=np.array(targets, dtype=np.int64),
        customer=np.array(customers, dtype=np.int64),
    )
