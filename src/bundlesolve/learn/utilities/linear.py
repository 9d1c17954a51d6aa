"""Utility by linear regression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.utilities.cell_model import CellModel


@dataclass
class Linear(CellModel):
    """Ordinary least squares on the share of later baskets.

    ::

        P_hi = a + sum_f b_f x_hif, kept in (0, 1)

    A line is no chance: it is read off for what it is, and cut at 0 and 1.
    """

    name: ClassVar[str] = "linear"
    summary: ClassVar[str] = "linear regression on history, price and season"
    formula: ClassVar[str] = "P_hi = a + sum_f b_f x_hif"

    def _fit_cells(self, columns: FloatArray, share: FloatArray, times: FloatArray) -> None:
        self.line_ = weighted_ridge(columns, share, times, 0.0)

    def _predict_cells(self, columns: FloatArray) -> FloatArray:
        line: FloatArray = self.line_
        share: FloatArray = line[0] + columns @ line[1:]
        return share


def weighted_ridge(
    columns: FloatArray, value: FloatArray, weight: FloatArray, ridge: float
) -> FloatArray:
    """Return constant and coefficients of a weighted ridge regression. ``[F + 1]``.

    Columns are scaled to a spread of 1 while fitting; weights to a mean of 1. The
    constant is not penalised; a column without spread gets 0.

    Parameters
    ----------
    columns
        Shape ``[k, F]``.
    value, weight
        Shape ``[k]``.
    ridge
        Penalty on the squared scaled coefficients, in cells; 0 or more.
    """
    w = weight / weight.mean()
    total = w.sum()
    mean = w @ columns / total
    spread = np.sqrt(w @ (columns - mean) ** 2 / total)
    some = spread > 1e-12
    x = (columns[:, some] - mean[some]) / spread[some]
    center = float(w @ value / total)
    gram = (x * w[:, None]).T @ x + (ridge + 1e-9 * total) * np.eye(x.shape[1])
    slope = np.zeros(columns.shape[1])
    slope[some] = np.linalg.solve(gram, x.T @ (w * (value - center))) / spread[some]
    return np.concatenate([[center - float(slope @ mean)], slope])
