"""A search in one block of a program, on the clock of the whole."""

from __future__ import annotations

from bundlesolve.model.program import Program
from bundlesolve.run import OnImprove, Run
from bundlesolve.stop import Stop


class BlockRun(Run):
    """A search in one block: a program of its own, the clock of the whole run.

    Parameters
    ----------
    program
        The block's.
    whole
        The run that this search is for.
    stop
        Limits of its own.
    on_improve
        As for `Run`.
    floor
        What is worth no more than this counts as known, so that it need not be found, and
        no bound goes below it. Default: nothing.
    """

    def __init__(
        self,
        program: Program,
        whole: Run,
        stop: Stop,
        on_improve: OnImprove | None = None,
        floor: int | None = None,
    ) -> None:
        rng = whole.rng.spawn(1)[0]
        super().__init__(program, stop, rng, "blocks", on_improve)
        self._whole, self._floor = whole, floor

    @property
    def objective(self) -> int | None:
        """Objective of the incumbent, the floor if that is more."""
        own = super().objective
        if own is None or self._floor is None:
            return own
        return max(own, self._floor)

    def should_stop(self) -> bool:
        """Tell whether to end: by limits of its own or of the whole run."""
        return super().should_stop() or self._whole.should_stop()

    @property
    def remaining(self) -> float:
        """Seconds left, here or in the whole."""
        return min(super().remaining, self._whole.remaining)
