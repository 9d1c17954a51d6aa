"""A large program's box tightened by the low-rank solver, on ever smaller cores."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from bundlesolve.bounds import low_rank
from bundlesolve.bounds.augmented import Augmented
from bundlesolve.bounds.blas import one_blas_thread
from bundlesolve.bounds.core import Core, make_core
from bundlesolve.bounds.semidefinite import Semidefinite
from bundlesolve.bounds.tightening import MOST_BOUNDED, WORTH_A_NEW_CORE, Box
from bundlesolve.kernels.types import Ints
from bundlesolve.model.program import Program

EVALUATION = 1.3e-10
"""Seconds of recovery and evaluation, about, divided by the cube of the variables."""
PACE, MOST_SLOW = 6e-9, 4.0
"""Seconds of an evaluation of the search on one thread, divided by the square of the
variables, and how often as many are believed."""
MOST_PRICED = 2_500
"""Variables beyond which the form's prices are asked for only where the gap is small and
there is much time: its inverse takes as long as all the rest."""
NEAR = 0.02
"""Relative gap that counts as near."""
FIRST_SHARE, LEAST_SHARE = 0.4, 0.1
"""Share of the time before the first look, and the least that the search must have."""
LEAST_GAIN = 0.03
"""A search ends when it takes a smaller share of the gap away and fixes as little."""


class Shrinking:
    """A core, a search for its multipliers, and what their bound has shown.

    Parameters
    ----------
    program
        What is bounded, all its variables two-valued.
    core
        The same as arrays.
    objective
        Objective of the best known point.
    pool
        Works on rows.
    x
        The best known point, where the search begins. Shape ``[m]``. Default: anywhere.
    """

    def __init__(
        self,
        program: Program,
        core: Core,
        objective: int,
        pool: ThreadPoolExecutor,
        x: Ints | None,
    ) -> None:
        self.core, self.objective = core, objective
        self.lower, self.upper = program.lower.copy(), program.upper.copy()
        self.bound: int | None = None
        self.closed = False
        start = None if x is None else (x[core.var] - core.base).astype(np.float64)
        self.search = Augmented(core, objective, pool, start)

    @property
    def gap(self) -> float:
        """Size of the gap."""
        return np.inf if self.bound is None else float(self.bound - self.objective)

    def look(self, prices: bool, stops: Callable[[], bool]) -> None:
        """Bound by the multipliers as they are, fix, and go on in what is left."""
        multipliers = self.search.result(stops)
        while not self.closed:
            core = self.core
            relaxation = Semidefinite(core, self.objective, multipliers)
            relaxation.improve(1)
            bound = relaxation.bound
            assert bound is not None
            self.bound = bound if self.bound is None else min(bound, self.bound)
            near = bound - self.objective <= NEAR * max(1, abs(self.objective))
            if prices and (near or core.num_vars <= MOST_PRICED):
                relaxation.fix_by_form()
            self.closed = relaxation.is_closed or bool(
                np.any(relaxation.lower > relaxation.upper)
            )
            self.lower[core.var] = core.base + relaxation.lower.astype(np.int64)
            self.upper[core.var] = core.base + relaxation.upper.astype(np.int64)
            fixed = relaxation.num_fixed
            if self.closed or not 0 < fixed < core.num_vars:
                return
            self.core, free = core.restrict(relaxation.lower, relaxation.upper)
            self.search.restrict(self.core, free)
            if fixed <= WORTH_A_NEW_CORE * core.num_vars or len(core.var) > MOST_PRICED:
                return
            # With fewer rows the form's prices are higher.
            multipliers = relaxation.best.restrict(core, relaxation.lower, free)


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

    What the first look fixes makes the rest of the search cheaper, which goes on from
    where it was on the core that is left, until it gains little.

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
    size = program.num_vars
    if size > MOST_BOUNDED or program.num_pairs == 0:
        return None
    until = time.perf_counter() + seconds
    cost = EVALUATION * size**3
    if seconds <= cost:
        return None
    core = make_core(program)
    if not low_rank.suits(core):
        return None

    def late() -> bool:
        return stops() or time.perf_counter() > until

    with one_blas_thread(), ThreadPoolExecutor(max(1, threads)) as pool:
        state = Shrinking(program, core, objective, pool, x)
        # Where others work, too, all takes longer than it should.
        slow = state.search.pace() * max(1, threads) / (PACE * size**2)
        cost *= min(max(slow, 1.0), MOST_SLOW)
        if until - time.perf_counter() - cost < LEAST_SHARE * seconds:
            return None
        share = FIRST_SHARE if size <= MOST_PRICED else 1.0
        while not stops() and not state.closed:
            left = until - time.perf_counter() - cost
            if left <= 0.0 and state.bound is not None:
                break
            done = low_rank.climb(state.search, share * left, stops)
            share = 1.0
            began, gap, size = time.perf_counter(), state.gap, state.core.num_vars
            state.look(size <= MOST_PRICED or until - began > 2.0 * cost, late)
            if state.bound is not None:
                tell(state.bound)
            kept = state.core.num_vars
            few = kept >= (1.0 - LEAST_GAIN) * size
            small = state.gap >= (1.0 - LEAST_GAIN) * gap
            if not low_rank.suits(state.core) or (done and few and small):
                break
            cost = (time.perf_counter() - began) * (kept / size) ** 3
    return Box(state.bound, state.closed, state.lower, state.upper)
