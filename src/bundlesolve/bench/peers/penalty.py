"""The penalised model: limits turned into worth lost, for methods that know none."""

from __future__ import annotations

import numpy as np

from bundlesolve.errors import Refused
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program

MOST_SLACK_BITS = 40
MOST_ENTRIES = 20_000_000


class Penalised:
    """A program of 0-1 variables with its hard limits as penalties.

    The penalty of one unit of a hard row's violation is more than what any one variable
    can earn, per unit of the row's smallest coefficient.

    Parameters
    ----------
    name
        Who asks.
    program
        The program.

    Raises
    ------
    Refused
        If a variable has other values than 0 and 1.
    """

    def __init__(self, name: str, program: Program) -> None:
        if not bool(np.all(program.is_binary)):
            raise Refused(name, "a variable counts further than 0 and 1")
        self.name = name
        self.program = program
        earns = np.maximum(program.worth, 0).astype(np.float64)
        gains = np.maximum(program.pair_worth, 0)
        np.add.at(earns, program.pair_first, gains)
        np.add.at(earns, program.pair_second, gains)
        self.price = float(np.max(earns, initial=1.0)) + 1.0

    def value(self, x: IntArray) -> float:
        """Return the objective less the penalties."""
        x = np.clip(x, self.program.lower, self.program.upper)
        hard = self.program.row_soft == 0
        broken = float(np.sum(self.program.violation(x)[hard]))
        return self.program.objective(x) - self.price * broken

    def quadratic(
        self, strength: float = 1.0
    ) -> tuple[dict[int, float], dict[tuple[int, int], float]]:
        """Return linear and quadratic costs to be minimised, without any limit.

        Variables from ``m`` on are bits of slacks. A row ``low <= a.x <= high`` becomes
        ``strength * price * (a.x + slack - high)**2 / a_max`` with slack in
        ``0 .. high - low``; a soft row's price is its own penalty.
        """
        program = self.program
        linear = {v: -float(w) for v, w in enumerate(program.worth.tolist())}
        pairs: dict[tuple[int, int], float] = {}
        for i, j, w in zip(
            program.pair_first.tolist(),
            program.pair_second.tolist(),
            program.pair_worth.tolist(),
            strict=True,
        ):
            pairs[i, j] = pairs.get((i, j), 0.0) - float(w)
        least, most = program.activity_range
        for r in range(program.num_rows):
            if least[r] >= program.row_low[r] and most[r] <= program.row_high[r]:
                continue
            self._add_row(r, strength, linear, pairs)
            if len(pairs) > MOST_ENTRIES:
                raise Refused(self.name, f"more than {MOST_ENTRIES} products")
        return linear, pairs

    def _add_row(
        self,
        r: int,
        strength: float,
        linear: dict[int, float],
        pairs: dict[tuple[int, int], float],
    ) -> None:
        program, here = self.program, self.program.row(r)
        least, _ = program.activity_range
        high = int(program.row_high[r])
        low = max(int(program.row_low[r]), int(least[r]))
        terms = list(
            zip(
                program.row_var[here].tolist(),
                program.row_coef[here].astype(np.float64).tolist(),
                strict=True,
            )
        )
        for size in _bits(high - low):
            terms.append((len(linear), float(size)))
            linear[len(linear)] = 0.0
        unit = max(1.0, float(np.max(np.abs(program.row_coef[here]))))
        price = self.price
        if program.row_soft[r]:
            price = float(program.row_penalty[r])
        scale = strength * price / unit
        for place, (v, a) in enumerate(terms):
            linear[v] += scale * a * (a - 2.0 * high)
            for w, b in terms[place + 1 :]:
                key = (v, w) if v < w else (w, v)
                pairs[key] = pairs.get(key, 0.0) + 2.0 * scale * a * b


def _bits(room: int) -> list[int]:
    """Return sizes whose sums are exactly ``0 .. room``."""
    sizes: list[int] = []
    power = 1
    while room > 0 and len(sizes) < MOST_SLACK_BITS:
        sizes.append(min(power, room))
        room -= sizes[-1]
        power *= 2
    return sizes
