"""A program's box tightened by semidefinite multipliers, without branching."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from bundlesolve.bounds import doubly_nonnegative, low_rank
from bundlesolve.bounds.blas import one_blas_thread
from bundlesolve.bounds.convex import clashes
from bundlesolve.bounds.core import Core, make_core
from bundlesolve.bounds.doubly_nonnegative import DoublyNonnegative, placed_near
from bundlesolve.bounds.multipliers import Multipliers
from bundlesolve.bounds.semidefinite import FACTOR, Semidefinite
from bundlesolve.kernels.types import Ints
from bundlesolve.model.program import Program

MOST_VARIABLES = 1_200
"""Beyond it a step takes too long, and the matrices too much room."""
MOST_BOUNDED = 6_000
"""Beyond it the low-rank solver's matrices take too much room."""
WORTH_A_NEW_CORE = 0.08
"""Share of the variables that must be fixed for the core to be made anew."""
WORTH_ANOTHER_START = 0.85
"""Share of the variables that may be left for the low-rank solver to be asked again."""
START_SHARE = 0.7
"""Share of the time left that the low-rank solver may take."""
ITERATIONS, SECONDS_PER_CUBE = 100, 5e-10
"""Iterations of the doubly nonnegative bound that must fit in the time left, and what one
takes, about, divided by the cube of the variables."""
PACE_STEPS, PACE_GAP = 10, 0.97
"""Steps are slow if so many leave at least this share of the gap."""


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
    threads: int = 1,
    seconds: float = math.inf,
    tell: Callable[[int], object] = lambda bound: None,
) -> Box:
    """Bound a program by semidefinite multipliers and fix variables by the bound.

    Rounds on ever smaller cores, until steps become too short or nothing is left. Where the
    low-rank solver suits and steps have become slow, it is asked again on what is left of
    the core: it comes the closer to the best multipliers the fewer variables there are.
    Rounds of the doubly nonnegative bound take the place of both where enough variables
    clash, and follow slow steps where few enough are left (``docs/bounds.md``).

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
    threads
        Of the low-rank solver. Default 1.
    seconds
        Time there is for it, about. Default: any.
    tell
        Told the bound whenever a round has ended.
    """
    core, factor, done = make_core(program), FACTOR, 0
    best, closed = None, False
    lower, upper = program.lower.copy(), program.upper.copy()
    began = time.perf_counter()

    def start(core: Core) -> Multipliers | None:
        if objective is None or not low_rank.suits(core):
            return None
        left = START_SHARE * (seconds - (time.perf_counter() - began))
        return low_rank.low_rank_start(
            core, objective, threads, lambda: not keep_going(), left
        )

    def turns(core: Core) -> bool:
        """Whether steps may be followed by rounds of the doubly nonnegative bound."""
        left = seconds - (time.perf_counter() - began)
        return (
            kind is Semidefinite
            and low_rank.suits(core)
            and doubly_nonnegative.suits(core)
            and left > ITERATIONS * SECONDS_PER_CUBE * core.num_vars**3
        )

    kind: type[Semidefinite] = Semidefinite
    if clashes(core) and doubly_nonnegative.suits(core):
        kind = DoublyNonnegative
    with one_blas_thread():
        multipliers = start(core) if kind is Semidefinite else None
        asked = core.num_vars
        while core.num_vars and done < iterations and keep_going():
            relaxation = kind(core, objective, multipliers, factor)
            relaxation.stops = lambda: not keep_going()
            most = core.num_vars if turns(core) else WORTH_ANOTHER_START * asked
            done += _improve(relaxation, iterations - done, most)
            bound = relaxation.bound
            if bound is not None:
                best = bound if best is None else min(best, bound)
                tell(best)
            closed = relaxation.is_closed or bool(
                np.any(relaxation.lower > relaxation.upper)
            )
            lower[core.var] = core.base + relaxation.lower.astype(np.int64)
            upper[core.var] = core.base + relaxation.upper.astype(np.int64)
            left = core.num_vars - relaxation.num_fixed
            again = left < WORTH_ANOTHER_START * asked and not closed and keep_going()
            again = again and kind is Semidefinite
            slow = relaxation.num_fixed <= WORTH_A_NEW_CORE * core.num_vars
            turn = slow and not closed and turns(core)
            if closed or (relaxation.num_fixed == 0 and not again and not turn):
                break
            smaller, free = core.restrict(relaxation.lower, relaxation.upper)
            multipliers = relaxation.best.restrict(core, relaxation.lower, free)
            core, factor = smaller, FACTOR / 2
            if again and slow:
                asked = core.num_vars
                trial = start(core)
                if _is_better(trial, multipliers, core, objective):
                    multipliers, factor = trial, FACTOR
            elif turn:
                kept = np.concatenate(([0], 1 + free))
                moment = relaxation.moment()[np.ix_(kept, kept)]
                multipliers = placed_near(core, multipliers, moment)
                kind = DoublyNonnegative
    return Box(best, closed, lower, upper)


def _improve(relaxation: Semidefinite, most: int, enough: float) -> int:
    """Take steps until a new core is worth making; return how many were taken.

    Slow steps end it where no more than ``enough`` variables are left.
    """
    pace, done, size = _Pace(), 0, relaxation.core.num_vars
    while done < most and not relaxation.stops():
        relaxation.improve(1)
        done += 1
        relaxation.fix_by_form()
        if relaxation.is_closed or relaxation.is_stuck:
            break
        if relaxation.num_fixed > WORTH_A_NEW_CORE * size:
            break
        if size - relaxation.num_fixed <= enough and pace.is_slow(relaxation):
            break
    return done


class _Pace:
    """Tells when steps gain so little that another start is worth more."""

    def __init__(self) -> None:
        self._marks: list[float] = []

    def is_slow(self, relaxation: Semidefinite) -> bool:
        """Return True if the last steps took less than their share of the gap away."""
        self._marks.append(relaxation.value - relaxation.cutoff)
        if len(self._marks) <= PACE_STEPS:
            return False
        return self._marks[-1] > PACE_GAP * self._marks[-1 - PACE_STEPS]


def _is_better(
    trial: Multipliers | None, than: Multipliers, core: Core, objective: int | None
) -> bool:
    if trial is None:
        return False
    values = []
    for multipliers in (trial, than):
        relaxation = Semidefinite(core, objective, multipliers)
        relaxation.improve(1)
        values.append(relaxation.value)
    return values[0] < values[1]


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
