"""The floor: a deterministic construction in milliseconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bundlesolve.errors import InvalidParameter
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program
from bundlesolve.run import Run
from bundlesolve.solvers.base import Proof, Solver
from bundlesolve.solvers.layouts import layout_of

CHUNK = 1 << 22
"""Variables looked at between two looks at the clock, about 10 ms."""
MOST_SCANNED = 20_000
"""Variables up to which every move looks at all of them; beyond, their scores are kept in a
heap."""
LEAST_SHARE = 0.1
"""Share of the variables of a large program from which on it is also cut down."""
CHUNKS = 40
"""Chunks, about, of a construction with a heap: each begins with a look at everything."""


@dataclass(frozen=True)
class Greedy(Solver):
    """Build up from nothing and cut down from everything; keep the better of the two.

    Where neither keeps every hard row, a third try repairs with whatever uses least of
    the scarce resources. See `bundlesolve.kernels.greedy` for the moves.

    Parameters
    ----------
    shrink
        Also cut down from everything (Chaillou, Hansen, Mahieu 1989), but not in large
        programs of which building up takes little. Default True.
    """

    name: ClassVar[str] = "greedy"
    summary: ClassVar[str] = "worth per scarce resource, in milliseconds; the floor"
    needs: ClassVar[tuple[str, ...]] = ("numba",)
    step: ClassVar[str] = "one move: some units of one item in or out"

    shrink: bool = True

    def __post_init__(self) -> None:
        if not isinstance(self.shrink, bool):
            raise InvalidParameter(f"expected shrink True or False, found {self.shrink!r}")

    def warm_up(self) -> None:
        """Compile the kernels."""
        from bundlesolve.kernels.greedy import warm_up

        warm_up()

    def search(self, program: Program, run: Run) -> Proof:
        """Offer the lower bounds if they are feasible, then what each try ends with."""
        found = False
        if program.is_feasible(program.lower):
            run.offer(program.lower)
            found = True
        full = program.is_binary & (program.lower < program.upper)
        for shrink in (False, True) if self.shrink and bool(full.any()) else (False,):
            if run.should_stop():
                return Proof()
            if shrink and found and _is_far(program, run):
                continue
            start = (
                np.where(full, program.upper, program.lower) if shrink else program.lower
            )
            found |= construct(program, run, start, False, shrink)
        if not found and not run.should_stop():
            construct(program, run, program.lower, True, False)
        return Proof()


def _is_far(program: Program, run: Run) -> bool:
    """Tell whether cutting a large program down would take most of its variables out."""
    assert run.incumbent is not None
    free = int(np.sum(program.lower < program.upper))
    inside = int(np.sum(run.incumbent > program.lower))
    return program.num_vars > MOST_SCANNED and inside < LEAST_SHARE * free


def construct(
    program: Program, run: Run, start: IntArray, frugal: bool, shrink: bool
) -> bool:
    """Run one construction in chunks; offer its end if feasible, tell whether it was."""
    from bundlesolve.kernels import greedy as kernel
    from bundlesolve.kernels.point import BROKEN, new_point, place

    layout = layout_of(program)
    point = new_point(layout)
    point.x[:] = start
    place(layout, point)
    way_of = np.zeros(program.num_vars, dtype=np.int64)
    tally = kernel.new_tally(frugal, shrink)
    total, scale = kernel.pair_totals(layout), kernel.row_scales(layout)
    step = kernel.construct
    chunk = max(1, CHUNK // (program.num_vars + len(program.row_var) + 1))
    if program.num_vars > MOST_SCANNED:
        from bundlesolve.kernels import greedy_heap

        run.aside(greedy_heap.warm_up)
        step, chunk = greedy_heap.construct_by_heap, 1 + program.num_vars // CHUNKS
    while tally[kernel.PHASE] != kernel.DONE and not run.should_stop():
        left = run.remaining_steps
        moves = chunk if left is None else min(chunk, left)
        run.step(step(layout, point, total, scale, way_of, tally, moves))
    if point.sums[BROKEN]:
        return False
    run.offer(point.x)
    return True
