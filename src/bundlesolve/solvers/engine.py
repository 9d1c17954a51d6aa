"""Solvers whose engine runs in a process of its own; the parent's side of a search.

An engine that overruns its limit, ignores Ctrl-C or crashes cannot hurt from there: the
parent listens in short slices, keeps what was streamed, and ends the process when the run
is over. A process that finished its job stays for the next one.
"""

from __future__ import annotations

import logging
import time
from abc import abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from bundlesolve.errors import EngineFailed
from bundlesolve.model.program import Program
from bundlesolve.reduce.core import Core, find_core
from bundlesolve.reduce.core import warm_up as warm_up_reduction
from bundlesolve.reduce.restrict import Restriction
from bundlesolve.run import Run
from bundlesolve.solvers.base import Proof, Solver
from bundlesolve.solvers.messages import (
    Bound,
    Done,
    Failed,
    Job,
    Message,
    Note,
    Point,
    Steps,
)
from bundlesolve.solvers.process import POOL, EngineProcess
from bundlesolve.solvers.report import Report
from bundlesolve.stop import Stop, StopReason

logger = logging.getLogger(__name__)

SLICE_SECONDS = 0.02
GRACE_SECONDS = 0.1
"""How long an engine may take to notice that the run has closed the gap; after it the
process is ended, which costs the next search a new one."""

EARLY_SECONDS = 1.0
"""How much before the limit an engine may end because of it."""


REDUCTION_SHARE = 0.25
"""Most of the time that is left that the reduction may take before the engine starts."""


@dataclass(frozen=True)
class EngineSolver(Solver):
    """A solver whose `work` runs in an engine process.

    If the process crashes, the run keeps what it has and a warning is logged; only where
    there is no feasible point at all is `EngineFailed` raised.

    Parameters
    ----------
    reduce
        Whether the engine gets the `Core` of the program, what reduction leaves of it, or
        all. Default True.
    """

    starts_from: ClassVar[str] = "local"

    reduce: bool = field(default=True, kw_only=True)

    @classmethod
    @abstractmethod
    def load(cls) -> None:
        """Import the engine; called in its process before the first job."""

    @abstractmethod
    def work(self, job: Job, report: Report) -> Done:
        """Search, in the engine process; `search` is the parent's side of it."""

    def warm_up(self) -> None:
        """Start an engine process unless one is idle; it boots while kernels compile."""
        try:
            POOL.prepare(self.name)
        except EngineFailed as failure:
            logger.debug("%s; the search will say so if it matters", failure)
        warm_up_reduction()

    def search(self, program: Program, run: Run) -> Proof:
        """Send the job and listen until it is done or the run is over.

        Raises
        ------
        EngineFailed
            If the engine crashed and no feasible point is known.
        """
        core = self._core(program, run)
        settled = settle(core, run)
        if settled is not None:
            return settled
        job = self._job(core, run)
        done = None
        try:
            process = POOL.take(self.name)
            try:
                process.send(job)
                done = _listen(process, run, core)
            finally:
                if done is None:
                    process.kill()
                else:
                    POOL.give_back(process)
        except EngineFailed as failure:
            if run.incumbent is None:
                raise
            logger.warning("%s; the best point so far is kept", failure)
            return Proof()
        return _proof(done, run, core)

    def _core(self, program: Program, run: Run) -> Core:
        """Return what the engine gets, found in a share of the time."""
        if not self.reduce:
            return Core(Restriction.whole(program), None)
        seconds = None if run.remaining == float("inf") else run.remaining
        part = run.part(Stop(seconds and max(REDUCTION_SHARE * seconds, 1e-3)))
        return find_core(
            program, run.objective, lambda: not part.should_stop(), run.offer_bound
        )

    def _job(self, core: Core, run: Run) -> Job:
        remaining = run.remaining
        program = core.program
        assert program is not None
        deadline = None if remaining == float("inf") else time.monotonic() + remaining
        return Job(
            solver=self,
            # Whose rules the rows are does not matter there, and may be long.
            program=program.replace(origins=()) if program.origins else program,
            start=core.start(run.incumbent),
            cutoff=run.objective,
            seed=int(run.rng.integers(2**31 - 1)),
            deadline=deadline,
            steps=run.remaining_steps,
        )


