"""The program that is left when some variables are fixed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program

CHUNK = 1 << 20
"""Pairs that are looked at at a time."""


@dataclass(frozen=True)
class Restriction:
    """A smaller program and the way back.

    Parameters
    ----------
    program
        The program over the free variables, bounds as given; None where a hard row is
        broken whatever they do.
    free
        The variables of the large program that are left. Shape ``[m']``.
    base
        Values of the fixed ones (and lower bounds of the free). Shape ``[m]``.
    """

    program: Program | None
    free: IntArray
    base: IntArray

    def lift(self, x: IntArray) -> IntArray:
        """Return the point of the large program; shape ``[m']`` to ``[m]``."""
        full = self.base.copy()
        full[self.free] = x
        return full

    def project(self, x: IntArray) -> IntArray:
        """Return the free part of a point of the large program."""
        return x[self.free]

    def then(self, inner: Restriction) -> Restriction:
        """Return this and a further reduction of its program as one."""
        return Restriction(inner.program, self.free[inner.free], self.lift(inner.base))

    @classmethod
    def whole(cls, program: Program) -> Restriction:
        """Return the restriction that leaves everything as it is."""
        return cls(program, np.arange(program.num_vars), program.lower.copy())


def restrict(program: Program, lower: IntArray, upper: IntArray) -> Restriction:
    """Fix the variables whose new bounds are equal, and take them out.

    What they are worth goes into the constant, pairs with them into linear worth, their
    part of a row into its limits. Rows that no free variable can break are dropped, a
    soft one after its penalty is paid.

    Parameters
    ----------
    program
        The large program.
    lower, upper
        New bounds within its own. Shape ``[m]`` each.
    """
    base = lower.copy()
    is_free = lower < upper
    free = np.flatnonzero(is_free)
    number = np.full(program.num_vars, -1, dtype=np.int64)
    number[free] = np.arange(len(free))
    fixed_value = np.where(is_free, 0, base)
    linear = program.worth.copy()
    constant = program.constant + int(program.worth @ fixed_value)
    left = []
    # Some pairs at a time: an array of a number for each of ten million takes 80 MB.
    for begin in range(0, max(program.num_pairs, 1), CHUNK):
        part = slice(begin, begin + CHUNK)
        first, second = program.pair_first[part], program.pair_second[part]
        worth = program.pair_worth[part]
        np.add.at(linear, first, worth * fixed_value[second] * is_free[first])
        np.add.at(linear, second, worth * fixed_value[first] * is_free[second])
        constant += int(worth @ (fixed_value[first] * fixed_value[second]))
        inner = is_free[first] & is_free[second]
        left.append((number[first[inner]], number[second[inner]], worth[inner]))
    pairs = [np.concatenate(column) for column in zip(*left, strict=True)]
    rows = _rows(program, is_free, fixed_value, lower[free], upper[free], number)
    if rows is None:
        return Restriction(None, free, base)
    columns, paid = rows
    small = Program(
        lower=lower[free],
        upper=upper[free],
        worth=linear[free],
        pair_first=pairs[0],
        pair_second=pairs[1],
        pair_worth=pairs[2],
        row_start=columns[0],
        row_var=columns[1],
        row_coef=columns[2],
        row_low=columns[3],
        row_high=columns[4],
        row_soft=columns[5],
        row_penalty=columns[6],
        constant=constant - paid,
    )
    return Restriction(small, free, base)


def _rows(
    program: Program,
    is_free: NDArray[np.bool_],
    fixed_value: IntArray,
    lower: IntArray,
    upper: IntArray,
    number: IntArray,
) -> tuple[tuple[IntArray, ...], int] | None:
    """Return the rows over free variables and the penalties that are paid for good.

    None if a hard row cannot be kept.
    """
    count = program.num_rows
    shift = program.activity(fixed_value)
    low, high = program.row_low - shift, program.row_high - shift
    least, most = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    left = [(program.row_var[:0], program.row_var[:0], program.row_coef[:0])]
    for rows, part, start in program.blocks():
        kept = is_free[program.row_var[part]]
        of = np.repeat(np.arange(rows.start, rows.stop), np.diff(start))[kept]
        var, coef = number[program.row_var[part][kept]], program.row_coef[part][kept]
        at_low, at_high = coef * lower[var], coef * upper[var]
        np.add.at(least, of, np.minimum(at_low, at_high))
        np.add.at(most, of, np.maximum(at_low, at_high))
        left.append((of, var, coef))
    row_of, var, coef = (np.concatenate(column) for column in zip(*left, strict=True))
    soft = program.row_soft == 1
    if np.any(~soft & ((least > high) | (most < low))):
        return None
    matters = (least < low) | (most > high)
    # Without a free variable the violation is what it is.
    length = np.bincount(row_of, minlength=count)
    settled = matters & (length == 0)
    violation = np.maximum(-high, 0) + np.maximum(low, 0)
    paid = int(program.row_penalty[settled] @ violation[settled])
    kept_rows = np.flatnonzero(matters & ~settled)
    entries = np.isin(row_of, kept_rows)
    begins = np.zeros(len(kept_rows) + 1, dtype=np.int64)
    np.cumsum(length[kept_rows], out=begins[1:])
    columns = (
        begins,
        var[entries],
        coef[entries],
        low[kept_rows],
        high[kept_rows],
        program.row_soft[kept_rows],
        program.row_penalty[kept_rows],
    )
    return columns, paid
