"""Utility by one decision tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bundlesolve.errors import InvalidParameter
from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.utilities.cell_model import CellModel
from bundlesolve.learn.utilities.tree_arrays import Trees


@dataclass
class Tree(CellModel):
    """A regression tree on the share of later baskets; leaves are weighted means.

    Parameters
    ----------
    depth
        Most questions to a leaf. Default 8.
    least_cells
        Drawn cells in a leaf. Default 100.
    seed
        Of the order in which columns are tried. Default 0.

    References
    ----------
    L. Breiman, J. Friedman, R. Olshen, C. Stone, *Classification and Regression Trees*,
    1984.
    """

    name: ClassVar[str] = "tree"
    summary: ClassVar[str] = "decision tree on history, price and season"
    formula: ClassVar[str] = "P_hi = mean share of the cells in the leaf of x_hi"

    depth: int = 8
    least_cells: int = 100
    seed: int = 0

    def __post_init__(self) -> None:
        for field in ("depth", "least_cells"):
            if getattr(self, field) < 1:
                found = getattr(self, field)
                raise InvalidParameter(f"{field}: expected 1 or more, found {found}")

    def _fit_cells(self, columns: FloatArray, share: FloatArray, times: FloatArray) -> None:
        from sklearn.tree import DecisionTreeRegressor

        tree = DecisionTreeRegressor(
            max_depth=self.depth,
            min_samples_leaf=self.least_cells,
            random_state=self.seed,
        )
        # Trees compare float32 with thresholds; so do we.
        tree.fit(columns.astype(np.float32), share, sample_weight=times / times.mean())
        for name, values in Trees.of([tree.tree_]).arrays().items():
            setattr(self, f"tree_{name}_", values)

    def _predict_cells(self, columns: FloatArray) -> FloatArray:
        return Trees.read(self.learned(), "tree").sum(columns)
