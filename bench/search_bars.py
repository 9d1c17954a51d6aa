"""Measure the bars of the search: deviation from best known values, family by family.

    python bench/search_bars.py ../shared/benchmarks                    # every family
    python bench/search_bars.py ../shared/benchmarks gdp mmkp --seeds 3 -o bars.csv
    python bench/search_bars.py ../shared/benchmarks shop billionnet \
        --methods local genetic auto          # side by side at the same time

One line a family: files, seeds, how many runs missed the family's bar, mean and worst
deviation in per cent, seconds to the last improvement, load of the machine. ``--verbose``
adds a line for each run. With several ``--methods`` every problem is solved by each in
turn, so that all meet the same load, and there is a line for each method; families
``shop``, ``shop-units`` and ``mixed`` are generated, have no best known values, and count
from the best of the methods. A run ends as soon as it reaches the best known value, unless
``--beyond`` asks for better ones; those found are listed at the end. By default
method `local`, always with ``certify=False``: the whole limit goes to the search.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
from collections.abc import Iterator
from dataclasses import astuple, dataclass, replace
from decimal import Decimal
from pathlib import Path
from statistics import fmean
from typing import Any, Literal

from run_table import write_runs

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

SHOPS: tuple[dict[str, Any], ...] = tuple(
    {"kind": "retail", "items": items, "synergies": pairs, "seed": [1, 2, 3]}
    for items, pairs in ((300, 4_000), (500, 5_000), (1_000, 20_000))
)
UNITS: tuple[dict[str, Any], ...] = (
    {"kind": "retail", "items": 300, "synergies": 3_000, "most_units": 9, "seed": [1, 2]},
    {"kind": "retail", "items": 300, "synergies": 3_000, "bundles": 3, "seed": [1, 2]},
)
MIXED: tuple[dict[str, Any], ...] = (
    {"kind": "retail", "items": 400, "synergies": 5_000, "seed": 7},
    {"kind": "team", "items": 500, "seed": 7},
    {"kind": "large_qkp", "items": 500, "seed": 7},
    {"kind": "qkp", "items": 200, "seed": 7},
    {"kind": "conflicts", "items": 200, "seed": 7},
    {"kind": "dispersion", "items": 300, "seed": 7},
    {"kind": "qmkp", "items": 100, "seed": 7},
    {"kind": "mkp", "items": 100, "resources": 10, "seed": 7},
    {"kind": "mmkp", "classes": 50, "items_each": 10, "seed": 7},
)


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
    made
        Generated instances, as in `bundlesolve.bench.suite.InstanceSpec`.
    """

    files: tuple[str, ...]
    seconds: float
    percent: float
    select: Literal["known"] | None = None
    known: KnownSpec = EXACT
    mean: bool = False
    made: tuple[dict[str, Any], ...] = ()


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
    "shop": Bar((), 10, 0.1, made=SHOPS),
    "shop-units": Bar((), 10, 0.1, made=UNITS),
    "mixed": Bar((), 10, 0.1, made=MIXED),
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
    method: str = "local"


def run_one(
    name: str, bar: Bar, problem: Problem, seed: int, options: Options, method: str
) -> Line:
    """Solve one problem once."""
    instance = problem.load()
    if problem.known.value is None:
        return run_made(name, bar, problem, seed, options, method)
    sign = -1 if instance.minimise else 1
    best = sign * Decimal(problem.known.value)
    aim = best - Decimal(problem.known.rounding)
    target = None if options.beyond else math.ceil(aim.scaleb(instance.decimals))
    seconds = bar.seconds * options.scale
    stop = Stop(seconds=seconds, target=target, steps=options.steps)
    solution: Solution = solve(instance, method, stop=stop, seed=seed, certify=False)
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
    best_known = problem.known.value
    return Line(name, problem.title, seed, best_known, shown, off, when, steps, method)


def run_made(
    name: str, bar: Bar, problem: Problem, seed: int, options: Options, method: str
) -> Line:
    """Solve a generated problem; the deviation waits for the other methods."""
    stop = Stop(seconds=bar.seconds * options.scale, steps=options.steps)
    solution = solve(problem.load(), method, stop=stop, seed=seed, certify=False)
    shown = "" if solution.worth is None else str(solution.worth)
    last = solution.trace[-1] if solution.trace else None
    when, steps = (last.seconds, last.steps) if last else (stop.seconds or 0.0, 0)
    return Line(name, problem.title, seed, "", shown, math.inf, when, steps, method)


def compared(lines: list[Line]) -> list[Line]:
    """Return the runs on one problem; without a best known value the best one is."""
    found = [Decimal(line.found) for line in lines if line.found]
    if not found or lines[0].best_known:
        return lines
    best = max(found)
    whole = max(abs(best), Decimal(1))
    return [
        replace(
            line,
            best_known=str(best),
            deviation=float(100 * (best - Decimal(line.found)) / whole),
        )
        if line.found
        else line
        for line in lines
    ]


@dataclass(frozen=True)
class Options:
    """What the command line says about every run."""

    beyond: bool
    scale: float
    steps: int | None


def chosen(bar: Bar, folder: Path, part: str) -> Iterator[Problem]:
    """Yield the problems of a family that have a value to be compared with."""
    specs = [InstanceSpec(files=f, select=bar.select, known=bar.known) for f in bar.files]
    specs += [InstanceSpec(generate=options) for options in bar.made]
    for problem in problems(specs, folder, folder):
        has_value = problem.known.value is not None or bool(bar.made)
        if has_value and part in problem.title:
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
        f"{name:12} {lines[0].method:8} {'reached' if reached else 'MISSED':8} "
        f"runs {len(off):4} over the bar {missed:3}  mean {fmean(off):8.4f} %  "
        f"worst {max(off):8.4f} %  bar "
        f"{bar.percent:g} "
        f"{'mean' if bar.mean else 'each'} in {bar.seconds:g} s  last gain at "
        f"{fmean(when):5.2f} s, at most {max(when):5.2f} s  load {os.getloadavg()[0]:.1f}"
    )


def main() -> int:
    """Run the families; exit 1 if one of them missed its bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("families", nargs="*", default=list(BARS), metavar="FAMILY")
    parser.add_argument("--methods", nargs="+", default=["local"], metavar="METHOD")
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
    options = Options(given.beyond, given.scale, given.steps)
    every: list[Line] = []
    missed = 0
    for name in given.families:
        lines: list[Line] = []
        bar = BARS[name]
        for problem in chosen(bar, given.folder, given.filter):
            for seed in range(given.first_seed, given.first_seed + given.seeds):
                group = compared(
                    [
                        run_one(name, bar, problem, seed, options, method)
                        for method in given.methods
                    ]
                )
                lines += group
                if given.verbose:
                    print(*(astuple(line) for line in group), sep="\n", flush=True)
        for method in given.methods:
            of_method = [line for line in lines if line.method == method]
            if of_method:
                print(summary(name, bar, of_method), flush=True)
                missed += not is_reached(bar, of_method)
        every += lines
    for line in every:
        if line.deviation < 0:  # by more than the rounding of the published value
            print(f"better than best known: {line.problem} {line.found}", flush=True)
    if given.output is not None:
        write_runs(given.output, every)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
