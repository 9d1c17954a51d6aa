"""Variables fixed because the bound with one value forced falls to the known worth."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from bundlesolve.bounds.lagrangian import Lagrangian
from bundlesolve.model.program import Program
from bundlesolve.reduce.restrict import Restriction, restrict

LEAST_SHRINKAGE = 0.95
"""Another round pays while it leaves at most this share of the variables free."""

PROBE_FACTOR = 0.5
"""Step factor of a probe; its multipliers are the parent's and need no long steps."""


def probe(
    program: Program,
    objective: int,
    keep_going: Callable[[], bool],
    root_steps: int = 600,
    steps: int = 60,
) -> Restriction:
    """Force every two-valued variable either way, and fix where one way is closed.

    With ``x_j = v`` forced, some subgradient steps from the multipliers of the whole
    program give a bound on that part. If it falls to the known worth, every better point
    has the other value. This is what Lagrangian fixing does with the multipliers as they
    are (`fix_variables`), with a few steps for each variable of its own.

    Parameters
    ----------
    program
        What is reduced.
    objective
        Objective of the known point.
    keep_going
        Asked every few steps; False ends the probing with what there is.
    root_steps
        Most steps before the first probe. Default 600.
    steps
        Most steps in each probe. Default 60.

    Returns
    -------
    Restriction
        Its program is None when there is no better point.
    """
    root = Lagrangian(program, objective)
    _improve(root, root_steps, keep_going)
    arrays = root.arrays
    nothing = Restriction(None, np.zeros(0, dtype=np.int64), program.lower.copy())
    while keep_going() and not root.is_closed:
        before = _free(root)
        for j in np.flatnonzero(arrays.upper - arrays.lower == 1.0).tolist():
            for value in (arrays.lower[j], arrays.upper[j]):
                if not keep_going() or arrays.lower[j] == arrays.upper[j]:
                    break
                if _is_closed_with(root, j, value, steps, keep_going):
                    arrays.lower[j] = arrays.upper[j] = (
                        arrays.lower[j] + arrays.upper[j] - value
                    )
        if root.is_closed:
            break
        root.state[:] = (np.inf, PROBE_FACTOR, 0.0)
        _improve(root, steps, keep_going)
        if not 0 < _free(root) <= LEAST_SHRINKAGE * before:
            break
    if root.is_closed:
        return nothing
    return restrict(program, *root.fixed)


def _free(root: Lagrangian) -> int:
    return int(np.count_nonzero(root.arrays.lower < root.arrays.upper))


def _improve(root: Lagrangian, steps: int, keep_going: Callable[[], bool]) -> None:
    done = 0
    while done < steps and keep_going() and not (root.is_closed or root.is_stuck):
        chunk = min(root.chunk, steps - done)
        root.improve(chunk)
        done += chunk


def _is_closed_with(
    root: Lagrangian, j: int, value: float, steps: int, keep_going: Callable[[], bool]
) -> bool:
    """Tell whether no better point has ``x_j = value``; leaves the root as it was."""
    arrays = root.arrays
    kept = (arrays.lower.copy(), arrays.upper.copy(), root.state.copy())
    best = tuple(part.copy() for part in root.best)
    arrays.split[:], arrays.dual_high[:], arrays.dual_low[:] = best
    arrays.lower[j] = arrays.upper[j] = value
    root.state[:] = (math.inf, PROBE_FACTOR, 0.0)
    _improve(root, steps, keep_going)
    closed = root.is_closed
    arrays.lower[:], arrays.upper[:], root.state[:] = kept
    for part, old in zip(root.best, best, strict=True):
        part[:] = old
    return closed
