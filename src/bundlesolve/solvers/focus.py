"""Local search on one part of a large program after the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundlesolve.kernels.layout import Layout, pair_worths
from bundlesolve.kernels.point import OBJECTIVE, new_point, place
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program
from bundlesolve.model.rows import Columns
from bundlesolve.reduce.restrict import Restriction
from bundlesolve.run import Run
from bundlesolve.solvers.core_run import CoreRun
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
        self.use = _use(program) + 1e-9
        self.is_free = program.lower < program.upper
        self._number = np.full(program.num_vars, -1, dtype=np.int64)

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
        return self._restriction(np.flatnonzero(chosen))

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
            open_ = np.flatnonzero((score > 0) & is_out & ~chosen)
            open_ = open_[rng.random(len(open_)) < 0.5]
            if len(open_) > most:
                open_ = open_[np.argpartition(-score[open_], most)[:most]]
            chosen[open_] = True

    def _complete(self, chosen: NDArray[np.bool_]) -> None:
        """Take in what short rows tie to the part: extra units, conflicts, needs."""
        layout = self.layout
        members = np.flatnonzero(chosen)
        entries = _ranges(layout.col_start, members)
        rows = np.unique(layout.col_row[entries]).astype(np.int64)
        short = np.diff(layout.row_start)[rows] <= LINK
        chosen[layout.row_var[_ranges(layout.row_start, rows[short])]] = True

    def _restriction(self, members: IntArray) -> Restriction:
        """Return the program over some variables, the others as they are in the point.

        As `bundlesolve.reduce.restrict.restrict` gives it, but only what touches the
        members is looked at.
        """
        program, point, number = self.program, self.point, self._number
        x = point.x[members]
        number[members] = np.arange(len(members))
        near, worth = self._partners(members)
        owner = np.repeat(np.arange(len(members)), self._degree(members))
        other = number[near]
        number[members] = -1
        inside = other >= 0
        first, second, worth = owner[inside], other[inside], worth[inside]
        linear = point.gain[members]
        np.subtract.at(linear, first, worth * x[second])
        once = first < second
        small = Program(
            lower=program.lower[members],
            upper=program.upper[members],
            worth=linear,
            pair_first=first[once],
            pair_second=second[once],
            pair_worth=worth[once],
            **self._rows(members, x),
        )
        base = point.x.copy()
        base[members] = program.lower[members]
        # What the part's own terms do not tell of the point's worth.
        whole = program.constant + int(point.sums[OBJECTIVE])
        return Restriction(
            small.replace(constant=whole - small.objective(x)), members, base
        )

    def _rows(self, members: IntArray, x: IntArray) -> Columns:
        """Return the rows that the members alone can break."""
        layout, program = self.layout, self.program
        entries = _ranges(layout.col_start, members)
        var = np.repeat(
            np.arange(len(members)),
            layout.col_start[members + 1] - layout.col_start[members],
        )
        rows, of = np.unique(layout.col_row[entries], return_inverse=True)
        order = np.argsort(of, kind="stable")
        of, var, coef = of[order], var[order], layout.col_coef[entries][order]
        used, least, most = np.zeros((3, len(rows)), dtype=np.int64)
        np.add.at(used, of, coef * x[var])
        at_low, at_high = program.lower[members][var], program.upper[members][var]
        at_low, at_high = coef * at_low, coef * at_high
        np.add.at(least, of, np.minimum(at_low, at_high))
        np.add.at(most, of, np.maximum(at_low, at_high))
        shift = self.point.activity[rows] - used
        low, high = program.row_low[rows] - shift, program.row_high[rows] - shift
        matters = (least < low) | (most > high)
        entry = matters[of]
        start = np.zeros(int(np.count_nonzero(matters)) + 1, dtype=np.int64)
        np.cumsum(np.bincount(of, minlength=len(rows))[matters], out=start[1:])
        rows = rows[matters]
        return Columns(
            row_start=start,
            row_var=var[entry],
            row_coef=coef[entry],
            row_low=low[matters],
            row_high=high[matters],
            row_soft=program.row_soft[rows],
            row_penalty=program.row_penalty[rows],
            origins=(),
        )

    def _degree(self, members: IntArray) -> IntArray:
        """Return how many partners variables have."""
        return self.layout.adj_start[members + 1] - self.layout.adj_start[members]

    def _partners(self, members: IntArray) -> tuple[IntArray, IntArray]:
        """Return the partners of variables and the worth of each pair."""
        entries = _ranges(self.layout.adj_start, members)
        near = self.layout.adj_var[entries].astype(np.int64)
        return near, pair_worths(self.layout, entries)


class PartRun(CoreRun):
    """A search on a part that hands in its best point once, when it is over.

    To offer a point of the whole takes as long as thousands of steps in a part.
    """

    _best: IntArray | None = None
    _worth: int | None = None

    @property
    def incumbent(self) -> IntArray | None:
        """The best point of the part so far."""
        if self._best is None:
            self._best = super().incumbent
            if self._best is not None:
                self._worth = self.program.objective(self._best)
        return self._best

    def offer(self, x: IntArray, source: str | None = None) -> bool:
        """Remember a point that is better; `close` hands it in."""
        worth, known = self.program.objective(x), self.incumbent
        if known is not None and self._worth is not None and worth <= self._worth:
            return False
        self._best, self._worth = x.copy(), worth
        self._last_gain = self.steps
        return True

    def close(self) -> None:
        """Hand in the best point of the part."""
        if self._best is not None:
            super().offer(self._best)


def _use(program: Program) -> NDArray[np.float64]:
    """Return the shares of long rows' limits that each variable uses. Shape ``[m]``."""
    use = np.zeros(program.num_vars)
    room = np.maximum(program.row_high, 1).astype(np.float64)
    is_long = np.diff(program.row_start) > LINK
    for rows, part, start in program.blocks():
        length = np.diff(start)
        long = np.repeat(is_long[rows], length)
        limit = np.repeat(room[rows], length)[long]
        size = np.maximum(program.row_coef[part][long], 0) / limit
        np.add.at(use, program.row_var[part][long], size)
    return use


def _ranges(start: IntArray, which: IntArray) -> IntArray:
    """Return ``start[w] .. start[w + 1] - 1`` for each ``w``, one after the other."""
    length = start[which + 1] - start[which]
    before = np.cumsum(length) - length
    step: IntArray = np.arange(int(length.sum()))
    return np.asarray(step + np.repeat(start[which] - before, length))
