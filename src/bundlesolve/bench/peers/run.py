"""What a peer is given, and what it says at its end."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from bundlesolve.bench.claim import Step
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program
from bundlesolve.solvers.report import proved
from bundlesolve.stop import Stop

SPARE = 0.02
"""Share of the time limit that is left for coming back, at most a quarter of a second."""


@dataclass(frozen=True)
class PeerEnd:
    """How a peer ended.

    Parameters
    ----------
    optimal
        True when it says that its best point is optimal.
    infeasible
        True when it says that there is no point.
    words
        Its own status.
    """

    optimal: bool = False
    infeasible: bool = False
    words: str = ""


class PeerRun:
    """The books of a peer's run: its points and bounds as it tells them.

    Parameters
    ----------
    program
        What is searched.
    stop
        When to end.
    seed, threads
        For the peer's own randomness and parallelism.
    started
        Reading of ``time.perf_counter()`` from which seconds count.
    """

    def __init__(
        self, program: Program, stop: Stop, seed: int, threads: int, started: float
    ) -> None:
        self.program = program
        self.stop = stop
        self.seed = seed
        self.threads = threads
        self.start: IntArray | None = None
        self.best: IntArray | None = None
        self.objective: int | None = None
        self.broken = 0
        self.incumbents: list[Step] = []
        self.bounds: list[Step] = []
        self._started = started

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._started

    @property
    def remaining(self) -> float:
        """Seconds left, a very long time without a limit."""
        limit = self.stop.seconds
        if limit is None:
            return 1e7
        return max(0.01, limit - min(0.25, SPARE * limit) - self.seconds)

    def point(self, values: ArrayLike, steps: int = 0) -> bool:
        """Tell a point; return True if it is feasible and the best so far.

        Parameters
        ----------
        values
            Values of the program's variables, rounded here. Shape ``[m]``.
        steps
            The peer's own steps so far.
        """
        x = np.rint(np.asarray(values, dtype=np.float64)).astype(np.int64)
        if not self.program.is_feasible(x):
            self.broken += 1
            return False
        objective = self.program.objective(x)
        if self.objective is not None and objective <= self.objective:
            return False
        self.best, self.objective = x, objective
        self.incumbents.append(Step(self.seconds, steps, objective))
        return True

    def bound(self, value: float, magnitude: float = 0.0, steps: int = 0) -> None:
        """Tell an upper bound in doubles, see `bundlesolve.solvers.report.proved`."""
        whole = proved(value, magnitude)
        if whole is not None and (not self.bounds or whole < self.bounds[-1].value):
            self.bounds.append(Step(self.seconds, steps, whole))
