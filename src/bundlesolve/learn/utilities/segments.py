"""Utility by segment of customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from bundlesolve.errors import InvalidParameter
from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.features.history import History
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions
from bundlesolve.learn.utilities.model import UtilityModel, chances, check_above
from bundlesolve.learn.utilities.trend import Trend
from bundlesolve.model.frozen import IntArray

WIDTH = 16


@dataclass
class Segments(UtilityModel):
    """Purchase chances of groups of customers with like tastes.

    Customers are rows of ``log(1 + c_hi)`` divided by their length and reduced to 16
    numbers (truncated SVD); k-means makes ``segments`` groups of them. In each group, as
    in `Household` for one customer::

        P_gi = (c_gi + strength * p_i) / (m_g + strength) * P_i / p_i

    with the forecast ``P_i`` of `Trend`. Groups of too few customers get the forecast of
    all. ``segments_`` holds the chances by group: per-bundle utilities of an instance, one
    bundle a segment; ``people_`` their customers. New customers have the forecast of all.

    Parameters
    ----------
    segments
        Number of groups. Default 8.
    strength
        Baskets that the prior is worth. Default 50.
    least_customers
        Customers that stand behind what is told of a group. Default 5.
    seed
        Of k-means. Default 0.
    """

    name: ClassVar[str] = "segments"
    summary: ClassVar[str] = "purchase shares of groups of customers (k-means)"
    formula: ClassVar[str] = "P_gi = (c_gi + strength * p_i) / (m_g + strength) * P_i / p_i"

    segments: int = 8
    strength: float = 50.0
    least_customers: int = 5
    seed: int = 0

    def __post_init__(self) -> None:
        for field in ("segments", "least_customers"):
            if getattr(self, field) < 1:
                found = getattr(self, field)
                raise InvalidParameter(f"{field}: expected 1 or more, found {found}")
        check_above(self, "strength")

    def fit(self, receipts: Transactions, catalogue: Catalogue) -> Self:
        """Group customers and count."""
        history = History(receipts)
        self.share_ = chances(history.share())
        counts, baskets = history.bought()
        people = len(baskets) - 1
        self.segment_ = np.full(people + 1, -1, dtype=np.int64)
        active = np.flatnonzero(baskets[:-1] > 0)
        if len(active):
            self.segment_[active] = self._groups(counts[active])
        groups = int(self.segment_.max(initial=-1)) + 1
        held = np.zeros((groups, receipts.n))
        size = np.zeros((groups, 1))
        for group in range(groups):
            members = self.segment_ == group
            held[group] = np.asarray(counts[np.flatnonzero(members)].sum(axis=0)).ravel()
            size[group] = baskets[members].sum()
        prior = self.strength * self.share_
        coming = Trend().fit(receipts, catalogue).share_
        taste = (held + prior) / (size + self.strength) / self.share_
        self.people_ = np.bincount(self.segment_[self.segment_ >= 0], minlength=groups)
        taste[self.people_ < self.least_customers] = 1.0
        self.segments_ = chances(taste * coming)
        self.share_ = coming
        return self

    def _groups(self, counts: object) -> IntArray:
        from sklearn.cluster import KMeans
        from sklearn.decomposition import TruncatedSVD
        from sklearn.preprocessing import normalize

        rows = normalize(counts.log1p())  # type: ignore[attr-defined]
        width = min(WIDTH, rows.shape[1] - 1, rows.shape[0] - 1)
        if width >= 2:
            rows = TruncatedSVD(width, random_state=self.seed).fit_transform(rows)
        many = min(self.segments, rows.shape[0])
        labels = KMeans(many, n_init=3, random_state=self.seed).fit_predict(rows)
        # Largest first, so that numbers do not depend on the draw's order alone.
        order = np.argsort(-np.bincount(labels, minlength=many), kind="stable")
        number = np.empty(many, dtype=np.int64)
        number[order] = np.arange(many)
        chosen: IntArray = number[labels]
        return chosen

    def predict(self, customer: IntArray | None = None) -> FloatArray:
        """Return the chances of each customer's segment."""
        if customer is None:
            return self.share_
        last = len(self.segment_) - 1
        row = np.where((customer >= 0) & (customer < last), customer, last)
        table = np.vstack([self.segments_, self.share_])
        return table[self.segment_[row]]
