"""Measure the bars of the search: deviation from best known values, family by family.

    python bench/search_bars.py ../shared/benchmarks                    # every family
    python bench/search_bars.py ../shared/benchmarks gdp mmkp --seeds 3 -o bars.csv

One line a family: files, seeds, how many runs missed the family's bar, mean and worst
deviation in per cent, seconds to the last improvement, load of the machine. ``--verbose``
adds a line for each run. A run ends as soon as it reaches the best known value, unless
``--beyond`` asks for better ones; those found are listed at the end. Method `local` with
``certify=False``: the whole limit goes to the search.
"""

from __future__ import annotations

import argparse
import csv
import math
import os
import sys
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from decimal import Decimal
from pathlib import Path
from statistics import fmean
from typing import Literal

from bundlesolve.bench.instances import Problem, problems
from bundlesolve.bench.suite import InstanceSpec, KnownSpec
from bundlesolve.model.solution import Solution, Status
from bundlesolve.solve import solve
from bundlesolve.stop import Stop

EXACT = KnownSpec()
ROUNDED = KnownSpec(rounding="0.05")
FROM_ZERO = KnownSpec(counts_from=0)
SINGLE = KnownSpec(rounding="0.005")
"""Values published as sums in single precision: about seven digits hold."""


@dataclass(frozen=True)
class Bar:
    """What a family has to reach.

    Parameters
    ----------
    files
        Globs below the folder of public sets.
    seconds
        Time limit.
    percent
        Largest deviation from the best known value, in per cent.
    select, known
        As in `bundlesolve.bench.suite.InstanceSpec`.
    mean
        True where the bar is on the mean of the family, False: on every file.
    """

    files: tuple[str, ...]
    seconds: float
    percent: float
    select: Literal["known"] | None = None
    known: KnownSpec = EXACT
    mean: bool = False


BARS = {
    "billionnet": Bar(("billionnet_soutif/*.gz",), 1, 0),
    "large": Bar(
        ("large_qkp/*_500_*.gz", "large_qkp/*_1000_*.gz", "large_qkp/*_2000_*.gz"),
        10,
        0.001,
        "known",
        mean=True,
    ),
    "large-5000": Bar(("large_qkp/*_5000_*.gz",), 30, 0.001, "known", mean=True),
    "dispersion": Bar(("dispersion_qkp/*.gz",), 5, 0.001, "known", ROUNDED, True),
    "team-1": Bar(("teamformation_qkp_1/*.gz",), 10, 0.001, "known", ROUNDED, True),
    "team-2": Bar(("teamformation_qkp_2/*.gz",), 15, 0.005, "known", ROUNDED, True),
    "mdp": Bar(("mdp/*.gz",), 20, 0, known=SINGLE),
    "bqp": Bar(
        (
            "bqp_biqmac/be*.gz",
            "bqp_biqmac/bqp[12]*.gz",
            "bqp_biqmac/bqp50-*.gz",
            "bqp_biqmac/gka*.gz",
        ),
        10,
        0,
    ),
    "bqp-500": Bar(("bqp_biqmac/bqp500*.gz",), 60, 0),
    "mkp": Bar(("mkp_orlib/mknapcb[147].*gz",), 10, 0.1, "known", FROM_ZERO, True),
    "mmkp": Bar(("mmkp_inst/*.gz", "mmkp_khan/*.gz"), 20, 0.2),
    "mmkp-small": Bar(("mmkp_hiremath_hill/*.gz",), 20, 0.2, "known"),
    "gdp": Bar(("gdp_maxsum/*_n50_*.gz", "gdp_maxsum/*_n150_*.gz"), 20, 0, known=ROUNDED),
    "gdp-500": Bar(("gdp_maxsum/*_n500_*.gz",), 20, 0.1, known=ROUNDED),
}


@dataclass(frozen=True)
class Line:
    """One run: what was asked and found. ``deviation`` is in per cent, inf: no answer."""

    family: str
    problem: str
    seed: int
    best_known: str
    found: str
    deviation: float
    seconds: float
    steps: int


