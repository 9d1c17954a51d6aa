"""Solve every file of the public benchmark sets and compare with the best known values.

    python bench/public_sets.py ../shared/benchmarks --time-limit 10 -o public_sets.csv

One line per problem: set, instance, status, objective in the source's own sense, best
known value, deviation from it in per cent (positive: worse), gap, seconds. A file with
several problems or budgets gives its first one, or all with ``--all``.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from bundlesolve.files.read import read
from bundlesolve.model.check import check
from bundlesolve.model.solution import Solution, Status
from bundlesolve.solve import solve
from bundlesolve.stop import Stop

SCALES = {"QPLIB_0633": Decimal(10) ** 11}
"""Objectives that the file multiplies to make them whole (the sets' README says so)."""
MAXIMISED = {"QPLIB_0067", "QPLIB_5935"}
"""Files that minimise while their best known value is that of the maximisation."""


@dataclass(frozen=True)
class Problem:
    """One line of ``best_known.csv`` with the file and selection it belongs to."""

    set_name: str
    name: str
    best_known: str | None
    file: Path
    select: str | None


def problems(folder: Path, every: bool) -> Iterator[Problem]:
    """Yield the problems of all files, the first of each file or all of them."""
    with (folder / "best_known.csv").open(encoding="utf-8") as stream:
        known = {(row["set"], row["instance"]): row for row in csv.DictReader(stream)}
    for file in sorted(folder.glob("*/*.gz")):
        stem = file.name.removesuffix(".gz").removesuffix(".txt")
        stem = stem.removesuffix(".sparse").removesuffix(".opb")
        names = [n for s, n in known if s == file.parent.name and _belongs(n, stem)]
        for name in (names or [stem])[: None if every else 1]:
            row = known.get((file.parent.name, name))
            value = row["best_known"] if row else None
            yield Problem(file.parent.name, name, value, file, _select(name, file))


def _belongs(name: str, stem: str) -> bool:
    return name == stem or name.startswith((f"{stem}@", f"{stem}#"))


def _select(name: str, file: Path) -> str | None:
    if "@" in name:
        return name.partition("@")[2]
    if "#" not in name:
        return None
    number = int(name.partition("#")[2])
    # mkp_orlib rows count from 0 in the table; the command line counts from 1.
    return str(number + 1 if file.parent.name == "mkp_orlib" else number)


def record(problem: Problem, solution: Solution) -> dict[str, object]:
    """Return the line of one solved problem, its answer judged once more."""
    instance = solution.instance
    objective = _in_terms_of_the_table(problem, solution)
    verified = solution.units is None or check(instance, solution.units).feasible
    gap = solution.gap
    return {
        "set": problem.set_name,
        "instance": problem.name,
        "status": solution.status.value,
        "objective": "" if objective is None else str(objective),
        "best_known": problem.best_known or "",
        "deviation": _deviation(problem, solution, objective),
        "gap": "" if gap is None else f"{100 * gap:.4f}",
        "seconds": f"{solution.timings['total']:.2f}",
        "verified": verified,
    }


def _minimises(problem: Problem, solution: Solution) -> bool:
    return solution.instance.minimise and problem.name not in MAXIMISED


def _in_terms_of_the_table(problem: Problem, solution: Solution) -> Decimal | None:
    if solution.worth is None:
        return None
    sign = -1 if _minimises(problem, solution) else 1
    return sign * solution.worth / SCALES.get(problem.name, 1)


def _deviation(problem: Problem, solution: Solution, objective: Decimal | None) -> str:
    if problem.best_known == "infeasible":
        return "0.0000" if solution.status is Status.INFEASIBLE else "?"
    if problem.best_known is None or objective is None:
        return ""
    best = Decimal(problem.best_known)
    worse = objective - best if _minimises(problem, solution) else best - objective
    return f"{100 * worse / max(abs(best), Decimal(1)):.4f}"


def main() -> int:
    """Run the sweep; exit 1 if an answer is missing or failed verification."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--method", default="auto")
    parser.add_argument("--time-limit", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--filter", default="", help="only names that contain this")
    parser.add_argument(
        "--part", default="1/1", help="k/m: every m-th problem from the k-th"
    )
    parser.add_argument("--all", action="store_true", help="all problems of every file")
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    k, m = (int(number) for number in options.part.split("/"))
    chosen = [
        problem
        for problem in problems(options.folder, options.all)
        if options.filter in f"{problem.set_name}/{problem.name}"
    ][k - 1 :: m]
    failed = 0
    with options.output.open("w", encoding="utf-8", newline="") as stream:
        writer = None
        for problem in chosen:
            instance = read(problem.file, select=problem.select)
            stop = Stop(seconds=options.time_limit)
            solution = solve(instance, options.method, stop=stop, seed=options.seed)
            line = record(problem, solution)
            if writer is None:
                writer = csv.DictWriter(stream, list(line))
                writer.writeheader()
            writer.writerow(line)
            stream.flush()
            failed += not line["verified"] or solution.status is Status.UNKNOWN
            print(*line.values(), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
