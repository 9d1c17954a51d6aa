"""The bounds that suit a program, cheapest first."""

from __future__ import annotations

import math
from collections.abc import Callable

from bundlesolve.bounds import lagrangian, mincut, semidefinite, tightening
from bundlesolve.model.program import Program

MOST_UNLIMITED = 300
"""Variables up to which semidefinite multipliers take no more than seconds."""
SETUP = 10
"""Making the arrays of a Lagrangian takes as long as so many steps, about."""


def prove_bounds(
    program: Program,
    objective: int | None,
    remaining: Callable[[], float],
    tell: Callable[[int, str], object],
) -> None:
    """Prove upper bounds, and tell each with its source.

    Where there are pairs of positive worth and a knapsack row, minimum cuts come first: a
    few milliseconds to a second, and on sparse pairs mostly all that is needed. Lagrangian
    relaxation follows on what time is left, for it sees every row, and then, where
    matrices are not too large, semidefinite multipliers; nothing where a bound is reached.

    Parameters
    ----------
    program
        What is bounded.
    objective
        Objective of the best known point, None if none is known.
    remaining
        Asked every few steps how many seconds are left; 0 or less ends it.
    tell
        Called with a bound and the name of its source.
    """
    longest = mincut.SECONDS_PER_PAIR * program.num_pairs
    bound = mincut.mincut_bound(program, objective, lambda: remaining() > longest)
    if bound is not None:
        tell(bound, "minimum cut")
        if objective is not None and bound <= objective:
            return
        # Lagrangian steps would take minutes to get there.
        if program.num_pairs > mincut.MOST_AGAIN:
            return
    # A step cannot be interrupted; neither can the making of its arrays, dearer yet.
    longest = lagrangian.SECONDS_PER_PAIR * program.num_pairs
    if remaining() <= SETUP * longest:
        return
    bound = lagrangian.lagrangian_bound(program, objective, lambda: remaining() > longest)
    if bound is not None:
        tell(bound, "lagrangian")
        if objective is not None and bound <= objective:
            return
    if remaining() == math.inf and program.num_vars > MOST_UNLIMITED:
        return
    longest = semidefinite.SECONDS_PER_CUBE * program.num_vars**3
    bound = tightening.semidefinite_bound(program, objective, lambda: remaining() > longest)
    if bound is not None:
        tell(bound, "semidefinite")


def warm_up() -> None:
    """Compile the kernels."""
    mincut.warm_up()
    lagrangian.warm_up()
    semidefinite.warm_up()
