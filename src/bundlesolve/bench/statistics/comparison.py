"""Two files of records, before and after: what got better, what got worse, how surely."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

import numpy as np

from bundlesolve.bench.record import Record, RunStatus
from bundlesolve.bench.statistics.effect import rank_biserial, wins
from bundlesolve.bench.statistics.holm import holm
from bundlesolve.bench.statistics.measure import (
    TARGET_GAP,
    FloatArray,
    Measure,
    mean_scores,
)
from bundlesolve.bench.statistics.runs import Runs, runs_of
from bundlesolve.bench.statistics.shifted_mean import shifted_geometric_mean
from bundlesolve.bench.statistics.treatment import BROKEN
from bundlesolve.bench.statistics.wilcoxon import Alternative, wilcoxon
from bundlesolve.errors import InvalidParameter

ALPHA = 0.05
TOLERANCE = 0.05
"""Share by which seconds and integrals may grow: a machine is never twice the same."""


@dataclass(frozen=True)
class Change:
    """One measure of one method, before and after, over the problems of both files.

    Parameters
    ----------
    method, measure
        What is compared.
    problems
        Number of problems with a score on both sides.
    before, after
        Means: shifted geometric of seconds, arithmetic of per cents. Lower is better.
    better, equal, worse
        Problems on which the method got better, stayed, got worse.
    p_worse, p_better
        One-sided Wilcoxon p-values, each corrected by Holm over all methods and measures.
    effect
        Rank-biserial correlation: 1 where all changes are for the better, -1 where all
        are for the worse.
    """

    method: str
    measure: Measure
    problems: int
    before: float
    after: float
    better: int
    equal: int
    worse: int
    p_worse: float
    p_better: float
    effect: float

    def is_regression(self, alpha: float = ALPHA, tolerance: float = TOLERANCE) -> bool:
        """Return whether it got worse, surely and by more than noise.

        The primal gap of an answer may not get worse at all; measures with a clock in
        them must get worse by more than the share ``tolerance``.
        """
        room = 0.0 if self.measure is Measure.GAP else tolerance
        return self.p_worse < alpha and self.after > self.before * (1 + room)

    def is_improvement(self, alpha: float = ALPHA, tolerance: float = TOLERANCE) -> bool:
        """Return whether it got better, by the same rule the other way round."""
        room = 0.0 if self.measure is Measure.GAP else tolerance
        return self.p_better < alpha and self.before > self.after * (1 + room)


@dataclass(frozen=True)
class Breakage:
    """A run that held an answer, or proved that there is none, and now breaks.

    Parameters
    ----------
    problem, method, repetition
        Which run.
    before, after
        How it ended.
    error
        What the later run says.
    """

    problem: str
    method: str
    repetition: int
    before: RunStatus
    after: RunStatus
    error: str


@dataclass(frozen=True)
class Comparison:
    """What changed from one file to the other.

    Parameters
    ----------
    changes
        Measures of each method that is in both.
    breakages
        Runs that broke: each is a regression, no statistics needed.
    problems
        Number of problems in both.
    only_before, only_after
        Methods and problems that are in one file only: nothing is said about them.
    warnings
        Why the two may not be comparable, in words.
    """

    changes: tuple[Change, ...]
    breakages: tuple[Breakage, ...]
    problems: int
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    warnings: tuple[str, ...]

    def regressions(
        self, alpha: float = ALPHA, tolerance: float = TOLERANCE
    ) -> list[Change]:
        """Return the changes that are significant regressions."""
        return [c for c in self.changes if c.is_regression(alpha, tolerance)]


def compare_records(
    before: Iterable[Record], after: Iterable[Record], target: float = TARGET_GAP
) -> Comparison:
    """Return what changed between the runs of two files.

    Both sides are measured against the same best values: the best known before and the
    best of either file.

    Raises
    ------
    InvalidParameter
        If they have no method and problem in common, or one name stands for two
        different instances.
    """
    first, second = tuple(before), tuple(after)
    old, new = runs_of(first, second), runs_of(second, first)
    methods = [name for name in old.methods if name in new.methods]
    problems = [name for name in old.problems if name in new.problems]
    if not methods or not problems:
        what = "method" if problems else "problem"
        raise InvalidParameter(f"expected a {what} in both files, found none")
    changes = _changes(old, new, methods, problems, target)
    return Comparison(
        changes=tuple(changes),
        breakages=tuple(_breakages(old, new, methods, problems)),
        problems=len(problems),
        only_before=_missing(old, new),
        only_after=_missing(new, old),
        warnings=tuple(_warnings(old, new, changes)),
    )


def _changes(
    old: Runs, new: Runs, methods: list[str], problems: list[str], target: float
) -> list[Change]:
    found = []
    for measure in Measure:
        tables = [mean_scores(runs, measure, target) for runs in (old, new)]
        rows = [[table.problems.index(name) for name in problems] for table in tables]
        for method in methods:
            if any(method not in table.methods for table in tables):
                continue
            pair = [t.of(method)[row] for t, row in zip(tables, rows, strict=True)]
            both = ~np.isnan(pair[0]) & ~np.isnan(pair[1])
            if both.any():
                found.append(_change(method, measure, pair[0][both], pair[1][both]))
    worse = holm([change.p_worse for change in found])
    better = holm([change.p_better for change in found])
    return [
        Change(**{**vars(change), "p_worse": up, "p_better": down})
        for change, up, down in zip(found, worse, better, strict=True)
    ]


def _change(method: str, measure: Measure, old: FloatArray, new: FloatArray) -> Change:
    better, equal, worse = wins(new, old)
    return Change(
        method=method,
        measure=measure,
        problems=len(old),
        before=_mean(measure, old),
        after=_mean(measure, new),
        better=better,
        equal=equal,
        worse=worse,
        p_worse=wilcoxon(new, old, Alternative.HIGHER).p,
        p_better=wilcoxon(old, new, Alternative.HIGHER).p,
        effect=rank_biserial(new, old),
    )


def _mean(measure: Measure, values: FloatArray) -> float:
    if measure.timed:
        return shifted_geometric_mean(map(float, values)) or 0.0
    return float(values.mean())


def _breakages(
    old: Runs, new: Runs, methods: list[str], problems: list[str]
) -> list[Breakage]:
    found = []
    for problem in problems:
        for method in methods:
            was = {(r.seed, r.repetition): r for r in old.of(problem, method)}
            for run in new.of(problem, method):
                earlier = was.get((run.seed, run.repetition))
                if earlier is None or run.status not in BROKEN:
                    continue
                if earlier.solved or earlier.proved:
                    statuses = (earlier.status, run.status)
                    key = (problem, method, run.repetition)
                    found.append(Breakage(*key, *statuses, run.error))
    return found


def _missing(one: Runs, other: Runs) -> tuple[str, ...]:
    methods = [f"method {name}" for name in one.methods if name not in other.methods]
    problems = [f"problem {n}" for n in one.problems if n not in other.problems]
    return (*methods, *problems)


def _warnings(old: Runs, new: Runs, changes: list[Change]) -> list[str]:
    found = []
    sides = _circumstances(old), _circumstances(new)
    for what, was in sides[0].items():
        now = sides[1][what]
        if was != now:
            texts = " and ".join(sorted(was)), " and ".join(sorted(now))
            found.append(f"different {what}: {texts[0]} before, {texts[1]} after")
    speeds = _calibration(old), _calibration(new)
    if min(speeds) > 0 and not 0.9 <= speeds[1] / speeds[0] <= 1.1:
        ratio = speeds[1] / speeds[0]
        found.append(f"a fixed kernel took {ratio:.2f} times as long after as before")
    lowest = len(changes) / 2 ** max((c.problems for c in changes), default=0)
    if lowest >= ALPHA:
        found.append(
            f"too few problems: with {len(changes)} tests no p-value can fall below "
            f"{min(1.0, lowest):.2g}"
        )
    return found


def _circumstances(runs: Runs) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for run in runs.records:
        found["time limits"].add(f"{run.limits.seconds} s")
        found["step limits"].add(str(run.limits.steps))
        found["threads"].add(str(run.limits.threads))
        found["processors"].add(run.machine.cpu)
        found["numbers of runs at a time"].add(str(run.jobs))
    return found


def _calibration(runs: Runs) -> float:
    found = [r.machine.calibration for r in runs.records if r.machine.calibration > 0]
    return median(found) if found else 0.0
