"""Variables fixed because no better point can have them otherwise."""

from __future__ import annotations

from collections.abc import Callable

from bundlesolve.bounds.lagrangian import Lagrangian
from bundlesolve.model.program import Program
from bundlesolve.reduce.restrict import Restriction, restrict

LEAST_SHRINKAGE = 0.9
"""Another round of fixing pays while it leaves at most this share of the variables."""


def fix_variables(
    program: Program,
    objective: int,
    keep_going: Callable[[], bool],
    iterations: int = 600,
    on_bound: Callable[[int], object] | None = None,
) -> Restriction:
    """Return what is left of a program for points better than a known one.

    Rounds of the Lagrangian bound (see `Lagrangian`), each on what the one before left:
    with fewer variables the knapsacks of the relaxation are smaller and its bound is
    tighter. This is the reduction of Caprara, Pisinger and Toth (1999), repeated as by
    Pisinger, Rasmussen and Sandvik (INFORMS J. Computing 19, 2007).

    Parameters
    ----------
    program
        What is reduced.
    objective
        Objective of the known point.
    keep_going
        Asked every few steps; False ends the reduction with what there is.
    iterations
        Most subgradient steps of one round. Default 600.
    on_bound
        Told every round's bound, proved for the whole program.

    Returns
    -------
    Restriction
        Its program is None when there is no better point.
    """
    whole = restrict(program, program.lower, program.upper)
    while whole.program is not None and keep_going():
        small = whole.program
        relaxation = Lagrangian(small, objective)
        done = 0
        while done < iterations and keep_going():
            steps = min(relaxation.chunk, iterations - done)
            relaxation.improve(steps)
            done += steps
            if relaxation.is_closed or relaxation.is_stuck:
                break
        if on_bound is not None and relaxation.bound is not None:
            on_bound(relaxation.bound)
        if relaxation.is_closed:
            return Restriction(None, whole.free[:0], whole.base)
        inner = restrict(small, *relaxation.fixed)
        before = small.num_vars
        whole = Restriction(inner.program, whole.free[inner.free], whole.lift(inner.base))
        if inner.program is None or inner.program.num_vars >= LEAST_SHRINKAGE * before:
            break
    return whole
