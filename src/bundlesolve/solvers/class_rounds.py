"""The rounds of a local search that keeps one variable of every class in."""

from __future__ import annotations

import numpy as np

from bundlesolve.kernels import memory as notes_of
from bundlesolve.kernels.class_steps import class_shake, class_steps
from bundlesolve.kernels.classes import Classes, class_best, class_prices, find_classes
from bundlesolve.kernels.point import place
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program
from bundlesolve.run import Run
from bundlesolve.solvers.layouts import layout_of
from bundlesolve.solvers.local_rounds import WORST, Rounds

TURNS = 300
"""Subgradient turns for the prices."""
CALM = 10
"""Rounds begin with so many times fewer random moves than those of the general search."""


def classes_of(program: Program) -> Classes | None:
    """Return the classes of a linear program of exactly-one rows; None for any other."""
    return find_classes(layout_of(program))


class ClassRounds(Rounds):
    """Rounds of exchanges within classes; resources may be overdrawn on the way.

    Parameters
    ----------
    program, run, tenure, patience, strength
        As for `Rounds`.
    classes
        See `classes_of`.
    """

    def __init__(
        self,
        program: Program,
        run: Run,
        tenure: int,
        patience: int,
        strength: int,
        classes: Classes,
    ) -> None:
        super().__init__(program, run, tenure, patience, strength)
        self.classes = classes
        self.price = np.zeros(len(classes.row))
        self.weight = np.zeros(len(classes.row))

    def _start(self) -> None:
        class_prices(self.layout, self.classes, self.price, TURNS)
        if self.run.incumbent is None:
            class_best(self.layout, self.classes, self.price, self.point.x)
            place(self.layout, self.point)
            if self._is_kept():
                self.run.offer(self.point.x)
        super()._start()
        self._first_weights()

    def _enter(self, x: IntArray) -> bool:
        start, member = self.classes.start, self.classes.member
        chosen = np.add.reduceat(x[member], start[:-1])
        if np.any(chosen != 1):
            return False
        super()._enter(x)
        self._first_weights()
        return True

    def _first_weights(self) -> None:
        self.weight[:] = 2 * np.abs(self.price)
        if not self._is_kept():
            self.notes[notes_of.ROUND_BEST] = WORST

    def _walk(self, most: int) -> int:
        made: int = class_steps(
            self.layout,
            self.classes,
            self.point,
            self.memory,
            self.price,
            self.weight,
            self.tenure,
            self.patience,
            self.settle,
            most,
        )
        return made

    def _limit(self) -> int:
        return 1 << 30

    def _shake(self, moves: int) -> None:
        seeds = self.memory.seeds
        class_shake(self.classes, self.point.x, seeds, 2 + (moves - 2) // CALM)
        place(self.layout, self.point)

    def _restart(self, return_share: int) -> None:
        super()._restart(return_share)
        self._first_weights()
