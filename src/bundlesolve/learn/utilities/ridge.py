"""Utility by ridge regression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bundlesolve.learn.tables import FloatArray
from bundlesolve.learn.utilities.linear import Linear, weighted_ridge
from bundlesolve.learn.utilities.model import check_above


@dataclass
class Ridge(Linear):
    """Least squares with a penalty on the squared coefficients of scaled columns.

    Parameters
    ----------
    ridge
        In cells. Default 1000.

    References
    ----------
    A. Hoerl, R. Kennard, "Ridge regression: biased estimation for nonorthogonal
    problems", Technometrics 12 (1970).
    """

    name: ClassVar[str] = "ridge"
    summary: ClassVar[str] = "ridge regression on history, price and season"
    formula: ClassVar[str] = "P_hi = a + sum_f b_f x_hif, sum b_f^2 penalised"

    ridge: float = 1000.0

    def __post_init__(self) -> None:
        check_above(self, "ridge")

    def _fit_cells(self, columns: FloatArray, share: FloatArray, times: FloatArray) -> None:
        self.line_ = weighted_ridge(columns, share, times, self.ridge)
