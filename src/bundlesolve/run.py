"""One search while it runs: clock, generator, incumbent, bound, traces, when to stop."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

import numpy as np

from bundlesolve.errors import WrongAnswer
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.improvement import Improvement, relative_gap
from bundlesolve.model.program import Program
from bundlesolve.stop import Stop, StopReason

logger = logging.getLogger(__name__)


OnImprove = Callable[[Improvement], None]


class Run:
    """What a solver is given: it searches, the run keeps the books.

    Parameters
    ----------
    program
        What is searched.
    stop
        When to end.
    rng
        The one generator of this run.
    method
        Name of the searching method, for errors and as default source.
    on_improve
        Called whenever the incumbent or the bound gets better.
    started
        Reading of ``time.perf_counter()`` from which seconds count. Default: now.
    parent
        The run this one is a part of; incumbent and bound live there.
    counts
        Whether steps of this run are steps of the parent too. Default True.
    """

    def __init__(
        self,
        program: Program,
        stop: Stop,
        rng: np.random.Generator,
        method: str = "search",
        on_improve: OnImprove | None = None,
        started: float | None = None,
        parent: Run | None = None,
        counts: bool = True,
    ) -> None:
        self.program = program
        self.stop = stop
        self.rng = rng
        self.method = method
        self.steps = 0
        self.stop_reason: StopReason | None = None
        self.trace: list[Improvement] = []
        self.bound_trace: list[Improvement] = []
        self._on_improve = on_improve
        self._started = time.perf_counter() if started is None else started
        self._parent = parent
        self._counted_by = parent if counts else None
        self._incumbent: IntArray | None = None
        self._objective: int | None = None
        self._bound: int | None = None
        self._last_gain = 0
        self._interrupted = False

    # -- what stands now ------------------------------------------------------------

    @property
    def _root(self) -> Run:
        return self if self._parent is None else self._parent._root

    @property
    def incumbent(self) -> IntArray | None:
        """Best feasible point so far; shape ``[m]``, read-only."""
        return self._root._incumbent

    @property
    def objective(self) -> int | None:
        """Exact objective of the incumbent."""
        return self._root._objective

    @property
    def bound(self) -> int | None:
        """Smallest proved upper bound so far."""
        return self._root._bound

    @property
    def gap(self) -> float | None:
        """Proved relative gap; see `relative_gap`."""
        return relative_gap(self.objective, self.bound)

    @property
    def spare(self) -> int:
        """Worth above the incumbent that the limits on the gap leave unproved, 0 for none.

        A method that has shown that no point is better than the incumbent by more than this
        is done.
        """
        objective, gap = self.objective, 0.0
        run: Run | None = self
        while run is not None:
            gap = max(gap, run.stop.gap or 0.0)
            run = run._parent
        if objective is None or objective <= 0 or gap >= 1:
            return 0
        spare = int(gap * objective)
        # The quotient may round up to more than the limit.
        return spare if spare / objective <= gap else spare - 1

    # -- clock ----------------------------------------------------------------------

    @property
    def seconds(self) -> float:
        """Seconds since this run started."""
        return time.perf_counter() - self._started

    @property
    def remaining(self) -> float:
        """Seconds left, ``inf`` without a time limit; parents' limits count too."""
        own = float("inf")
        if self.stop.seconds is not None:
            own = self.stop.seconds - self.seconds
        return own if self._parent is None else min(own, self._parent.remaining)

    @property
    def remaining_steps(self) -> int | None:
        """Steps left, None without a step limit; parents' limits count too."""
        own = None if self.stop.steps is None else max(0, self.stop.steps - self.steps)
        theirs = None if self._counted_by is None else self._counted_by.remaining_steps
        limits = [left for left in (own, theirs) if left is not None]
        return min(limits) if limits else None

    def aside(self, work: Callable[[], object]) -> None:
        """Do what no clock counts: compile a kernel that few programs need."""
        began = time.perf_counter()
        work()
        took = time.perf_counter() - began
        run: Run | None = self
        while run is not None:
            run._started += took
            run = run._parent

    # -- what a solver tells --------------------------------------------------------

    def offer(self, x: IntArray, source: str | None = None) -> bool:
        """Hand in a feasible point; return True if it became the incumbent.

        Ladders are filled in order first, which never loses worth.

        Raises
        ------
        WrongAnswer
            If the point is infeasible or above a proved bound.
        """
        source = source or self.method
        x, objective = self._measured(np.asarray(x, dtype=np.int64), source)
        root = self._root
        if root._bound is not None and objective > root._bound:
            reason = f"objective {objective} above the proved bound {root._bound}"
            raise WrongAnswer(source, reason)
        if root._objective is not None and objective <= root._objective:
            return False
        root._incumbent = x.copy()
        root._incumbent.setflags(write=False)
        root._objective = objective
        run: Run | None = self
        while run is not None:
            run._last_gain = run.steps
            run = run._parent
        root._tell(root.trace, source)
        return True

    def _measured(self, x: IntArray, source: str) -> tuple[IntArray, int]:
        """Return a feasible point as it is kept, and its objective."""
        x = self.program.canonical(x)
        if not self.program.is_feasible(x):
            raise WrongAnswer(source, "it offered an infeasible point")
        return x, self.program.objective(x)

    def offer_bound(self, bound: int, source: str | None = None) -> bool:
        """Hand in a proved upper bound; return True if it is the smallest so far.

        Raises
        ------
        WrongAnswer
            If a feasible point above it is known.
        """
        root, source = self._root, source or self.method
        bound = int(bound)
        if root._objective is not None and bound < root._objective:
            reason = f"bound {bound} below the incumbent's {root._objective}"
            raise WrongAnswer(source, reason)
        if root._bound is not None and bound >= root._bound:
            return False
        root._bound = bound
        root._tell(root.bound_trace, source)
        return True

    def _tell(self, trace: list[Improvement], source: str) -> None:
        now = Improvement(self.seconds, self.steps, self._objective, self._bound, source)
        trace.append(now)
        logger.debug("%s", now)
        if self._on_improve is not None:
            self._on_improve(now)

    def step(self, count: int = 1) -> None:
        """Count steps done."""
        run: Run | None = self
        while run is not None:
            run.steps += count
            run = run._counted_by

    # -- when to stop ---------------------------------------------------------------

    def interrupt(self) -> None:
        """Ask the search to end as soon as it can."""
        self._root._interrupted = True

    @property
    def interrupted(self) -> bool:
        """True once somebody asked to end."""
        return self._root._interrupted

    def should_stop(self) -> bool:
        """Tell whether to end now; remembers the reason in ``stop_reason``."""
        if self.stop_reason is None:
            self.stop_reason = self._reason()
        if self.stop_reason is not None:
            return True
        return self._parent is not None and self._parent.should_stop()

    def _reason(self) -> StopReason | None:
        stop, objective, gap = self.stop, self.objective, self.gap
        if self.interrupted:
            return StopReason.INTERRUPTED
        if gap == 0:
            return StopReason.PROVED
        if stop.target is not None and objective is not None and objective >= stop.target:
            return StopReason.TARGET_REACHED
        if stop.gap is not None and gap is not None and gap <= stop.gap:
            return StopReason.GAP_LIMIT
        if stop.seconds is not None and self.seconds >= stop.seconds:
            return StopReason.TIME_LIMIT
        if stop.steps is not None and self.steps >= stop.steps:
            return StopReason.STEP_LIMIT
        if stop.stall is not None and self.steps - self._last_gain >= stop.stall:
            return StopReason.STALLED
        return None

    def part(self, stop: Stop, method: str | None = None) -> Run:
        """Return a run with limits of its own inside this one's.

        It shares incumbent, bound and trace, and draws from a generator spawned from this
        run's.
        """
        rng = self.rng.spawn(1)[0]
        return Run(self.program, stop, rng, method or self.method, parent=self)

    def prelude(self, method: str, stop: Stop) -> Run:
        """Return a part whose steps this run does not count: what comes before a search.

        The floor of every method must not depend on its step limit.
        """
        rng = self.rng.spawn(1)[0]
        return Run(self.program, stop, rng, method, parent=self, counts=False)
