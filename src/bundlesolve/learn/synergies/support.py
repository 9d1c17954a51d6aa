"""How many people stand behind a pair."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from bundlesolve.learn.transactions import Transactions
from bundlesolve.model.frozen import IntArray

if TYPE_CHECKING:
    from scipy.sparse import csc_matrix


@dataclass(frozen=True)
class PairCustomers:
    """Counts the different customers who bought both items of a pair on one receipt.

    Receipts of unknown customers count as those of one customer together.

    Parameters
    ----------
    receipts
        The sales; ``customer`` must be known.
    """

    receipts: Transactions

    @cached_property
    def _matrix(self) -> csc_matrix:
        return self.receipts.matrix().tocsc()

    def count(self, first: IntArray, second: IntArray) -> IntArray:
        """Return the number of customers of each pair of item numbers. Shape ``[p]``."""
        assert self.receipts.customer is not None
        number = self.receipts.customer + 1
        people = int(number.max(initial=0)) + 1
        both = self._matrix[:, first].multiply(self._matrix[:, second]).tocoo()
        keys = np.unique(both.col.astype(np.int64) * people + number[both.row])
        return np.bincount(keys // people, minlength=len(first)).astype(np.int64)


def item_customers(receipts: Transactions) -> IntArray:
    """Return how many different customers bought each item. Shape ``[n]``.

    Receipts of unknown customers count as those of one customer together; where the
    receipts do not tell customers at all, each receipt counts as one.
    """
    who = np.arange(receipts.m) if receipts.customer is None else receipts.customer + 1
    people = int(who.max(initial=0)) + 1
    # Sorted in place: np.unique hashes, which takes ten times as long on many lines.
    keys = receipts.item * people + who[receipts.basket_of_line]
    keys.sort()
    item = keys[np.diff(keys, prepend=-1) > 0] // people
    return np.bincount(item, minlength=receipts.n).astype(np.int64)
