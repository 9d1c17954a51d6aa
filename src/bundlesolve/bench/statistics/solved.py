"""How the runs of a method ended: answered, proved, best, broken, contradicted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from bundlesolve.bench.record import Record, RunStatus
from bundlesolve.bench.statistics.reference import Reference, value_of
from bundlesolve.bench.statistics.runs import Runs


@dataclass(frozen=True)
class Solved:
    """Counts over the runs of one method; nothing is left out.

    Parameters
    ----------
    runs
        All of its runs in the file.
    answered
        With a verified answer.
    proved
        Optimal with a bound that says so, or infeasible where nobody has an answer.
    best
        Answers as good as the best value known or found.
    contradicted
        Runs with a bound that another method's verified answer beats, or a claim of
        infeasibility where there is an answer: the judge of a single run cannot see
        these. They are not proved.
    statuses
        Runs by status, all statuses that occur.
    """

    runs: int
    answered: int
    proved: int
    best: int
    contradicted: int
    statuses: Mapping[RunStatus, int]

    @property
    def other(self) -> int:
        """Runs that hold neither an answer nor a proof."""
        settled = self.statuses.get(RunStatus.INFEASIBLE, 0)
        return self.runs - self.answered - settled


def is_contradicted(run: Record, reference: Reference) -> bool:
    """Return whether what a run claims cannot be, given what others found."""
    if run.status is RunStatus.INFEASIBLE:
        return reference.best is not None
    if run.bound is None or reference.best is None:
        return False
    return run.signed(run.bound) < reference.best - reference.rounding


def is_proved(run: Record, reference: Reference) -> bool:
    """Return whether a run settled its problem and nothing contradicts it."""
    return run.proved and not is_contradicted(run, reference)


def is_best(run: Record, reference: Reference) -> bool:
    """Return whether a run's answer is as good as the best value known or found."""
    value, best = value_of(run), reference.best
    return value is not None and best is not None and best - value <= reference.rounding


def solved(runs: Runs, method: str) -> Solved:
    """Return how the runs of a method ended."""
    pairs = [
        (run, runs.references[name])
        for name in runs.problems
        for run in runs.of(name, method)
    ]
    return Solved(
        runs=len(pairs),
        answered=sum(run.solved for run, _ in pairs),
        proved=sum(is_proved(*pair) for pair in pairs),
        best=sum(is_best(*pair) for pair in pairs),
        contradicted=sum(is_contradicted(*pair) for pair in pairs),
        statuses=Counter(run.status for run, _ in pairs),
    )


def best_bound(runs: Runs, problem: str) -> Decimal | None:
    """Return the lowest bound on a problem that nothing contradicts; None without one."""
    reference = runs.references[problem]
    return min(
        (
            run.signed(run.bound)
            for run in runs.on(problem)
            if run.bound is not None and not is_contradicted(run, reference)
        ),
        default=None,
    )
