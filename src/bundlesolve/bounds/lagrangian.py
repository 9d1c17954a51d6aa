"""A proved upper bound for any program by Lagrangian relaxation."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from bundlesolve.bounds.relaxation import relax
from bundlesolve.model.program import Program

MOST_STEPS_IN_A_CHUNK = 20
ARCS_IN_A_CHUNK = 200_000
"""The clock is looked at after this much work."""


def lagrangian_bound(
    program: Program,
    objective: int | None,
    keep_going: Callable[[], bool],
    iterations: int = 400,
) -> int | None:
    """Return the best bound that some subgradient steps buy.

    The relaxation is that of Caprara, Pisinger and Toth ("Exact solution of the quadratic
    knapsack problem", INFORMS J. Computing 11, 1999) for every knapsack row, all other
    rows in multipliers, a soft row's capped by its penalty; see
    `bundlesolve.kernels.lagrangian`. Valid whatever the multipliers: they are searched in
    floating point, and the bound counts every rounding against itself.

    Parameters
    ----------
    program
        What is bounded.
    objective
        Objective of the best known point, the target of the steps; None if none is known.
    keep_going
        Asked every few steps; False ends the search with what is there.
    iterations
        Most steps. Default 400.

    Returns
    -------
    int | None
        The bound; None when there was not even time for one step.
    """
    from bundlesolve.kernels.lagrangian import improve

    arrays = relax(program)
    state = np.array([np.inf, 1.0, 0.0])
    best = (arrays.split.copy(), arrays.dual_high.copy(), arrays.dual_low.copy())
    values = tuple(getattr(arrays, name) for name in arrays.__dataclass_fields__)
    chunk = min(MOST_STEPS_IN_A_CHUNK, 1 + ARCS_IN_A_CHUNK // (1 + len(arrays.head)))
    for done in range(0, iterations, chunk):
        if not keep_going():
            break
        target = _target(objective, float(state[0]), program)
        # The first step alone, so that there is a bound to aim from.
        steps = 1 if done == 0 else min(chunk, iterations - done)
        improve(steps, *values, target, state, *best)
        if state[0] < target + 1.0 or state[1] < 1e-4:
            break
    if not math.isfinite(state[0]):
        return None
    return program.constant + math.floor(float(state[0]))


def _target(objective: int | None, bound: float, program: Program) -> float:
    """Aim at the best known point, or a little below the bound where none is known."""
    if objective is not None:
        return float(objective - program.constant)
    return bound - max(1.0, 0.05 * abs(bound)) if math.isfinite(bound) else 0.0


def warm_up() -> None:
    """Compile the kernels."""
    from bundlesolve.kernels.lagrangian import warm_up as compile_kernels

    compile_kernels()