def run_one(name: str, bar: Bar, problem: Problem, seed: int, options: Options) -> Line:
    """Solve one problem once."""
    instance = problem.load()
    assert problem.known.value is not None
    sign = -1 if instance.minimise else 1
    best = sign * Decimal(problem.known.value)
    aim = best - Decimal(problem.known.rounding)
    target = None if options.beyond else math.ceil(aim.scaleb(instance.decimals))
    seconds = bar.seconds * options.scale
    stop = Stop(seconds=seconds, target=target, steps=options.steps)
    solution: Solution = solve(
        instance, options.method, stop=stop, seed=seed, certify=False
    )
    worth = None if solution.status is Status.INFEASIBLE else solution.worth
    off = (
        math.inf
        if worth is None
        else float(100 * (best - worth) / max(abs(best), Decimal(1)))
    )
    if worth is not None and aim <= worth <= best + Decimal(problem.known.rounding):
        off = 0.0
    when = solution.trace[-1].seconds if solution.trace else seconds
    steps = solution.trace[-1].steps if solution.trace else 0
    shown = "" if worth is None else str(sign * worth)
    return Line(name, problem.title, seed, problem.known.value, shown, off, when, steps)


@dataclass(frozen=True)
class Options:
    """What the command line says about every run."""

    method: str
    beyond: bool
    scale: float
    steps: int | None


def chosen(bar: Bar, folder: Path, part: str) -> Iterator[Problem]:
    """Yield the problems of a family that have a value to be compared with."""
    specs = [InstanceSpec(files=f, select=bar.select, known=bar.known) for f in bar.files]
    for problem in problems(specs, folder, folder):
        if problem.known.value is not None and part in problem.title:
            yield problem


def is_reached(bar: Bar, lines: list[Line]) -> bool:
    """Tell whether the runs of a family keep its bar."""
    off = [line.deviation for line in lines]
    return (fmean(off) if bar.mean else max(off)) <= bar.percent + 1e-12


def summary(name: str, bar: Bar, lines: list[Line]) -> str:
    """Return the family's line of the table."""
    off = [line.deviation for line in lines]
    missed = sum(d > bar.percent + 1e-12 for d in off)
    reached = is_reached(bar, lines)
    when = [line.seconds for line in lines]
    return (
        f"{name:12} {'reached' if reached else 'MISSED':8} runs {len(off):4} over the "
        f"bar {missed:3}  mean {fmean(off):8.4f} %  worst {max(off):8.4f} %  bar "
        f"{bar.percent:g} "
        f"{'mean' if bar.mean else 'each'} in {bar.seconds:g} s  last gain at "
        f"{fmean(when):5.2f} s, at most {max(when):5.2f} s  load {os.getloadavg()[0]:.1f}"
    )


def main() -> int:
    """Run the families; exit 1 if one of them missed its bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("families", nargs="*", default=list(BARS), metavar="FAMILY")
    parser.add_argument("--method", default="local")
    parser.add_argument(
        "--seeds", type=int, default=1, help="seeds 0, 1, ... for each file"
    )
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--filter", default="", help="only problems whose name has this")
    parser.add_argument("--scale", type=float, default=1.0, help="times the time limits")
    parser.add_argument("--steps", type=int, help="step limit, to repeat a run exactly")
    parser.add_argument("--beyond", action="store_true", help="do not stop at best known")
    parser.add_argument("-o", "--output", type=Path, help="CSV of all runs")
    parser.add_argument("-v", "--verbose", action="store_true")
    given = parser.parse_args()
    unknown = set(given.families) - set(BARS)
    if unknown:
        parser.error(f"expected families out of {', '.join(BARS)}, found {sorted(unknown)}")
    options = Options(given.method, given.beyond, given.scale, given.steps)
    every: list[Line] = []
    missed = 0
    for name in given.families:
        lines = []
        for problem in chosen(BARS[name], given.folder, given.filter):
            for seed in range(given.first_seed, given.first_seed + given.seeds):
                lines.append(run_one(name, BARS[name], problem, seed, options))
                if given.verbose:
                    print(*astuple(lines[-1]), flush=True)
        if lines:
            print(summary(name, BARS[name], lines), flush=True)
            missed += not is_reached(BARS[name], lines)
        every += lines
    for line in every:
        if line.deviation < 0:  # by more than the rounding of the published value
            print(f"better than best known: {line.problem} {line.found}", flush=True)
    if given.output is not None:
        with given.output.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow([field.name for field in fields(Line)])
            writer.writerows(astuple(line) for line in every)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
