"""The runs of a file in order: by method and problem, with what they are measured by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bundlesolve.bench.record import Key, Record
from bundlesolve.bench.statistics.primal_gap import GapTrace, gap_trace
from bundlesolve.bench.statistics.reference import Reference, reference_of
from bundlesolve.bench.statistics.treatment import TOOK_NO_PART
from bundlesolve.errors import InvalidParameter


@dataclass(frozen=True)
class Runs:
    """Runs by method and problem. Make one with `runs_of`.

    Parameters
    ----------
    records
        All runs, as they came.
    methods, problems
        Their names in order of appearance. A problem is named with its suite where there
        are several suites.
    taking_part
        Methods with at least one run that is not absent.
    cells
        Runs by problem and method; a pair without runs is not in it.
    references
        What the runs are measured against, by problem.
    horizons
        Seconds over which runs are watched, by problem: the largest time limit; without
        one the longest run.
    traces
        Primal gap over time of each run, by key.
    """

    records: tuple[Record, ...]
    methods: tuple[str, ...]
    problems: tuple[str, ...]
    taking_part: tuple[str, ...]
    cells: Mapping[tuple[str, str], tuple[Record, ...]]
    references: Mapping[str, Reference]
    horizons: Mapping[str, float]
    traces: Mapping[Key, GapTrace]

    def of(self, problem: str, method: str) -> tuple[Record, ...]:
        """Return the runs of a method on a problem, none where there are none."""
        return self.cells.get((problem, method), ())

    def part(self, problem: str, method: str) -> tuple[Record, ...]:
        """Return those of them that say something about the method."""
        return tuple(
            run for run in self.of(problem, method) if run.status not in TOOK_NO_PART
        )

    def on(self, problem: str) -> tuple[Record, ...]:
        """Return all runs on a problem."""
        return tuple(run for method in self.methods for run in self.of(problem, method))

    def by(self, method: str) -> tuple[Record, ...]:
        """Return all runs of a method."""
        return tuple(run for name in self.problems for run in self.of(name, method))

    @property
    def suites(self) -> tuple[str, ...]:
        """Names of the suites in order of appearance."""
        return tuple(dict.fromkeys(run.suite for run in self.records))


def runs_of(records: Iterable[Record], others: Iterable[Record] = ()) -> Runs:
    """Return records in order.

    Parameters
    ----------
    records
        Of one or several suites.
    others
        Further runs on the same problems, which only help to find the best value of each
        (a comparison measures both sides against the same).

    Raises
    ------
    InvalidParameter
        If there are no records, one run is there twice, or one name stands for two
        different instances.
    """
    runs, more = tuple(records), tuple(others)
    if not runs:
        raise InvalidParameter("expected records of runs, found none")
    _check_once(runs)
    named = _names(runs)
    everything: dict[str, list[Record]] = defaultdict(list)
    cells: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for run in runs:
        everything[named[run.key]].append(run)
        cells[named[run.key], run.method].append(run)
    other_names = _names(more)
    shared: dict[str, list[Record]] = {name: [*found] for name, found in everything.items()}
    for run in more:
        if other_names[run.key] in shared:
            shared[other_names[run.key]].append(run)
    for name, found in shared.items():
        _check_same(name, found)
    present = {run.method for run in runs if run.status not in TOOK_NO_PART}
    methods = tuple(dict.fromkeys(run.method for run in runs))
    references = {name: reference_of(found) for name, found in shared.items()}
    return Runs(
        records=runs,
        methods=methods,
        problems=tuple(everything),
        taking_part=tuple(method for method in methods if method in present),
        cells={pair: tuple(found) for pair, found in cells.items()},
        references=references,
        horizons={name: _horizon(found) for name, found in shared.items()},
        traces={run.key: gap_trace(run, references[named[run.key]]) for run in runs},
    )


def _names(runs: tuple[Record, ...]) -> dict[Key, str]:
    """Return the problem of each run: named with its suite where there are several."""
    several = len({run.suite for run in runs}) > 1
    return {
        run.key: f"{run.suite}: {run.problem}" if several else run.problem for run in runs
    }


def _check_once(runs: tuple[Record, ...]) -> None:
    seen: set[Key] = set()
    for run in runs:
        if run.key in seen:
            text = ", ".join(f"{part}" for part in run.key if part != "")
            raise InvalidParameter(f"expected every run once, found again: {text}")
        seen.add(run.key)


def _check_same(name: str, runs: list[Record]) -> None:
    prints = sorted({run.fingerprint for run in runs if run.fingerprint})
    if len(prints) > 1:
        found = " and ".join(text[:12] for text in prints[:2])
        raise InvalidParameter(
            f"expected one instance named {name!r}, found fingerprints {found}"
        )


def _horizon(runs: list[Record]) -> float:
    limits = [run.limits.seconds for run in runs if run.limits.seconds is not None]
    taken = [run.seconds for run in runs if run.seconds is not None]
    return max(limits or taken, default=0.0)
