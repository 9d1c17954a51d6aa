"""The canonical program as plain Python integers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from bundlesolve.model.program import Program


class Row(NamedTuple):
    """``low <= coefs . x[vars] <= high``; ``penalty`` is None for a hard row."""

    vars: list[int]
    coefs: list[int]
    low: int
    high: int
    penalty: int | None


class Pair(NamedTuple):
    """Two 0-1 variables, first < second, and what both together are worth."""

    first: int
    second: int
    worth: int


@dataclass(frozen=True)
class Problem:
    """``max constant + worth . x + pairs - penalties`` over bounded integers and rows.

    Parameters
    ----------
    lower, upper, worth
        Bounds and linear worth of the ``m`` variables.
    joint
        Pairs of positive worth.
    clashes
        Pairs of negative worth.
    rows
        All rows, hard and soft.
    constant
        Worth of nothing at all.
    """

    lower: list[int]
    upper: list[int]
    worth: list[int]
    joint: list[Pair]
    clashes: list[Pair]
    rows: list[Row]
    constant: int

    @staticmethod
    def of(program: Program) -> Problem:
        """Copy a program's numbers."""
        pairs = [
            Pair(*pair)
            for pair in zip(
                program.pair_first.tolist(),
                program.pair_second.tolist(),
                program.pair_worth.tolist(),
                strict=True,
            )
        ]
        start = program.row_start.tolist()
        variables, coefs = program.row_var.tolist(), program.row_coef.tolist()
        low, high = program.row_low.tolist(), program.row_high.tolist()
        soft, penalty = program.row_soft.tolist(), program.row_penalty.tolist()
        rows = [
            Row(
                variables[start[r] : start[r + 1]],
                coefs[start[r] : start[r + 1]],
                low[r],
                high[r],
                penalty[r] if soft[r] else None,
            )
            for r in range(len(low))
        ]
        return Problem(
            program.lower.tolist(),
            program.upper.tolist(),
            program.worth.tolist(),
            [pair for pair in pairs if pair.worth > 0],
            [pair for pair in pairs if pair.worth < 0],
            rows,
            int(program.constant),
        )

    def feasibility(self) -> Problem:
        """Return the problem in which every point is worth 0 and soft rows are free.

        Nothing is worth more than -1 in it exactly when the hard rows have no point.
        """
        rows = [
            row if row.penalty is None else row._replace(penalty=0) for row in self.rows
        ]
        worth = [0] * len(self.worth)
        return replace(self, worth=worth, joint=[], clashes=[], rows=rows, constant=0)

    @cached_property
    def hard_rows_of(self) -> list[list[int]]:
        """Hard rows of each variable."""
        found: list[list[int]] = [[] for _ in self.lower]
        for r, row in enumerate(self.rows):
            if row.penalty is None:
                for v in row.vars:
                    found[v].append(r)
        return found

    @cached_property
    def neighbours(self) -> list[list[tuple[int, int]]]:
        """Partner and worth of every pair of each variable."""
        found: list[list[tuple[int, int]]] = [[] for _ in self.lower]
        for first, second, worth in (*self.joint, *self.clashes):
            found[first].append((second, worth))
            found[second].append((first, worth))
        return found

    def broken(self, x: Sequence[int]) -> bool:
        """Tell whether a point leaves its bounds or breaks a hard row."""
        inside = zip(self.lower, x, self.upper, strict=True)
        if any(not low <= value <= high for low, value, high in inside):
            return True
        return any(row.penalty is None and violation(row, x) for row in self.rows)

    def value(self, x: Sequence[int]) -> int:
        """Return what a point is worth, penalties paid."""
        total = self.constant
        total += sum(worth * value for worth, value in zip(self.worth, x, strict=True))
        for first, second, worth in (*self.joint, *self.clashes):
            total += worth * x[first] * x[second]
        return total - sum(
            row.penalty * violation(row, x) for row in self.rows if row.penalty
        )


def violation(row: Row, x: Sequence[int]) -> int:
    """Return how far a row's activity lies outside its limits."""
    activity = sum(a * x[v] for v, a in zip(row.vars, row.coefs, strict=True))
    return max(activity - row.high, row.low - activity, 0)
