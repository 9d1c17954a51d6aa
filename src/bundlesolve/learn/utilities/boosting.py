"""Utility by gradient boosting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bundlesolve.errors import InvalidParameter
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.utilities.cell_model import CellModel
from bundlesolve.learn.utilities.model import check_above
from bundlesolve.learn.utilities.tree_arrays import Trees


@dataclass
class Boosting(CellModel):
    """Gradient boosting of small trees for the binomial likelihood.

    ::

        logit P_hi = a + rate * sum_t tree_t(x_hi)

    A cell whose share is between 0 and 1 stands twice, bought and not, weighted.

    Parameters
    ----------
    trees
        Default 100.
    depth
        Of each tree. Default 3.
    rate
        Learning rate. Default 0.1.
    sample
        Share of the cells that a tree sees. Default 0.5.
    seed
        Of the samples. Default 0.

    References
    ----------
    J. Friedman, "Stochastic gradient boosting", Computational Statistics & Data Analysis
    38 (2002).
    """

    name: ClassVar[str] = "boosting"
    summary: ClassVar[str] = "gradient boosting on history, price and season"
    formula: ClassVar[str] = "logit P_hi = a + rate * sum_t tree_t(x_hi)"

    trees: int = 100
    depth: int = 3
    rate: float = 0.1
    sample: float = 0.5
    seed: int = 0

    def __post_init__(self) -> None:
        for field in ("trees", "depth"):
            if getattr(self, field) < 1:
                found = getattr(self, field)
                raise InvalidParameter(f"{field}: expected 1 or more, found {found}")
        check_above(self, "rate")
        if not 0 < self.sample <= 1:
            raise InvalidParameter(f"sample: expected in (0, 1], found {self.sample}")

    def _fit_cells(self, columns: FloatArray, share: FloatArray, times: FloatArray) -> None:
        from sklearn.ensemble import GradientBoostingClassifier

        bought, not_bought = np.flatnonzero(share > 0), np.flatnonzero(share < 1)
        rows = np.concatenate([bought, not_bought])
        label = np.repeat([1, 0], [len(bought), len(not_bought)])
        weight = np.concatenate(
            [(times * share)[bought], (times * (1 - share))[not_bought]]
        )
        overall = float(times @ share / times.sum())
        self.start_ = float(np.log(overall / (1 - overall))) if 0 < overall < 1 else 0.0
        if len(np.unique(label)) < 2:
            empty = Trees.of([])
            for name, values in empty.arrays().items():
                setattr(self, f"trees_{name}_", values)
            return
        model = GradientBoostingClassifier(
            n_estimators=self.trees,
            max_depth=self.depth,
            learning_rate=self.rate,
            subsample=self.sample,
            min_samples_leaf=50,
            max_features=0.5,
            random_state=self.seed,
        )
        model.fit(
            columns[rows].astype(np.float32), label, sample_weight=weight / weight.mean()
        )
        grown = Trees.of([tree.tree_ for tree in model.estimators_[:, 0]])
        for name, values in grown.arrays().items():
            setattr(self, f"trees_{name}_", values)

    def _predict_cells(self, columns: FloatArray) -> FloatArray:
        trees = Trees.read(self.learned(), "trees")
        z = self.start_ + self.rate * trees.sum(columns)
        chance: FloatArray = 1.0 / (1.0 + np.exp(-np.clip(z, -35.0, 35.0)))
        return chance
