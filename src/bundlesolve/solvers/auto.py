"""Several methods in turn inside one deadline, chosen by what the program looks like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from bundlesolve.bounds.best import prove_bounds
from bundlesolve.bounds.closure import closure_of
from bundlesolve.bounds.mincut import MOST_AGAIN
from bundlesolve.bounds.tightening import MOST_BOUNDED, MOST_VARIABLES
from bundlesolve.errors import InvalidParameter
from bundlesolve.model.program import Program
from bundlesolve.run import Run
from bundlesolve.solvers.base import Proof, Solver, get_solver
from bundlesolve.solvers.blocks import Blocks
from bundlesolve.solvers.cut_core import sparse_closure
from bundlesolve.solvers.held_run import HeldRun
from bundlesolve.solvers.split_search import reaches_gap
from bundlesolve.stop import Stop

STALL = 200_000
"""Steps without improvement that end a turn of `local` when the run has no limit, or when
a proof is to be tried."""

LEAST_VARIABLES = 20_000
"""Variables from which on trees are out of reach: half `local`, then bounds alone."""
HELD = 0.95
"""Share up to which a turn of `local` is held while it finds better points."""
BOUND_SHARE = 0.6
"""Share of what is left that the bounds of such a program get."""


class Turn(NamedTuple):
    """One method's turn: its share of what is left of the limits.

    ``stall`` is the number of steps without improvement that end it early, None for none.
    While better points come, the turn is held up to the share ``most``
    (`bundlesolve.solvers.held_run`); 0: it is not. ``probes``: also where the gap is wide.
    """

    method: str
    share: float
    stall: int | None = None
    most: float = 0.0
    probes: bool = True


@dataclass(frozen=True)
class Auto(Solver):
    """Pick methods by size and run them in turn on one incumbent and one bound.

    * At least 10 bundles and 5,000 cells, hard packing limits only, one unit of an item in
      a bundle (`bundlesolve.model.segments`): stock prices and moves over the whole time,
      nothing compiled (`bundlesolve.solvers.segments`).
    * At most ``brute_points`` points: `brute`, which proves.
    * No pair worths: a fifth of the time `local`, the rest `mip`, which closes linear
      programs better than any heuristic.
    * A knapsack and pairs of positive worth, nothing else: a tenth `local`, three where
      pairs are dense and it finds better points, then `exact` for the proof, half of the
      time where there are too many variables for any matrix.
    * No rows, and few enough variables for matrices: a fifth `local`, then `exact`.
    * Several bundles coupled by few rows, and few enough variables for matrices: two fifths
      `local`, then `exact`.
    * At most ``mip_pairs`` pairs: two fifths `local`, then `mip` for the proof, three
      fifths of what is left, then `exact`.
    * Tens of thousands of variables: half `local`, then bounds without a tree; nearly all
      `local`, which begins with cuts, where pairs are too many for other bounds.
    * More pairs: half `local`, then `exact`, which at least bounds.
    * In these last but for the largest programs, `local` goes on while better points come,
      up to 0.95 of the time; where the gap is still wider than 5 % after 25 Lagrangian
      steps, a proof is out of reach of seconds, and `local` goes on longer
      (`bundlesolve.solvers.held_run`).
    * With a limit on the gap, small knapsacks with pairs begin with a best-first tree
      (`bundlesolve.solvers.split_search`): most reach a few tenths of a percent in some
      milliseconds.
    * Whatever is left when a turn ends early goes to `local`.
    * No feasible point after a turn of `local`: `mip` looks for one on the rows alone,
      without the pairs, for a third of what is left. A proof that there is none holds for
      the program too, and a point is one to go on from.

    Parameters
    ----------
    brute_points
        Largest box for `brute`. Default ``2**12``.
    mip_pairs
        Most pairs for `mip`. Default 30,000.
    """

    name: ClassVar[str] = "auto"
    summary: ClassVar[str] = "picks by size and runs several methods in turn"
    proves: ClassVar[tuple[str, ...]] = ("optimal", "infeasible", "bound")
    needs: ClassVar[tuple[str, ...]] = ("numba", "scipy", "pulp", "highspy")
    step: ClassVar[str] = "one step of the method whose turn it is"
    takes_segments: ClassVar[bool] = True

    brute_points: int = 1 << 12
    mip_pairs: int = 30_000

    def __post_init__(self) -> None:
        for name in ("brute_points", "mip_pairs"):
            if getattr(self, name) < 0:
                found = getattr(self, name)
                raise InvalidParameter(f"expected {name} of 0 or more, found {found}")

    def warm_up(self) -> None:
        """Warm up every method that may get a turn."""
        for method in ("brute", "greedy", "local", "mip", "exact"):
            get_solver(method).warm_up()

    def plan(self, program: Program) -> list[Turn]:
        """Return the turns for a program."""
        if program.box_size <= self.brute_points:
            return [Turn("brute", 1.0)]
        if program.num_pairs == 0:
            return [Turn("local", 0.2), Turn("mip", 1.0)]
        if program.num_vars >= LEAST_VARIABLES:
            # The most pairs allow no other bound than the cuts inside `local`.
            return [Turn("local", 0.5 if program.num_pairs <= MOST_AGAIN else 0.95)]
        closure = closure_of(program)
        small = program.num_pairs <= self.mip_pairs
        is_dense = program.num_vars <= MOST_VARIABLES
        if closure is not None and closure.exact:
            share = 0.9 if program.num_vars <= MOST_BOUNDED else 0.5
            # Of sparse ones the cuts in `local` leave a core that is soon searched.
            most = 0.1 if sparse_closure(program) else 0.3
            return [Turn("local", 0.1, STALL, most, False), Turn("exact", share)]
        if program.num_rows == 0 and is_dense:
            return [Turn("local", 0.2, STALL, HELD), Turn("exact", 0.8)]
        if is_dense and Blocks.of(program) is not None:
            return [Turn("local", 0.4, None, HELD), Turn("exact", 0.9)]
        if small:
            return [Turn("local", 0.4, None, HELD), Turn("mip", 0.6), Turn("exact", 0.9)]
        return [Turn("local", 0.5, None, HELD), Turn("exact", 0.5)]

    def search(self, program: Program, run: Run) -> Proof:
        """Give every method of the plan its turn, then `local` what is left."""
        if reaches_gap(program, run) or run.should_stop():
            return Proof()
        for turn in self.plan(program):
            proof = _take(turn, program, run)
            if proof.bound is not None:
                run.offer_bound(proof.bound, turn.method)
            if proof.infeasible or run.should_stop():
                return proof
            if turn.method == "local" and run.incumbent is None:
                proof = _find_point(program, run)
                if proof.infeasible or run.should_stop():
                    return proof
        if program.num_vars >= LEAST_VARIABLES:
            _bound(program, run)
        return _take(Turn("local", 1.0), program, run)


def _bound(program: Program, run: Run) -> None:
    """Bound a large program for half of what is left."""
    part = run.part(_limits(Turn("bound", BOUND_SHARE), run), "auto")

    def remaining() -> float:
        return 0.0 if part.should_stop() else part.remaining

    prove_bounds(program, run.objective, remaining, run.offer_bound)


class _RowsRun(Run):
    """A search on a program of the same rows; interrupted when the whole search is."""

    def __init__(self, rows: Program, stop: Stop, whole: Run) -> None:
        super().__init__(rows, stop, whole.rng.spawn(1)[0], "mip")
        self._whole = whole

    @property
    def interrupted(self) -> bool:
        """Whether somebody asked the whole search to end."""
        return self._whole.interrupted


def _find_point(program: Program, run: Run) -> Proof:
    """Look for a feasible point on the rows alone; offer it, or prove there is none."""
    if program.num_pairs == 0:
        return Proof()
    none = program.pair_worth[:0]
    rows = program.replace(pair_first=none, pair_second=none, pair_worth=none)
    alone = _RowsRun(rows, _limits(Turn("mip", 1 / 3), run), run)
    proof = get_solver("mip").search(rows, alone)
    if alone.incumbent is not None:
        run.offer(alone.incumbent, "mip on the rows")
    return Proof(infeasible=proof.infeasible)


def _take(turn: Turn, program: Program, run: Run) -> Proof:
    solver = get_solver(turn.method)
    if solver.refuses(program):
        return Proof()
    limits = _limits(turn, run)
    if not turn.most or (limits.seconds is None and limits.steps is None):
        return solver.search(program, run.part(limits, turn.method))
    most = _limits(turn._replace(share=turn.most), run)
    held = HeldRun(run, limits, most, turn.method, turn.probes)
    return solver.search(program, held)


def _limits(turn: Turn, run: Run) -> Stop:
    if run.remaining == float("inf") and run.remaining_steps is None:
        return Stop(stall=STALL if turn.method == "local" else None)
    seconds = None if run.remaining == float("inf") else max(run.remaining, 1e-3)
    steps = run.remaining_steps
    return Stop(
        seconds=None if seconds is None else seconds * turn.share,
        steps=None if steps is None else max(1, int(steps * turn.share)),
        stall=turn.stall,
    )