def settle(core: Core, run: Run) -> Proof | None:
    """Decide what needs no engine: cores without a point, and with a single one."""
    program = core.program
    if program is not None and not _is_out_of_reach(program):
        if np.any(program.lower < program.upper):
            return None
        # All rows hold here: their activity is the least and the most there is.
        run.offer(core.lift(program.lower))
    if run.objective is None:
        return Proof(infeasible=True)
    return Proof(bound=run.objective)


def _is_out_of_reach(program: Program) -> bool:
    """Tell whether a hard row cannot be kept within the bounds."""
    least, most = program.activity_range
    never = (program.row_high < np.maximum(program.row_low, least)) | (
        program.row_low > most
    )
    return bool(np.any(never & (program.row_soft == 0)))


def _listen(process: EngineProcess, run: Run, core: Core) -> Done | None:
    """Pass on what the engine tells; return its end, None when the run is over first."""
    ear = _Ear(run, core)
    while True:
        for message in process.receive(SLICE_SECONDS):
            if isinstance(message, Done):
                return message
            if run.should_stop():
                continue  # whatever came after the last thing that counts
            if isinstance(message, Failed):
                logger.debug("%s", message.details)
                raise EngineFailed(run.method, message.reason)
            ear.hear(message)
        if run.should_stop():
            return _farewell(process) if run.gap == 0 else None
        if process.gone:
            reason = f"the engine process ended ({process.last_words()})"
            raise EngineFailed(run.method, reason)


def _farewell(process: EngineProcess) -> Done | None:
    """Wait a moment for an engine that must be ending, too."""
    ends = time.monotonic() + GRACE_SECONDS
    while time.monotonic() < ends and not process.gone:
        for message in process.receive(SLICE_SECONDS):
            if isinstance(message, Done):
                return message
    return None


class _Ear:
    """Passes messages on to the run, lifted, as far as they can be true."""

    def __init__(self, run: Run, core: Core) -> None:
        self._run = run
        self._core = core
        self._steps = 0
        self._trusted = True

    def hear(self, message: Message) -> None:
        """Take one message; points are checked, bounds that a point refutes are not."""
        run = self._run
        if isinstance(message, Point):
            x = self._core.lift(message.x)
            if run.program.is_feasible(x):
                run.offer(x)
            else:
                logger.warning("%s: an infeasible point was dropped", run.method)
        elif isinstance(message, Bound):
            self._bound(self._core.bound(message.value))
        elif isinstance(message, Steps):
            run.step(message.total - self._steps)
            self._steps = message.total
        elif isinstance(message, Note):
            logger.debug("%s: %s", run.method, message.text)

    def _bound(self, bound: int) -> None:
        run = self._run
        if run.objective is not None and bound < run.objective:
            text = "%s: bound %d is refuted by a point of worth %d; its bounds are ignored"
            logger.warning(text, run.method, bound, run.objective)
            self._trusted = False
        if self._trusted:
            run.offer_bound(bound)


def _proof(done: Done | None, run: Run, core: Core) -> Proof:
    if done is None:
        return Proof()
    if done.limit is not None:
        _reach(done.limit, run)
    if done.infeasible and core.objective is not None:
        if run.objective == core.objective:
            return Proof(bound=run.objective)
        logger.warning("%s: nothing better, it says; a point refutes it", run.method)
        return Proof()
    if done.infeasible and run.incumbent is not None:
        logger.warning("%s: infeasible, it says; a point refutes it", run.method)
        return Proof()
    return Proof(infeasible=done.infeasible)


def _reach(limit: StopReason, run: Run) -> None:
    """Let the run see the limit that the engine met, perhaps a little early."""
    if limit is StopReason.STEP_LIMIT:
        run.step(run.remaining_steps or 0)
    while not run.should_stop() and run.remaining < EARLY_SECONDS:
        time.sleep(0.002)
