"""Measure the certified gap: how far the proved bound is from the answer, family by family.

    python bench/gaps.py ../shared/benchmarks                       # every family
    python bench/gaps.py ../shared/benchmarks large dispersion --time-limit 120 -o gaps.csv
    python bench/gaps.py ../shared/benchmarks large --filter 1000_10

One line a problem: family, problem, worth, deviation from the best known value and
certified gap, both in per cent, wall and CPU seconds; one line a family: problems, mean and
worst of them, and whether the family's bar is kept. Proved to have no answer counts as a
gap of 0. Method and limit are the family's unless given. The limit is wall time, so on a
machine that is shared it buys less: compare the CPU seconds. Exit code 1 if a bar was
missed.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from statistics import fmean

from run_table import write_runs

from bundlesolve.bench.instances import Problem, problems
from bundlesolve.bench.suite import InstanceSpec, KnownSpec
from bundlesolve.model.solution import Status
from bundlesolve.solve import solve
from bundlesolve.stop import Stop


@dataclass(frozen=True)
class Bar:
    """What a family has to reach: mean and worst gap in per cent, by a method in a time."""

    specs: tuple[InstanceSpec, ...]
    mean: float = 0.0
    worst: float = 0.0
    seconds: float = 60.0
    method: str = "exact"


def files(*patterns: str, **known: str) -> tuple[InstanceSpec, ...]:
    """Return files of one problem."""
    spec = KnownSpec(**known)  # type: ignore[arg-type]
    return tuple(InstanceSpec(files=pattern, known=spec) for pattern in patterns)


def listed(*patterns: str, counts_from: int = 1) -> tuple[InstanceSpec, ...]:
    """Return files of several problems, those with a known value."""
    spec = KnownSpec(counts_from=counts_from)
    return tuple(InstanceSpec(files=p, select="known", known=spec) for p in patterns)


LARGE = listed("large_qkp/*_500_*.gz", "large_qkp/*_1000_*.gz", "large_qkp/*_2000_*.gz")
SIGNED = (
    *files("bqp_biqmac/bqp50-*", "bqp_biqmac/bqp100-*", "bqp_biqmac/be100.*"),
    *files("bqp_biqmac/gka?b*", "bqp_biqmac/gka7a*", "bqp_biqmac/gka?d*"),
    # The table gives these as maximisations, the files minimise.
    *files("qplib_pb/QPLIB_0067*", "qplib_pb/QPLIB_5935*", times="-1"),
    *files("qplib_pb/QPLIB_0633*", times="1e11", rounding="50"),
)
QMKP = {"kind": "qmkp", "items": 60, "bundles": 3, "density": 25, "seed": [1, 2, 3]}
MMKP = (*listed("mmkp_hiremath_hill/*.gz"), *files("mmkp_khan/I0[1-6].*"))
BARS = {
    "billionnet": Bar(files("billionnet_soutif/jeu_[12]*.gz")),
    "billionnet-300": Bar(files("billionnet_soutif/jeu_3*.gz"), seconds=300),
    "large": Bar(LARGE, 0.3, 1.0, method="auto"),
    "large-5000": Bar(listed("large_qkp/*_5000_*.gz"), 1.0, 1.0, method="auto"),
    "dispersion": Bar(listed("dispersion_qkp/*.gz"), 0.3, 1.0, method="auto"),
    "team-1": Bar(listed("teamformation_qkp_1/*.gz"), 0.1, 0.1, method="auto"),
    "team-2": Bar(listed("teamformation_qkp_2/*.gz"), 0.1, 0.1, method="auto"),
    "conflicts": Bar(files("qkp_conflict_graph/*.gz"), 1.0, 1.0, seconds=120),
    "mkp": Bar(listed("mkp_orlib/mknapcb1*", counts_from=0)),
    "mmkp": Bar(MMKP),
    "gdp": Bar(files("gdp_maxsum/*_n50_*", rounding="0.05"), seconds=30, method="auto"),
    "signed": Bar(SIGNED, 1.0, 1.0, seconds=120),
    "qmkp": Bar((InstanceSpec(generate=QMKP),), 1.0, 1.0, seconds=120),
}
"""The bars of exact answers and proved gaps."""


@dataclass(frozen=True)
class Line:
    """One run. ``deviation`` and ``gap`` are in per cent, inf where there is none."""

    family: str
    problem: str
    worth: str
    deviation: float
    gap: float
    seconds: float
    cpu: float

    def __str__(self) -> str:
        """Return the line of the table."""
        return (
            f"{self.family:12} {self.problem:46} {self.worth:>14} off "
            f"{self.deviation:9.5f} %  gap {self.gap:9.5f} %  "
            f"{self.seconds:6.1f} s  cpu {self.cpu:6.1f} s"
        )


def run_one(name: str, problem: Problem, method: str, seconds: float, seed: int) -> Line:
    """Solve one problem once."""
    instance = problem.load()
    began, used = time.perf_counter(), time.process_time()
    solution = solve(instance, method, stop=Stop(seconds=seconds), seed=seed)
    took, cpu = time.perf_counter() - began, time.process_time() - used
    off, worth = math.nan, solution.worth
    if problem.known.value is not None:
        off = math.inf
        if worth is not None:
            best = Decimal(problem.known.value) * (-1 if instance.minimise else 1)
            off = float(100 * (best - worth) / max(abs(best), Decimal(1)))
    gap = math.inf if solution.gap is None else 100 * solution.gap
    if solution.status is Status.INFEASIBLE:
        gap = 0.0
    return Line(name, problem.title, str(worth), off, gap, took, cpu)


def is_kept(bar: Bar, lines: list[Line]) -> bool:
    """Tell whether the runs of a family keep its bar."""
    gaps = [line.gap for line in lines]
    return fmean(gaps) <= bar.mean + 1e-12 and max(gaps) <= bar.worst + 1e-12


def summary(name: str, bar: Bar, lines: list[Line]) -> str:
    """Return the family's line of the table."""
    gaps = [line.gap for line in lines]
    off = [line.deviation for line in lines if not math.isnan(line.deviation)]
    deviation = f"{fmean(off):.5f}" if off else "unknown"
    return (
        f"{name:12} {'kept' if is_kept(bar, lines) else 'MISSED':7} problems "
        f"{len(lines):3}  proved {sum(g == 0 for g in gaps):3}  gap mean "
        f"{fmean(gaps):.4f} % (bar {bar.mean:g})  worst {max(gaps):.4f} % "
        f"(bar {bar.worst:g})  mean deviation {deviation} %  seconds "
        f"{fmean(line.seconds for line in lines):.1f}  load {os.getloadavg()[0]:.1f}"
    )


