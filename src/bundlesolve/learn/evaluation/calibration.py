"""Do things of chance 0.1 happen one time in ten? Calibration curve and error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundlesolve.learn.tables import FloatArray


@dataclass(frozen=True)
class CalibrationCurve:
    """Predicted against observed, in bins of equally many cells.

    Parameters
    ----------
    predicted
        Mean chance in each bin, ascending.
    observed
        Share of positives in each bin.
    cells
        Number of cells in each bin.
    """

    predicted: tuple[float, ...]
    observed: tuple[float, ...]
    cells: tuple[int, ...]

    @property
    def error(self) -> float:
        """Expected calibration error: mean of ``|predicted - observed|`` by cells."""
        gap = np.abs(np.array(self.predicted) - np.array(self.observed))
        return float(gap @ np.array(self.cells) / max(sum(self.cells), 1))


def calibration_curve(
    chance: FloatArray, positive: NDArray[np.bool_], bins: int = 10
) -> CalibrationCurve:
    """Return the curve; bins are quantiles of the chance, empty ones are left out.

    Parameters
    ----------
    chance
        Predicted. Shape ``[k]``.
    positive
        Observed. Shape ``[k]``.
    bins
        Default 10.

    References
    ----------
    A. Niculescu-Mizil, R. Caruana, "Predicting good probabilities with supervised
    learning", ICML 2005.
    """
    edges = np.quantile(chance, np.linspace(0, 1, bins + 1))
    number = np.searchsorted(edges[1:-1], chance)
    cells = np.bincount(number, minlength=bins)
    predicted = np.bincount(number, weights=chance, minlength=bins)
    observed = np.bincount(number, weights=positive.astype(float), minlength=bins)
    some = cells > 0
    return CalibrationCurve(
        tuple((predicted[some] / cells[some]).tolist()),
        tuple((observed[some] / cells[some]).tolist()),
        tuple(cells[some].tolist()),
    )
