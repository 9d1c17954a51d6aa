"""Many bundles with shared stock: ``python bench/many_bundles.py [BUNDLES ...]``.

Each number of bundles (default 10, 100, 1000; 1,000 items, 5,000 pairs) is solved by
``auto`` in a process of its own, whose peak memory is its own. Greedy is the first answer
of the same run: what each bundle takes in turn, by worth for what it uses.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time

import bundlesolve as bs
from bundlesolve.generate import SegmentShop


def measure(bundles: int, seconds: float) -> dict[str, object]:
    """Return one row of the table."""
    instance = SegmentShop(bundles=bundles).make(1)
    bs.solve(SegmentShop(items=500, bundles=10).make(1), stop=bs.Stop(steps=20))
    cpu, wall = time.process_time(), time.perf_counter()
    found = bs.solve(instance, stop=bs.Stop(seconds=seconds))
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    floor = [step.objective for step in found.trace if step.source == "greedy"]
    return {
        "bundles": bundles,
        "greedy": floor[-1] if floor else None,
        "worth": found.objective,
        "bound": found.bound,
        "gap_percent": None if found.gap is None else round(100 * found.gap, 3),
        "seconds": round(wall, 1),
        "cpu_s": round(cpu, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3),
    }


def main() -> None:
    """Print a row for each number of bundles."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundles", nargs="*", type=int, default=[10, 100, 1000])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.here:
        print(json.dumps(measure(given.bundles[0], given.seconds)), flush=True)
        return
    for bundles in given.bundles:
        command = [sys.executable, __file__, str(bundles), "--here"]
        subprocess.run([*command, "--seconds", str(given.seconds)], check=True)


if __name__ == "__main__":
    main()
