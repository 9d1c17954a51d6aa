"""Throughput of `solve_many`: instances a second, and the gap that is proved.

    python bench/many.py --count 3000

Draws instances with ``bundlesolve generate``'s kinds, lets workers warm up on the first
few, then measures until the last answer: reading, sending, solving, checking, proving and
writing included. Prints one JSON object: what was run, instances a second, mean and largest
certified gap, CPU seconds of all processes for each instance, machine and versions.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from bundlesolve.bench.claim import versions_of
from bundlesolve.bench.machine import this_machine
from bundlesolve.bench.revision import revision
from bundlesolve.generate import Qkp
from bundlesolve.many.solve_many import solve_many
from bundlesolve.solvers.base import get_solver
from bundlesolve.stop import Stop

PACKAGES = ("bundlesolve", "numpy", "numba", "msgspec")


def measured(options: argparse.Namespace, output: Path) -> dict[str, object]:
    """Run, and return what came out."""
    kind = Qkp(items=options.items, density=options.density)
    instances = [kind.make(seed) for seed in range(options.jobs * 20 + options.count)]
    solver = get_solver(options.method)
    stop = Stop(seconds=options.time_limit, steps=options.steps, gap=options.gap)
    ways = {"stop": stop, "certify": False, "jobs": options.jobs}
    warm = options.jobs * 20
    # Once to compile, and once more for what starting workers and warming them up takes.
    list(solve_many(instances[:warm], solver, **ways))
    compiled = _cpu(resource.RUSAGE_CHILDREN)
    list(solve_many(instances[:warm], solver, **ways))
    start = _cpu(resource.RUSAGE_CHILDREN)
    answers = solve_many(instances, solver, output=output, **ways)
    for _ in range(warm):
        next(answers)
    began = time.perf_counter()
    own = _cpu(resource.RUSAGE_SELF)
    found = list(answers)
    seconds = time.perf_counter() - began
    gaps = [answer.gap for answer in found if answer.gap is not None]
    taken = [answer.seconds for answer in found if answer.seconds is not None]
    return {
        "instances": f"qkp, {options.items} items, density {options.density}",
        "count": len(found),
        "solved": sum(answer.solved for answer in found),
        "method": solver.name,
        "parameters": solver.parameters(),
        "stop": str(stop),
        "jobs": options.jobs,
        "seconds": round(seconds, 2),
        "instances_per_second": round(len(found) / seconds, 1),
        "mean_gap_percent": round(100 * statistics.mean(gaps), 4),
        "largest_gap_percent": round(100 * max(gaps), 4),
        "mean_ms_in_solve": round(1000 * statistics.mean(taken), 3),
        "cpu_ms_of_parent": round(
            1000 * (_cpu(resource.RUSAGE_SELF) - own) / len(found), 3
        ),
        "cpu_ms_of_workers": round(
            1000 * (_cpu(resource.RUSAGE_CHILDREN) - 2 * start + compiled) / len(found), 3
        ),
    }


def _cpu(who: int) -> float:
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def main() -> int:
    """Measure and print; exit 1 where an instance has no answer."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--items", type=int, default=100)
    parser.add_argument("--density", type=int, default=25)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--method", default="auto")
    parser.add_argument("--gap", type=float, default=0.003)
    parser.add_argument("--steps", type=int, default=150)
    parser.add_argument("--time-limit", type=float, default=None)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measured(options, Path(folder) / "answers.jsonl")
    found["machine"] = msgspec.to_builtins(this_machine())
    found["versions"] = {"python": sys.version.split()[0], **versions_of(*PACKAGES)}
    found["revision"] = revision()
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    return 0 if found["solved"] == found["count"] else 1


if __name__ == "__main__":
    sys.exit(main())
