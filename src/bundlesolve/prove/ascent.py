"""Good multipliers of a box, and the coarsest rounding of them that is as good."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from bundlesolve.certificate.runs import encode
from bundlesolve.kernels.subgradient import disagreement, improve
from bundlesolve.kernels.types import Floats, Ints
from bundlesolve.prove.arrays import Priced, View

CHUNK = 10
"""Subgradient steps between two looks at whether the box closes."""
GRAINS = 14
"""Roundings that are tried, each twice as fine as the one before."""
LOSS = 0.04
"""Share of the gap that the rounding of a set may give away where it does not close."""


class Ascent:
    """Subgradient steps on the multipliers of one box.

    Parameters
    ----------
    view
        The box.
    objective
        Only points worth more are of interest; None for none known.
    bits
        Multipliers are multiples of ``2**-bits`` in the end.
    """

    def __init__(self, view: View, objective: int | None, bits: int) -> None:
        self.view, self.objective, self.bits = view, objective, bits
        self.best = view.start
        self.bound = math.inf
        self._state = np.array([math.inf, 1.0, 0.0])

    @property
    def closes(self) -> bool:
        """True when the bound says that no better point is in the box."""
        return self._closing(self.bound)

    def _closing(self, bound: float) -> bool:
        # A hair less than what the exact evaluation will ask for.
        size = 1e-6 + 1e-12 * abs(bound)
        return self.objective is not None and bound < self.objective + 1 - size

    def run(self, steps: int, factor: float, keep_going: Callable[[], bool]) -> None:
        """Do subgradient steps until the box closes, steps get short, or time is over."""
        view, start = self.view, self.view.start
        split, high, low = view.arcs(start.split), start.high.copy(), start.low.copy()
        best = (split.copy(), high.copy(), low.copy())
        self._state[:] = math.inf, factor, 0.0
        done = 0
        while done < steps and (done == 0 or keep_going()):
            # The first alone, so that there is a bound to aim from.
            count = 1 if done == 0 else min(CHUNK, steps - done)
            self._improve(count, split, high, low, self._state, best)
            done += count
            self.bound = float(self._state[0]) + view.constant
            if self.closes or self._state[1] < 1e-4:
                break
        self.best = Priced(view.first_sides(best[0]), best[1], best[2])

    def _improve(
        self,
        steps: int,
        split: Floats,
        high: Floats,
        low: Floats,
        state: Floats,
        best: tuple[Floats, Floats, Floats],
    ) -> None:
        view = self.view
        start, head, back, worth = view.graph
        fixed = (start, head, back, worth, split, *view.groups, *view.bounds, *view.rows)
        # No cutoff: what is fixed is fixed by the exact evaluation of one set.
        aim, cutoff = self._aim(float(state[0])), -math.inf
        improve(steps, *fixed, *view.caps, high, low, aim, cutoff, state, *best)

    def _aim(self, bound: float) -> float:
        if self.objective is not None:
            return float(self.objective - self.view.constant)
        return bound - max(1.0, 0.05 * abs(bound)) if math.isfinite(bound) else 0.0

    def text(self) -> str:
        """Return the best multipliers as a change of the inherited ones, rounded.

        The coarsest rounding is taken that closes the box where the unrounded do, or else
        gives away little of the gap.
        """
        enough = self.bound
        if self.objective is not None and not self.closes:
            enough += LOSS * (self.bound - self.objective)
        elif self.objective is None:
            enough += 1e-4 * abs(self.bound)
        start, best, pairs = self.view.start, self.best, len(self.view.box.clashes)
        rows = len(start.high) - pairs
        coarse = _exponent(best.split - start.split, best.high[rows:] - start.high[rows:])
        steep = _exponent(best.high[:rows] - start.high[:rows], best.low - start.low)
        made = ""
        for grain in range(GRAINS):
            fine = max(coarse - grain, -self.bits), max(steep - grain - 4, -self.bits)
            change = self._rounded(*fine)
            bound = self._bound_after(change, *fine)
            if (self._closing(bound) if self.closes else bound <= enough) or (
                grain == GRAINS - 1
            ):
                made = self._write(change, *fine)
                break
        return made

    def _rounded(self, pair_exponent: int, row_exponent: int) -> tuple[Ints, Ints, Ints]:
        start, best = self.view.start, self.best
        grain, steps = 2.0**pair_exponent, self._steps(pair_exponent, row_exponent)
        split = np.rint((best.split - start.split) / grain).astype(np.int64)
        high_cap, low_cap = self.view.caps
        high = _within(best.high, start.high, np.maximum(high_cap, start.high), steps)
        low = _within(best.low, start.low, np.maximum(low_cap, start.low), steps)
        return split, high, low

    def _steps(self, pair_exponent: int, row_exponent: int) -> Floats:
        pairs = len(self.view.box.clashes)
        rows = len(self.view.start.high) - pairs
        return np.repeat([2.0**row_exponent, 2.0**pair_exponent], [rows, pairs])

    def _bound_after(
        self, change: tuple[Ints, Ints, Ints], pair_exponent: int, row_exponent: int
    ) -> float:
        start, steps = self.view.start, self._steps(pair_exponent, row_exponent)
        split = self.view.arcs(start.split + change[0] * 2.0**pair_exponent)
        high, low = start.high + change[1] * steps, start.low + change[2] * steps
        state = np.array([math.inf, 1.0, 0.0])
        best = (split.copy(), high.copy(), low.copy())
        self._improve(1, split, high, low, state, best)
        return float(state[0]) + self.view.constant

    def _write(
        self, change: tuple[Ints, Ints, Ints], pair_exponent: int, row_exponent: int
    ) -> str:
        rows = len(self.view.row_ids)
        sections = [
            ("s", pair_exponent, change[0]),
            ("n", pair_exponent, change[1][rows:]),
            ("h", row_exponent, self._by_row(change[1])),
            ("l", row_exponent, self._by_row(change[2])),
        ]
        return ";".join(
            f"{kind}{exponent}:{encode(values.tolist())}"
            for kind, exponent, values in sections
            if values.any()
        )

    def _by_row(self, values: Ints) -> Ints:
        rows = self.view.row_ids
        found = np.zeros(len(self.view.frame.row_low), dtype=np.int64)
        found[rows] = values[: len(rows)]
        return found

    def branching(self) -> tuple[int, int]:
        """Return where to branch: the variable whose open pairs are worth most in sum.

        Fixed, it turns all of these into linear worth. Where nothing has a pair it is the
        variable that the relaxation splits most.
        """
        view, best = self.view, self.best
        worth, lower, upper = view.bounds
        x, score = np.zeros(len(worth)), np.zeros(len(worth))
        start, head, back, pairs = view.graph
        rows = (*view.rows[:3], best.high - best.low)
        graph = (start, head, back, pairs, view.arcs(best.split))
        disagreement(*graph, *view.groups, worth, lower, upper, *rows, x, score)
        at_stake = view.at_stake
        if not at_stake.any():
            at_stake = score + np.minimum(x - lower, upper - x)
        j = int(np.argmax(at_stake))
        middle = min(max(math.floor(x[j]), int(lower[j])), int(upper[j]) - 1)
        return int(view.free[j]), middle


def _exponent(*changes: Floats) -> int:
    """Return the power of two above the largest change, less three."""
    largest = max((float(np.abs(part).max(initial=0.0)) for part in changes), default=0.0)
    return math.ceil(math.log2(largest)) - 3 if largest > 0.0 else 0


def _within(best: Floats, start: Floats, cap: Floats, steps: Floats) -> Ints:
    """Return whole steps from ``start`` towards ``best`` that stay within 0 and ``cap``."""
    count = np.rint((best - start) / steps)
    count = np.where(start + count * steps > cap, np.floor((cap - start) / steps), count)
    count = np.where(start + count * steps < 0.0, np.ceil(-start / steps), count)
    return count.astype(np.int64)
