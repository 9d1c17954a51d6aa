"""The rounds of a local search whose units are filled in as the items are chosen."""

from __future__ import annotations

from bundlesolve.kernels import memory as notes_of
from bundlesolve.kernels.leaders import find_leaders
from bundlesolve.kernels.point import OBJECTIVE, place
from bundlesolve.kernels.supply import Supply, fill, find_supply, is_good
from bundlesolve.kernels.supply_steps import supply_shake, supply_steps
from bundlesolve.model.frozen import IntArray
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
        self._enter(point.x.copy() if incumbent is None else incumbent)
        if self._is_kept():
            self._note()
        notes[notes_of.ROUND_BEST] = point.sums[OBJECTIVE]

    def _enter(self, x: IntArray) -> bool:
        self.point.x[:] = x
        self.point.x[self.leaders >= 0] = 0
        place(self.layout, self.point)
        return True

    def _note(self) -> None:
        notes = self.notes
        notes[notes_of.BEST] = self.point.sums[OBJECTIVE]
        notes[notes_of.HAS_BEST] = 1
        self.memory.best_x[:] = self.point.x
        if self.run.incumbent is None:
            self._offer()

    def _answer(self, x: IntArray) -> IntArray:
        filled = x.copy()
        fill(self.supply, filled)
        return filled

    def _walk(self, most: int) -> int:
        made: int = supply_steps(
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
        return made

    def _limit(self) -> int:
        return 1 << 30

    def _is_kept(self) -> bool:
        return bool(is_good(self.supply, self.point.x))

    def _shake(self, moves: int) -> None:
        supply_shake(
            self.layout, self.supply, self.point, self.memory, moves, 2 * self.tenure
        )
        place(self.layout, self.point)
