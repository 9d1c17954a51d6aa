"""What the harness costs beyond the interpreter: a benchmark run beside a bare one.

    python bench/overhead.py --runs 20

In turn, so that a busy moment hits both: a whole run under the harness of a tiny instance
(wall clock from outside, CPU of child and harness), and a bare interpreter that imports the
same solver and solves the same instance once to warm up and once more. Prints medians of
both and of their difference; ``harness`` alone are the seconds that the harness itself
computes in between.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from bundlesolve.bench.instances import Problem
from bundlesolve.bench.limits import Limits
from bundlesolve.bench.plan import Job
from bundlesolve.bench.record import Record
from bundlesolve.bench.runner import records
from bundlesolve.bench.suite import MethodSpec

INSTANCE = {"kind": "qkp", "items": 12, "density": 50, "seed": 1}
STEPS = 10
BARE = f"""
from bundlesolve.bench.solvers import practise
from bundlesolve.generate import Qkp
from bundlesolve.solve import solve
from bundlesolve.solvers.base import get_solver
from bundlesolve.stop import Stop
instance = Qkp(items=12, density=50).make(1)
practise(get_solver({{method!r}}), instance)
solve(instance, {{method!r}}, stop=Stop(steps={STEPS}))
import os; os._exit(0)
"""


def run_of(method: str) -> Record:
    """Return the record of one run under the harness."""
    problem = Problem("generated/tiny#1", generate=INSTANCE)
    job = Job("overhead", problem, MethodSpec(method=method), 1, 0, Limits(steps=STEPS))
    (record,) = records([job])
    return record


def bare(method: str) -> None:
    """Import and solve without a harness."""
    code = BARE.format(method=method)
    subprocess.run([sys.executable, "-P", "-c", code], check=True)


def timed(action: Callable[[str], object], method: str) -> tuple[float, float, float]:
    """Return milliseconds of wall clock, of CPU in all, and of CPU of ours alone."""
    ours, theirs = _cpu(resource.RUSAGE_SELF), _cpu(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    action(method)
    wall = time.perf_counter() - began
    own = _cpu(resource.RUSAGE_SELF) - ours
    return 1000 * wall, 1000 * (own + _cpu(resource.RUSAGE_CHILDREN) - theirs), 1000 * own


def _cpu(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--method", default="local")
    options = parser.parse_args()
    run_of(options.method)
    bare(options.method)
    pairs = [
        (timed(run_of, options.method), timed(bare, options.method))
        for _ in range(options.runs)
    ]
    found = {}
    for column, name in enumerate(("wall_ms", "cpu_ms", "harness_cpu_ms")):
        here = [run[column] for run, _ in pairs]
        there = [plain[column] for _, plain in pairs]
        more = [a - b for a, b in zip(here, there, strict=True)]
        found[name] = {
            "run": round(statistics.median(here), 1),
            "bare": round(statistics.median(there), 1),
            "difference": round(statistics.median(more), 1),
            "difference of the least": round(min(here) - min(there), 1),
        }
    sys.stdout.write(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
