"""Local search on one part of a large program after the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundlesolve.kernels.layout import Layout
from bundlesolve.kernels.point import new_point, place
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program
from bundlesolve.reduce.restrict import Restriction, restrict
from bundlesolve.run import Run
from bundlesolve.solvers.layouts import layout_of

LEAST_VARIABLES = 20_000
"""Variables from which on a step of the whole search, which looks at each, is too dear."""
PART = 2_000
"""Variables of a part, about."""
LINK = 16
"""Entries of a row up to which all its variables go into a part together."""


class Focus:
    """Chooses parts of a program around its incumbent.

    A part has up to ``PART / 2`` of the variables that are in, neighbours of one another
    by their pairs, then variables that are out: those worth most with what is in for what
    they use, and those worth most with the part. All else keeps its value, so that a part
    is a small program (`bundlesolve.reduce.restrict`), and a better point of it is one of
    the whole. (Large neighbourhood search: P. Shaw, Principles and Practice of Constraint
    Programming, 1998.)

    Parameters
    ----------
    program, run
        What is searched, and who keeps the books. There must be an incumbent.
    """

    def __init__(self, program: Program, run: Run) -> None:
        self.program, self.run = program, run
        self.layout: Layout = layout_of(program)
        self.point = new_point(self.layout)
        length = np.diff(program.row_start)
        room = np.maximum(program.row_high, 1).astype(np.float64)
        size = np.maximum(program.row_coef, 0) / room[program.row_of]
        size[length[program.row_of] <= LINK] = 0.0
        self.use = np.bincount(program.row_var, size, minlength=program.num_vars) + 1e-9
        self.is_free = program.lower < program.upper

    def part(self) -> Restriction:
        """Return the next part; the generator of the run decides which."""
        x = self.run.incumbent
        assert x is not None
        self.point.x[:] = x
        place(self.layout, self.point)
        is_in = self.is_free & (x > self.program.lower)
        chosen = np.zeros(self.program.num_vars, dtype=bool)
        self._choose_inside(np.flatnonzero(is_in), is_in, chosen)
        self._choose_outside(is_in, chosen)
        self._complete(chosen)
        chosen &= self.is_free
        lower = np.where(chosen, self.program.lower, x)
        upper = np.where(chosen, self.program.upper, x)
        return restrict(self.program, lower, upper)

    def _choose_inside(
        self, inside: IntArray, is_in: NDArray[np.bool_], chosen: NDArray[np.bool_]
    ) -> None:
        """Choose all that is in, or neighbours of one another, breadth first."""
        most = PART // 2
        if len(inside) <= most:
            chosen[inside] = True
            return
        rng = self.run.rng
        # What earns least for what it uses is a candidate to leave.
        rate = self.point.gain[inside] / self.use[inside]
        share = rng.random(len(inside)) < 0.5
        poor = inside[share][np.argsort(rate[share], kind="stable")[: most // 4]]
        chosen[poor] = True
        while (left := most - int(chosen.sum())) > 0:
            fresh = rng.choice(inside, 1)
            while len(fresh) and left > 0:
                chosen[fresh[:left]] = True
                left -= len(fresh[:left])
                near, _ = self._partners(fresh)
                fresh = np.unique(near[is_in[near] & ~chosen[near]])
                rng.shuffle(fresh)

    def _choose_outside(self, is_in: NDArray[np.bool_], chosen: NDArray[np.bool_]) -> None:
        """Choose what is worth most for its use: as things stand, and with the part."""
        rng = self.run.rng
        members = np.flatnonzero(chosen)
        near, worth = self._partners(members)
        with_part = np.bincount(near, np.maximum(worth, 0), minlength=len(chosen))
        is_out = self.is_free & ~is_in
        gain = self.point.gain / self.use
        for score, most in ((gain, PART // 4), (with_part / self.use, PART // 4)):
            # Half of the candidates at random, so that parts differ.
            open_ = np.flatnonzero(
                is_out & ~chosen & (score > 0) & (rng.random(len(score)) < 0.5)
            )
            if len(open_) > most:
                open_ = open_[np.argpartition(-score[open_], most)[:most]]
            chosen[open_] = True

    def _complete(self, chosen: NDArray[np.bool_]) -> None:
        """Take in what short rows tie to the part: extra units, conflicts, needs."""
        layout = self.layout
        members = np.flatnonzero(chosen)
        rows = layout.col_row[_ranges(layout.col_start, members)]
        rows = np.unique(rows)
        short = np.diff(layout.row_start)[rows] <= LINK
        chosen[layout.row_var[_ranges(layout.row_start, rows[short])]] = True

    def _partners(self, members: IntArray) -> tuple[IntArray, IntArray]:
        """Return the partners of variables and the worth of each pair."""
        entries = _ranges(self.layout.adj_start, members)
        return self.layout.adj_var[entries], self.layout.adj_worth[entries]


def _ranges(start: IntArray, which: IntArray) -> IntArray:
    """Return ``start[w] .. start[w + 1] - 1`` for each ``w``, one after the other."""
    length = start[which + 1] - start[which]
    before = np.cumsum(length) - length
    step: IntArray = np.arange(int(length.sum()))
    return np.asarray(step + np.repeat(start[which] - before, length))
