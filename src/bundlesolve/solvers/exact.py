"""Branch and bound with the semidefinite Lagrangian bound, on what reduction leaves."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from bundlesolve.errors import InvalidParameter
from bundlesolve.model.program import Program
from bundlesolve.reduce.restrict import Restriction
from bundlesolve.run import Run
from bundlesolve.solvers.base import Proof, Solver, get_solver
from bundlesolve.solvers.cpus import usable_cpus
from bundlesolve.stop import Stop

if TYPE_CHECKING:
    from bundlesolve.solvers.star_search import StarProblem

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Exact(Solver):
    """Reduce by Lagrangian fixing, then branch and bound with semidefinite multipliers.

    After Caprara, Pisinger and Toth, "Exact solution of the quadratic knapsack problem",
    INFORMS J. Computing 11 (1999), and Helmberg, Rendl and Weismantel, "A semidefinite
    programming approach to the quadratic knapsack problem", J. Combinatorial Optimization
    4 (2000), for any program: see ``docs/exact.md``. A program without pairs, or of which
    reduction leaves more than a dense matrix can hold, is left to `mip`.

    Parameters
    ----------
    fixing_steps
        Most subgradient steps of each round of Lagrangian fixing. Default 200.
    root_steps
        Most steps on the semidefinite multipliers in the root. Default 400.
    node_steps
        Most of them in every other node of the tree. Default 60.
    threads
        Nodes worked on at the same time. Default 0: one a core, or one alone under a
        limit of steps, so that the same seed gives the same answer.
    rounds
        True: nodes are bounded by rounds of a smooth dual (``docs/mixed-signs.md``)
        wherever all variables are two-valued. Default False: where pairs are of mixed
        signs or clash.
    """

    name: ClassVar[str] = "exact"
    summary: ClassVar[str] = "own branch and bound with semidefinite Lagrangian bounds"
    proves: ClassVar[tuple[str, ...]] = ("optimal", "infeasible", "bound")
    needs: ClassVar[tuple[str, ...]] = ("numba", "scipy", "pulp", "highspy")
    step: ClassVar[str] = "one node of the search tree"
    starts_from: ClassVar[str] = "local"

    fixing_steps: int = 200
    root_steps: int = 400
    node_steps: int = 60
    threads: int = 0
    rounds: bool = False

    def __post_init__(self) -> None:
        least = {"fixing_steps": 1, "root_steps": 1, "node_steps": 1, "threads": 0}
        for name, low in least.items():
            if getattr(self, name) < low:
                found = getattr(self, name)
                raise InvalidParameter(f"expected {name} of {low} or more, found {found}")

    def warm_up(self) -> None:
        """Compile the kernels."""
        from bundlesolve.bounds.lagrangian import warm_up
        from bundlesolve.bounds.semidefinite import warm_up as warm_up_semidefinite
        from bundlesolve.kernels.propagate import warm_up as warm_up_propagate
        from bundlesolve.reduce.presolve import warm_up as warm_up_presolve

        warm_up()
        warm_up_presolve()
        warm_up_semidefinite()
        warm_up_propagate()
        get_solver("cut").warm_up()
        get_solver("mip").warm_up()

    def search(self, program: Program, run: Run) -> Proof:
        """Reduce, then walk through the tree; complete unless the run ends it."""
        from bundlesolve.reduce.fixing import fix_variables
        from bundlesolve.reduce.presolve import presolve
        from bundlesolve.solvers.coupling import couple

        def keep_going() -> bool:
            return not run.should_stop()

        if program.num_pairs == 0:
            return get_solver("mip").search(program, run.part(Stop(), "mip"))
        if _cut(program, run):
            return Proof(bound=run.bound, infeasible=run.objective is None)
        couple(program, run)
        if run.should_stop():
            return Proof(bound=run.bound)
        left = presolve(program, keep_going)
        if left.program is not None and run.objective is not None:
            share = FIXING_SHARE if _is_too_large(left.program) else 1.0
            until = (1.0 - share) * run.remaining
            fixed = fix_variables(
                left.program,
                run.objective,
                lambda: keep_going() and run.remaining > until,
                self.fixing_steps,
                run.offer_bound,
            )
            left = left.then(fixed)
        if left.program is not None:
            logger.info("%d of %d variables left", len(left.free), program.num_vars)
            return self._branch_and_bound(left, run)
        return Proof(bound=run.objective, infeasible=run.objective is None)

    def _branch_and_bound(self, left: Restriction, run: Run) -> Proof:
        from bundlesolve.bounds.blas import one_blas_thread
        from bundlesolve.solvers.star_search import StarSearch
        from bundlesolve.solvers.tree import Tree

        assert left.program is not None
        threads = self.threads or usable_cpus()
        left = _shrunk(left, run, threads)
        if left.program is None:
            return Proof(bound=run.objective, infeasible=run.objective is None)
        if run.should_stop():
            return Proof(bound=run.bound)
        if _is_too_large(left.program):
            return get_solver("mip").search(run.program, run.part(Stop(), "mip"))
        if not self.threads and (run.remaining_steps is not None or run.stop.stall):
            threads = 1
        problem = _stars(left.program)
        if problem is not None:
            from bundlesolve.kernels.star_tree import warm_up as warm_up_stars

            run.aside(warm_up_stars)
            turn = run.part(_star_turn(problem, run), self.name)
            if StarSearch(problem, left, turn, threads).prove():
                return Proof(bound=run.objective)
            _search(run)
            if run.should_stop():
                return Proof(bound=run.bound)
        left = _tightened(left, run, threads)
        if left.program is None:
            return Proof(bound=run.objective, infeasible=run.objective is None)
        if run.should_stop():
            return Proof(bound=run.bound)
        with one_blas_thread():
            tree = Tree(left, run, self.root_steps, self.node_steps, threads, self.rounds)
            if not tree.walk():
                return Proof(bound=tree.bound)
        return Proof(bound=run.objective, infeasible=run.objective is None)


def _cut(program: Program, run: Run) -> bool:
    """Give minimum cuts a turn where they alone can prove; return whether they did."""
    from bundlesolve.bounds.closure import closure_of
    from bundlesolve.bounds.mincut import MOST_AGAIN

    if program.num_pairs > MOST_AGAIN:
        return False
    closure = closure_of(program)
    if closure is None or not closure.exact:
        return False
    share = CUT_SHARE * run.remaining
    turn = Stop(seconds=max(1e-3, min(CUT_SECONDS, share)), steps=CUT_STEPS)
    proof = get_solver("cut").search(program, run.part(turn, "cut"))
    return proof.infeasible or run.gap == 0


def _stars(program: Program) -> StarProblem | None:
    """Return a program as one for stars where these are better than a semidefinite tree."""
    from bundlesolve.bounds.convex import clashes
    from bundlesolve.bounds.core import make_core
    from bundlesolve.solvers.star_search import StarProblem

    core = make_core(program)
    return StarProblem.of(core) if clashes(core) else None


def _star_turn(problem: StarProblem, run: Run) -> Stop:
    """Return the limits of stars: few where the doubly nonnegative bound can follow."""
    from bundlesolve.bounds.doubly_nonnegative import suits

    if not suits(problem.core):
        return Stop()
    if run.remaining == float("inf"):
        return Stop(steps=STAR_STEPS)
    return Stop(seconds=max(1e-3, STAR_SHARE * run.remaining))


def _search(run: Run) -> None:
    """Look for better points for a while, before a tree that is long and finds few.

    Not under a limit of steps, which are those of the tree.
    """
    if run.remaining_steps is None and not run.should_stop():
        limit = None if run.remaining == float("inf") else SEARCH_SHARE * run.remaining
        turn = Stop(seconds=limit, stall=SEARCH_STALL)
        get_solver("local").search(run.program, run.part(turn, "local"))


def _is_too_large(program: Program) -> bool:
    """Tell whether a tree's matrices would take too much room."""
    from bundlesolve.bounds.core import dense_size

    return dense_size(program) > MOST_DENSE


