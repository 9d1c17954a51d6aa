"""Variables fixed because the semidefinite bound leaves no better point otherwise."""

from __future__ import annotations

import math
from collections.abc import Callable

from bundlesolve.bounds.shrinking import shrink
from bundlesolve.bounds.tightening import Box, tighten
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program
from bundlesolve.reduce.restrict import Restriction, restrict


def fix_by_semidefinite(
    program: Program,
    objective: int,
    keep_going: Callable[[], bool],
    on_bound: Callable[[int], object] | None = None,
    threads: int = 1,
    seconds: float = math.inf,
) -> Restriction:
    """Return what is left of a program for points better than a known one.

    Parameters
    ----------
    program
        What is reduced; a few hundred variables.
    objective
        Objective of the known point.
    keep_going
        Asked before every step; False ends the reduction with what there is.
    on_bound
        Told bounds, proved for the whole program.
    threads, seconds
        Of the low-rank solver, see `tighten`.

    Returns
    -------
    Restriction
        Its program is None when there is no better point.
    """
    tell = (lambda bound: None) if on_bound is None else on_bound
    box = tighten(
        program, objective, keep_going, threads=threads, seconds=seconds, tell=tell
    )
    return _within(program, box)


def fix_by_low_rank(
    program: Program,
    objective: int,
    seconds: float,
    threads: int = 1,
    on_bound: Callable[[int], object] | None = None,
    x: IntArray | None = None,
    stops: Callable[[], bool] = lambda: False,
) -> Restriction:
    """Return what is left of a program that is too large for steps; see `shrink`.

    Parameters
    ----------
    program
        What is reduced; at most some thousand variables.
    objective
        Objective of the known point.
    seconds
        Time there is.
    threads
        Of the low-rank solver. Default 1.
    on_bound
        Told bounds, proved for the whole program.
    x
        The known point. Shape ``[m]``. Default: not told.
    stops
        Asked after every step; True ends it. Default: never.

    Returns
    -------
    Restriction
        Its program is None when there is no better point.
    """
    tell = (lambda bound: None) if on_bound is None else on_bound
    box = shrink(program, objective, seconds, threads, tell, x, stops)
    return Restriction.whole(program) if box is None else _within(program, box)


def _within(program: Program, box: Box) -> Restriction:
    if box.closed:
        whole = Restriction.whole(program)
        return Restriction(None, whole.free[:0], whole.base)
    return restrict(program, box.lower, box.upper)
