"""Everything that a report tells, computed once, for whichever form it takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bundlesolve.bench.record import Record
from bundlesolve.bench.statistics.measure import TARGET_GAP, Measure, mean_scores
from bundlesolve.bench.statistics.pairs import Ranking, ranking
from bundlesolve.bench.statistics.runs import Runs, runs_of
from bundlesolve.bench.statistics.shifted_mean import SHIFT
from bundlesolve.bench.statistics.summary import Summary, summaries


@dataclass(frozen=True)
class Digest:
    """What a report tells.

    Parameters
    ----------
    runs
        The runs in order.
    lines
        One summary for each method, the best first.
    methods
        Methods that took part, in the same order.
    rankings
        Ranks and tests by measure.
    target
        Primal gap that counts as the target.
    shift
        Of the shifted geometric means, seconds.
    planned
        Number of runs that were asked for; None where unknown.
    """

    runs: Runs
    lines: tuple[Summary, ...]
    methods: tuple[str, ...]
    rankings: Mapping[Measure, Ranking]
    target: float
    shift: float
    planned: int | None

    @property
    def title(self) -> str:
        """Name of the report."""
        return f"Benchmark {', '.join(self.runs.suites)}"


def digest(
    records: Iterable[Record],
    target: float = TARGET_GAP,
    shift: float = SHIFT,
    planned: int | None = None,
) -> Digest:
    """Return everything that a report tells about some records.

    Raises
    ------
    InvalidParameter
        As `bundlesolve.bench.statistics.runs.runs_of`.
    """
    runs = runs_of(records)
    lines = tuple(summaries(runs, target, shift))
    return Digest(
        runs=runs,
        lines=lines,
        methods=tuple(line.method for line in lines if line.method in runs.taking_part),
        rankings={m: ranking(mean_scores(runs, m, target)) for m in Measure},
        target=target,
        shift=shift,
        planned=planned,
    )
