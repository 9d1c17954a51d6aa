"""A part of a run whose end is decided when it comes: held while it is worth it."""

from __future__ import annotations

from dataclasses import replace

from bundlesolve.model.frozen import IntArray
from bundlesolve.run import Run
from bundlesolve.stop import Stop, StopReason

WIDE = 0.05
"""Relative gap beyond which a proof within seconds is unlikely."""
PROBE = 25
"""Lagrangian steps for the bound that tells the gap."""
PROBE_SHARE = 0.05
"""Share of the remaining time that these may take; else the gap counts as it stands."""
NARROW_HOLD, WIDE_HOLD = 2.0, 8.0
"""A held part ends when so many times as much has passed as until its last better point."""
LEAST_SECONDS, LEAST_STEPS = 4.0, 40_000
"""Where the gap is wide it is held at least so long."""


class HeldRun(Run):
    """A part that goes on past its limits while better points come, up to wider ones.

    When the limits are reached, a few Lagrangian steps tell whether a proof is near. Where
    it is, the part ends once its last better point came in the first half of its time;
    where it is not, in the first eighth, and not before some seconds. Seconds are compared
    under a limit of seconds, steps under one of steps: under steps alone the same seed ends
    it at the same step.

    It draws from the generator of the whole run itself: a method that has the first turn
    makes the same moves as alone.

    Parameters
    ----------
    whole
        The run this is a part of.
    first, most
        Limits at which the end is considered, and at which it comes. Both have the same
        fields set.
    method
        Name of the searching method.
    probes
        Whether to ask for the gap. Default True; False: a proof is taken to be near.
    """

    def __init__(
        self, whole: Run, first: Stop, most: Stop, method: str, probes: bool = True
    ) -> None:
        super().__init__(whole.program, first, whole.rng, method, parent=whole)
        self._whole, self._most = whole, most
        self._is_wide: bool | None = None if probes else False
        self._gained = 0.0, 0

    def offer(self, x: IntArray, source: str | None = None) -> bool:
        """Hand in a feasible point; the run remembers when the last better one came."""
        better = super().offer(x, source)
        if better:
            self._gained = self.seconds, self.steps
        return better

    def should_stop(self) -> bool:
        """Tell whether to end now, after moving the limits if the part is held."""
        while super().should_stop():
            if not self._is_held():
                return True
            self.stop_reason = None
        return False

    def _is_held(self) -> bool:
        """Move the limit that was reached; return False where it is the last one."""
        stop, most = self.stop, self._most
        seconds, steps = self._gained
        if self.stop_reason is StopReason.TIME_LIMIT:
            assert stop.seconds is not None
            assert most.seconds is not None
            until = min(most.seconds, self._until(seconds, LEAST_SECONDS))
            if until <= max(stop.seconds, self.seconds):
                return False
            self.stop = replace(stop, seconds=until)
            return True
        if self.stop_reason is StopReason.STEP_LIMIT:
            assert stop.steps is not None
            assert most.steps is not None
            until_step = min(most.steps, int(self._until(steps, LEAST_STEPS)))
            if until_step <= max(stop.steps, self.steps):
                return False
            self.stop = replace(stop, steps=until_step)
            return True
        return False

    def _until(self, gained: float, least: float) -> float:
        """Return when to end if no better point comes; the gap is measured once."""
        if self._is_wide is None:
            self._probe()
            self._is_wide = self.gap is None or self.gap > WIDE
        return max(least, WIDE_HOLD * gained) if self._is_wide else NARROW_HOLD * gained

    def _probe(self) -> None:
        """Offer the bound of a few Lagrangian steps where that takes little time."""
        from bundlesolve.bounds.lagrangian import SECONDS_PER_PAIR, lagrangian_bound

        gap, pairs = self.gap, self.program.num_pairs
        if self.objective is None or (gap is not None and gap <= WIDE) or pairs == 0:
            return
        whole = self._whole
        if pairs * SECONDS_PER_PAIR * PROBE > PROBE_SHARE * whole.remaining:
            return
        bound = lagrangian_bound(
            self.program, self.objective, lambda: not whole.should_stop(), PROBE
        )
        if bound is not None:
            self.offer_bound(bound, "lagrangian")
