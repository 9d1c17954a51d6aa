"""The referee: tries every point, for small programs only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bundlesolve.errors import InvalidParameter
from bundlesolve.model.program import Program
from bundlesolve.run import Run
from bundlesolve.solvers.base import Proof, Solver

MOST_IN_A_CHUNK = 1 << 16
WORK_IN_A_CHUNK = 1 << 24
"""A chunk of points ends, and the clock is looked at, after this many terms."""


@dataclass(frozen=True)
class Brute(Solver):
    """Enumerate all points of the box ``lower..upper``.

    Parameters
    ----------
    most_points
        Largest box it takes. Default ``2**22``, that is 22 free 0-1 variables.
    """

    name: ClassVar[str] = "brute"
    summary: ClassVar[str] = "tries every point; the referee for small instances"
    proves: ClassVar[tuple[str, ...]] = ("optimal", "infeasible", "bound")
    needs: ClassVar[tuple[str, ...]] = ("numba",)
    step: ClassVar[str] = "one point"

    most_points: int = 1 << 22

    def __post_init__(self) -> None:
        if self.most_points < 1:
            raise InvalidParameter(f"expected most_points >= 1, found {self.most_points}")

    def refuses(self, program: Program) -> str | None:
        """Decline boxes of more than ``most_points`` points."""
        points = program.box_size
        if points <= self.most_points:
            return None
        return f"{points:.3g} points to try, at most {self.most_points} are"

    def warm_up(self) -> None:
        """Compile the kernel."""
        from bundlesolve.kernels.brute import warm_up

        warm_up()

    def search(self, program: Program, run: Run) -> Proof:
        """Walk through the box in chunks, the best feasible point of each is offered."""
        from bundlesolve.kernels.brute import best_of_range

        total = int(program.box_size)
        terms = 1 + program.num_vars + program.num_pairs + len(program.row_var)
        chunk = max(1, min(MOST_IN_A_CHUNK, WORK_IN_A_CHUNK // terms))
        best = np.empty(program.num_vars, dtype=np.int64)
        for begin in range(0, total, chunk):
            if run.should_stop():
                return Proof()
            count = min(chunk, total - begin)
            if run.remaining_steps is not None:
                count = min(count, run.remaining_steps)
            found = best_of_range(
                begin,
                count,
                program.lower,
                program.upper,
                program.worth,
                program.pair_first,
                program.pair_second,
                program.pair_worth,
                program.row_start,
                program.row_var,
                program.row_coef,
                program.row_low,
                program.row_high,
                program.row_soft,
                program.row_penalty,
                best,
            )
            run.step(count)
            if found:
                run.offer(best)
            if count < min(chunk, total - begin):
                run.should_stop()
                return Proof()
        return Proof(bound=run.objective, infeasible=run.objective is None)
