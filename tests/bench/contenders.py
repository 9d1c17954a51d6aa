"""Contenders for tests: small scripts, and jobs that run them."""

from __future__ import annotations

import sys
from pathlib import Path

from bundlesolve.bench.instances import Problem
from bundlesolve.bench.limits import Limits
from bundlesolve.bench.plan import Job
from bundlesolve.bench.record import Record
from bundlesolve.bench.runner import records
from bundlesolve.bench.suite import MethodSpec

EXAMPLE = Path(__file__).resolve().parents[2] / "bench" / "example_solver.py"
SMALL = {"kind": "qkp", "items": 12, "density": 50, "seed": 1}


def command(*words: str) -> MethodSpec:
    """Return a contender that runs a command in this Python."""
    return MethodSpec(command=[sys.executable, *words], label="theirs")


def script(code: str) -> MethodSpec:
    """Return a contender that is a piece of Python; ``sys.argv[1:]`` are both files."""
    return command("-c", code, "{instance}", "{solution}")


def one_run(method: MethodSpec, limits: Limits | None = None) -> Record:
    """Run a method on a small instance."""
    problem = Problem("generated/small#1", generate=SMALL)
    job = Job("tests", problem, method, 1, 0, limits or Limits(seconds=20))
    (record,) = records([job])
    return record
