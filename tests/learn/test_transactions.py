"""Sparse baskets: shares, medians, matrices."""

from __future__ import annotations

import numpy as np

from bundlesolve.learn import Transactions
from bundlesolve.learn.synergies.support import item_customers
from tests.learn.shop import baskets


def test_shares_by_hand() -> None:
    """Tea (a) is on three of four receipts, one of which holds nothing we know."""
    receipts = baskets([[0, 1], [0], [0, 2], []], 3)
    assert receipts.baskets_with.tolist() == [3, 1, 1]
    assert receipts.purchase_share.tolist() == [0.75, 0.25, 0.25]
    assert receipts.units.tolist() == [3, 1, 1]
    assert receipts.matrix().toarray().tolist() == [
        [1, 1, 0],
        [1, 0, 0],
        [1, 0, 1],
        [0] * 3,
    ]


def test_the_median_price_paid() -> None:
    """Even counts take the middle of two; unknown prices do not count."""
    price = np.array([3.0, 1.0, 9.0, np.nan, 2.0, 4.0])
    item = np.array([0, 0, 0, 1, 2, 2])
    starts = np.arange(7)
    names = tuple("123456")
    receipts = Transactions(("a", "b", "c", "d"), names, starts, item, np.ones(6), price)
    np.testing.assert_array_equal(receipts.median_price, [3.0, np.nan, 3.0, np.nan])


def test_receipts_stay_when_items_go() -> None:
    """Leaving out an item empties a basket; it is still one of three."""
    receipts = baskets([[0, 1], [1], [2]], 3, customer=[0, 1, 0])
    fewer = receipts.only(np.array([True, False, True]))
    assert fewer.items == ("a", "c")
    assert fewer.m == 3
    assert fewer.matrix().toarray().tolist() == [[1, 0], [0, 0], [0, 1]]
    assert fewer.purchase_share.tolist() == [1 / 3, 1 / 3]
    assert fewer.customer is not None
    assert fewer.customer.tolist() == [0, 1, 0]


def test_transactions_cannot_be_changed() -> None:
    """Arrays are copies and read-only; equal content is equal."""
    receipts = baskets([[0, 1], [1]], 2)
    assert not receipts.item.flags.writeable
    assert receipts == baskets([[0, 1], [1]], 2)
    assert receipts != baskets([[0, 1], [0]], 2)


def test_customers_of_each_item() -> None:
    """Different ones, the unknown together as one; without customers, receipts."""
    receipts = baskets([[0, 1], [0], [0], [0, 2], []], 4, customer=[7, 7, -1, -1, 3])
    assert item_customers(receipts).tolist() == [2, 1, 1, 0]
    assert item_customers(receipts.replace(customer=None)).tolist() == [4, 1, 1, 0]