def chosen(bar: Bar, folder: Path, part: str) -> Iterator[Problem]:
    """Yield the problems of a family."""
    for problem in problems(bar.specs, folder, folder):
        if part in problem.title:
            yield problem


def main() -> int:
    """Run the families; exit 1 if one of them missed its bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of the public sets")
    parser.add_argument("families", nargs="*", default=list(BARS), metavar="FAMILY")
    parser.add_argument("--method", help="default: the family's")
    parser.add_argument("--time-limit", type=float, help="wall seconds")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--filter", default="", help="only problems whose name has this")
    parser.add_argument("-o", "--output", type=Path, help="CSV of all runs")
    given = parser.parse_args()
    unknown = set(given.families) - set(BARS)
    if unknown:
        parser.error(f"expected families out of {', '.join(BARS)}, found {sorted(unknown)}")
    every: list[Line] = []
    missed = 0
    for name in given.families:
        lines, bar = [], BARS[name]
        method, seconds = given.method or bar.method, given.time_limit or bar.seconds
        for problem in chosen(bar, given.folder, given.filter):
            line = run_one(name, problem, method, seconds, given.seed)
            lines.append(line)
            print(line, flush=True)
        if lines:
            print(summary(name, bar, lines), flush=True)
            missed += not is_kept(bar, lines)
        every += lines
    if given.output is not None:
        write_runs(given.output, every)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
