"""The first call on a machine: kernels compiled on two cores, once for all."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path

HALF = """
from bundlesolve.kernels.cut_tree import warm_up; warm_up()
from bundlesolve.kernels.subgradient import warm_up; warm_up()
"""
"""What a process of its own compiles: minimum cuts and their tree, and the Lagrangian,
about half of all."""


@cache
def compile_together() -> None:
    """Compile what methods and bounds need on two cores, if nothing is compiled yet.

    Where Numba's cache is warm, cannot be written or is switched off, or there is one core
    only, nothing is done: kernels are then compiled or loaded when they are asked for.
    """
    if not _is_cold() or (os.cpu_count() or 1) < 2:
        return
    import subprocess

    from bundlesolve.bounds.semidefinite import warm_up as warm_up_semidefinite
    from bundlesolve.kernels.brute import warm_up as warm_up_brute
    from bundlesolve.kernels.propagate import warm_up as warm_up_propagate
    from bundlesolve.kernels.warm import warm_up as warm_up_search

    silent = subprocess.DEVNULL
    command = [sys.executable, "-c", HALF]
    helper = subprocess.Popen(command, stdin=silent, stdout=silent, stderr=silent)
    try:
        warm_up_search()
        warm_up_semidefinite()
        warm_up_brute()
        warm_up_propagate()
        helper.wait()
    finally:
        helper.kill()
        helper.wait()


def _is_cold() -> bool:
    """Tell whether a kernel of `HALF` is neither compiled nor in a cache to be."""
    from bundlesolve.kernels.cut_tree import walk

    folder = getattr(getattr(walk, "_cache", None), "cache_path", None)
    # A frozen application's executable is no Python that could be given a command.
    if folder is None or not Path(sys.executable).name.startswith("python"):
        return False
    there = Path(folder)
    if any(there.glob("cut_tree.walk-*.nbi")):
        return False
    while not there.exists():
        there = there.parent
    return os.access(there, os.W_OK)
