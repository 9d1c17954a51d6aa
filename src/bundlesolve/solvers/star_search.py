"""Branch and bound by stars: one knapsack, conflicts, pairs of any worth."""

from __future__ import annotations

import heapq
import logging
import threading
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bundlesolve.bounds.core import Core
from bundlesolve.kernels import star_tree
from bundlesolve.kernels.star_tree import StarTree
from bundlesolve.kernels.stars import LARGEST
from bundlesolve.kernels.types import Floats, Ints
from bundlesolve.reduce.restrict import Restriction
from bundlesolve.run import Run
from bundlesolve.solvers.side_by_side import side_by_side

logger = logging.getLogger(__name__)

SCALE = 256
"""Parts of a unit of worth that everything is counted in, where they fit."""
MOST_ITEMS = 400
MOST_WEIGHT = 2**31
STEPS = 2
"""Subgradient steps in a node."""
WARM_STEPS = 100
"""Those in the first node of a walk, whose splits are halves."""
MOST_NODES = 500
"""Nodes of a walk before what is open goes back to the heap."""
MOST_WORK = 2e7
"""Nodes times square of items of a walk, at most."""
LEVELS = (0.64, 0.16, 0.04, 0.009)
"""Shares of the known point that trees leave unproved, before the one that leaves none."""
NOWHERE = 2**61


@dataclass(frozen=True)
class StarProblem:
    """``constant + worth.x + 1/2 x'Px`` over sets without clashes in one knapsack.

    Parameters
    ----------
    core
        Where it comes from.
    worth, pair, weight
        Whole numbers, worths as they are. Shapes ``[n]``, ``[n, n]``, ``[n]``.
    room
        Capacity of the knapsack.
    scale
        Parts of a unit of worth that are counted in.
    """

    core: Core
    worth: Ints
    pair: Ints
    weight: Ints
    room: int
    scale: int

    @classmethod
    def of(cls, core: Core) -> StarProblem | None:
        """Return a core as such a problem; None where it is not one, or too large."""
        n = core.num_vars
        if core.num_pairable != n or not 0 < n <= MOST_ITEMS:
            return None
        knapsacks = _knapsacks(core)
        if knapsacks is None or len(knapsacks) > 1:
            return None
        load, limit = knapsacks[0] if knapsacks else (np.zeros(n), 0.0)
        size = float(np.abs(core.worth).sum() + np.abs(core.quadratic).sum())
        scale = min(SCALE, int(LARGEST / max(1.0, size)))
        if limit < 0.0 or load.sum() > MOST_WEIGHT or scale < 1:
            return None
        weight = np.rint(load).astype(np.int64)
        room = int(min(load.sum(), limit))
        worth = np.rint(core.worth).astype(np.int64)
        pair = np.rint(core.quadratic).astype(np.int64)
        return cls(core, worth, pair, weight, room, scale)

    def point(self, inside: NDArray[np.int8], lower: Ints) -> Ints:
        """Return a set as a point of the core's program, whose lower bounds are given."""
        x = lower.copy()
        x[self.core.var] = self.core.base + (inside > 0)
        return x


def _knapsacks(core: Core) -> list[tuple[Floats, float]] | None:
    """Return weights and capacities of all knapsacks; None where there are other rows."""
    found = []
    for g, capacity in enumerate(core.capacity):
        members = np.flatnonzero(core.group == g)
        both = core.clash[np.ix_(members, members)] | np.eye(len(members), dtype=np.bool_)
        fits = core.weight[members] <= capacity
        if not (np.all(both) and np.all(fits)):
            found.append((np.where(core.group == g, core.weight, 0.0), float(capacity)))
    for r in np.flatnonzero((core.most_high > 0.0) | (core.most_low > 0.0)):
        soft = core.most_low[r] > 0.0 or np.isfinite(core.most_high[r])
        if soft or np.any(core.rows[r] < 0.0):
            return None
        found.append((core.rows[r], float(core.high[r])))
    return found


@dataclass(order=True)
class Part:
    """Sets that are still open: those in which some items are fixed; by bound."""

    key: int
    age: int
    side: NDArray[np.int8] = field(compare=False)


