"""One re-solve: start from what is known, repair it, walk on from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bundlesolve.errors import InvalidParameter
from bundlesolve.kernels.types import Floats
from bundlesolve.live.state import State
from bundlesolve.model.compile import Compiled
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program
from bundlesolve.reduce.forced import force
from bundlesolve.run import Run
from bundlesolve.solvers.base import Proof, Solver
from bundlesolve.solvers.layouts import remember

MOST_REPAIRS = 2
"""Known answers that are repaired where they are not feasible any more."""

MOST_MOVES = 1 << 40
"""Greedy moves of a repair: as many as it takes."""


@dataclass(frozen=True)
class Search(Solver):
    """Local search from answers to former states of the same model.

    Every known answer is clipped to the new bounds. The best that is feasible is the floor;
    the best that are not are repaired by greedy moves (`bundlesolve.kernels.greedy`), and
    the tabu search of `local` goes on from the best of all.

    Parameters
    ----------
    tenure, patience, strength, return_share
        As for `bundlesolve.solvers.local.Local`; rounds are shorter and return more often,
        for the answer is near. Default 4, 200, 300 and 700.
    """

    name: ClassVar[str] = "live"
    summary: ClassVar[str] = "local search from answers to former states of the model"
    needs: ClassVar[tuple[str, ...]] = ("numba",)
    step: ClassVar[str] = "one move: a flip, a swap or some units"

    tenure: int = 4
    patience: int = 200
    strength: int = 300
    return_share: int = 700

    def __post_init__(self) -> None:
        for name, least, most in (
            ("tenure", 0, 1_000_000),
            ("patience", 1, 1_000_000_000),
            ("strength", 0, 1000),
            ("return_share", 0, 1000),
        ):
            if not least <= getattr(self, name) <= most:
                found = getattr(self, name)
                raise InvalidParameter(f"expected {name} in {least}..{most}, found {found}")

    def warm_up(self) -> None:
        """Compile the kernels."""
        from bundlesolve.kernels.pair_gain import warm_up as warm_up_pairs
        from bundlesolve.kernels.warm import warm_up, warm_up_groups

        warm_up()
        warm_up_groups()
        # On the read-only arrays of a program, and with a row that no point can keep.
        one = np.ones(1, dtype=np.int64)
        force(
            Program(
                lower=0 * one,
                upper=one,
                worth=one,
                row_start=np.array([0, 1]),
                row_var=0 * one,
                row_coef=one,
                row_low=2 * one,
                row_high=2 * one,
                row_soft=0 * one,
                row_penalty=0 * one,
            )
        )
        warm_up_pairs()

    def search(self, program: Program, run: Run) -> Proof:
        """Walk on from the run's incumbent until told to stop."""
        self.walk(program, run, None, None)
        return Proof()

    def begin(self, state: State, run: Run, answers: Sequence[IntArray]) -> IntArray | None:
        """Offer what is known and what can be made of it.

        Parameters
        ----------
        state, run
            The model, and who keeps the books.
        answers
            Units of shape ``[K, n]`` each, the latest first; feasible or not.

        Returns
        -------
        IntArray | None
            The point to walk on from where nothing feasible was found. Shape ``[m]``.
        """
        from bundlesolve.kernels.point import BROKEN, OBJECTIVE, new_point, place

        # Another state's may have been the latest.
        remember(state.program, state.layout)
        point = new_point(state.layout)
        kept: list[tuple[int, IntArray]] = []
        broken: list[tuple[int, int, IntArray]] = []
        for age, units in enumerate(answers):
            x = clipped(state.compiled, units)
            point.x[:] = x
            place(state.layout, point)
            worth = int(point.sums[OBJECTIVE])
            if point.sums[BROKEN]:
                # The latest answer first, then those of greatest worth.
                broken.append((0 if age == 0 else 1, -worth, x))
            else:
                kept.append((-worth, x))
        kept.sort(key=lambda entry: entry[0])
        broken.sort(key=lambda entry: entry[:2])
        for _, x in kept[:1]:
            run.offer(x, "last answer")
        for rank, (_, _, x) in enumerate(broken[:MOST_REPAIRS]):
            if rank == 0 or not run.should_stop():
                self.repair(state, run, x, "repair")
        for _, x in kept[:1]:
            if not run.should_stop():
                self.repair(state, run, x, "filled up")
        if run.incumbent is not None or not broken:
            return None
        return broken[0][2]

    def repair(self, state: State, run: Run, x: IntArray, source: str) -> None:
        """Make a point feasible by greedy moves, fill it up, and offer it if that worked.

        The clock is not asked: the floor of an answer must not depend on it.
        """
        from bundlesolve.kernels import greedy
        from bundlesolve.kernels.point import BROKEN, new_point, place

        layout = state.layout
        point = new_point(layout)
        point.x[:] = x
        place(layout, point)
        total, scale = greedy.pair_totals(layout), greedy.row_scales(layout)
        way_of, tally = np.zeros(len(x), dtype=np.int64), greedy.new_tally(False, False)
        greedy.construct(layout, point, total, scale, way_of, tally, MOST_MOVES)
        if point.sums[BROKEN] == 0:
            run.offer(point.x, source)

    def walk(
        self, program: Program, run: Run, x: IntArray | None, price: Floats | None
    ) -> Floats | None:
        """Search until the run says stop, and return the prices of the rows at the end.

        Parameters
        ----------
        program, run
            What is searched, and who keeps the books.
        x
            Where to begin if nothing feasible is known. Default None: the lower bounds.
        price
            Prices of the rows to begin with. Shape ``[r]``. Default None: as they come.
        """
        from bundlesolve.kernels.memory import PRICED
        from bundlesolve.kernels.point import place
        from bundlesolve.kernels.prices import set_prices
        from bundlesolve.solvers.local_rounds import REPRICE, TURNS, Rounds

        if run.should_stop():
            return price
        rounds = Rounds(program, run, self.tenure, self.patience, self.strength)
        if x is not None:
            rounds.point.x[:] = x
        if price is not None and run.incumbent is not None:
            layout, point, memory = rounds.layout, rounds.point, rounds.memory
            point.x[:] = run.incumbent
            place(layout, point)
            memory.price[:] = price
            set_prices(layout, point, memory.price, memory.cost, TURNS)
            rounds.notes[PRICED] = REPRICE
        rounds.search(self.return_share)
        return rounds.memory.price


def clipped(compiled: Compiled, units: IntArray) -> IntArray:
    """Return the point of an answer, within the program's bounds.

    What is forbidden now goes out with all its units; what must be in comes in.
    """
    program = compiled.program
    cells = units.size
    lower, upper = program.lower[:cells], program.upper[:cells]
    flat = units.reshape(-1)
    inside = np.maximum(np.where(upper > 0, flat, 0), lower)
    return np.clip(compiled.encode(inside), program.lower, program.upper)
