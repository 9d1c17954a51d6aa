"""The rounds of a local search: chunks of kernel steps, prices, restarts, offers."""

from __future__ import annotations

import time

import numpy as np

from bundlesolve.kernels import memory as notes_of
from bundlesolve.kernels.leaders import find_leaders, list_followers
from bundlesolve.kernels.memory import Memory, new_memory
from bundlesolve.kernels.point import BROKEN, OBJECTIVE, new_point, place
from bundlesolve.kernels.prices import set_prices
from bundlesolve.kernels.push import find_foes
from bundlesolve.kernels.shake import shake
from bundlesolve.kernels.swap import swap_steps
from bundlesolve.kernels.warm import warm_up_groups, warm_up_weighted
from bundlesolve.kernels.weighted import first_weights, weighted_steps
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program
from bundlesolve.run import Run
from bundlesolve.solvers.layouts import layout_of

CHUNK_SECONDS = 0.01
"""How long a kernel should run between two looks at the clock."""
REPRICE = 500
"""Steps after which the prices of the rows are computed anew."""
THETAS, CLASS_THETAS = (1.0,), (1.0, 1.0, 0.0)
"""Shares of the prices in the merit of a swap, drawn for each round.

Priced merit trades items of any size for one another and changes how many are in: without
it 20 of the 49 optima of Billionnet and Soutif stayed out of reach for 2 s each. Where rows
bind on both sides (one of each class) good prices take long to find, so that some rounds do
without.
"""
FREE_TENURES = 4
"""Programs without rows draw the tenure of a round from 1, 2, ... so many times the given
one, and every other round may begin as far away as a random point.

Where nothing but flips is left, one short tenure can hold the search around one point for
ever: on bqp250-9 from the greedy point 4 had missed the optimum after 60,000 steps with
each of three seeds, mixed tenures met it within 6,000 with each of five.
"""
WORST = -(1 << 60)
"""Below every objective."""
FIRST_TURNS, TURNS = 200, 30
"""Subgradient turns for the first prices, and for later ones."""


