"""Primal gap over time: its middle and its quartiles over the problems."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundlesolve.bench.statistics.runs import Runs

FloatArray = NDArray[np.float64]

EARLIEST = 0.01
"""Seconds at which a grid begins: earlier is no time that a person can tell."""


@dataclass(frozen=True)
class GapOverTime:
    """Primal gap of a method at each time of a grid, per cent.

    Parameters
    ----------
    median, low, high
        Median and quartiles over problems of the mean over a problem's runs, shape
        ``[points]``.
    problems
        Number of problems.
    """

    median: FloatArray
    low: FloatArray
    high: FloatArray
    problems: int


def time_grid(runs: Runs, points: int = 60) -> FloatArray:
    """Return times from `EARLIEST` to the largest time limit, equal factors apart."""
    last = max(runs.horizons.values(), default=0.0)
    if last <= EARLIEST:
        return np.array([EARLIEST])
    return np.geomspace(EARLIEST, last, points)


def gap_over_time(runs: Runs, method: str, grid: FloatArray) -> GapOverTime:
    """Return the gap of a method over time; where a run has ended, its last gap."""
    means = [
        np.mean([runs.traces[run.key].at(grid) for run in part], axis=0)
        for problem in runs.problems
        if not runs.references[problem].infeasible and (part := runs.part(problem, method))
    ]
    if not means:
        nothing = np.full(len(grid), np.nan)
        return GapOverTime(nothing, nothing, nothing, 0)
    low, middle, high = np.quantile(100 * np.array(means), [0.25, 0.5, 0.75], axis=0)
    return GapOverTime(middle, low, high, len(means))
