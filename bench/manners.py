"""How well every method keeps its time limit and ends when it is asked to.

    python bench/manners.py limits       # overrun of solve() for limits of 0.5 s and more
    python bench/manners.py signals      # seconds from SIGINT or SIGTERM to the answer

Run it on a quiet machine. ``limits`` prints the worst overrun of each method and limit
over dense random instances of 100, 200 and 300 items, kernels compiled; what is asked for
is at most max(0.25 s, 5 %). ``signals`` starts the command line with a limit of 60 s,
signals it after 4 s and waits for exit code 130 and a file that ``bundlesolve check``
verifies; what is asked for is 1 s.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bundlesolve.files.write import write
from bundlesolve.generate.qkp import Qkp
from bundlesolve.generate.qmkp import Qmkp
from bundlesolve.model.compile import compile
from bundlesolve.solve import solve
from bundlesolve.solvers.base import SOLVERS, missing_packages, solver_class
from bundlesolve.stop import Stop

LIMITS = (0.5, 1.0, 2.0, 5.0)
SIZES = (100, 200, 300)


def methods() -> list[str]:
    """Return every installed method that takes the largest instance."""
    program = compile(Qkp(items=max(SIZES), density=100).make(0)).program
    return [
        name
        for name in sorted(SOLVERS)
        if not missing_packages(solver_class(name))
        and solver_class(name)().refuses(program) is None
    ]


def limits(repetitions: int) -> int:
    """Print the worst overrun of each method and limit; return how many are too long."""
    late = 0
    instances = [Qkp(items=n, density=100).make(n) for n in SIZES]
    print("| method |" + "".join(f" {limit:g} s |" for limit in LIMITS))
    print("|---|" + "---|" * len(LIMITS))
    for method in methods():
        solve(instances[0], method, stop=Stop(seconds=2))
        cells = []
        for limit in LIMITS:
            worst = -limit
            for instance in instances:
                for seed in range(repetitions):
                    began = time.perf_counter()
                    solve(instance, method, stop=Stop(seconds=limit), seed=seed)
                    worst = max(worst, time.perf_counter() - began - limit)
            late += worst > max(0.25, 0.05 * limit)
            cells.append(f" {worst:+.3f} |")
        print(f"| {method} |" + "".join(cells), flush=True)
    return late


def signals(repetitions: int) -> int:
    """Print the slowest answer to a signal of each method; return how many are too slow."""
    slow = 0
    print("| method | SIGINT | SIGTERM |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        file, out = Path(folder) / "instance.json", Path(folder) / "solution.json"
        # Three bundles with one stock: no method proves that in a minute.
        write(Qmkp(items=100, bundles=3, density=50).make(1), file)
        for method in methods():
            cells = []
            for number in (signal.SIGINT, signal.SIGTERM):
                waits = [_wait(method, number, file, out) for _ in range(repetitions)]
                known = [wait for wait in waits if wait is not None]
                slow += len(known) < len(waits) or max(known, default=0) > 1
                cells.append(f"{max(known):.2f} s" if known else "ended before")
            print(f"| {method} | {cells[0]} | {cells[1]} |", flush=True)
    return slow


def _wait(method: str, number: int, file: Path, out: Path) -> float | None:
    out.unlink(missing_ok=True)
    command = [sys.executable, "-m", "bundlesolve"]
    solving = [*command, "solve", str(file), "--method", method, "--time-limit", "60", "-q"]
    child = subprocess.Popen([*solving, "-o", str(out)], stdout=subprocess.DEVNULL)
    try:
        child.wait(4)
        return None
    except subprocess.TimeoutExpired:
        began = time.perf_counter()
        child.send_signal(number)
        code = child.wait(60)
        waited = time.perf_counter() - began
    checked = subprocess.run(
        [*command, "check", str(file), str(out)], check=False, stdout=subprocess.DEVNULL
    )
    return waited if (code, checked.returncode) == (130, 0) else None


def main() -> int:
    """Run one of the two measurements."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["limits", "signals"])
    parser.add_argument("--repetitions", type=int, default=2)
    options = parser.parse_args()
    bad = (limits if options.what == "limits" else signals)(options.repetitions)
    print(f"{bad} cells beyond what is asked for")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
