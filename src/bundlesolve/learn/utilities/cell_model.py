"""What regressions and trees share: cells of customer and item, before and after."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Self

import numpy as np

from bundlesolve.learn.catalogue import Catalogue
from bundlesolve.learn.features.cells import CellFeatures
from bundlesolve.learn.synergies.pair_model import earlier
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.transactions import Transactions
from bundlesolve.learn.utilities.model import UtilityModel, chances
from bundlesolve.learn.utilities.store_sparse import as_matrix, flat
from bundlesolve.model.frozen import IntArray

MOST_POSITIVE, MOST_NEGATIVE = 40_000, 120_000
SEED = 20260101
MATRICES = ("ever", "late", "group")
ARRAYS = ("item", "customer", "baskets", "share", "group_share", "category")


@dataclass
class CellModel(UtilityModel):
    """Learns from cells what share of a customer's next baskets holds an item.

    A cell is a customer and an item. Its columns (`CellFeatures`) are computed from the
    earlier 80 % of the receipts; what is learned is the share of the customer's baskets
    in the later 20 % that hold the item, each cell weighing as many baskets. All bought
    cells, at most 40,000, and up to 120,000 others are drawn, weighted back to what they
    stand for. Baskets of unknown customers are those of one new customer. To predict,
    the columns are computed from all receipts.
    """

    def fit(self, receipts: Transactions, catalogue: Catalogue) -> Self:
        """Learn from later baskets what earlier ones tell."""
        early = earlier(receipts)
        past, future = receipts.some(early), receipts.some(~early)
        if past.m and future.m:
            before = CellFeatures.of(past, catalogue)
            row, item, share, times = _drawn(before, future)
            self._fit_cells(before.columns(row, item), share, times)
        else:
            columns = CellFeatures.of(receipts, catalogue).table(np.zeros(1, np.int64))
            ones = np.ones(receipts.n)
            self._fit_cells(columns, receipts.purchase_share, ones)
        now = CellFeatures.of(receipts, catalogue)
        for name in ARRAYS:
            setattr(self, f"{name}_", getattr(now, name))
        for name in MATRICES:
            for part, values in flat(getattr(now, name)).items():
                setattr(self, f"{name}_{part}_", values)
        self.typical_ = self._mean_chance(receipts)
        return self

    @abstractmethod
    def _fit_cells(self, columns: FloatArray, share: FloatArray, times: FloatArray) -> None:
        """Learn shares from columns, ``times`` the weights."""

    @abstractmethod
    def _predict_cells(self, columns: FloatArray) -> FloatArray:
        """Return the share of each cell, not yet kept in (0, 1)."""

    def features_of_cells(self) -> CellFeatures:
        """Return the columns' source, as of the end of the receipts."""
        learned = self.learned()
        arrays = {name: learned[f"{name}_"] for name in ARRAYS}
        matrices = {name: as_matrix(learned, name) for name in MATRICES}
        return CellFeatures(**arrays, **matrices)

    def predict(self, customer: IntArray | None = None) -> FloatArray:
        """Return the chances; of anybody, their mean over recent baskets' customers."""
        if customer is None:
            typical: FloatArray = self.typical_
            return typical
        return self._chances(customer)

    def _chances(self, customer: IntArray) -> FloatArray:
        cells = self.features_of_cells()
        rows = cells.row(customer)
        found = np.empty((len(rows), len(cells.share)))
        for begin in range(0, len(rows), 64):
            part = rows[begin : begin + 64]
            values = self._predict_cells(cells.table(part))
            found[begin : begin + 64] = values.reshape(len(part), -1)
        return chances(found)

    def _mean_chance(self, receipts: Transactions) -> FloatArray:
        who = np.full(receipts.m, -1) if receipts.customer is None else receipts.customer
        rng = np.random.default_rng(SEED)
        latest = np.flatnonzero(~earlier(receipts))
        if not len(latest):
            latest = np.arange(receipts.m)
        drawn = who[rng.permutation(latest)[:128]]
        people, times = np.unique(drawn, return_counts=True)
        mean: FloatArray = times @ self._chances(people) / times.sum()
        return mean


def _drawn(
    before: CellFeatures, future: Transactions
) -> tuple[IntArray, IntArray, FloatArray, FloatArray]:
    """Return row, item, share and weight of the cells to learn from."""
    rng = np.random.default_rng(SEED)
    last, n = len(before.baskets) - 1, future.n
    who = np.full(future.m, -1) if future.customer is None else future.customer
    row_of_basket = before.row(who)
    times = np.bincount(row_of_basket, minlength=last + 1).astype(np.float64)
    keys, count = np.unique(
        row_of_basket[future.basket_of_line] * n + future.item, return_counts=True
    )
    yes = np.sort(rng.permutation(len(keys))[:MOST_POSITIVE])
    weight_yes = len(keys) / max(len(yes), 1)
    active = np.flatnonzero(times)
    cells = len(active) * n
    no = rng.choice(active, MOST_NEGATIVE) * n + rng.integers(0, n, MOST_NEGATIVE)
    no = np.setdiff1d(no, keys)
    weight_no = (cells - len(keys)) / max(len(no), 1)
    key = np.concatenate([keys[yes], no])
    bought = np.concatenate([count[yes], np.zeros(len(no))])
    baskets = times[key // n]
    weight = baskets * np.repeat([weight_yes, weight_no], [len(yes), len(no)])
    return key // n, key % n, np.minimum(bought / baskets, 1.0), weight
