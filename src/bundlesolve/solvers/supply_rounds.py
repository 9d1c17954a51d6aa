"""The rounds of a local search whose units are filled in as the items are chosen."""

from __future__ import annotations

import time

from bundlesolve.kernels import memory as notes_of
from bundlesolve.kernels.leaders import find_leaders
from bundlesolve.kernels.point import OBJECTIVE, place
from bundlesolve.kernels.supply import Supply, fill, find_supply, is_good
from bundlesolve.kernels.supply_steps import supply_shake, supply_steps
from bundlesolve.model.program import Program
from bundlesolve.run import Run
from bundlesolve.solvers.layouts import layout_of
from bundlesolve.solvers.local_rounds import Rounds


def supply_of(program: Program) -> Supply | None:
    """Return the demand that units alone meet; None where there are other rows."""
    layout = layout_of(program)
    return find_supply(layout, find_leaders(layout))


class SupplyRounds(Rounds):
    """Rounds over the items alone: the point holds no units, answers get them by `fill`.

    Parameters
    ----------
    program, run, tenure, patience, strength
        As for `Rounds`.
    supply
        See `supply_of`.
    """

    def __init__(
        self,
        program: Program,
        run: Run,
        tenure: int,
        patience: int,
        strength: int,
        supply: Supply,
    ) -> None:
        super().__init__(program, run, tenure, patience, strength)
        self.supply = supply

    def _start(self) -> None:
        point, notes, incumbent = self.point, self.notes, self.run.incumbent
        if incumbent is not None:
            point.x[:] = incumbent
        point.x[self.leaders >= 0] = 0
        place(self.layout, point)
        if self._is_kept():
            self._note()
        notes[notes_of.ROUND_BEST] = point.sums[OBJECTIVE]

    def _note(self) -> None:
        notes = self.notes
        notes[notes_of.BEST] = self.point.sums[OBJECTIVE]
        notes[notes_of.HAS_BEST] = 1
        self.memory.best_x[:] = self.point.x
        if self.run.incumbent is None:
            self._offer()

    def _offer(self) -> None:
        self.notes[notes_of.PENDING] = -1
        x = self.memory.best_x.copy()
        fill(self.supply, x)
        if self.run.offer(x):
            self.last_gain = self.run.steps

    def _steps(self) -> None:
        most = self._most_steps(1 << 30)
        began = time.perf_counter()
        made = supply_steps(
            self.layout,
            self.supply,
            self.point,
            self.memory,
            self.tenure,
            self.patience,
            self.settle,
            self.theta,
            most,
        )
        self._made(made, most, began)

    def _is_kept(self) -> bool:
        return bool(is_good(self.supply, self.point.x))

    def _shake(self, moves: int) -> None:
        supply_shake(
            self.layout, self.supply, self.point, self.memory, moves, 2 * self.tenure
        )
        place(self.layout, self.point)
