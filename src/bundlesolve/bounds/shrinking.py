"""A large program's box tightened by the low-rank solver, on ever smaller cores."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from bundlesolve.bounds import low_rank
from bundlesolve.bounds.augmented import Augmented
from bundlesolve.bounds.blas import one_blas_thread
from bundlesolve.bounds.core import make_core
from bundlesolve.bounds.semidefinite import Semidefinite
from bundlesolve.bounds.tightening import MOST_BOUNDED, MOST_VARIABLES, Box
from bundlesolve.kernels.types import Ints
from bundlesolve.model.program import Program

EVALUATION = 1.2e-10
"""Seconds of the first evaluation, about, divided by the cube of the variables."""
FIRST_SHARE = 0.4
"""Share of the time before it."""
ENOUGH = 0.85
"""Share of the variables that may be left for another look where all rounds were taken."""


def shrink(
    program: Program,
    objective: int,
    seconds: float,
    threads: int = 1,
    tell: Callable[[int], object] = lambda bound: None,
    x: Ints | None = None,
    stops: Callable[[], bool] = lambda: False,
) -> Box | None:
    """Bound a program by low-rank multipliers, and fix variables by the bound.

    For programs that are too large for steps. The first look takes less than half of the
    time; what it fixes makes the rest of the search cheaper, which goes on from where it
    was on the core that is left. Ends when `tighten` can take over.

    Parameters
    ----------
    program
        What is bounded.
    objective
        Objective of the best known point.
    seconds
        Time there is, about.
    threads
        Of the low-rank solver. Default 1.
    tell
        Told every bound.
    x
        The best known point, where the search begins. Shape ``[m]``. Default: anywhere.
    stops
        Asked after each quasi-Newton step. Default: never.

    Returns
    -------
    None where the relaxation does not suit, there are too many variables, or no time.
    """
    if program.num_vars > MOST_BOUNDED or program.num_pairs == 0:
        return None
    until = time.perf_counter() + seconds
    cost = EVALUATION * program.num_vars**3
    if seconds <= cost:
        return None
    core = make_core(program)
    if not low_rank.suits(core):
        return None
    lower, upper = program.lower.copy(), program.upper.copy()
    best, closed, share = None, False, FIRST_SHARE
    with one_blas_thread(), ThreadPoolExecutor(max(1, threads)) as pool:
        start = None if x is None else (x[core.var] - core.base).astype(np.float64)
        search = Augmented(core, objective, pool, start)
        while not stops():
            left = until - time.perf_counter() - cost
            if left <= 0.0 and best is not None:
                break
            done = low_rank.climb(search, share * left, stops)
            share = 1.0
            began = time.perf_counter()
            relaxation = Semidefinite(core, objective, search.result())
            relaxation.improve(1)
            relaxation.fix_by_form()
            assert relaxation.bound is not None
            best = relaxation.bound if best is None else min(best, relaxation.bound)
            tell(best)
            closed = relaxation.is_closed or bool(
                np.any(relaxation.lower > relaxation.upper)
            )
            lower[core.var] = core.base + relaxation.lower.astype(np.int64)
            upper[core.var] = core.base + relaxation.upper.astype(np.int64)
            size = core.num_vars - relaxation.num_fixed
            if closed or size <= MOST_VARIABLES or (done and size > ENOUGH * core.num_vars):
                break
            cost = (time.perf_counter() - began) * (size / core.num_vars) ** 3
            core, free = core.restrict(relaxation.lower, relaxation.upper)
            search.restrict(core, free)
    return Box(best, closed, lower, upper)
