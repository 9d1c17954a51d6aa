"""A linear model's numbers in doubles, scaled to what an engine's tolerances are made for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundlesolve.solvers.linearise import ABOVE, BELOW, Linear

COMFORTABLE = 1e9
"""Up to here a row's tolerance of 1e-6 is above the rounding of doubles and below 1."""


@dataclass(frozen=True, eq=False)
class Scaled:
    """Numbers of a `Linear` in doubles, scaled to what tolerances are made for.

    Parameters
    ----------
    worth
        Objective, multiplied by ``factor``. Shape ``[c]``.
    factor
        A power of two, 1 while no coefficient is above `COMFORTABLE`.
    row_coef, row_low, row_high
        Rows, each multiplied by a power of two of its own; infinite where a side is
        missing.
    """

    worth: NDArray[np.float64]
    factor: float
    row_coef: NDArray[np.float64]
    row_low: NDArray[np.float64]
    row_high: NDArray[np.float64]


def scaled(linear: Linear) -> Scaled:
    """Return a linear model's numbers for engines that compute in doubles.

    A row whose activity stays below `COMFORTABLE` is left as it is: its tolerance, far
    below 1, cannot let a broken row of whole numbers pass, nor can rounding errors break a
    kept one. A larger row is scaled down, so that its tolerance becomes relative: the engine
    may then take points that break it by one in a million (they are dropped when they
    arrive), but never misses one that keeps it, so bounds and infeasibility stay proved.
    """
    low = np.where(linear.row_low == BELOW, -np.inf, linear.row_low.astype(np.float64))
    high = np.where(linear.row_high == ABOVE, np.inf, linear.row_high.astype(np.float64))
    largest = np.maximum(np.abs(linear.lower), np.abs(linear.upper))
    terms = np.abs(linear.row_coef * 1.0) * np.maximum(largest, 1)[linear.row_var]
    row_of = np.repeat(np.arange(linear.num_rows), np.diff(linear.row_start))
    size = np.bincount(row_of, terms, minlength=linear.num_rows).astype(np.float64)
    for side in (low, high):
        size = np.maximum(size, np.where(np.isfinite(side), np.abs(side), 0.0))
    factor = _power_of_two(size)
    worst = float(np.max(np.abs(linear.worth), initial=0))
    worst = max(worst, float(np.max(np.abs(linear.pair_worth), initial=0)))
    objective = float(_power_of_two(np.array([worst]))[0])
    return Scaled(
        worth=linear.worth * objective,
        factor=objective,
        row_coef=linear.row_coef * factor[row_of],
        row_low=low * factor,
        row_high=high * factor,
    )


def _power_of_two(size: NDArray[np.float64]) -> NDArray[np.float64]:
    excess = np.maximum(size / COMFORTABLE, 1.0)
    return np.asarray(np.exp2(-np.ceil(np.log2(excess))))
