"""Semidefinite multipliers from a low-rank solution of the relaxation's primal side.

The relaxation is, with products ``X`` and ``X_ii = x_i``::

    max  w.x + 1/2 <Q, X>
    s.t. cap_g x_j - sum_{i in g} a_i X_ij >= 0    j in g     (knapsack times variable)
         X >= 0,  X_ij = 0 where i and j clash
         high - a.x >= 0,  a.x - low >= 0                     (other rows)
         (1, x; x, X) positive semidefinite

``X = R R'`` with few columns makes it a smooth problem without the cone (Burer and
Monteiro, "A nonlinear programming algorithm for solving semidefinite programs via low-rank
factorization", Math. Programming 95, 2003), and ``X_ii = x_i`` puts every row of ``R`` on
a sphere. The rest is the augmented Lagrangian with a quasi-Newton method inside. Its
multipliers are within the reach of seconds where projections on the cone take minutes; they
need not be exact, for they are only where `Semidefinite` starts.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from bundlesolve.bounds.augmented import Augmented
from bundlesolve.bounds.core import Core
from bundlesolve.bounds.multipliers import Multipliers

LEAST_VARIABLES = 250
"""Below it steps from nothing are as fast."""
ROUNDS = 12
"""Updates of the multipliers."""
INNER = 40
"""Quasi-Newton steps between two of them."""
LEAST_INNER = 6
"""The same where time is short: multipliers that are updated seldom are far off."""
LAST = 150
"""Quasi-Newton steps after the last one: multipliers prove little until the point that they
belong to is found, for the matrix is semidefinite only there."""
FIRST_SHARE, MOST_SHARE = 0.6, 0.85
"""Share of the time for all of that, and of it for the rounds but the last one."""


def suits(core: Core) -> bool:
    """Tell whether the relaxation says more of a core than splits, and is large enough."""
    b = core.num_pairable
    return b == core.num_vars and b >= LEAST_VARIABLES and bool(np.any(core.group >= 0))


def low_rank_start(
    core: Core,
    objective: int,
    threads: int = 1,
    stops: Callable[[], bool] = lambda: False,
    seconds: float = math.inf,
) -> Multipliers | None:
    """Return multipliers near the relaxation's best, or None if stopped at once.

    Parameters
    ----------
    core
        What is relaxed; see `suits`.
    objective
        Objective of a known point, from which the size of multipliers is guessed.
    threads
        Rows are worked on by as many threads. The result does not depend on it but for
        rounding. Default 1.
    stops
        Asked after each quasi-Newton step. Default: never.
    seconds
        Time there is: half of it for all rounds but the last, which gets most of the rest.
        Default: any.
    """
    with ThreadPoolExecutor(max(1, threads)) as pool:
        search = Augmented(core, objective, pool)
        climb(search, MOST_SHARE * seconds, stops)
        return search.result() if search.rounds else None


def climb(
    search: Augmented, seconds: float, stops: Callable[[], bool] = lambda: False
) -> bool:
    """Take all rounds, shorter ones where the time is short; return if all were taken.

    Parameters
    ----------
    search
        What is maximised, from where it is.
    seconds
        Time there is.
    stops
        Asked after each quasi-Newton step. Default: never.
    """
    began = time.perf_counter()

    def used(share: float) -> bool:
        return stops() or time.perf_counter() - began > share * seconds

    # A short one first, which tells how long they may be.
    inner = INNER if math.isinf(seconds) else 2 * LEAST_INNER
    for r in range(ROUNDS):
        if not used(FIRST_SHARE):
            before, at = search.evaluations, time.perf_counter()
            search.round(inner, lambda: used(FIRST_SHARE))
            pace = (time.perf_counter() - at) / max(search.evaluations - before, 1)
            left = FIRST_SHARE * seconds - (time.perf_counter() - began)
            if r + 1 < ROUNDS and pace > 0.0 and math.isfinite(left):
                fair = left / (pace * (ROUNDS - 1 - r))
                inner = int(min(max(fair, LEAST_INNER), INNER))
    if not stops():
        search.round(LAST, lambda: used(1.0))
    return not used(1.0)
