"""The multipliers of the Lagrangian bound, handed on from program to program.

Any multipliers give a valid bound, so those of the program before a change give one for the
program after it, at the price of one evaluation; see ``docs/bounds.md``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bundlesolve.bounds.lagrangian import Lagrangian
from bundlesolve.bounds.relaxation import Arcs, Relaxation, relax
from bundlesolve.kernels.types import Floats, Ints
from bundlesolve.live.carry import matched_rows
from bundlesolve.live.state import same_pairs
from bundlesolve.model.program import Program

LEAST_FACTOR = 0.05
"""Steps of a later search are at least this share of Polyak's."""


@dataclass(frozen=True)
class Multipliers:
    """Multipliers of one program's relaxation.

    Parameters
    ----------
    program
        What they were found for.
    arcs
        See `bundlesolve.bounds.relaxation.relax`.
    rows
        The program's row of each of the rows with multipliers; then come pairs of negative
        worth. Shape ``[R']``.
    split, high, low
        The part of each pair that an arc carries, and the multipliers of both sides of the
        rows and of the pairs of negative worth.
    factor
        Step factor that the search for them has come to.
    """

    program: Program
    arcs: Arcs
    rows: Ints
    split: Floats
    high: Floats
    low: Floats
    factor: float

    @classmethod
    def of(cls, relaxation: Lagrangian) -> Multipliers:
        """Take the best multipliers that were found."""
        a = relaxation.arrays
        arcs = (a.start, a.head, a.back, a.pair_worth)
        split, high, low = (best.copy() for best in relaxation.best)
        factor = max(float(relaxation.state[1]), LEAST_FACTOR)
        return cls(relaxation.program, arcs, a.rows, split, high, low, factor)

    def relaxation(self, program: Program, objective: int | None) -> Lagrangian:
        """Return the relaxation of a changed program, beginning with these multipliers.

        Parameters
        ----------
        program
            The changed program.
        objective
            Objective of its best known point, None if none is known.
        """
        old = self.program
        if old.num_vars != program.num_vars:
            return Lagrangian(program, objective)
        if same_pairs(old, program) and np.array_equal(
            old.pair_worth > 0, program.pair_worth > 0
        ):
            arcs, split = self._with_worths(program)
            arrays = relax(program, arcs)
        else:
            arrays = relax(program)
            split = self._split_for(arrays)
        arrays.split[:] = split
        self._hand_on_rows(program, arrays)
        relaxation = Lagrangian(program, objective, arrays)
        relaxation.state[1] = self.factor
        return relaxation

    def _with_worths(self, program: Program) -> tuple[Arcs, Floats]:
        """Return arcs and split with the program's worths of the same positive pairs."""
        changed = (program.pair_worth != self.program.pair_worth) & (program.pair_worth > 0)
        rows = np.flatnonzero(changed).tolist()
        if not rows:
            return self.arcs, self.split
        start, head, back, worth = self.arcs
        worth, split = worth.copy(), self.split.copy()
        for p in rows:
            i, j = int(program.pair_first[p]), int(program.pair_second[p])
            e = start[i] + np.searchsorted(head[start[i] : start[i + 1]], j)
            new = float(program.pair_worth[p])
            split[e] += (new - worth[e]) / 2
            split[back[e]] = new - split[e]
            worth[e] = worth[back[e]] = new
        return (start, head, back, worth), split

    def _split_for(self, arrays: Relaxation) -> Floats:
        """Return the split of other arcs; half and half for pairs that are new."""
        start, head, _, worth = self.arcs
        m = self.program.num_vars
        old, new = _keys(start, head, m), _keys(arrays.start, arrays.head, m)
        split = arrays.split.copy()
        if len(old):
            place = np.minimum(np.searchsorted(old, new), len(old) - 1)
            known = old[place] == new
            more = arrays.pair_worth[known] - worth[place[known]]
            split[known] = self.split[place[known]] + more / 2
        # Both halves of a pair must make up its worth again.
        ahead = new // max(m, 1) < arrays.head
        split[arrays.back[ahead]] = arrays.pair_worth[ahead] - split[ahead]
        return split

    def _hand_on_rows(self, program: Program, arrays: Relaxation) -> None:
        """Write the multipliers of rows and negative pairs that are still there."""
        match = matched_rows(self.program, program)
        inherits = (
            ("dual_high", "most_high", self.high),
            ("dual_low", "most_low", self.low),
        )
        ours, theirs = len(self.rows), len(arrays.rows)
        m = max(self.program.num_vars, 1)
        keys = [
            (p.pair_first * m + p.pair_second)[p.pair_worth < 0]
            for p in (self.program, program)
        ]
        place = np.searchsorted(keys[0], keys[1])
        known = place < len(keys[0])
        known[known] = keys[0][place[known]] == keys[1][known]
        kept = match[self.rows] >= 0
        for dual, most, values in inherits:
            by_row = np.zeros(program.num_rows)
            by_row[match[self.rows[kept]]] = values[:ours][kept]
            written = getattr(arrays, dual)
            written[:theirs] = by_row[arrays.rows]
            written[theirs:][known] = values[ours:][place[known]]
            np.clip(written, 0.0, getattr(arrays, most), out=written)


def _keys(start: Ints, head: Ints, m: int) -> Ints:
    return np.repeat(np.arange(len(start) - 1), np.diff(start)) * m + head
