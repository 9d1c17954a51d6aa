"""Command: ``python -m tests.fuzz --count 100000 --jobs 2``; exits 1 on a disagreement."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections import Counter

from tests.fuzz.campaign import fuzz_one, methods


def main() -> int:
    """Run the campaign, in ``--jobs`` processes of their own seeds."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0, help="first seed")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--methods", help="default: every installed one")
    options = parser.parse_args()
    options.methods = options.methods or ",".join(methods())
    if options.jobs > 1:
        return _split(options)
    began, seen, wrong = time.perf_counter(), Counter[str](), 0
    for number, seed in enumerate(range(options.first, options.first + options.count), 1):
        found, covered = fuzz_one(seed, options.methods.split(","))
        seen += covered
        wrong += len(found)
        for line in found:
            print(line, flush=True)
        if number % 1000 == 0 or number == options.count:
            seconds = time.perf_counter() - began
            print(f"{number} instances, {wrong} disagreements, {seconds:.0f} s", flush=True)
    for name, count in sorted(seen.items()):
        print(f"  {name}: {count}")
    return 1 if wrong else 0


def _split(options: argparse.Namespace) -> int:
    share = -(-options.count // options.jobs)
    children = []
    for job in range(options.jobs):
        first = options.first + job * share
        count = min(share, options.first + options.count - first)
        command = [sys.executable, "-m", "tests.fuzz", "--methods", options.methods]
        command += ["--first", str(first), "--count", str(count)]
        children.append(subprocess.Popen(command))
    return max([child.wait() for child in children])


if __name__ == "__main__":
    sys.exit(main())
