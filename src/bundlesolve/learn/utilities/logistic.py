"""Utility by logistic regression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.utilities.cell_model import CellModel
from bundlesolve.learn.utilities.logistic_fit import fit_logistic
from bundlesolve.learn.utilities.model import check_above


@dataclass
class Logistic(CellModel):
    """Binomial logistic regression on the share of later baskets.

    ::

        logit P_hi = a + sum_f b_f x_hif

    Parameters
    ----------
    ridge
        Penalty on the squared coefficients of scaled columns. Default 1.
    """

    name: ClassVar[str] = "logistic"
    summary: ClassVar[str] = "logistic regression on history, price and season"
    formula: ClassVar[str] = "logit P_hi = a + sum_f b_f x_hif"

    ridge: float = 1.0

    def __post_init__(self) -> None:
        check_above(self, "ridge")

    def _fit_cells(self, columns: FloatArray, share: FloatArray, times: FloatArray) -> None:
        one = np.ones((len(columns), 1))
        self.line_ = fit_logistic(np.hstack([one, columns]), share, times, ridge=self.ridge)

    def _predict_cells(self, columns: FloatArray) -> FloatArray:
        z = self.line_[0] + columns @ self.line_[1:]
        chance: FloatArray = 1.0 / (1.0 + np.exp(-np.clip(z, -35.0, 35.0)))
        return chance
