"""Deviation from the best known value, in per cent."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from statistics import fmean, median

from bundlesolve.bench.statistics.reference import value_of
from bundlesolve.bench.statistics.runs import Runs


def deviation(
    value: Decimal, best: Decimal, rounding: Decimal = Decimal(0)
) -> float | None:
    """Return by how many per cent a value is worse than the best known one.

    ``100 * (best - value) / |best|``: positive is worse and negative is better than what
    was known, also where the user minimises, because both are numbers of which more is
    better. Differences up to ``rounding`` are none. None where the best value is 0 and
    the value is not: no percentage tells that.
    """
    if abs(best - value) <= rounding:
        return 0.0
    if not best:
        return None
    return float(100 * (best - value) / abs(best))


@dataclass(frozen=True)
class Deviations:
    """Deviations of one method in per cent.

    Parameters
    ----------
    mean, median, worst
        Over problems, of the mean over a problem's answered runs; ``worst`` is over runs.
        None without a single number.
    counted, undefined, unanswered
        Runs with a number, with an answer but a best value of 0, and without an answer.
    """

    mean: float | None
    median: float | None
    worst: float | None
    counted: int
    undefined: int
    unanswered: int


def problem_deviations(runs: Runs, problem: str, method: str) -> list[float]:
    """Return the deviation of each answered run for which it is a number."""
    reference = runs.references[problem]
    found = []
    for run in runs.part(problem, method):
        value = value_of(run)
        if value is None or reference.compared is None:
            continue
        number = deviation(value, reference.compared, reference.rounding)
        if number is not None:
            found.append(number)
    return found


def deviations(runs: Runs, method: str) -> Deviations:
    """Return the deviations of a method over all problems that have an answer."""
    means: list[float] = []
    every: list[float] = []
    answered = unanswered = 0
    for problem in runs.problems:
        if runs.references[problem].infeasible:
            continue
        part = runs.part(problem, method)
        answered += sum(run.solved for run in part)
        unanswered += sum(not run.solved for run in part)
        found = problem_deviations(runs, problem, method)
        every += found
        if found:
            means.append(fmean(found))
    return Deviations(
        mean=fmean(means) if means else None,
        median=median(means) if means else None,
        worst=max(every, default=None),
        counted=len(every),
        undefined=answered - len(every),
        unanswered=unanswered,
    )
