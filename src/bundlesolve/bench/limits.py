"""What a run is allowed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """What a run was allowed.

    Parameters
    ----------
    seconds, steps, gap
        As in `bundlesolve.stop.Stop`; None: no limit.
    target
        An exact decimal in the instance's unit and sense; None: no target.
    grace
        Seconds after ``seconds`` at which the harness ends the process tree.
    memory
        Bytes that the process tree may hold; None: no limit.
    threads
        Threads that the method may use.
    """

    seconds: float | None = None
    steps: int | None = None
    gap: float | None = None
    target: str | None = None
    grace: float = 10.0
    memory: int | None = None
    threads: int = 1
