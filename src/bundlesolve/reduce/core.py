"""What an exact engine has to search: the part that may hold something better."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program
from bundlesolve.reduce.fixing import fix_variables
from bundlesolve.reduce.presolve import presolve
from bundlesolve.reduce.probing import probe
from bundlesolve.reduce.restrict import Restriction

MOST_ROUNDS = 5
LEAST_SHRINKAGE = 0.9
"""Another round pays while it leaves at most this share of the variables."""

MOST_PROBED = 250
"""Most variables that are probed: it takes time with the third power of their number."""


@dataclass(frozen=True)
class Core:
    """A smaller program whose points, lifted, include a best one of the whole.

    Parameters
    ----------
    restriction
        The smaller program and the way back. Its program is None when nothing is left.
    objective
        Objective of the point that was known. Only points of a greater one are sure to
        survive: a bound on the core bounds the whole only together with it. None when no
        point was known; then a best point, if there is one at all, is in the core.
    """

    restriction: Restriction
    objective: int | None

    @property
    def program(self) -> Program | None:
        """The smaller program; None when it holds no (better) point."""
        return self.restriction.program

    def lift(self, x: IntArray) -> IntArray:
        """Return the point of the whole program; shape ``[m']`` to ``[m]``."""
        return self.restriction.lift(x)

    def bound(self, bound: int) -> int:
        """Return what a bound on the core proves for the whole program."""
        return bound if self.objective is None else max(bound, self.objective)

    def start(self, point: IntArray | None) -> IntArray | None:
        """Return a point of the whole program as one of the core, None if it is not."""
        if point is None or self.program is None:
            return None
        x = self.restriction.project(point)
        inside = np.array_equal(self.lift(x), point) and self.program.is_feasible(x)
        return x if inside else None


def find_core(
    program: Program,
    objective: int | None,
    keep_going: Callable[[], bool],
    on_bound: Callable[[int], object] | None = None,
) -> Core:
    """Reduce a program by its rows, by bounds, and by the worth of a known point.

    In turn, until nothing changes much: `presolve`, which needs no known point; Lagrangian
    fixing (`fix_variables`); and, where few variables are left, `probe`.

    Parameters
    ----------
    program
        What is reduced.
    objective
        Objective of the known point; None if there is none.
    keep_going
        Asked every few milliseconds; False ends the reduction with what there is.
    on_bound
        Told bounds proved for the whole program.
    """
    left = presolve(program, keep_going)
    if objective is None:
        return Core(left, None)
    for _ in range(MOST_ROUNDS):
        if left.program is None or not keep_going():
            break
        before = left.program.num_vars
        left = left.then(fix_variables(left.program, objective, keep_going, 600, on_bound))
        if left.program is not None:
            left = left.then(presolve(left.program, keep_going))
        if left.program is not None and 0 < left.program.num_vars <= MOST_PROBED:
            left = left.then(probe(left.program, objective, keep_going))
            if left.program is not None:
                left = left.then(presolve(left.program, keep_going))
        if left.program is None or left.program.num_vars > LEAST_SHRINKAGE * before:
            break
    return Core(left, objective)


def warm_up() -> None:
    """Compile the kernels."""
    from bundlesolve.bounds.lagrangian import warm_up as warm_up_bound
    from bundlesolve.reduce.presolve import warm_up as warm_up_presolve

    warm_up_bound()
    warm_up_presolve()
