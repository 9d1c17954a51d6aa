"""A search on the core that reduction left, offering points of the whole program."""

from __future__ import annotations

from bundlesolve.model.frozen import IntArray
from bundlesolve.reduce.restrict import Restriction
from bundlesolve.run import Run
from bundlesolve.stop import Stop


class CoreRun(Run):
    """A part of a run whose program is the core.

    Parameters
    ----------
    core
        The core, which must have a program, and the way back.
    whole
        The run on the whole program: limits, clock, incumbent and traces are there.
    stop
        Limits of its own.
    """

    def __init__(self, core: Restriction, whole: Run, stop: Stop) -> None:
        assert core.program is not None
        rng = whole.rng.spawn(1)[0]
        super().__init__(core.program, stop, rng, whole.method, parent=whole)
        self._core, self._whole = core, whole

    @property
    def incumbent(self) -> IntArray | None:
        """The incumbent's part in the core, where that is feasible; shape ``[m']``.

        The incumbent itself may lie outside: the core holds all *better* points.
        """
        point = self._whole.incumbent
        if point is None:
            return None
        inside = self._core.project(point)
        return inside if self.program.is_feasible(inside) else None

    def offer(self, x: IntArray, source: str | None = None) -> bool:
        """Hand in a feasible point of the core."""
        better = self._whole.offer(self._core.lift(x), source or self.method)
        if better:
            self._last_gain = self.steps
        return better
