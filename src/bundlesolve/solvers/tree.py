"""The search tree of the exact method."""

from __future__ import annotations

import heapq
import itertools
import threading
from dataclasses import dataclass, field

import numpy as np

from bundlesolve.bounds import low_rank
from bundlesolve.bounds.core import Core, make_core
from bundlesolve.bounds.doubly_nonnegative import DoublyNonnegative
from bundlesolve.bounds.kinds import choose_kind
from bundlesolve.bounds.lagrangian import Lagrangian
from bundlesolve.bounds.multipliers import Multipliers, no_multipliers
from bundlesolve.bounds.quick import quick_bound
from bundlesolve.bounds.semidefinite import (
    SECONDS_PER_CUBE,
    Semidefinite,
)
from bundlesolve.bounds.tightening import WORTH_A_NEW_CORE
from bundlesolve.bounds.warm_start import is_close, warm_start
from bundlesolve.kernels.propagate import propagate
from bundlesolve.kernels.types import Floats
from bundlesolve.reduce.restrict import Restriction
from bundlesolve.run import Run
from bundlesolve.solvers.branching import choose_branch
from bundlesolve.solvers.side_by_side import side_by_side

FACTOR = 0.15
"""Step factor in a node; its multipliers come from its parent and need no long steps."""
MOST_BYTES = 2**30
"""What open nodes may hold, about; beyond it the newest is taken first."""


@dataclass(order=True)
class Node:
    """A part of the box that is still open, and its parent's core and multipliers.

    Ordered by bound, the largest first, then by age, the newest first; only by age while
    no point is known. ``age`` falls with time.
    """

    key: int
    age: int
    bound: int = field(compare=False)
    lower: Floats = field(compare=False)
    upper: Floats = field(compare=False)
    core: Core = field(compare=False)
    multipliers: Multipliers = field(compare=False)
    is_root: bool = field(compare=False, default=False)


