"""Time to target: how likely a method has reached the target after so many seconds.

R. M. Aiex, M. G. C. Resende and C. C. Ribeiro, "TTT plots: a perl program to create
time-to-target plots", Optimization Letters 1 (2007), 355-366; the bands are percentiles
of a bootstrap (B. Efron and R. J. Tibshirani, "An introduction to the bootstrap", 1993)
over problems, and over the runs of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundlesolve.bench.statistics.measure import TARGET_GAP, Measure, score
from bundlesolve.bench.statistics.runs import Runs

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class TargetCurve:
    """Share of runs at the target over time, with its band.

    Parameters
    ----------
    seconds
        Increasing, shape ``[points]``.
    shares, low, high
        Mean over problems of the share of their runs, and its band, shape ``[points]``.
    """

    seconds: FloatArray
    shares: FloatArray
    low: FloatArray
    high: FloatArray


def target_seconds(
    runs: Runs, method: str, target: float = TARGET_GAP
) -> list[list[float]]:
    """Return each run's seconds to the target by problem, infinite for never.

    Problems in which the method took no part, or without an answer, are left out.
    """
    return [
        [score(runs, problem, run, Measure.TARGET, target) for run in part]
        for problem in runs.problems
        if not runs.references[problem].infeasible and (part := runs.part(problem, method))
    ]


def target_curve(
    times: Sequence[Sequence[float]],
    grid: FloatArray,
    rng: np.random.Generator,
    *,
    samples: int = 1000,
    level: float = 0.95,
) -> TargetCurve:
    """Return the share of runs at the target at given times, with a bootstrap band.

    Parameters
    ----------
    times
        Seconds to the target of each run, by problem; infinite for never.
    grid
        Times at which to tell the share, increasing.
    rng
        Where the samples come from.
    samples
        Number of bootstrap samples. Default 1000.
    level
        Share of the samples inside the band at each time. Default 0.95.
    """
    problems = len(times)
    if not problems:
        nothing = np.zeros(len(grid))
        return TargetCurve(grid, nothing, nothing, nothing)
    picks = rng.multinomial(problems, np.full(problems, 1 / problems), size=samples)
    share = np.zeros(len(grid))
    resampled = np.zeros((samples, len(grid)))
    for picked, found in zip(picks.T, times, strict=True):
        reached = np.array(found)[:, None] <= grid
        share += reached.mean(axis=0)
        # A problem drawn twice draws its runs twice, each time anew: together that is
        # one multinomial of twice as many runs.
        each = np.full(len(found), 1 / len(found))
        weights = rng.multinomial(picked * len(found), each) / len(found)
        resampled += weights @ reached
    outside = (1 - level) / 2
    low, high = np.quantile(resampled / problems, [outside, 1 - outside], axis=0)
    return TargetCurve(grid, share / problems, low, high)
