"""Many bundles in turn: a pass of prices, a round of moves, until told to stop."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from bundlesolve.errors import WrongAnswer
from bundlesolve.interrupts import interrupts
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program
from bundlesolve.model.segments import Segments
from bundlesolve.run import OnImprove, Run
from bundlesolve.solvers.base import Proof
from bundlesolve.solvers.cpus import usable_cpus
from bundlesolve.solvers.segments.prices import Prices
from bundlesolve.stop import Stop

FIRST_PASSES = 12
"""Passes of prices before the first answer is built from their sets."""
EVERY = 6
"""Steps between two answers built from the sets of the last pass."""
STALL = 40
"""Steps without gain, prices settled, that end a search."""


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
        idle = built = 0
        while going() and not (idle >= STALL and prices.settled):
            step = run.steps
            run.step()
            first = step < FIRST_PASSES
            if first or (step % 2 == 0 and not prices.settled):
                bound = prices.step(going)
                if bound is None:
                    break
                run.offer_bound(bound, "prices")
                built += 1
                continue
            if built and step % EVERY == FIRST_PASSES % EVERY + 1:
                better = packing.build(prices.tables.small, going, exchanges=True)
                built = 0
            else:
                better = packing.kick(going)
            idle = 0 if better else idle + 1
            if better:
                run.offer(_point(packing))
        if prices.best is None and run.objective is not None:
            run.should_stop()
    return Proof()


def _point(packing: object) -> IntArray:
    x: IntArray = packing.x.astype(np.int64).reshape(-1)  # type: ignore[attr-defined]
    return x


def warm_up() -> None:
    """Compile the kernels."""
    from bundlesolve.kernels.segment_cuts import warm_up as compile_cuts
    from bundlesolve.kernels.segment_moves import warm_up as compile_moves

    compile_cuts()
    compile_moves()
