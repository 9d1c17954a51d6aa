"""The doubly nonnegative bound: semidefinite, and no product negative."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bundlesolve.bounds.core import Core
from bundlesolve.bounds.multipliers import Multipliers
from bundlesolve.bounds.semidefinite import Semidefinite
from bundlesolve.bounds.splitting import Place, Splitting, place_near
from bundlesolve.kernels.types import Floats, Ints

MOST_VARIABLES = 450
"""Beyond it an iteration's eigenvectors take too long."""
ITERATIONS = 25
"""Iterations of a round."""
IDLE = 2
"""Rounds that gain less than `LEAST_GAIN` of the gap after which the bound is stuck."""
LEAST_GAIN = 0.02
ROUNDS = 6
"""A node is split when more rounds than this seem to be needed to close it."""


@dataclass(frozen=True)
class Placed(Multipliers):
    """Multipliers, and where the iterations are that they were read from."""

    place: Place | None = None

    def restrict(self, core: Core, lower: Floats, free: Ints) -> Placed:
        """Return both in the core that `Core.restrict` made."""
        small = super().restrict(core, lower, free)
        assert self.place is not None
        return _placed(small, self.place.restrict(core, lower, free))


class DoublyNonnegative(Semidefinite):
    """Multipliers of a core whose variables are all two-valued, improved by rounds.

    A round is some iterations of `bundlesolve.bounds.splitting` on::

        max  w.x + 1/2 <Q, X>
        s.t. cap_g x_j - sum_{i in g} a_i X_ij >= 0    j in g     (knapsack times variable)
             X >= 0,  X_ij = 0 where i and j clash
             cap_g - sum_{i in g} a_i x_i >= 0,  high - a.x >= 0,  a.x - low >= 0
             X_ii = x_i,  (1, x; x, X) positive semidefinite

    Its prices, wherever they are, give a lift and splits. The bound is then evaluated as
    any other. With linear worths and clashes alone this is Schrijver's number ("A
    comparison of the Delsarte and Lovász bounds", IEEE Trans. Information Theory 25, 1979).
    """

    def __init__(
        self,
        core: Core,
        objective: int | None,
        multipliers: Multipliers | None = None,
        factor: float = 0.3,
    ) -> None:
        super().__init__(core, objective, multipliers, factor)
        place = multipliers.place if isinstance(multipliers, Placed) else None
        self._splitting = Splitting(core, place)
        self.best = _placed(self.best, self._splitting.place)
        self._idle = 0

    @property
    def is_stuck(self) -> bool:
        """True once rounds no longer gain."""
        return self._idle >= IDLE

    @property
    def chunk(self) -> int:
        """One round."""
        return 1

    @property
    def patience(self) -> int:
        """Rounds that a node is worth."""
        return ROUNDS

    def _step(self) -> None:
        try:
            self._splitting.iterate(ITERATIONS, self.stops)
        except np.linalg.LinAlgError:
            self._idle = IDLE
            return
        place = self._splitting.place
        trial = self._splitting.multipliers()
        value, gap = self._evaluate(trial), self.value - self._target
        if value < self.value:
            value = self._proved(value, trial)
        gain = self.value - value
        self._idle = 0 if gain > LEAST_GAIN * gap else self._idle + 1
        if gain > 0.0:
            self._accept(value, trial)
        self.best = _placed(self.best, place)
        self.x[:] = np.clip(self._splitting.x, 0.0, 1.0)


def placed_near(core: Core, multipliers: Multipliers, moment: Floats) -> Placed:
    """Return multipliers to go on from with rounds; see `place_near`."""
    return _placed(multipliers, place_near(core, multipliers, moment))


def suits(core: Core) -> bool:
    """Return whether rounds can be taken: two-valued, no soft row, not too many."""
    b = core.num_pairable
    soft = np.concatenate((core.most_high, core.most_low))
    return b == core.num_vars <= MOST_VARIABLES and not np.any(
        (soft > 0.0) & np.isfinite(soft)
    )


def _placed(multipliers: Multipliers, place: Place) -> Placed:
    return Placed(
        multipliers.lean,
        multipliers.lift,
        multipliers.high,
        multipliers.low,
        multipliers.triangles,
        place,
    )
