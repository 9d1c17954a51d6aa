"""The first call on a machine: kernels compiled on two cores, once for all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

HALF = """
from bundlesolve.kernels.cut_tree import warm_up; warm_up()
"""
"""What a process of its own compiles, about half of all: minimum cuts and their tree."""


class SecondCore:
    """A process that compiles `HALF` while its owner compiles the rest.

    Parameters
    ----------
    process
        The process; None where nothing is compiled beside.
    """

    def __init__(self, process: subprocess.Popen[bytes] | None) -> None:
        self._process = process

    def join(self) -> None:
        """Compile the other half here, and wait for the process."""
        if self._process is None:
            return
        from bundlesolve.bounds.lagrangian import warm_up as warm_up_lagrangian
        from bundlesolve.bounds.semidefinite import warm_up as warm_up_semidefinite
        from bundlesolve.kernels.brute import warm_up as warm_up_brute
        from bundlesolve.kernels.propagate import warm_up as warm_up_propagate
        from bundlesolve.kernels.warm import warm_up as warm_up_search

        warm_up_search()
        warm_up_lagrangian()
        warm_up_semidefinite()
        warm_up_brute()
        warm_up_propagate()
        self._process.wait()

    def close(self) -> None:
        """Stop the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@contextmanager
def second_core(wanted: bool = True) -> Iterator[SecondCore]:
    """Begin to compile what methods and bounds need on two cores, if nothing is yet.

    Where Numba's cache is warm, cannot be written or is switched off, or there is one core
    only, nothing is done: kernels are then compiled or loaded when they are asked for.

    Parameters
    ----------
    wanted
        False: nothing is done. Default True.
    """
    helper = SecondCore(_start() if wanted and _may_help() else None)
    try:
        yield helper
    finally:
        helper.close()


_looked: list[bool] = []


def _may_help() -> bool:
    """Tell it once in a process: after that nothing is left to compile."""
    if _looked:
        return False
    _looked.append(True)
    return (os.cpu_count() or 1) > 1 and _is_cold()


def _start() -> subprocess.Popen[bytes]:
    import subprocess

    silent = subprocess.DEVNULL
    command = [sys.executable, "-c", HALF]
    return subprocess.Popen(command, stdin=silent, stdout=silent, stderr=silent)


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
