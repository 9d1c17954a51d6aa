"""Primal gap and primal integral.

T. Berthold, "Measuring the impact of primal heuristics", Operations Research Letters 41
(2013), 611-614.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from bundlesolve.bench.record import Record
from bundlesolve.bench.statistics.reference import Reference, value_of


def primal_gap(
    value: Decimal | None, best: Decimal | None, rounding: Decimal = Decimal(0)
) -> float:
    """Return how far a value is from the best one, 0 (there) to 1 (as good as nothing).

    ``|best - value| / max(|best|, |value|)``; 1 where the signs differ and without a
    value; 0 where the value is better, or worse by at most ``rounding``.

    Parameters
    ----------
    value, best
        Numbers of which more is better.
    rounding
        Difference up to which they are equal. Default 0.
    """
    if value is None or best is None:
        return 1.0
    if best - value <= rounding:
        return 0.0
    if value * best < 0:
        return 1.0
    return float((best - value) / max(abs(best), abs(value)))


@dataclass(frozen=True)
class GapTrace:
    """Primal gap of one run over time: 1 until the first step, then constant in between.

    Parameters
    ----------
    seconds
        Times of the steps, not decreasing.
    gaps
        Gap from each step on.
    """

    seconds: tuple[float, ...] = ()
    gaps: tuple[float, ...] = ()

    @property
    def final(self) -> float:
        """Gap at the end."""
        return self.gaps[-1] if self.gaps else 1.0

    def at(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the gap at each of some times."""
        index = np.searchsorted(np.array(self.seconds), times, side="right")
        return np.array([1.0, *self.gaps])[index]

    def reached(self, gap: float) -> float:
        """Return the seconds until the gap is at most this; infinity for never."""
        for seconds, found in zip(self.seconds, self.gaps, strict=True):
            if found <= gap:
                return seconds
        return float("inf")


def gap_trace(record: Record, reference: Reference) -> GapTrace:
    """Return a run's gap over time; empty for a run without a verified answer."""
    value = value_of(record)
    if value is None:
        return GapTrace()
    steps = [(step.seconds, record.signed(step.value)) for step in record.incumbents]
    if not steps or steps[-1][1] != value:
        steps.append((record.seconds or 0.0, value))
    best, rounding = reference.best, reference.rounding
    return GapTrace(
        tuple(seconds for seconds, _ in steps),
        tuple(primal_gap(number, best, rounding) for _, number in steps),
    )


def primal_integral(
    seconds: Sequence[float], gaps: Sequence[float], horizon: float
) -> float:
    r"""Return :math:`\int_0^T p(t)\,dt` of a gap that is 1 before its first step.

    Parameters
    ----------
    seconds, gaps
        The steps: from ``seconds[i]`` on the gap is ``gaps[i]``, the last one until the
        horizon, also where the run ended before.
    horizon
        ``T`` in seconds: the time limit. Steps after it do not count.

    Returns
    -------
    float
        Seconds, from 0 to ``horizon``; lower is better.
    """
    total, since, gap = 0.0, 0.0, 1.0
    for time, lower in zip(seconds, gaps, strict=True):
        if time >= horizon:
            break
        total += gap * (time - since)
        since, gap = time, lower
    return total + gap * (horizon - since)
