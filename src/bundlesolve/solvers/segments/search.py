"""Many bundles in turn: a pass of prices, a round of moves, until told to stop."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from bundlesolve.errors import WrongAnswer
from bundlesolve.interrupts import interrupts
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program
from bundlesolve.model.segments import Segments
from bundlesolve.run import OnImprove, Run
from bundlesolve.solvers.base import Proof
from bundlesolve.solvers.cpus import usable_cpus
from bundlesolve.stop import Stop

if TYPE_CHECKING:
    from bundlesolve.solvers.segments.packing import Packing

FIRST_PASSES = 12
"""Passes of prices before the first answer is built from their sets; the next ones are
built when there have been twice as many steps, and so on."""
OFTEN, SELDOM = 2, 8
"""Steps from one pass to the next, before prices are settled and after."""
TOLLS = (0.9, 0.7, 0.5, 0.3, 0.15, 0.0)
"""Shares of the prices that rounds of moves count, over and over again."""
LAST = 0.08
"""Share of the time limit at whose end moves only go up."""
STALL = 60
"""Rounds of moves without a better point, prices settled, that end a search."""


class SegmentsRun(Run):
    """A run whose points are those of `Segments`; shape ``[K n]``.

    Parameters
    ----------
    segments
        What is searched.
    stop, rng, method, on_improve, started
        See `Run`.
    """

    def __init__(
        self,
        segments: Segments,
        stop: Stop,
        rng: np.random.Generator,
        method: str,
        on_improve: OnImprove | None = None,
        started: float | None = None,
    ) -> None:
        none = np.zeros(0, dtype=np.int64)
        nothing = Program(lower=none, upper=none, worth=none)
        super().__init__(nothing, stop, rng, method, on_improve, started)
        self.segments = segments

    def _measured(self, x: IntArray, source: str) -> tuple[IntArray, int]:
        if not self.segments.is_feasible(x):
            raise WrongAnswer(source, "it offered an infeasible point")
        return x, self.segments.objective(x)


def search(run: SegmentsRun) -> Proof:
    """Search and bound from the run's incumbent until ``run.should_stop()``.

    A step is a pass of prices over all bundles or a round of moves. Without a limit it
    ends when neither gains any more.
    """
    from bundlesolve.solvers.segments.packing import Packing
    from bundlesolve.solvers.segments.prices import Prices

    with interrupts(run), ThreadPoolExecutor(usable_cpus()) as pool:
        prices = Prices(run.segments, pool)
        packing = Packing(run.segments, prices, pool, run.rng)

        def going() -> bool:
            return not run.should_stop()

        packing.build(packing.x.copy(), going, exchanges=False)
        run.offer(_point(packing), "greedy")
        if run.objective is not None and run.objective > packing.worth:
            assert run.incumbent is not None
            packing.set(run.incumbent)
        prices.rehearse(going)
        idle, moves, next_build = 0, 0, FIRST_PASSES
        while going() and not (idle >= STALL and prices.settled):
            step = run.steps
            run.step()
            often = SELDOM if prices.settled else OFTEN
            if step < FIRST_PASSES or step % often == 1:
                bound = prices.step(going)
                if bound is None:
                    break
                run.offer_bound(bound, "prices")
                continue
            if step >= next_build:
                packing.build(prices.tables.small, going, exchanges=True)
                next_build *= 2
            else:
                packing.kick(going, _toll(run, moves))
                moves += 1
            better = run.objective is None or packing.worth > run.objective
            idle = 0 if better else idle + 1
            if better:
                run.offer(_point(packing))
    return Proof()


def _toll(run: Run, moves: int) -> float:
    """Return the toll of the next round of moves."""
    limit = run.stop.seconds
    is_last = limit is not None and run.remaining < LAST * limit
    return 0.0 if is_last else TOLLS[moves % len(TOLLS)]


def _point(packing: Packing) -> IntArray:
    x: IntArray = packing.x.astype(np.int64).reshape(-1)
    return x


def warm_up() -> None:
    """Compile the kernels."""
    from bundlesolve.kernels.segment_cuts import warm_up as compile_cuts
    from bundlesolve.kernels.segment_moves import warm_up as compile_moves

    compile_cuts()
    compile_moves()
