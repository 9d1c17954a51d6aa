"""The engine's side of a search: what it found, made exact and told once."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from bundlesolve.model.program import Program
from bundlesolve.solvers.messages import Bound, Job, Message, Note, Point, Steps

ABSOLUTE = 1e-6
RELATIVE = 1e-9
SPARE = 0.05
"""Seconds before the parent's deadline at which the engine is to end by itself, so that
the process survives; a tenth of what is left where that is less."""


def proved(bound: float, magnitude: float = 0.0) -> int | None:
    """Return the whole number that a floating-point upper bound proves.

    An engine computes in doubles and keeps its rows only up to a tolerance, so its bound
    ``b`` may lie a little below the truth. What is proved is ``floor(b + 1e-6 + 1e-9 s)``,
    where ``s`` is the larger of ``|b|`` and ``magnitude``: exact while the numbers stay
    below ``10**9``, honest above.

    Parameters
    ----------
    bound
        The engine's bound; infinite or NaN proves nothing.
    magnitude
        Largest coefficient of the objective. Default 0.

    Returns
    -------
    int or None
        The bound, None where there is none.
    """
    if not math.isfinite(bound):
        return None
    slip = ABSOLUTE + RELATIVE * max(abs(bound), magnitude)
    return math.floor(bound + slip)


class Report:
    """What an engine is given in its process, besides the job.

    Parameters
    ----------
    job
        The search.
    send
        Where messages go.
    """

    def __init__(self, job: Job, send: Callable[[Message], None]) -> None:
        self.program: Program = job.program
        self._job = job
        self._send = send
        self._bound: int | None = None
        self._steps = 0
        self._objective = job.cutoff

    @property
    def seconds(self) -> float | None:
        """Seconds the engine may take from now on; None without a limit."""
        if self._job.deadline is None:
            return None
        left = self._job.deadline - time.monotonic()
        return max(0.001, left - min(SPARE, left / 10))

    @property
    def objective(self) -> int | None:
        """Exact objective of the best point known here."""
        return self._objective

    def point(self, values: ArrayLike) -> bool:
        """Tell a point, rounded to whole numbers, unless it is infeasible or no better.

        Parameters
        ----------
        values
            Values of the program's variables, as the engine has them. Shape ``[m]``.
        """
        x = np.rint(np.asarray(values, dtype=np.float64)).astype(np.int64)
        if not self.program.is_feasible(x):
            self._send(Note("a point of the engine breaks a row by its tolerance"))
            return False
        objective = self.program.objective(x)
        if self._objective is not None and objective <= self._objective:
            return False
        self._objective = objective
        self._send(Point(x))
        return True

    def bound(self, value: int | None) -> None:
        """Tell a proved upper bound, if it is the smallest so far."""
        if value is not None and (self._bound is None or value < self._bound):
            self._bound = value
            self._send(Bound(value))

    def steps(self, total: float) -> None:
        """Tell how many steps are done; the last one allowed is told by the end."""
        steps = int(total)
        if self._job.steps is not None:
            steps = min(steps, self._job.steps - 1)
        if steps > self._steps:
            self._steps = steps
            self._send(Steps(steps))

    def note(self, text: str) -> None:
        """Say something for the log."""
        self._send(Note(text))
