"""A part of the problem: bounds of the variables, what is fixed taken out."""

from __future__ import annotations

from bundlesolve.certificate.groups import Groups
from bundlesolve.certificate.problem import Problem, Row

ROUNDS = 10
"""Rounds of propagation after a change; rows of wide variables could go on for long."""

Arc = tuple[int, int, int]
"""Number of the arc, the variable it leads to, and its weight in the tail's knapsack."""


class Box:
    """The points within some bounds, as a problem over the variables still free.

    Pairs of a variable fixed at 1 are linear worth of their partner here, which is at
    least as tight as any split of them.

    Parameters
    ----------
    problem, groups
        What it is a part of.
    """

    def __init__(self, problem: Problem, groups: Groups) -> None:
        self.problem = problem
        self.groups = groups
        self.lower = list(problem.lower)
        self.upper = list(problem.upper)
        self.worth = list(problem.worth)
        self.constant = problem.constant
        self.is_open = [True] * len(problem.lower)
        self.free = list(range(len(problem.lower)))
        self.arcs: list[list[Arc]] = [[] for _ in problem.lower]
        self.joint = list(range(len(problem.joint)))
        self.clashes = list(range(len(problem.clashes)))
        for p, (first, second, _) in enumerate(problem.joint):
            same = groups.of[first] == groups.of[second] >= 0
            weights = (groups.weight[first], groups.weight[second]) if same else (0, 0)
            self.arcs[first].append((2 * p, second, weights[1]))
            self.arcs[second].append((2 * p + 1, first, weights[0]))
        self._touched = {r for r, row in enumerate(problem.rows) if row.penalty is None}
        self._stale = False

    def part(self) -> Box:
        """Return a copy whose bounds can be changed without changing this one's."""
        copy = object.__new__(Box)
        copy.__dict__.update(self.__dict__)
        for name in ("lower", "upper", "worth", "is_open", "arcs"):
            setattr(copy, name, list(getattr(self, name)))
        copy._touched = set(self._touched)
        return copy

    def tighten(self, v: int, low: int, high: int) -> None:
        """Set a variable's bounds; `settle` draws the conclusions."""
        self.lower[v], self.upper[v] = low, high
        self._touched.update(self.problem.hard_rows_of[v])
        self._stale = self._stale or low == high

    def settle(self) -> bool:
        """Propagate hard rows and take fixed variables out; False if a row cannot be kept.

        A variable may take no value with which a row is beyond its limit while all others
        are at their best for it.
        """
        for _ in range(ROUNDS):
            rows, self._touched = sorted(self._touched), set()
            if not all(self._keep(self.problem.rows[r]) for r in rows):
                return False
            if not self._touched:
                break
        self._absorb()
        return True

    def _keep(self, row: Row) -> bool:
        lower, upper = self.lower, self.upper
        least = most = 0
        for v, a in zip(row.vars, row.coefs, strict=True):
            if a > 0:
                least += a * lower[v]
                most += a * upper[v]
            else:
                least += a * upper[v]
                most += a * lower[v]
        if least > row.high or most < row.low:
            return False
        above, below = row.high - least, most - row.low
        if most - least <= min(above, below):
            return True
        for v, a in zip(row.vars, row.coefs, strict=True):
            low, high = lower[v], upper[v]
            span = (high - low) * abs(a)
            if span > above:
                steps = above // abs(a)
                low, high = (low, low + steps) if a > 0 else (high - steps, high)
            if span > below:
                steps = below // abs(a)
                if a > 0:
                    low = max(low, upper[v] - steps)
                else:
                    high = min(high, lower[v] + steps)
            if low > high:
                return False
            if low > lower[v] or high < upper[v]:
                self.tighten(v, low, high)
        return True

    def _absorb(self) -> None:
        """Move what fixed variables are worth into the constant and to their partners."""
        if not self._stale and len(self.free) < len(self.lower):
            return
        fixed = [v for v in self.free if self.lower[v] == self.upper[v]]
        self._stale = False
        if not fixed:
            return
        for v in fixed:
            self.is_open[v] = False
            value = self.lower[v]
            self.constant += self.worth[v] * value
            if value:
                for other, worth in self.problem.neighbours[v]:
                    if self.is_open[other]:
                        self.worth[other] += worth * value
        is_open, problem = self.is_open, self.problem
        self.free = [v for v in self.free if is_open[v]]
        for v in fixed:
            self.arcs[v] = []
        for v in self.free:
            self.arcs[v] = [arc for arc in self.arcs[v] if is_open[arc[1]]]
        self.joint = [p for p in self.joint if _both(problem.joint[p], is_open)]
        self.clashes = [p for p in self.clashes if _both(problem.clashes[p], is_open)]


def _both(pair: tuple[int, int, int], is_open: list[bool]) -> bool:
    return is_open[pair[0]] and is_open[pair[1]]
