"""The rounds of a local search that remember elites and know communities."""

from __future__ import annotations

from bundlesolve.kernels import memory as notes_of
from bundlesolve.kernels.point import OBJECTIVE, place
from bundlesolve.model.frozen import IntArray
from bundlesolve.solvers.local_rounds import Rounds
from bundlesolve.solvers.openings import ELITE, SHAKE, Openings

BRIEF, SHORT = 5, 10
"""Rounds have so many times less patience where pairs exclude each other, and where there
are communities: there are many basins, and few of them are good."""
UNPRICED = (0.0,)
"""Share of the prices in the merit of a swap where pairs exclude each other."""


class PortfolioRounds(Rounds):
    """Rounds that begin in ways of which more is seen the more came of it.

    See `bundlesolve.solvers.openings.Openings`. Parameters are those of `Rounds`.
    """

    openings: Openings

    def _start(self) -> None:
        self._open(None)
        notes, memory = self.notes, self.memory
        self.openings.scan()
        if self.openings.queue:
            self._arrive(*self.openings.queue[0])
            self.point.x[:] = memory.best_x
            place(self.layout, self.point)
            self._begin()
            notes[notes_of.PRICED] = 0
        self.openings.begun()

    def begin_beside(self, first: Rounds, number: int, count: int) -> None:
        """Begin with a share of the points that another search has lined up.

        That one keeps what `keep_share` leaves it.
        """
        assert isinstance(first, PortfolioRounds)
        self._open(first.openings)
        self.openings.queue = first.openings.queue[number::count]
        if first.notes[notes_of.HAS_BEST]:
            self.adopt(first)
            self.point.x[:] = self.memory.best_x
            place(self.layout, self.point)
            self._begin()
        self.openings.begun()

    def keep_share(self, count: int) -> None:
        """Leave all but a share of what is lined up to ``count - 1`` other searches."""
        self.openings.queue = self.openings.queue[::count]

    def adopt(self, other: Rounds) -> None:
        """Take the best point of another search; it is no credit to a round of this one."""
        super().adopt(other)
        self.openings.told()

    def _open(self, known: Openings | None) -> None:
        """Go to the incumbent, and make the openings."""
        super()._start()
        clash = len(self.foes) > len(self.point.x) + 1
        if clash:
            # Prices of hundreds of rows of two are far off.
            self.thetas, self.theta = UNPRICED, 0.0
            self.patience //= BRIEF
        self.openings = Openings(
            self.layout, self.point, self.memory, self.run, self.leaders, clash, known
        )
        if self.openings.districts is not None:
            self.patience //= SHORT
        self.patience = max(self.patience, 1)

    def _restart(self, return_share: int) -> None:
        openings, point = self.openings, self.point
        openings.ended()
        way = openings.open()
        if way == SHAKE:
            super()._restart(return_share)
        else:
            self._vary()
            if way == ELITE:
                self._leave()
            self._begin()
            self.notes[notes_of.PRICED] = self.notes[notes_of.STEP]
            if self._is_kept():
                self._arrive(int(point.sums[OBJECTIVE]), point.x)
        openings.begun()

    def invent(self) -> IntArray | None:
        """Return a point at which a round may begin; None where random moves are due."""
        way = self.openings.open()
        if way == SHAKE:
            return None
        if way == ELITE:
            self._leave()
        return self.point.x.copy()

    def _arrive(self, worth: int, x: IntArray) -> None:
        """Remember a feasible point if it is the best."""
        notes = self.notes
        if not notes[notes_of.HAS_BEST] or worth > notes[notes_of.BEST]:
            notes[notes_of.BEST], notes[notes_of.HAS_BEST] = worth, 1
            self.memory.best_x[:] = x
            if notes[notes_of.PENDING] < 0:
                notes[notes_of.PENDING] = notes[notes_of.STEP]
