"""Seconds of the first call on a machine, and of a later start in a new process.

    python bench/first_call.py

*Cold*: `bundlesolve.solve` of 100 items in a new process with an empty Numba cache: how
much longer the whole call takes than a warm one, which is what compiling takes, and the
time from the call to the first answer worth something, before which a part is compiled.
*Warm*: the same again, several times, each in a new process, now with the cache filled;
also from the start of the process, imports included. Prints one JSON object. Times are of
the wall clock and mean little on a busy machine: the CPU seconds of the cold call, those of
its process and of children, and the load are told beside.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec

from bundlesolve.bench.claim import versions_of
from bundlesolve.bench.machine import this_machine
from bundlesolve.bench.revision import revision

CALL = """
import json, resource, sys, time
import bundlesolve
from bundlesolve.generate import Qkp
instance = Qkp(items=int(sys.argv[2]), density=25).make(1)
method, stop = sys.argv[3], bundlesolve.Stop(seconds=1)
bundlesolve.solve  # the import is part of the process's start
first = []
began = time.time()
def on_improve(moment):
    if moment.objective:  # taking nothing is no answer
        first.append(time.time())
bundlesolve.solve(instance, method, stop=stop, on_improve=on_improve)
ended = time.time()
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps({
    "from_call": first[0] - began,
    "from_start": first[0] - float(sys.argv[1]),
    "call": ended - began,
    "cpu": used[0].ru_utime + used[0].ru_stime,
    "cpu_of_children": used[1].ru_utime + used[1].ru_stime,
}))
"""
"""What a new process does: one solve, timed to its first incumbent."""


def one_call(cache: str, options: argparse.Namespace) -> dict[str, float]:
    """Return what one new process tells."""
    told = subprocess.run(
        [sys.executable, "-c", CALL, str(time.time()), str(options.items), options.method],
        env={**os.environ, "NUMBA_CACHE_DIR": cache},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    found: dict[str, float] = json.loads(told)
    return found


def measured(options: argparse.Namespace) -> dict[str, Any]:
    """Return cold and warm times."""
    with tempfile.TemporaryDirectory() as folder:
        cache = str(Path(folder) / "numba")
        cold = one_call(cache, options)
        warm = [one_call(cache, options) for _ in range(options.repeat)]
    return {
        "instance": f"qkp, {options.items} items, density 25",
        "method": options.method,
        "cold_seconds": round(cold["call"] - statistics.median(w["call"] for w in warm), 2),
        "cold_seconds_to_first_answer": round(cold["from_call"], 2),
        "cold_cpu_seconds": round(cold["cpu"], 2),
        "cold_cpu_seconds_of_children": round(cold["cpu_of_children"], 2),
        "warm_seconds_from_call": _summary([one["from_call"] for one in warm]),
        "warm_seconds_from_process_start": _summary([one["from_start"] for one in warm]),
    }


def _summary(seconds: list[float]) -> dict[str, float]:
    return {
        "median": round(statistics.median(seconds), 3),
        "least": round(min(seconds), 3),
        "most": round(max(seconds), 3),
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--items", type=int, default=100)
    parser.add_argument("--method", default="auto")
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    load = os.getloadavg()[0]
    found = measured(options)
    found["load_before"] = round(load, 2)
    found["machine"] = msgspec.to_builtins(this_machine())
    packages = ("bundlesolve", "numpy", "numba", "llvmlite")
    found["versions"] = {"python": sys.version.split()[0], **versions_of(*packages)}
    found["revision"] = revision()
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
