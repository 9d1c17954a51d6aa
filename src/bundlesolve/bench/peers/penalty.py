"""The penalised model: limits turned into worth lost, for methods that know none."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bundlesolve.errors import Refused
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program

MOST_PRODUCTS = 20_000_000

FloatArray = NDArray[np.float64]


class Row(NamedTuple):
    """A row that can be broken, and what that costs.

    Parameters
    ----------
    var, coef
        Its variables and coefficients.
    low, high
        Its limits.
    weight
        Cost of the squared distance from the aim.
    """

    var: IntArray
    coef: FloatArray
    low: float
    high: float
    weight: float


class Penalised:
    """A program of 0-1 variables with its rows as penalties.

    As a quadratic model a row costs ``weight * (a.x - aim)**2``, no slack bits: they make
    single flips useless. ``aim`` starts at the limit and follows what the samples do, so
    that their spread around it ends inside (a variant of the unbalanced penalisation of
    Montanez-Barrera and others, 2024, Quantum Science and Technology 9(2)).

    Parameters
    ----------
    name
        Who asks.
    program
        The program.
    strength
        Of the penalties. One unit of ``a_max`` beyond the aim costs this share of what the
        most worthy variable can earn, per unit. Default 0.03.

    Raises
    ------
    Refused
        If a variable has other values than 0 and 1, or a row has too many products.
    """

    def __init__(self, name: str, program: Program, strength: float = 0.03) -> None:
        if not bool(np.all(program.is_binary)):
            raise Refused(name, "a variable counts further than 0 and 1")
        products = int(np.sum(np.diff(program.row_start) ** 2)) // 2
        if products > MOST_PRODUCTS:
            raise Refused(name, f"its rows have {products} products of variables")
        self.program = program
        earns = np.maximum(program.worth, 0).astype(np.float64)
        gains = np.maximum(program.pair_worth, 0)
        np.add.at(earns, program.pair_first, gains)
        np.add.at(earns, program.pair_second, gains)
        self.price = float(np.max(earns, initial=1.0)) + 1.0
        self.rows = self._rows(strength)
        self.aims = [row.high if np.isfinite(row.high) else row.low for row in self.rows]

    def _rows(self, strength: float) -> list[Row]:
        program = self.program
        least, most = program.activity_range
        rows = []
        for r in range(program.num_rows):
            capped = bool(most[r] > program.row_high[r])
            floored = bool(least[r] < program.row_low[r])
            here = program.row(r)
            coef = program.row_coef[here].astype(np.float64)
            if not (capped or floored) or not len(coef):
                continue
            price = float(program.row_penalty[r]) if program.row_soft[r] else self.price
            rows.append(
                Row(
                    program.row_var[here],
                    coef,
                    float(program.row_low[r]) if floored else -np.inf,
                    float(program.row_high[r]) if capped else np.inf,
                    strength * price / float(np.max(np.abs(coef))),
                )
            )
        return rows

    def value(self, x: IntArray) -> float:
        """Return the objective less a penalty for each unit of a hard row's violation."""
        x = np.clip(x, self.program.lower, self.program.upper)
        hard = self.program.row_soft == 0
        broken = float(np.sum(self.program.violation(x)[hard]))
        return self.program.objective(x) - self.price * broken

    def products(self) -> dict[tuple[int, int], float]:
        """Return the quadratic costs, to be minimised."""
        program = self.program
        first, second = program.pair_first.tolist(), program.pair_second.tolist()
        worth = program.pair_worth.tolist()
        pairs = {(i, j): -float(w) for i, j, w in zip(first, second, worth, strict=True)}
        for row in self.rows:
            var, coef = row.var.tolist(), row.coef.tolist()
            for place, (v, a) in enumerate(zip(var, coef, strict=True)):
                for w, b in zip(var[place + 1 :], coef[place + 1 :], strict=True):
                    pairs[v, w] = pairs.get((v, w), 0.0) + 2.0 * row.weight * a * b
        return pairs

    def singles(self) -> FloatArray:
        """Return the linear costs at the aims of now. Shape ``[m]``."""
        costs = -self.program.worth.astype(np.float64)
        for row, aim in zip(self.rows, self.aims, strict=True):
            np.add.at(costs, row.var, row.weight * row.coef * (row.coef - 2.0 * aim))
        return costs

    def follow(self, x: IntArray) -> None:
        """Move the aims: away from a limit that ``x`` breaks, half way to one it keeps."""
        for r, row in enumerate(self.rows):
            use = float(row.coef @ x[row.var])
            if use > row.high:
                self.aims[r] -= use - row.high
            elif use < row.low:
                self.aims[r] += row.low - use
            elif np.isfinite(row.high) and row.high > row.low:
                self.aims[r] += (row.high - use) / 2
