"""What methods are scored by: one number a run, lower is better."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from bundlesolve.bench.record import Record
from bundlesolve.bench.statistics.primal_gap import primal_integral
from bundlesolve.bench.statistics.runs import Runs
from bundlesolve.bench.statistics.solved import is_proved

FloatArray = NDArray[np.float64]

TARGET_GAP = 0.01
"""Primal gap that counts as the target where nothing else is said."""


class Measure(StrEnum):
    """The scores. All are lower is better."""

    GAP = "gap"  #: primal gap of the answer, per cent
    INTEGRAL = "integral"  #: primal integral over the time limit, per cent
    TARGET = "target"  #: seconds until the primal gap is at most the target
    PROOF = "proof"  #: seconds until the problem is settled

    @property
    def timed(self) -> bool:
        """True where the score is in seconds."""
        return self in (Measure.TARGET, Measure.PROOF)


@dataclass(frozen=True)
class Scores:
    """One measure of every method on every problem.

    Parameters
    ----------
    measure
        What is measured.
    problems, methods
        Names of rows and columns.
    values
        Shape ``[problems, methods]``; NaN where a method took no part in a problem, or
        the measure does not apply (an infeasible problem has no gap).
    """

    measure: Measure
    problems: tuple[str, ...]
    methods: tuple[str, ...]
    values: FloatArray

    def complete(self) -> Scores:
        """Return the problems on which every method has a score."""
        rows = np.flatnonzero(~np.isnan(self.values).any(axis=1))
        names = tuple(self.problems[row] for row in rows)
        return Scores(self.measure, names, self.methods, self.values[rows])

    def of(self, method: str) -> FloatArray:
        """Return the scores of a method, shape ``[problems]``."""
        return self.values[:, self.methods.index(method)]


def score(
    runs: Runs, problem: str, run: Record, measure: Measure, target: float = TARGET_GAP
) -> float:
    """Return the score of a run; infinity for seconds that never come, NaN for no score."""
    reference, trace = runs.references[problem], runs.traces[run.key]
    horizon = runs.horizons[problem]
    if measure is Measure.PROOF:
        # A run that was never called took no time, so it cannot have proved anything.
        if run.seconds is None or not is_proved(run, reference):
            return float("inf")
        return run.seconds
    if reference.infeasible:
        return float("nan")
    if measure is Measure.GAP:
        return 100 * trace.final
    if measure is Measure.INTEGRAL:
        if not horizon > 0:
            return 100 * trace.final
        return 100 * primal_integral(trace.seconds, trace.gaps, horizon) / horizon
    reached = trace.reached(target)
    return reached if reached <= horizon else float("inf")


def mean_scores(runs: Runs, measure: Measure, target: float = TARGET_GAP) -> Scores:
    """Return the mean over each problem's runs, seconds that never come as the limit.

    These are the numbers for means and tests: finite, seeds averaged first.
    """
    return _scores(runs, measure, target, limited=True)


def median_scores(runs: Runs, measure: Measure, target: float = TARGET_GAP) -> Scores:
    """Return the median over each problem's runs, infinite where at least half never.

    These are the costs for performance profiles. Of an even number the upper middle one.
    """
    return _scores(runs, measure, target, limited=False)


def _scores(runs: Runs, measure: Measure, target: float, *, limited: bool) -> Scores:
    methods = runs.taking_part
    values = np.full((len(runs.problems), len(methods)), np.nan)
    for row, problem in enumerate(runs.problems):
        for column, method in enumerate(methods):
            found = [
                score(runs, problem, run, measure, target)
                for run in runs.part(problem, method)
            ]
            if not found:
                continue
            if not limited:
                values[row, column] = sorted(found)[len(found) // 2]
                continue
            horizon = runs.horizons[problem]
            if measure.timed and horizon > 0:
                found = [min(value, horizon) for value in found]
            # Never, where nothing has a limit or an end, is no number of seconds.
            mean = np.mean(found)
            values[row, column] = mean if np.isfinite(mean) else np.nan
    return Scores(measure, runs.problems, methods, values)