def _tightened(left: Restriction, run: Run, threads: int) -> Restriction:
    """Fix what the low-rank solver's bounds fix, round by round, before the tree begins.

    On some of the time, and only where the core is large and the gap is wide: otherwise the
    tree's own start does as much.
    """
    from bundlesolve.bounds.core import make_core
    from bundlesolve.bounds.low_rank import suits
    from bundlesolve.bounds.warm_start import CLOSE
    from bundlesolve.reduce.semidefinite_fixing import fix_by_semidefinite

    program, objective, gap = left.program, run.objective, run.gap
    if program is None or objective is None or program.num_vars < LEAST_TIGHTENED:
        return left
    if (gap is not None and gap <= CLOSE) or not suits(make_core(program)):
        return left
    seconds = TIGHTENING_SHARE * run.remaining
    until = run.remaining - seconds

    def keep_going() -> bool:
        return run.remaining >= until and not run.should_stop()

    return left.then(
        fix_by_semidefinite(
            program, objective, keep_going, run.offer_bound, threads, seconds
        )
    )


def _shrunk(left: Restriction, run: Run, threads: int) -> Restriction:
    """Bound what is large by the low-rank solver, and fix what that fixes."""
    from bundlesolve.bounds.warm_start import CLOSE
    from bundlesolve.reduce.semidefinite_fixing import fix_by_low_rank

    program, gap = left.program, run.gap
    if program is None or run.objective is None or run.incumbent is None:
        return left
    if program.num_vars < LEAST_TIGHTENED:
        return left
    if gap is not None and gap <= CLOSE and not _is_too_large(program):
        return left
    x = left.project(run.incumbent)
    seconds = SHRINKING_SHARE * run.remaining
    return left.then(
        fix_by_low_rank(
            program,
            run.objective,
            seconds,
            threads,
            run.offer_bound,
            x,
            run.should_stop,
        )
    )


CUT_SECONDS = 3.0
CUT_STEPS = 200_000
CUT_SHARE = 0.2
"""Most that minimum cuts may take before the semidefinite tree."""
STAR_SHARE, STAR_STEPS = 0.05, 50_000
"""What stars get of the time before the doubly nonnegative tree, or their nodes."""
SEARCH_SHARE, SEARCH_STALL = 0.05, 200_000
"""What `local` gets of the time between stars and tree, and its steps without gain."""
MOST_DENSE = 2 * 2_000**2
"""Numbers of a dense core beyond which a tree's matrices are not worth their memory."""
FIXING_SHARE = 0.06
"""Share of the time that subgradient steps may take where no tree follows."""
SHRINKING_SHARE = 0.9
"""Share of the time that the low-rank solver may take."""
LEAST_TIGHTENED = 400
"""Variables from which on rounds of the low-rank solver come before the tree."""
TIGHTENING_SHARE = 0.85
"""Share of the time that they may take."""
