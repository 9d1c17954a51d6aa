"""Bound, starts and core of a sparse program by minimum cuts."""

from __future__ import annotations

from bundlesolve.bounds.closure import Closure, closure_of, density
from bundlesolve.bounds.mincut import MOST_AGAIN, CutBound
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program
from bundlesolve.reduce.cut_fixing import fix_by_cuts
from bundlesolve.reduce.restrict import Restriction, restrict
from bundlesolve.run import Run
from bundlesolve.solvers import layouts
from bundlesolve.solvers.greedy import construct

MOST_DENSITY = 0.2
"""Share of pairs up to which a program counts as sparse. In denser ones the optimal
set jumps from next to nothing to nearly everything, and tells nothing of what is between.
"""


def sparse_closure(program: Program) -> Closure | None:
    """Return the closure problem of a sparse program, None for all others.

    Sparse are programs with at most ``MOST_DENSITY`` of all pairs of free variables, a
    pair of positive worth and a knapsack row; see `closure_of`.
    """
    if program.num_pairs == 0 or density(program) > MOST_DENSITY:
        return None
    make_room(program)
    return closure_of(program)


def make_room(program: Program) -> None:
    """Let go of the layout of a large program, for the network takes as much memory."""
    if program.num_pairs > MOST_AGAIN:
        layouts.forget(program)


class CutCore:
    """The minimum cuts of one program during one run.

    Parameters
    ----------
    program, run
        What is searched, and who is told of bounds and points.
    closure
        See `sparse_closure`.
    """

    def __init__(self, program: Program, run: Run, closure: Closure) -> None:
        self.program, self.run = program, run
        make_room(program)
        self.cut = CutBound(closure)

    def prepare(self) -> bool:
        """Offer the bound and two starts; return False if there was no time for all cuts.

        The starts are those of Hochbaum, Baumann, Goldschmidt and Zhang ("A fast and
        effective breakpoints heuristic algorithm for the quadratic knapsack problem",
        European Journal of Operational Research 323(2), 2025): the two neighbouring
        vertices of the hull of weight and worth, the lighter one filled up, the heavier one
        cut down.
        """
        run, cut = self.run, self.cut
        while not cut.is_done and not run.should_stop():
            if run.remaining < cut.seconds:
                break
            cut.step()
            run.step()
        # The starts need a layout, which is as large as the network.
        cut.set_aside()
        if cut.bound is not None:
            run.offer_bound(cut.bound, "minimum cut")
        for inside in (cut.small, cut.large):
            if cut.is_done and not run.should_stop():
                self.build(cut.closure.point(inside))
        return cut.is_done

    def build(self, x: IntArray) -> None:
        """Repair, fill up and polish a point, and offer what comes out."""
        construct(self.program, self.run, x, frugal=False, shrink=False)

    def core(self, spare: int = 0) -> Restriction:
        """Return what is left for points better than the incumbent; nothing is a proof.

        Points that are better by ``spare`` or less count for no better.
        """
        objective = self.run.objective
        if objective is None:
            return restrict(self.program, self.program.lower, self.program.upper)
        make_room(self.program)
        core = fix_by_cuts(self.program, self.cut, objective + spare)
        if core.program is None:
            self.run.offer_bound(objective + spare, "minimum cut")
        return core


def warm_up() -> None:
    """Compile the kernels."""
    from bundlesolve.bounds.mincut import warm_up as warm_up_cuts
    from bundlesolve.kernels.greedy import warm_up as warm_up_greedy

    warm_up_cuts()
    warm_up_greedy()
