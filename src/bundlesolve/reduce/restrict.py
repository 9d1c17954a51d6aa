"""The program that is left when some variables are fixed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program


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
    first, second, worth = program.pair_first, program.pair_second, program.pair_worth
    linear = program.worth.copy()
    np.add.at(linear, first, worth * fixed_value[second] * is_free[first])
    np.add.at(linear, second, worth * fixed_value[first] * is_free[second])
    constant = program.constant + int(program.worth @ fixed_value)
    constant += int(worth @ (fixed_value[first] * fixed_value[second]))
    pairs = is_free[first] & is_free[second]
    rows = _rows(program, is_free, fixed_value, lower[free], upper[free], number)
    if rows is None:
        return Restriction(None, free, base)
    columns, paid = rows
    small = Program(
        lower=lower[free],
        upper=upper[free],
        worth=linear[free],
        pair_first=number[first[pairs]],
        pair_second=number[second[pairs]],
        pair_worth=worth[pairs],
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
    kept = is_free[program.row_var]
    row_of, var = program.row_of[kept], number[program.row_var[kept]]
    coef = program.row_coef[kept]
    least, most = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    at_low, at_high = coef * lower[var], coef * upper[var]
    np.add.at(least, row_of, np.minimum(at_low, at_high))
    np.add.at(most, row_of, np.maximum(at_low, at_high))
    soft = program.row_soft == 1
    if np.any(~soft & ((least > high) | (most < low))):
        return None
    matters = (least < low) | (most > high)
    # Without a free variable the violation is what it is.
    length = np.bincount(row_of, minlength=count)
    settled = matters & (length == 0)
    violation = np.maximum(-high, 0) + np.maximum(low, 0)
    paid = int(program.row_penalty[settled] @ violation[settled])
    rows = np.flatnonzero(matters & ~settled)
    entries = np.isin(row_of, rows)
    start = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum(length[rows], out=start[1:])
    columns = (
        start,
        var[entries],
        coef[entries],
        low[rows],
        high[rows],
        program.row_soft[rows],
        program.row_penalty[rows],
    )
    return columns, paid