class Rounds:
    """One local search: its kernel state, and what happens between chunks of steps.

    Everything that happens depends on counts of steps only, so where the clock cuts the
    search into chunks makes no difference to the moves.

    Parameters
    ----------
    program, run
        What is searched, and who keeps the books.
    tenure, patience, strength
        See `bundlesolve.solvers.local.Local`.
    """

    def __init__(
        self, program: Program, run: Run, tenure: int, patience: int, strength: int
    ) -> None:
        self.run = run
        self.tenure, self.patience, self.strength = tenure, patience, strength
        self.shortest, self.mildest = tenure, strength
        self.layout = layout_of(program)
        self.point = new_point(self.layout)
        first, second = (int(s) for s in run.rng.integers(1, 2**31, size=2))
        self.memory: Memory = new_memory(self.layout, first, second)
        self.notes = self.memory.notes
        # An offer costs one look at every pair; it waits for as many steps as that takes.
        pairs = program.num_pairs + len(program.row_var)
        self.settle = 1 + pairs // max(program.num_vars, 1)
        self.two_valued = bool(np.all(program.upper - program.lower <= 1))
        self.has_rows = program.num_rows > 0
        self.free = int(np.sum(program.upper > program.lower))
        self.leaders = find_leaders(self.layout)
        self.foes = find_foes(self.layout)
        self.follow = list_followers(self.leaders)
        # A shorter kernel where there are none.
        self.has_groups = max(len(self.foes), len(self.follow)) > program.num_vars + 1
        self.streak = np.zeros(program.num_rows, dtype=np.int64)
        self.chunk = 1
        self.theta = 1.0
        self.thetas = CLASS_THETAS if np.any(self.layout.binds == 3) else THETAS
        self.last_gain = run.steps
        self._leave_at: int | None = None

    def begin(self) -> None:
        """Go to the incumbent; whoever calls `improve` does this first."""
        self._start()

    def search(self, return_share: int) -> None:
        """Search until the run says stop; at once if nothing can move."""
        self._start()
        self.go_on(return_share)

    def go_on(self, return_share: int, steps: int | None = None) -> None:
        """Search on until the run says stop, or for so many steps.

        How a round begins is not cut short, which may take more steps than these. Nothing
        else depends on where the search is left and taken up again.
        """
        run, notes = self.run, self.notes
        self._leave_at = None if steps is None else run.steps + steps
        while self.free and not run.should_stop() and not self._is_left():
            self._steps()
            if notes[notes_of.PENDING] >= 0 and self._settled():
                self._offer()
            if notes[notes_of.STEP] - notes[notes_of.ROUND_STEP] >= self.patience:
                self._restart(return_share)
        self._leave_at = None
        if notes[notes_of.PENDING] >= 0:
            self._offer()

    def begin_beside(self, first: Rounds, number: int, count: int) -> None:
        """Begin as one of ``count`` searches of a program, of which ``first`` has begun."""
        self._start()

    def adopt(self, other: Rounds) -> None:
        """Take the best point of another search of this program for one's own."""
        notes = self.notes
        notes[notes_of.BEST] = other.notes[notes_of.BEST]
        notes[notes_of.HAS_BEST] = 1
        self.memory.best_x[:] = other.memory.best_x

    def _is_left(self) -> bool:
        return self._leave_at is not None and self.run.steps >= self._leave_at

    def _start(self) -> None:
        incumbent = self.run.incumbent
        if incumbent is not None:
            self.point.x[:] = incumbent
        place(self.layout, self.point)
        first_weights(self.layout, self.point, self.memory)
        sums, notes = self.point.sums, self.notes
        notes[notes_of.ROUND_BEST] = sums[OBJECTIVE]
        if sums[BROKEN] == 0:
            notes[notes_of.BEST], notes[notes_of.HAS_BEST] = sums[OBJECTIVE], 1
            self.memory.best_x[:] = self.point.x
            if incumbent is None:
                self._offer()

    def improve(self, x: IntArray, patience: int) -> tuple[IntArray, int] | None:
        """Search one round from a point, which may break rows.

        Returns
        -------
        tuple[IntArray, int] | None
            The best feasible point met and its objective, the program's constant left out;
            None if there was none.
        """
        notes, run = self.notes, self.run
        if not self._enter(x):
            return None
        self._vary()
        self._begin()
        if self._is_kept():
            self.memory.round_x[:] = self.point.x
        else:
            notes[notes_of.ROUND_BEST] = WORST
        self.patience = patience
        while self.free and not run.should_stop():
            self._steps()
            if notes[notes_of.PENDING] >= 0 and self._settled():
                self._offer()
            if notes[notes_of.STEP] - notes[notes_of.ROUND_STEP] >= patience:
                break
        if notes[notes_of.PENDING] >= 0:
            self._offer()
        if notes[notes_of.ROUND_BEST] == WORST:
            return None
        return self._answer(self.memory.round_x), int(notes[notes_of.ROUND_BEST])

    def _enter(self, x: IntArray) -> bool:
        """Go to a point; return False where these rounds cannot begin there."""
        self.point.x[:] = x
        place(self.layout, self.point)
        return True

    def _answer(self, x: IntArray) -> IntArray:
        """Return the program's point for one of the search."""
        return x.copy()

    def _steps(self) -> None:
        """Make a chunk of steps."""
        most = self._most_steps(self._limit())
        began = time.perf_counter()
        self._made(self._walk(most), most, began)

    def _limit(self) -> int:
        """Do what is due, and return how many steps may be made until more is."""
        if not self._walks_among_feasible():
            self.run.aside(warm_up_weighted)
            return 1 << 30
        if self.has_groups:
            self.run.aside(warm_up_groups)
        notes, memory = self.notes, self.memory
        if notes[notes_of.STEP] >= notes[notes_of.PRICED]:
            turns = TURNS if notes[notes_of.PRICED] else FIRST_TURNS
            set_prices(self.layout, self.point, memory.price, memory.cost, turns)
            notes[notes_of.PRICED] = notes[notes_of.STEP] + REPRICE
        return int(notes[notes_of.PRICED] - notes[notes_of.STEP])

    def _walk(self, most: int) -> int:
        """Make up to so many steps; return how many."""
        made: int
        if self._walks_among_feasible():
            made = swap_steps(
                self.layout,
                self.point,
                self.memory,
                self.foes if self.has_groups else None,
                self.leaders,
                self.follow,
                self.tenure,
                self.patience,
                self.settle,
                self.theta,
                most,
            )
            return made
        made = weighted_steps(
            self.layout,
            self.point,
            self.memory,
            self.leaders,
            self.follow,
            self.streak,
            self.tenure,
            self.patience,
            self.settle,
            self.two_valued,
            most,
        )
        return made

    def _walks_among_feasible(self) -> bool:
        return bool(self.two_valued and self.point.sums[BROKEN] == 0)

    def _settled(self) -> bool:
        waited = self.notes[notes_of.STEP] - self.notes[notes_of.PENDING]
        return bool(waited >= self.settle)

    def _offer(self) -> None:
        self.notes[notes_of.PENDING] = -1
        if self.run.offer(self._answer(self.memory.best_x)):
            self.last_gain = self.run.steps

    def _most_steps(self, limit: int) -> int:
        """Return how many steps the next chunk may make."""
        most = min(self.chunk, limit)
        if self._leave_at is not None:
            most = min(most, self._leave_at - self.run.steps)
        left = self.run.remaining_steps
        if left is not None:
            most = min(most, left)
        if self.run.stop.stall is not None:
            since = self.run.steps - self.last_gain
            most = min(most, max(1, self.run.stop.stall - since))
        return max(most, 1)

    def _made(self, made: int, most: int, began: float) -> None:
        """Count the steps of a chunk and fit the size of the next one to the clock."""
        self.run.step(made)
        if made < most or most < self.chunk:
            return
        took = time.perf_counter() - began
        aim = min(CHUNK_SECONDS, max(self.run.remaining / 4, 0.0))
        ratio = min(4.0, max(0.25, aim / max(took, 1e-6)))
        self.chunk = max(1, min(1 << 20, int(self.chunk * ratio)))

    def _restart(self, return_share: int) -> None:
        """Begin a round: at the best point or here, some random moves away from it."""
        self._vary()
        back = notes_of.draw(self.memory.seeds, 1000) < return_share
        if self.notes[notes_of.HAS_BEST] and (back or not self._is_kept()):
            self.point.x[:] = self.memory.best_x
            place(self.layout, self.point)
        self._leave()
        self._begin()

    def _vary(self) -> None:
        """Draw how the next round goes, and forget what may not move."""
        notes, memory = self.notes, self.memory
        draw = notes_of.draw
        notes[notes_of.ROUNDS] += 1
        self.theta = self.thetas[draw(memory.seeds, len(self.thetas))]
        if not self.has_rows:
            self.tenure = self.shortest * (1 + draw(memory.seeds, FREE_TENURES))
            self.strength = (self.mildest, 1000)[draw(memory.seeds, 2)]
        memory.tabu[:] = 0

    def _leave(self) -> None:
        """Make some random moves."""
        inside = int(np.sum(self.point.x != self.layout.lower))
        most = max(3, inside * self.strength // 1000)
        moves = 2 + int(notes_of.draw(self.memory.seeds, most))
        left = self.run.remaining_steps
        if left is not None:
            moves = min(moves, left)
        self._shake(moves)
        self.notes[notes_of.STEP] += moves
        self.run.step(moves)

    def _begin(self) -> None:
        """Take note of where a round begins."""
        notes = self.notes
        notes[notes_of.ROUND_BEST] = self.point.sums[OBJECTIVE]
        notes[notes_of.ROUND_STEP] = notes[notes_of.STEP]

    def _is_kept(self) -> bool:
        """Tell whether the point keeps every hard row."""
        return bool(self.point.sums[BROKEN] == 0)

    def _shake(self, moves: int) -> None:
        shake(self.layout, self.point, self.memory, moves, 2 * self.tenure)
        place(self.layout, self.point)
