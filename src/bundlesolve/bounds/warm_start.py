"""Semidefinite multipliers to start from."""

from __future__ import annotations

import numpy as np

from bundlesolve.bounds.core import Core
from bundlesolve.bounds.lagrangian import Lagrangian
from bundlesolve.bounds.multipliers import Multipliers, no_multipliers

CLOSE = 0.001
"""Relative gap up to which splits are worth to be gone on from. From splits that are the
best without a lift and leave more, the lift is found more slowly than from nothing."""


def is_close(relaxation: Lagrangian) -> bool:
    """Tell whether a relaxation's bound is close to its known objective."""
    bound, objective = relaxation.bound, relaxation.objective
    if bound is None or objective is None:
        return False
    return bound - objective <= CLOSE * max(1, abs(objective))


def warm_start(core: Core, relaxation: Lagrangian) -> Multipliers:
    """Return the splits of a Lagrangian relaxation if they are close, or no multipliers.

    Parameters
    ----------
    core
        Made from the relaxation's program.
    relaxation
        After some steps, its bound compared with its known objective.
    """
    multipliers = no_multipliers(core)
    if not is_close(relaxation):
        return multipliers
    arrays, split = relaxation.arrays, relaxation.best[0]
    number = np.full(relaxation.program.num_vars, -1, dtype=np.int64)
    number[core.var] = np.arange(core.num_vars)
    tail = number[np.repeat(np.arange(len(number)), np.diff(arrays.start))]
    head = number[arrays.head]
    here = (tail >= 0) & (head >= 0)
    lean = multipliers.lean
    lean[tail[here], head[here]] = (split - arrays.pair_worth / 2)[here]
    # Exactly antisymmetric, whatever the splits were rounded to.
    lean[:] = (lean - lean.T) / 2
    return multipliers
