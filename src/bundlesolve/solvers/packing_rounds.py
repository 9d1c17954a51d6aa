"""The rounds of a local search among choices under several resources: populations."""

from __future__ import annotations

import numpy as np

from bundlesolve.kernels import memory as notes_of
from bundlesolve.kernels.packing import (
    MEMBERS,
    Packing,
    breed,
    find_packing,
    packing_prices,
    rank,
)
from bundlesolve.kernels.warm import warm_up_packing
from bundlesolve.model.program import Program
from bundlesolve.run import Run
from bundlesolve.solvers.layouts import layout_of
from bundlesolve.solvers.local_rounds import WORST, Rounds

TURNS = 2000
"""Subgradient turns for the prices."""
PATIENCE = 250
"""Children in vain after which a population ends, times its members."""
MOST_MEMBERS = 1600
"""Populations double from one to the next up to this size: large ones find more and take
longer. On five hard files of mknapcb4 and mknapcb7, with two seeds and two million children
each, populations of 200, 400 and 800 were 0.103, 0.099 and 0.066 % away on average."""


def packing_of(program: Program) -> Packing | None:
    """Return the resources of a multidimensional knapsack; None for any other program."""
    return find_packing(layout_of(program))


class PackingRounds(Rounds):
    """Rounds each of which is a population that breeds until it stagnates.

    Parameters
    ----------
    program, run, tenure, patience, strength
        As for `Rounds`; patience is the population's own.
    packing
        See `packing_of`.
    """

    def __init__(
        self,
        program: Program,
        run: Run,
        tenure: int,
        patience: int,
        strength: int,
        packing: Packing,
    ) -> None:
        super().__init__(program, run, tenure, MEMBERS * PATIENCE, strength)
        self.packing = packing
        self.order = np.arange(len(packing.free))
        self.members = np.zeros((MEMBERS, len(packing.free)), dtype=np.int64)
        self.worths = np.zeros(MEMBERS, dtype=np.int64)
        self.size = np.zeros(1, dtype=np.int64)

    def _start(self) -> None:
        self.run.aside(warm_up_packing)
        super()._start()
        # Fixed variables stay as they are.
        self.memory.best_x[:] = self.point.x
        price, fixed = np.zeros(len(self.packing.high)), int(self.packing.fixed[0])
        target = float(self.notes[notes_of.BEST] - fixed)
        packing_prices(self.packing, price, target, TURNS)
        self.order = rank(self.packing, price)
        self.notes[notes_of.ROUND_BEST] = WORST

    def _walk(self, most: int) -> int:
        made: int = breed(
            self.packing,
            self.order,
            self.members,
            self.worths,
            self.size,
            self.memory,
            self.patience,
            self.settle,
            most,
        )
        return made

    def _limit(self) -> int:
        return 1 << 30

    def _restart(self, return_share: int) -> None:
        """Begin a new population, larger than the last one."""
        notes = self.notes
        notes[notes_of.ROUNDS] += 1
        notes[notes_of.ROUND_BEST] = WORST
        notes[notes_of.ROUND_STEP] = notes[notes_of.STEP]
        count = min(2 * len(self.worths), MOST_MEMBERS)
        self.members = np.zeros((count, len(self.packing.free)), dtype=np.int64)
        self.worths = np.zeros(count, dtype=np.int64)
        self.size[0] = 0
        self.patience = count * PATIENCE
