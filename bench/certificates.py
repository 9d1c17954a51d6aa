"""Make and replay certificates of files; size and replay time, a table line each.

    python bench/certificates.py instances/tea-time.json --seconds 60
    python bench/certificates.py --small 200        # random instances of every kind of rule

A file may name one of its problems after an ``@``: ``mknapcb1.txt.gz@3``. The answer comes
from ``--method``; whether that has proved it does not matter to the certificate.
"""

from __future__ import annotations

import argparse
import gzip
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bundlesolve import Certificate, Instance, NotProved, Stop, certify, read, replay, solve
from bundlesolve.generate import Small

COLUMNS = "file claim objective bound gap% make_s nodes sets bytes gzip replay_s"


def instances(options: argparse.Namespace) -> Iterator[tuple[str, Instance]]:
    """Yield what is asked for, by name."""
    for seed in range(options.small):
        yield f"small {seed}", Small().make(seed)
    for file in options.files:
        path, _, select = file.partition("@")
        name = f"{Path(path).name}{'@' * bool(select)}{select}"
        yield name, read(path, select=select or None)


def main() -> int:
    """Measure; 1 if a replay fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*")
    parser.add_argument("--small", type=int, default=0, help="random instances, by brute")
    parser.add_argument("--seconds", type=float, default=60.0, help="for the proof")
    parser.add_argument("--method", default="auto")
    parser.add_argument("--search", type=float, default=10.0, help="for the answer")
    options = parser.parse_args()
    method = "brute" if options.small else options.method
    claims = Counter[str]()
    worst = total = failures = 0.0
    print(*COLUMNS.split(), sep="\t")
    for name, instance in instances(options):
        stop = Stop(seconds=options.search)
        solution = solve(instance, method, stop=stop, certify=False)
        began = time.perf_counter()
        try:
            made = certify(instance, solution, seconds=options.seconds)
        except NotProved as error:
            print(name, error, sep="\t", flush=True)
            claims["nothing"] += 1
            continue
        making = time.perf_counter() - began
        data = made.encode()
        try:
            found = replay(instance, solution.units, Certificate.decode(data))
        except NotProved as error:
            print(name, "FAILED", error, sep="\t", flush=True)
            failures += 1
            continue
        claims[found.claim.value] += 1
        worst, total = max(worst, found.seconds), total + found.seconds
        gap = ""
        if found.bound is not None and solution.objective is not None:
            off = found.bound - solution.objective
            gap = f"{100 * off / max(1, abs(solution.objective)):.3f}"
        figures = [f"{making:.2f}", found.nodes, found.sets, len(data)]
        figures += [len(gzip.compress(data)), f"{found.seconds:.2f}"]
        claim = [found.claim.value, solution.objective, found.bound, gap]
        print(name, *claim, *figures, sep="\t", flush=True)
    print(f"{dict(claims)}, {failures:g} failures, replay {worst:.2f} s at most", end=", ")
    print(f"{total:.1f} s in all")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
