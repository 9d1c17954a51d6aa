"""What a run took place on, and how fast that is today."""

from __future__ import annotations

import os
import platform
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bundlesolve.solvers.cpus import usable_cpus

ROUNDS = 3


@dataclass(frozen=True)
class Machine:
    """Where and on what a run took place.

    Parameters
    ----------
    cpu
        Model of the processor.
    cores
        Processors this process may use.
    memory
        Bytes of the machine; 0 where unknown.
    system
        Operating system, its release, and the architecture.
    python
        Version of Python.
    load
        Processes waiting to run, averaged over the minute before the run.
    calibration
        Seconds of a fixed kernel just before the run, the best of a few: compare runs of
        two machines, or of one machine on two days, by the ratio of these.
    """

    cpu: str = ""
    cores: int = 0
    memory: int = 0
    system: str = ""
    python: str = ""
    load: float = 0.0
    calibration: float = 0.0


def this_machine() -> Machine:
    """Return this machine, with its load now and its speed now."""
    return Machine(
        cpu=_cpu(),
        cores=usable_cpus(),
        memory=_memory(),
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        python=platform.python_version(),
        load=round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else 0.0,
        calibration=calibration(),
    )


def calibration() -> float:
    """Return the seconds of a fixed kernel, the best of three.

    Five thousand steps of a linear congruential generator in plain Python: no package's
    version but Python's own has a say.
    """
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.perf_counter()
        state = 1
        for _ in range(5_000):
            state = (state * 1_103_515_245 + 12_345) & 0x7FFFFFFF
        best = min(best, time.perf_counter() - began)
    return best


@cache
def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _memory() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 0
