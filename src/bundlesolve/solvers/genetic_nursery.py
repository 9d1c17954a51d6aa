"""Where children are raised: repaired, improved, evaluated, and shown to the run."""

from __future__ import annotations

import numpy as np

from bundlesolve.kernels.population import raise_population
from bundlesolve.kernels.population_tables import blocks, tables
from bundlesolve.kernels.types import Floats
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program
from bundlesolve.run import Run
from bundlesolve.solvers.focus import LEAST_VARIABLES
from bundlesolve.solvers.forms import rounds_of
from bundlesolve.solvers.genetic_strategy import Individual
from bundlesolve.solvers.local_rounds import Rounds
from bundlesolve.solvers.portfolio_rounds import PortfolioRounds
from bundlesolve.stop import Stop

MANNER = (4, 500, 300)
"""Tenure, patience and strength of the rounds around children; see `Local`."""

CALL_WORK = 6_000_000
"""Elementary operations of one kernel call, some tens of milliseconds: the longest that
the search goes without looking at the clock."""

MOST_EFFORT = 2_500_000
"""Most elementary operations on one child, however many variables there are."""


class Nursery:
    """Evaluates children by the kernel, a slice of them at a time.

    Parameters
    ----------
    program
        What is searched.
    run
        Where steps are counted and feasible points go.
    passes
        Most improvement passes of a child.
    effort
        Most elementary operations on a child, per variable.
    tabu
        Steps without a better point that end the tabu search of a child; 0: none.
    """

    def __init__(
        self, program: Program, run: Run, passes: int, effort: int, tabu: int
    ) -> None:
        self._run = run
        self._tabu = tabu if program.num_vars < LEAST_VARIABLES else 0
        self._rounds: Rounds | None = None
        if self._tabu:
            # A child is one step, however many moves it takes.
            within = run.prelude(run.method, Stop())
            self._rounds = rounds_of(program, within, MANNER, points=True)
            self._rounds.begin()
        self._passes = passes
        self._effort = min(effort * max(program.num_vars, 1), MOST_EFFORT)
        self._constant = program.constant
        bounds = (program.lower, program.upper)
        pairs = (program.pair_first, program.pair_second, program.pair_worth)
        matrix = (program.row_start, program.row_var, program.row_coef)
        limits = (program.row_low, program.row_high, program.row_soft, program.row_penalty)
        self._tables = tables(bounds, program.worth, pairs, matrix, limits)
        self.blocks = blocks(bounds, pairs, matrix, limits)
        """Variables that are inherited together. Shape ``[m]``."""
        once = program.num_pairs + len(program.row_var)
        self._slice = max(1, CALL_WORK // (self._effort + once))

    def evaluate(self, children: list[Individual]) -> list[tuple[float, int]]:
        """Raise children; return (violation, objective) of each.

        When the run ends, the children that are left stay as they are and count as worse
        than any other.
        """
        if not children or self._run.should_stop():
            return [(np.inf, 0)] * len(children)
        points = np.stack([child.point for child in children])
        order = self._run.rng.permutation(points.shape[1])
        worth = np.zeros(len(points), dtype=np.int64)
        excess = np.full(len(points), np.inf)
        begin = 0
        while begin < len(points) and not self._run.should_stop():
            count = min(self._slice, len(points) - begin)
            if self._run.remaining_steps is not None:
                count = min(count, self._run.remaining_steps)
            part = slice(begin, begin + count)
            passes = np.full(count, self._passes)
            raise_population(
                self._tables,
                points[part],
                order,
                passes,
                self._effort,
                worth[part],
                excess[part],
            )
            done = self._improve(points[part], worth[part], excess[part])
            self._run.step(done)
            self._show(points[part], worth[part], excess[part])
            begin += count
        for child, point in zip(children, points, strict=True):
            child.point = point
        return list(zip(excess.tolist(), worth.tolist(), strict=True))

    def _improve(self, points: IntArray, worth: IntArray, excess: Floats) -> int:
        """Search around each child as `local` does; return how many got their turn."""
        if self._rounds is None:
            return len(points)
        for k in range(len(points)):
            found = self._rounds.improve(points[k], self._tabu)
            if found is not None and (excess[k] > 0 or found[1] > worth[k]):
                points[k], worth[k] = found
                excess[k] = 0.0
            if isinstance(self._rounds, PortfolioRounds) and excess[k] == 0:
                self._rounds.openings.elites.add(int(worth[k]), points[k])
            if self._run.should_stop():
                return k + 1
        return len(points)

    def starts(self) -> list[IntArray]:
        """Return the points at which a local search would begin its first rounds."""
        if not isinstance(self._rounds, PortfolioRounds):
            return []
        return self._rounds.openings.take_queue()

    def immigrant(self) -> IntArray | None:
        """Return a point at which a local search might begin a round, None for no idea."""
        if not isinstance(self._rounds, PortfolioRounds):
            return None
        return self._rounds.invent()

    def _show(self, points: IntArray, worth: IntArray, excess: Floats) -> None:
        feasible = np.flatnonzero(excess == 0)
        if not len(feasible):
            return
        best = feasible[np.argmax(worth[feasible])]
        known = self._run.objective
        if known is None or worth[best] + self._constant > known:
            self._run.offer(points[best])
