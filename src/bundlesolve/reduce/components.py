"""Parts of a program that no pair and no row connects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program
from bundlesolve.reduce.restrict import Restriction, restrict


@dataclass(frozen=True)
class Decomposition:
    """A program cut into parts that can be solved one by one.

    The objective of a point is ``constant + sum over parts of (objective of its part -
    constant)``, and it is feasible where each part is.

    Parameters
    ----------
    program
        The whole.
    part_of
        Number of the part of each variable, parts numbered by their first variable.
        Shape ``[m]``.
    """

    program: Program
    part_of: IntArray

    @classmethod
    def of(cls, program: Program) -> Decomposition:
        """Return the connected components of pairs and rows together."""
        label = np.arange(program.num_vars)
        head = program.row_start[:-1]
        long = np.diff(program.row_start) > 0
        leader = np.zeros(program.num_rows, dtype=np.int64)
        leader[long] = program.row_var[head[long]]
        one = np.concatenate((program.pair_first, program.row_var))
        other = np.concatenate((program.pair_second, leader[program.row_of]))
        while True:
            before = label.copy()
            least = np.minimum(label[one], label[other])
            np.minimum.at(label, one, least)
            np.minimum.at(label, other, least)
            label = label[label]
            if np.array_equal(label, before):
                break
        return cls(program, np.unique(label, return_inverse=True)[1].astype(np.int64))

    def __len__(self) -> int:
        return int(self.part_of.max()) + 1 if len(self.part_of) else 0

    @property
    def sizes(self) -> IntArray:
        """Number of variables of each part."""
        return np.bincount(self.part_of, minlength=len(self))

    def part(self, k: int) -> Restriction:
        """Return one part: its variables, its pairs, its rows, no constant.

        Lifted, its points have all other variables at their lower bounds.
        """
        return self._cut(self.part_of == k)

    def parts(self) -> Iterator[Restriction]:
        """Yield every part."""
        for k in range(len(self)):
            yield self.part(k)

    def _cut(self, inside: np.ndarray) -> Restriction:
        """Return the program over some parts' variables, no constant."""
        program = self.program
        free = np.flatnonzero(inside)
        number = np.full(program.num_vars, -1, dtype=np.int64)
        number[free] = np.arange(len(free))
        pairs = inside[program.pair_first]
        lengths = np.diff(program.row_start)
        # Rows without a variable belong nowhere: nothing but the constant depends on them.
        rows = np.zeros(program.num_rows, dtype=np.bool_)
        rows[lengths > 0] = inside[program.row_var[program.row_start[:-1][lengths > 0]]]
        entries = np.repeat(rows, lengths)
        start = np.zeros(int(np.count_nonzero(rows)) + 1, dtype=np.int64)
        np.cumsum(lengths[rows], out=start[1:])
        small = Program(
            lower=program.lower[free],
            upper=program.upper[free],
            worth=program.worth[free],
            pair_first=number[program.pair_first[pairs]],
            pair_second=number[program.pair_second[pairs]],
            pair_worth=program.pair_worth[pairs],
            row_start=start,
            row_var=number[program.row_var[entries]],
            row_coef=program.row_coef[entries],
            row_low=program.row_low[rows],
            row_high=program.row_high[rows],
            row_soft=program.row_soft[rows],
            row_penalty=program.row_penalty[rows],
        )
        return Restriction(small, free, program.lower.copy())


MOST_POINTS = 1 << 12
"""Parts of at most this many points are solved by enumeration."""


def settle_small_parts(program: Program) -> Restriction:
    """Fix every part of few points at its best point.

    Parts share nothing, so a best point of one is part of a best point of the whole. Its
    program is None when a part has no feasible point. A program that is one part stays.

    Parameters
    ----------
    program
        What is reduced.
    """
    cut = Decomposition.of(program)
    whole = Restriction.whole(program)
    if len(cut) < 2 or np.any(np.diff(program.row_start) == 0):
        return whole
    lower, upper = program.lower.copy(), program.upper.copy()
    points = np.zeros(len(cut))
    np.add.at(points, cut.part_of, np.log2(upper - lower + 1.0))
    for k in np.flatnonzero(points <= np.log2(MOST_POINTS)).tolist():
        part = cut.part(k)
        assert part.program is not None
        best = _best(part.program)
        if best is None:
            return Restriction(None, whole.free[:0], whole.base)
        lower[part.free] = upper[part.free] = best
    return restrict(program, lower, upper)


def _best(program: Program) -> IntArray | None:
    """Return a best point by enumeration, None where none is feasible."""
    from bundlesolve.kernels.brute import best_of_range

    best = np.empty(program.num_vars, dtype=np.int64)
    names = ("lower", "upper", "worth", "pair_first", "pair_second", "pair_worth")
    rows = ("row_start", "row_var", "row_coef", "row_low", "row_high", "row_soft")
    arrays = (getattr(program, name) for name in (*names, *rows, "row_penalty"))
    found = best_of_range(0, int(program.box_size), *arrays, best)
    return best if found else None
