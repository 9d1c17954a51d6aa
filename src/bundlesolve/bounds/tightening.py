"""A program's box tightened by semidefinite multipliers, without branching."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from bundlesolve.bounds import low_rank
from bundlesolve.bounds.blas import one_blas_thread
from bundlesolve.bounds.core import Core, make_core
from bundlesolve.bounds.multipliers import Multipliers
from bundlesolve.bounds.semidefinite import FACTOR, Semidefinite
from bundlesolve.kernels.types import Ints
from bundlesolve.model.program import Program

MOST_VARIABLES = 1_200
"""Beyond it a step takes too long, and the matrices too much room."""
MOST_BOUNDED = 6_000
"""Beyond it the low-rank start's matrices take too much room."""
EVALUATION = 1.2e-10
"""Seconds of the evaluation after it, about, divided by the cube of the variables."""
WORTH_A_NEW_CORE = 0.08
"""Share of the variables that must be fixed for the core to be made anew."""


class Box(NamedTuple):
    """Where every better point lies, and the bound on those there; see `tighten`.

    ``bound`` is None before the first step; ``closed``: there is no better point.
    """

    bound: int | None
    closed: bool
    lower: Ints
    upper: Ints


def tighten(
    program: Program,
    objective: int | None,
    keep_going: Callable[[], bool],
    iterations: int = 400,
) -> Box:
    """Bound a program by semidefinite multipliers and fix variables by the bound.

    Rounds on ever smaller cores, until steps become too short or nothing is left.

    Parameters
    ----------
    program
        What is bounded; a few hundred variables.
    objective
        Objective of the best known point, the target of the steps; None if none is known.
    keep_going
        Asked before every step; False ends the search with what is there.
    iterations
        Most steps. Default 400.
    """
    core, factor, done = make_core(program), FACTOR, 0
    best, closed = None, False
    lower, upper = program.lower.copy(), program.upper.copy()
    with one_blas_thread():
        multipliers = _start(core, objective, keep_going)
        while core.num_vars and done < iterations and keep_going():
            relaxation = Semidefinite(core, objective, multipliers, factor)
            while done < iterations and keep_going():
                relaxation.improve(1)
                done += 1
                relaxation.fix_by_form()
                if relaxation.is_closed or relaxation.is_stuck:
                    break
                if relaxation.num_fixed > WORTH_A_NEW_CORE * core.num_vars:
                    break
            bound = relaxation.bound
            if bound is not None:
                best = bound if best is None else min(best, bound)
            closed = relaxation.is_closed or bool(
                np.any(relaxation.lower > relaxation.upper)
            )
            lower[core.var] = core.base + relaxation.lower.astype(np.int64)
            upper[core.var] = core.base + relaxation.upper.astype(np.int64)
            if closed or relaxation.num_fixed == 0:
                break
            smaller, free = core.restrict(relaxation.lower, relaxation.upper)
            multipliers = relaxation.best.restrict(core, relaxation.lower, free)
            core, factor = smaller, FACTOR / 2
    return Box(best, closed, lower, upper)


def semidefinite_bound(
    program: Program, objective: int | None, keep_going: Callable[[], bool]
) -> int | None:
    """Return the bound of `tighten`.

    None where there are no pairs, more variables than ``MOST_VARIABLES``, or no time for
    one step.
    """
    if program.num_pairs == 0 or program.num_vars > MOST_VARIABLES:
        return None
    return tighten(program, objective, keep_going).bound if keep_going() else None


def low_rank_bound(
    program: Program, objective: int | None, seconds: float, threads: int = 1
) -> int | None:
    """Return the bound of the low-rank start alone: one evaluation, no step.

    For programs of up to ``MOST_BOUNDED`` variables, too large for steps. None where the
    relaxation does not suit, no point is known, or there is no time.

    Parameters
    ----------
    program
        What is bounded.
    objective
        Objective of the best known point.
    seconds
        Time there is.
    threads
        Of the low-rank solver. Default 1.
    """
    size = program.num_vars
    if objective is None or size > MOST_BOUNDED or program.num_pairs == 0:
        return None
    left = seconds - EVALUATION * size**3
    if left <= 0.0:
        return None
    with one_blas_thread():
        core = make_core(program)
        if not low_rank.suits(core):
            return None
        start = low_rank.low_rank_start(core, objective, threads, seconds=left)
        relaxation = Semidefinite(core, objective, start)
        relaxation.improve(1)
        return relaxation.bound


def _start(
    core: Core, objective: int | None, keep_going: Callable[[], bool]
) -> Multipliers | None:
    if objective is None or not low_rank.suits(core):
        return None
    return low_rank.low_rank_start(core, objective, stops=lambda: not keep_going())