class StarSearch:
    """Walks through parts of the tree, the one of largest bound next.

    Parameters
    ----------
    problem
        What is searched: the core of ``left``.
    left
        The program and the way back.
    run
        Told of points, bounds and nodes; says when to stop.
    threads
        Walks at the same time.
    """

    def __init__(
        self, problem: StarProblem, left: Restriction, run: Run, threads: int
    ) -> None:
        assert left.program is not None
        self.problem, self.left, self.run, self.threads = problem, left, run, threads
        self._base = left.program.lower
        n = len(problem.worth)
        self._nodes = max(10, min(MOST_NODES, int(MOST_WORK / n**2)))
        self._lock = threading.Condition()
        self._open: list[Part] = []
        self._taken: dict[int, int] = {}
        self._age = 0
        self._gain = problem.scale
        self._failure: BaseException | None = None

    def prove(self) -> bool:
        """Prove that no point is better than the incumbent; False if the run ends it.

        A tree that is not finished proves next to nothing, so others go first that may
        leave a share of the known worth.
        """
        if self.run.objective is None:
            self.run.offer(self.left.lift(self._base), "stars")
        for spare in self._levels():
            if not self._finish(spare):
                return False
            assert self.run.objective is not None
            self.run.offer_bound(self.run.objective + spare, "stars")
            if self.run.should_stop():
                return False
        return True

    def _levels(self) -> list[int]:
        objective, bound = self.run.objective, self.run.bound
        least = self.run.spare
        assert objective is not None
        if objective <= 0:
            return [least]
        spares = [int(share * objective) for share in LEVELS]
        most = NOWHERE if bound is None else bound - objective
        return [*(s for s in spares if least < s < most), least]

    def _finish(self, spare: int) -> bool:
        """Walk through the tree of all sets better by more than ``spare``."""
        self._gain = self.problem.scale * (spare + 1)
        n = len(self.problem.worth)
        self._open = [Part(-NOWHERE, 0, np.zeros(n, dtype=np.int8))]
        side_by_side(self._work, self._fail, self.threads)
        if self._failure is not None:
            raise self._failure
        return not self._open and not self._taken

    def _fail(self, error: BaseException) -> None:
        with self._lock:
            self._failure = error
            self._lock.notify_all()

    # -- one worker -----------------------------------------------------------------

    def _work(self) -> None:
        problem, scale = self.problem, self.problem.scale
        try:
            tree = star_tree.new_tree(
                scale * problem.worth,
                scale * problem.pair,
                problem.weight,
                np.ascontiguousarray(problem.core.clash),
                STEPS,
                WARM_STEPS,
            )
            while (part := self._next(tree)) is not None:
                nodes = self._nodes
                if self.run.remaining_steps is not None:
                    nodes = max(1, min(nodes, self.run.remaining_steps))
                star_tree.begin(tree, part.side, problem.room, -part.key)
                made = star_tree.walk(tree, nodes)
                left = open_parts(tree)
                with self._lock:
                    del self._taken[id(tree)]
                    self._keep(left)
                    self._found(tree)
                    self.run.step(made)
                    self._tell()
                    self._lock.notify_all()
        except BaseException as error:  # noqa: BLE001 - handed to the caller's thread
            self._fail(error)

    def _next(self, tree: StarTree) -> Part | None:
        """Return the part of the largest bound; None when there is nothing to do."""
        with self._lock:
            while True:
                if self._failure is not None or self.run.should_stop():
                    return None
                best = self._known()
                notes = tree.notes
                notes[star_tree.BEST] = best
                notes[star_tree.GAIN] = self._gain
                notes[star_tree.LEAST] = best + self._gain
                while self._open:
                    part = heapq.heappop(self._open)
                    if -part.key >= best + self._gain:
                        self._taken[id(tree)] = part.key
                        return part
                if not self._taken:
                    return None
                self._lock.wait(0.05)

    def _known(self) -> int:
        """Return the worth of the incumbent in parts, without the constant."""
        assert self.run.objective is not None
        return self.problem.scale * (self.run.objective - self.problem.core.constant)

    def _keep(self, left: list[tuple[int, NDArray[np.int8]]]) -> None:
        for bound, side in left:
            self._age -= 1
            heapq.heappush(self._open, Part(-bound, self._age, side))

    def _found(self, tree: StarTree) -> None:
        if tree.notes[star_tree.FOUND]:
            x = self.problem.point(tree.best_set, self._base)
            self.run.offer(self.left.lift(x), "stars")

    def _tell(self) -> None:
        """Offer the largest bound of what is open, and what this tree leaves out."""
        keys = [*self._taken.values(), *(part.key for part in self._open[:1])]
        objective = self.run.objective
        assert objective is not None
        if not keys or min(keys) <= -NOWHERE:
            return
        bound = -min(keys) // self.problem.scale + self.problem.core.constant
        self.run.offer_bound(
            max(bound, objective + self._gain // self.problem.scale - 1), "stars"
        )


def open_parts(tree: StarTree) -> list[tuple[int, NDArray[np.int8]]]:
    """Return bound and fixed items of every node that a walk has left open."""
    notes = tree.notes
    if notes[star_tree.FINISHED]:
        return []
    depth, least = int(notes[star_tree.DEPTH]), notes[star_tree.LEAST]
    found = [(int(tree.bound[depth]), tree.side.copy())]
    for d in range(1, depth):
        if tree.todo[d] == star_tree.FIRST and tree.other[d] >= least:
            side = np.zeros_like(tree.side)
            fixed = tree.trail[: tree.mark[d]]
            side[fixed] = tree.side[fixed]
            side[tree.item[tree.first[d] + tree.branch[d]]] = -1
            found.append((int(tree.other[d]), side))
    return found


def warm_up() -> None:
    """Compile the kernels."""
    star_tree.warm_up()
