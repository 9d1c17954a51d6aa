"""What parent and engine process say to each other: pickles in frames.

Both ends are ours and the pipe is private, so unpickling runs nobody else's code.
"""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, NamedTuple

from bundlesolve.isolated.frames import packed
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program
from bundlesolve.stop import StopReason

if TYPE_CHECKING:
    from bundlesolve.solvers.engine import EngineSolver


class Job(NamedTuple):
    """One search, from the parent to the engine process.

    Parameters
    ----------
    solver
        Method and parameters.
    program
        What is searched.
    start
        Best point known, if any. Shape ``[m]``.
    cutoff
        Objective of the best point known, which need not be a point of the program: only
        better ones are wanted, bounds are bounds on better ones, and "infeasible" means
        that there is none. None when no point is known.
    seed
        Seed for the engine, in ``0..2**31 - 1``.
    deadline
        Reading of ``time.monotonic()``, a clock that all processes of a machine share, at
        which the parent will end the process; None without a time limit.
    steps
        Most steps to do, None without a step limit.
    """

    solver: EngineSolver
    program: Program
    start: IntArray | None
    cutoff: int | None
    seed: int
    deadline: float | None
    steps: int | None


class Point(NamedTuple):
    """A feasible point. Shape ``[m]``."""

    x: IntArray


class Bound(NamedTuple):
    """A proved upper bound."""

    value: int


class Steps(NamedTuple):
    """Steps done since the search began."""

    total: int


class Note(NamedTuple):
    """Something for the log."""

    text: str


class Done(NamedTuple):
    """The engine ended by itself and is ready for the next job.

    Parameters
    ----------
    infeasible
        It proved that no feasible point exists, or none better than the job's cutoff.
    limit
        ``TIME_LIMIT`` or ``STEP_LIMIT`` when it ran into the job's; else None.
    """

    infeasible: bool = False
    limit: StopReason | None = None


class Failed(NamedTuple):
    """The engine raised; the process, in unknown state, will be ended.

    Parameters
    ----------
    reason
        The exception in one line.
    details
        Its traceback.
    """

    reason: str
    details: str


Message = Point | Bound | Steps | Note | Done | Failed


def frame(message: Job | Message) -> bytes:
    """Return a message as it goes through the pipe."""
    return packed(pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL))
