"""Utility as the margin an item is expected to bring by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions


@dataclass(frozen=True)
class ExpectedMargin:
    """Expected margin of an item alone, in money per 1,000 baskets.

    ::

        u_i = 1000 * p_i * (price_i - cost_i)

    ``p_i`` is the share of the receipts that hold the item. One unit a receipt is
    counted, however many were bought: a wholesaler's gross is one decision to buy.
    Negative where the price does not cover the cost.
    """

    name: ClassVar[str] = "expected_margin"
    summary: ClassVar[str] = "share of the receipts times margin"
    formula: ClassVar[str] = "u_i = 1000 * p_i * (price_i - cost_i)"

    def estimate(self, receipts: Transactions, catalogue: Catalogue) -> FloatArray:
        """Return the worth of each item in money per 1,000 baskets. Shape ``[n]``."""
        return 1000.0 * receipts.purchase_share * catalogue.margin
