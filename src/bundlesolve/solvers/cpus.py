"""How many processors this process may use."""

from __future__ import annotations

import os


def usable_cpus() -> int:
    """Return how many there are, less those that the system keeps from this process."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
