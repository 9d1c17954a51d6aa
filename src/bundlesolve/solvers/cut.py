"""Minimum cuts: bound, starts, fixing and branching for sparse programs."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from bundlesolve.bounds.closure import closure_of, closure_over
from bundlesolve.errors import InvalidParameter
from bundlesolve.model.program import Program
from bundlesolve.reduce.restrict import Restriction, restrict
from bundlesolve.run import Run
from bundlesolve.solvers.base import Proof, Solver
from bundlesolve.stop import Stop

if TYPE_CHECKING:
    from bundlesolve.solvers.cut_core import CutCore

logger = logging.getLogger(__name__)

LEVEL_RATIO = 4
CHUNK_SECONDS = 0.02
"""How long the tree should walk between two looks at the clock."""


@dataclass(frozen=True)
class Cut(Solver):
    """Lagrangian of the tightest knapsack by minimum cuts, then the core that is left.

    The bound and its two optimal sets (`bundlesolve.bounds.mincut`), starts from them,
    fixing by what a variable's other value costs, a burst of local search on the core, and
    where the program is a knapsack with pairs of positive worth and nothing else, branch
    and bound on the core (`bundlesolve.kernels.cut_tree`); otherwise local search on it.
    Without a pair of positive worth or a binding knapsack row there is nothing to cut, and
    it is local search alone.

    Where such a knapsack is small, a best-first tree may come before all that
    (`bundlesolve.solvers.split_search`). What that has proved counts whenever it ends:
    it is the one for some milliseconds an instance.

    A limit on the gap makes the tree leave that much unproved: a node is closed when it
    holds nothing better than the incumbent by more. Where the root's gap is far above it,
    trees that leave more come first, each with a bound of its own.

    Parameters
    ----------
    burst
        Most steps of each burst of local search before the tree, of which there are two.
        Default 5,000.
    node_steps
        Most subgradient steps in a node of the tree, on the multipliers of the knapsack row
        times each variable (`bundlesolve.kernels.products`). Default 2.
    broad
        Most nodes of the best-first tree. Default 0: none; its kernels take some seconds to
        compile, once, and a proof without a limit on the gap is hardly sooner for it.
    """

    name: ClassVar[str] = "cut"
    summary: ClassVar[str] = "minimum cuts for sparse synergies under a budget"
    proves: ClassVar[tuple[str, ...]] = ("optimal", "infeasible", "bound")
    needs: ClassVar[tuple[str, ...]] = ("numba",)
    step: ClassVar[str] = "one cut, one move of a search, or one node of the tree"

    burst: int = 5_000
    node_steps: int = 2
    broad: int = 0

    def __post_init__(self) -> None:
        for name in ("burst", "node_steps", "broad"):
            if getattr(self, name) < 0:
                found = getattr(self, name)
                raise InvalidParameter(f"expected {name} of 0 or more, found {found}")

    def warm_up(self) -> None:
        """Compile the kernels."""
        from bundlesolve.kernels.warm import warm_up as warm_up_local
        from bundlesolve.solvers.cut_core import warm_up

        warm_up()
        warm_up_local()
        if self.broad:
            from bundlesolve.kernels.split_tree import warm_up as warm_up_splits

            warm_up_splits(is_short=True)

    def search(self, program: Program, run: Run) -> Proof:
        """Bound, start, fix, search the core; complete unless the run ends it."""
        from bundlesolve.solvers.cut_core import CutCore
        from bundlesolve.solvers.split_search import search_splits

        if run.should_stop():
            return Proof()
        closure = closure_of(program)
        broad = self.broad if closure is not None and closure.exact else 0
        if closure is not None and broad and search_splits(closure, run, broad):
            return Proof()
        cuts = None if closure is None else CutCore(program, run, closure)
        if run.should_stop():
            return Proof()
        if closure is None or cuts is None or not cuts.prepare():
            whole = restrict(program, program.lower, program.upper)
            return Proof(infeasible=not _local(whole, run, Stop()))
        for _ in range(2 if self.burst else 0):
            if run.should_stop():
                return Proof()
            if not _local(cuts.core(run.spare), run, Stop(steps=self.burst)):
                break
        if not closure.exact:
            return _search_core(cuts, run)
        for level in _levels(run):
            core = cuts.core(level)
            logger.info("%d of %d variables left", len(core.free), program.num_vars)
            if run.should_stop() or not _walk(core, run, self, level):
                return Proof()
            if run.objective is None:
                return Proof(infeasible=True)
            run.offer_bound(run.objective + level, "minimum cuts")
        return Proof()


def _search_core(cuts: CutCore, run: Run) -> Proof:
    """Search the core, which is not all of the problem, unless cuts alone are enough."""
    if cuts.core(run.spare).program is None:
        return Proof(infeasible=run.objective is None)
    closed = not _local(cuts.core(), run, Stop())
    if closed and run.objective is not None:
        run.offer_bound(run.objective, "minimum cuts")
    return Proof(infeasible=closed and run.objective is None)


def _levels(run: Run) -> list[int]:
    """Return what each tree leaves unproved: first much, in the end what the run allows.

    A tree that is not finished proves nothing, and one that may leave four times as much is
    a fraction of it.
    """
    levels = [run.spare]
    if run.bound is not None and run.objective is not None and run.spare:
        while 2 * LEVEL_RATIO * levels[-1] <= run.bound - run.objective:
            levels.append(LEVEL_RATIO * levels[-1])
    return levels[::-1]


def _local(core: Restriction, run: Run, stop: Stop) -> bool:
    """Search the core with the default local search; return False where it is empty."""
    from bundlesolve.solvers.core_run import CoreRun
    from bundlesolve.solvers.local import Local

    if core.program is None:
        return False
    Local().rounds(core.program, CoreRun(core, run, stop))
    return True


def _walk(core: Restriction, run: Run, solver: Cut, spare: int) -> bool:
    """Walk through the tree of the core; return True when it is finished."""
    from bundlesolve.kernels import cut_tree

    program = core.program
    if program is None:
        return True
    run.aside(cut_tree.warm_up)
    closure = closure_over(program, 0 if program.num_rows else None)
    objective = run.objective
    # The core's lower bounds fit, and are worth 0 here.
    best = -1 if objective is None else max(objective - closure.constant, -1)
    pairs = closure.columns
    tree = cut_tree.new_tree(
        closure.worth, closure.weight, *pairs, best, solver.node_steps, spare
    )
    chunk = 1
    while not tree.notes[cut_tree.FINISHED]:
        if run.should_stop():
            return False
        left = run.remaining_steps
        nodes = chunk if left is None else min(chunk, left)
        began = time.perf_counter()
        made = cut_tree.walk(tree, closure.room, nodes)
        took = time.perf_counter() - began
        run.step(made)
        if made == chunk:
            chunk = max(1, min(chunk * 2, int(chunk * CHUNK_SECONDS / max(took, 1e-6))))
        if tree.notes[cut_tree.FOUND]:
            tree.notes[cut_tree.FOUND] = 0
            run.offer(core.lift(closure.point(tree.best_set)))
    return True
