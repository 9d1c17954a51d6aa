"""Which rows are the knapsacks of the Lagrangian bound."""

from __future__ import annotations

from collections.abc import Sequence

from bundlesolve.certificate.problem import Problem


class Groups:
    """Disjoint knapsack rows and the weight of every variable in its own.

    Parameters
    ----------
    problem
        The problem.
    rows
        Numbers of hard rows with non-negative coefficients that share no variable.

    Raises
    ------
    ValueError
        If a row is none of those; its position in ``rows`` is the second argument.
    """

    def __init__(self, problem: Problem, rows: Sequence[int]) -> None:
        self.rows = tuple(rows)
        self.of = [-1] * len(problem.lower)
        self.weight = [0] * len(problem.lower)
        for g, r in enumerate(rows):
            if not 0 <= r < len(problem.rows):
                raise ValueError(f"a row out of {len(problem.rows)}", g)
            row = problem.rows[r]
            if row.penalty is not None:
                raise ValueError("a hard row", g)
            if any(a < 0 for a in row.coefs):
                raise ValueError("a row without negative coefficients", g)
            for v, a in zip(row.vars, row.coefs, strict=True):
                if self.of[v] >= 0:
                    raise ValueError("rows that share no variable", g)
                self.of[v], self.weight[v] = g, a
        self.shift = 2 * max(self.weight, default=0).bit_length()
