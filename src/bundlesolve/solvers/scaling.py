"""A linear model's numbers in doubles, scaled to what tolerances are made for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundlesolve.model.frozen import IntArray
from bundlesolve.solvers.linearise import ABOVE, BELOW, Linear

NEGLIGIBLE = 1e-8
"""Engines drop coefficients below 1e-9."""


@dataclass(frozen=True, eq=False)
class Scaled:
    """Numbers of a `Linear` in doubles, scaled to what tolerances are made for.

    Parameters
    ----------
    worth
        Objective, multiplied by ``factor``. Shape ``[c]``.
    factor
        A power of two, 1 while no coefficient is too large.
    row_coef, row_low, row_high
        Rows, each multiplied by a power of two of its own; infinite where a side is
        missing.
    lower, upper
        Bounds of the columns. Shape ``[c]``.
    unit
        What one unit of a column is for the engine: the factor of its row for a slack,
        else 1. Shape ``[c]``.
    is_whole
        False where a coefficient became so small (`NEGLIGIBLE`) that an engine may drop
        it. What such an engine proves is not proved.
    """

    worth: NDArray[np.float64]
    factor: float
    row_coef: NDArray[np.float64]
    row_low: NDArray[np.float64]
    row_high: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    unit: NDArray[np.float64]
    is_whole: bool

    def values(self, columns: IntArray) -> NDArray[np.float64]:
        """Return values of the columns in the engine's units. Shape ``[c]``."""
        return np.asarray(columns * self.unit)


def scaled(linear: Linear, largest: float) -> Scaled:
    """Return a linear model's numbers for engines that compute in doubles.

    A row whose activity stays below ``largest`` is left as it is. A larger row is scaled
    down, so that its tolerance becomes relative: the engine may then take points that break
    it a little (they are dropped when they arrive), but never misses one that keeps it for
    want of digits, so bounds and infeasibility stay proved.

    Parameters
    ----------
    linear
        The model.
    largest
        Largest activity of a row, and largest coefficient of the objective, that come out.
    """
    low = np.where(linear.row_low == BELOW, -np.inf, linear.row_low.astype(np.float64))
    high = np.where(linear.row_high == ABOVE, np.inf, linear.row_high.astype(np.float64))
    factor = _power_of_two(row_sizes(linear), largest)
    row_of = np.repeat(np.arange(linear.num_rows), np.diff(linear.row_start))
    # A slack counts in its row's new unit, or its coefficient would shrink to nothing.
    m = linear.program.num_vars
    unit = np.ones(linear.num_columns)
    slack = (linear.row_var >= m) & (linear.row_var < m + len(linear.slack_row))
    unit[linear.row_var[slack]] = factor[row_of[slack]]
    coef = linear.row_coef * factor[row_of] / unit[linear.row_var]
    worth = linear.worth / unit
    worst = np.max(np.abs(np.concatenate((worth, linear.pair_worth))), initial=0)
    objective = float(_power_of_two(np.array([worst]), largest)[0])
    return Scaled(
        worth=worth * objective,
        factor=objective,
        row_coef=coef,
        row_low=low * factor,
        row_high=high * factor,
        lower=linear.lower * unit,
        upper=linear.upper * unit,
        unit=unit,
        is_whole=bool(np.all(np.abs(coef) >= NEGLIGIBLE)),
    )


def row_sizes(linear: Linear) -> NDArray[np.float64]:
    """Return the largest number that each row can come to. Shape ``[r]``."""
    reach = np.maximum(np.abs(linear.lower), np.abs(linear.upper))
    terms = np.abs(linear.row_coef * 1.0) * np.maximum(reach, 1)[linear.row_var]
    row_of = np.repeat(np.arange(linear.num_rows), np.diff(linear.row_start))
    size = np.bincount(row_of, terms, minlength=linear.num_rows).astype(np.float64)
    for side, none in ((linear.row_low, BELOW), (linear.row_high, ABOVE)):
        size = np.maximum(size, np.where(side == none, 0.0, np.abs(side * 1.0)))
    return size


def largest_worth(linear: Linear) -> float:
    """Return the size of the largest coefficient of the objective, pairs included."""
    worth = np.concatenate((linear.worth, linear.pair_worth))
    return float(np.max(np.abs(worth), initial=0))


def _power_of_two(size: NDArray[np.float64], largest: float) -> NDArray[np.float64]:
    excess = np.maximum(size / largest, 1.0)
    return np.asarray(np.exp2(-np.ceil(np.log2(excess))))