class Tree:
    """Branch and bound over the core that reduction left.

    Parameters
    ----------
    left
        The free variables' program and the way back.
    run
        Told of points, bounds and nodes; says when to stop.
    root_steps, node_steps
        Most steps on the multipliers in the root and in every other node.
    threads
        Nodes that are worked on at the same time.
    rounds
        Whether nodes are bounded by rounds wherever that is possible, not only where
        they are likely to be better.
    """

    def __init__(
        self,
        left: Restriction,
        run: Run,
        root_steps: int,
        node_steps: int,
        threads: int,
        rounds: bool = False,
    ) -> None:
        assert left.program is not None
        self.left, self.run, self.threads = left, run, threads
        self.root_steps, self.node_steps = root_steps, node_steps
        self.program = program = left.program
        self._hard = 1 - program.row_soft
        self._rows = tuple(
            getattr(program, name).astype(np.float64)
            for name in ("row_coef", "row_low", "row_high")
        )
        core = make_core(program)
        self._kind = choose_kind(core, rounds)
        self._ages = itertools.count(0, -1)
        # A deadline may have ended everything that bounds before the first step.
        bound = quick_bound(run.program) if run.bound is None else run.bound
        box = (program.lower.astype(np.float64), program.upper.astype(np.float64))
        multipliers = self._start(core)
        self._open = [self._node(bound, *box, core, multipliers, is_root=True)]
        size = core.quadratic.nbytes * 5 + core.clash.nbytes + core.rows.nbytes
        self._most_open = max(2 * threads, MOST_BYTES // max(1, size))
        self._taken: dict[int, Node] = {}
        self._lock = threading.Condition()
        self._failure: BaseException | None = None

    def _start(self, core: Core) -> Multipliers:
        """Return the root's multipliers."""
        kind, objective = self._kind(core, is_root=True), self.run.objective
        if kind is DoublyNonnegative:
            return no_multipliers(core)
        relaxation = self._relaxed()
        if objective is None or kind is not Semidefinite or not low_rank.suits(core):
            return warm_start(core, relaxation)
        if is_close(relaxation):
            return warm_start(core, relaxation)
        # What comes after: a projection, and the first step.
        seconds = self.run.remaining - 2 * SECONDS_PER_CUBE * core.num_vars**3
        start = low_rank.low_rank_start(
            core, objective, self.threads, self.run.should_stop, seconds
        )
        return warm_start(core, relaxation) if start is None else start

    def _relaxed(self) -> Lagrangian:
        """Return the Lagrangian relaxation after some steps."""
        relaxation = Lagrangian(self.program, self.run.objective)
        for _ in range(0, self.root_steps, relaxation.chunk):
            relaxation.improve(relaxation.chunk)
            if relaxation.is_closed or relaxation.is_stuck or self.run.should_stop():
                break
        return relaxation

    @property
    def bound(self) -> int:
        """Proved bound on the whole program: the largest of the open nodes'."""
        bounds = [node.bound for node in (*self._open, *self._taken.values())]
        if self.run.objective is not None:
            bounds.append(self.run.objective)
        return max(bounds)

    def walk(self) -> bool:
        """Take nodes until none is open; False if the run ends it before."""
        side_by_side(self._work, self._fail, self.threads)
        if self._failure is not None:
            raise self._failure
        return not self._open and not self._taken

    # -- one worker -----------------------------------------------------------------

    def _work(self) -> None:
        try:
            while (node := self._next()) is not None:
                children = self._take(node)
                with self._lock:
                    del self._taken[id(node)]
                    for child in children:
                        heapq.heappush(self._open, child)
                    self.run.step()
                    if self._open or self._taken:
                        self.run.offer_bound(self.bound)
                    self._lock.notify_all()
        except BaseException as error:  # noqa: BLE001 - handed to the caller's thread
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        with self._lock:
            self._failure = error
            self._lock.notify_all()

    def _next(self) -> Node | None:
        """Return the node of the largest bound; None when there is nothing to do."""
        with self._lock:
            while True:
                if self._failure is not None or self.run.should_stop():
                    return None
                if self._open:
                    node = self._pop()
                    self._taken[id(node)] = node
                    return node
                if not self._taken:
                    return None
                self._lock.wait(0.05)

    def _pop(self) -> Node:
        """Return the node of the largest bound, the newest when memory gets short."""
        if len(self._open) <= self._most_open:
            return heapq.heappop(self._open)
        newest = min(self._open, key=lambda node: node.age)
        self._open.remove(newest)
        heapq.heapify(self._open)
        return newest

    def _stops(self) -> bool:
        with self._lock:
            return self._failure is not None or self.run.should_stop()

    # -- one node -------------------------------------------------------------------

    def _take(self, node: Node) -> list[Node]:
        """Bound a node; return what of it is still open."""
        lower, upper = node.lower, node.upper
        core, multipliers = node.core, node.multipliers
        bound, done = node.bound, 0
        most = self.root_steps if node.is_root else self.node_steps
        while True:
            objective = self.run.objective
            if objective is not None and bound <= objective:
                return []
            if not self._propagate(lower, upper):
                return []
            core, multipliers = self._restrict(core, multipliers, lower, upper)
            if core.num_vars == 0:
                self._leaf(lower)
                return []
            factor = 0.3 if node.is_root and done == 0 else FACTOR
            relaxation = self._kind(core, node.is_root)(
                core, objective, multipliers, factor
            )
            relaxation.stops = self._stops
            done = self._improve(relaxation, done, most, node.is_root)
            if relaxation.is_closed:
                return []
            found = relaxation.bound
            assert found is not None
            bound = min(bound, found)
            multipliers = relaxation.best
            if relaxation.num_fixed == 0:
                break
            self._apply(relaxation, lower, upper)
            if self._stops():
                break
        if self._stops():
            return [self._node(bound, lower, upper, core, multipliers, node.is_root)]
        return self._branch(relaxation, bound, lower, upper)

    def _improve(
        self, relaxation: Semidefinite, done: int, most: int, patient: bool
    ) -> int:
        """Take steps until the bound closes, variables are fixed, or it gets slow."""
        mark, value = done, np.inf
        while True:
            steps = relaxation.chunk
            relaxation.improve(steps)
            relaxation.fix_by_form()
            done += steps
            if patient and relaxation.bound is not None:
                self._tell(relaxation.bound)
            size = relaxation.core.num_vars
            if relaxation.is_closed or relaxation.num_fixed > WORTH_A_NEW_CORE * size:
                return done
            if done >= most or relaxation.is_stuck or self._stops():
                return done
            if self.run.remaining < SECONDS_PER_CUBE * size**3:
                return done
            if done - mark >= 2 * steps:
                gain = (value - relaxation.value) / (done - mark)
                if self._is_slow(relaxation, gain, patient):
                    return done
                mark, value = done, relaxation.value
            elif value == np.inf:
                value = relaxation.value

    def _is_slow(self, relaxation: Semidefinite, gain: float, patient: bool) -> bool:
        """Tell whether steps that gain so much each will not close a node soon."""
        gap = relaxation.value - relaxation.cutoff
        return gap > gain * relaxation.patience and not patient

    def _tell(self, bound: int) -> None:
        with self._lock:
            objective = self.run.objective
            self.run.offer_bound(bound if objective is None else max(bound, objective))

    def _propagate(self, lower: Floats, upper: Floats) -> bool:
        program = self.program
        if np.any(lower > upper):
            return False
        start, var = program.row_start, program.row_var
        return bool(propagate(start, var, *self._rows, self._hard, lower, upper, 10))

    def _leaf(self, point: Floats) -> None:
        x = self.left.lift(point.astype(np.int64))
        with self._lock:
            if self.run.program.is_feasible(x):
                self.run.offer(x)

    @staticmethod
    def _restrict(
        core: Core, multipliers: Multipliers, lower: Floats, upper: Floats
    ) -> tuple[Core, Multipliers]:
        inner = lower[core.var] - core.base
        small, free = core.restrict(inner, upper[core.var] - core.base)
        return small, multipliers.restrict(core, inner, free)

    @staticmethod
    def _apply(relaxation: Semidefinite, lower: Floats, upper: Floats) -> None:
        """Tighten the box by what the relaxation fixed."""
        core = relaxation.core
        lower[core.var] = core.base + relaxation.lower
        upper[core.var] = core.base + relaxation.upper

    def _node(
        self,
        bound: int,
        lower: Floats,
        upper: Floats,
        core: Core,
        multipliers: Multipliers,
        is_root: bool = False,
    ) -> Node:
        key = 0 if self.run.objective is None else -bound
        age = next(self._ages)
        return Node(key, age, bound, lower, upper, core, multipliers, is_root)

    def _branch(
        self, relaxation: Semidefinite, bound: int, lower: Floats, upper: Floats
    ) -> list[Node]:
        """Return the two sides of a variable, less those that hold nothing better."""
        core, children = relaxation.core, []
        for side in choose_branch(relaxation):
            at, to = lower.copy(), upper.copy()
            at[core.var[side.variable]] = core.base[side.variable] + side.lower
            to[core.var[side.variable]] = core.base[side.variable] + side.upper
            limit = min(bound, side.bound)
            children.append(self._node(limit, at, to, core, relaxation.best))
        return children
