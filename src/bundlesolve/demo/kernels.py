"""Compiling every kernel before the contest, on two cores: once a machine."""

from __future__ import annotations

import subprocess
import sys

from bundlesolve.bounds.lagrangian import warm_up as warm_up_bound
from bundlesolve.solvers.base import SOLVERS, get_solver, missing_packages, solver_class

HELPED = "local"
"""The method whose kernels take longest; a process of its own compiles them."""
LATER = {"auto", HELPED}
"""Methods that want those kernels too, and load them when they are compiled."""

CODE = "import sys; from bundlesolve import get_solver; get_solver(sys.argv[1]).warm_up()"


def compile_kernels() -> None:
    """Compile what is not in the kernel cache yet.

    Where the cache cannot be written the helper's work is lost, and `HELPED` compiles
    its kernels when its turn comes.
    """
    silent = subprocess.DEVNULL
    command = [sys.executable, "-c", CODE, HELPED]
    helper = subprocess.Popen(command, stdin=silent, stdout=silent, stderr=silent)
    try:
        for method in sorted(set(SOLVERS) - LATER):
            if not missing_packages(solver_class(method)):
                get_solver(method).warm_up()
        warm_up_bound()
        helper.wait()
    finally:
        helper.kill()
        helper.wait()
