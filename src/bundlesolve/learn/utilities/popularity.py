"""Utility by sales: the share of recent baskets that hold an item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.features.history import History
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions
from bundlesolve.learn.utilities.model import UtilityModel, chances, check_above
from bundlesolve.model.frozen import IntArray


@dataclass
class Popularity(UtilityModel):
    """The share of the baskets that hold an item, recent baskets counting more.

    Parameters
    ----------
    fade
        Age, in spans of the data, by which a basket's weight falls to 1/e. Default None:
        all baskets count alike.
    """

    name: ClassVar[str] = "popularity"
    summary: ClassVar[str] = "share of the (recent) baskets that hold the item"
    formula: ClassVar[str] = "P_i = sum_b w_b x_bi / sum_b w_b, w_b = exp(-age_b / fade)"
    personal: ClassVar[bool] = False

    fade: float | None = None

    def __post_init__(self) -> None:
        if self.fade is not None:
            check_above(self, "fade")

    def fit(self, receipts: Transactions, catalogue: Catalogue) -> Self:
        """Count."""
        self.share_ = chances(History(receipts).share(self.fade))
        return self

    def predict(self, customer: IntArray | None = None) -> FloatArray:
        """Return the same for everybody."""
        if customer is None:
            return self.share_
        return np.broadcast_to(self.share_, (len(customer), len(self.share_)))
