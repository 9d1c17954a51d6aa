"""From a program to linear columns and rows, in whole numbers.

    maximise   constant + sum_c worth[c] z[c]
    subject to lower <= z <= upper,  row_low[r] <= a_r . z <= row_high[r]

The first ``m`` columns are the program's variables. Then come the slacks of soft rows:
one for every side that can be broken, ``over >= a.x - high`` or ``under >= low - a.x``, at
minus the penalty. Pairs stay pairs (CP-SAT and SCIP have their own ways with them) until
`with_products` replaces each by a column ``y`` in 0..1:

    pair worth > 0:  y <= x_i,  y <= x_j
    pair worth < 0:  y >= x_i + x_j - 1

(Fortet 1960; Glover and Woolsey, Operations Research 22(1) 1974). The other two
inequalities never bind, because the objective pushes ``y`` against these, so with whole
``x`` the products are right although ``y`` is continuous.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program

BELOW = np.iinfo(np.int64).min
ABOVE = np.iinfo(np.int64).max
"""Stand for the side that a row does not have."""


@dataclass(frozen=True, eq=False)
class Linear:
    """Columns, rows and pairs; see the module's formula.

    Parameters
    ----------
    program
        Where it comes from.
    constant
        Worth of nothing.
    worth, lower, upper
        Columns. Shape ``[c]`` each.
    is_integer
        True for the program's variables. Shape ``[c]``.
    row_start, row_var, row_coef
        Rows, as in `Program`.
    row_low, row_high
        Limits, `BELOW` or `ABOVE` where there is none; both are given only where they are
        equal. Shape ``[r]``.
    slack_row, slack_sign
        Row of the program that each slack column belongs to; +1 for ``over``, -1 for
        ``under``. Shape ``[s]``.
    first, second, pair_worth
        Pairs of which neither variable is fixed. Shape ``[p]``.
    """

    program: Program
    constant: int
    worth: IntArray
    lower: IntArray
    upper: IntArray
    is_integer: NDArray[np.bool_]
    row_start: IntArray
    row_var: IntArray
    row_coef: IntArray
    row_low: IntArray
    row_high: IntArray
    slack_row: IntArray
    slack_sign: IntArray
    first: IntArray
    second: IntArray
    pair_worth: IntArray

    @property
    def num_columns(self) -> int:
        """Number of columns ``c``."""
        return len(self.worth)

    @property
    def num_rows(self) -> int:
        """Number of rows ``r``."""
        return len(self.row_low)

    def lift(self, x: IntArray) -> IntArray:
        """Return the values of all columns that belong to a point; ``[m]`` to ``[c]``."""
        program = self.program
        activity = program.activity(x)[self.slack_row]
        over = activity - program.row_high[self.slack_row]
        under = program.row_low[self.slack_row] - activity
        slack = np.maximum(0, np.where(self.slack_sign > 0, over, under))
        products = self.num_columns - len(x) - len(slack)
        both = x[self.first[:products]] * x[self.second[:products]]
        return np.concatenate((x, slack, both))


def linearise(program: Program) -> Linear:
    """Return columns and rows, pairs still pairs.

    Sides of rows that no point within the bounds can break are left out; so are soft rows
    that cost nothing. Hard rows must be within reach (`bundlesolve.solvers.engine.settle`).
    """
    worth, constant, pairs = _fold_fixed(program)
    least, most = program.activity_range
    free = (program.row_soft == 1) & (program.row_penalty == 0)
    caps = ~free & (most > program.row_high)
    floors = ~free & (least < program.row_low)
    hard = program.row_soft == 0
    equal = hard & caps & floors & (program.row_low == program.row_high)
    slack_row, slack_sign = _slacks(caps & ~hard, floors & ~hard)
    room = np.where(
        slack_sign > 0,
        (most - program.row_high)[slack_row],
        (program.row_low - least)[slack_row],
    )
    rows = np.concatenate((np.flatnonzero(caps), np.flatnonzero(floors & ~equal)))
    is_cap = np.arange(len(rows)) < np.count_nonzero(caps)
    high = np.where(is_cap, program.row_high[rows], ABOVE)
    low = np.where(~is_cap | equal[rows], program.row_low[rows], BELOW)
    slack_of = _slack_columns(rows, is_cap, slack_row, slack_sign, program.num_vars)
    start, var, coef = _entries(program, rows, is_cap, slack_of)
    zeros = np.zeros(len(slack_row), dtype=np.int64)
    integer = np.arange(program.num_vars + len(slack_row)) < program.num_vars
    return Linear(
        program=program,
        constant=constant,
        worth=np.concatenate((worth, -program.row_penalty[slack_row])),
        lower=np.concatenate((program.lower, zeros)),
        upper=np.concatenate((program.upper, room)),
        is_integer=integer,
        row_start=start,
        row_var=var,
        row_coef=coef,
        row_low=low,
        row_high=high,
        slack_row=slack_row,
        slack_sign=slack_sign,
        first=pairs[0],
        second=pairs[1],
        pair_worth=pairs[2],
    )


def with_products(linear: Linear) -> Linear:
    """Return a copy in which every pair is a column with its rows; see the module."""
    p = len(linear.pair_worth)
    y = linear.num_columns + np.arange(p)
    good = linear.pair_worth > 0
    bad = ~good
    twos = 2 * int(np.count_nonzero(good))
    threes = int(np.count_nonzero(bad))
    ends = np.concatenate((linear.first[good], linear.second[good]))
    below = np.stack((ends, np.concatenate((y[good], y[good]))), axis=1)
    above = np.stack((linear.first[bad], linear.second[bad], y[bad]), axis=1)
    sizes = np.concatenate((np.full(twos, 2), np.full(threes, 3)))
    begin = linear.row_start[-1]
    ones = np.ones(p, dtype=np.int64)
    return replace(
        linear,
        worth=np.concatenate((linear.worth, linear.pair_worth)),
        lower=np.concatenate((linear.lower, 0 * ones)),
        upper=np.concatenate((linear.upper, ones)),
        is_integer=np.concatenate((linear.is_integer, ones == 0)),
        row_start=np.concatenate((linear.row_start, begin + np.cumsum(sizes))),
        row_var=np.concatenate((linear.row_var, below.ravel(), above.ravel())),
        row_coef=np.concatenate(
            (linear.row_coef, np.tile([-1, 1], twos), np.tile([1, 1, -1], threes))
        ),
        row_low=np.concatenate((linear.row_low, np.full(twos + threes, BELOW))),
        row_high=np.concatenate(
            (linear.row_high, np.zeros(twos, np.int64), np.ones(threes, np.int64))
        ),
    )


def _fold_fixed(
    program: Program,
) -> tuple[IntArray, int, tuple[IntArray, IntArray, IntArray]]:
    """Return worth, constant and pairs, those with a fixed variable turned linear."""
    first, second = program.pair_first, program.pair_second
    pair_worth = program.pair_worth
    fixed = program.lower == program.upper
    worth = program.worth.copy()
    # With one end fixed at v the pair is worth v * pair_worth for the other; with both
    # fixed it is the second's, which is linear all the same.
    one = fixed[first]
    np.add.at(worth, second[one], (pair_worth * program.lower[first])[one])
    two = fixed[second] & ~one
    np.add.at(worth, first[two], (pair_worth * program.lower[second])[two])
    kept = ~one & ~fixed[second]
    return worth, program.constant, (first[kept], second[kept], pair_worth[kept])


def _slacks(over: NDArray[np.bool_], under: NDArray[np.bool_]) -> tuple[IntArray, IntArray]:
    """Return row and sign of every slack column, ``over`` before ``under``."""
    overs, unders = np.flatnonzero(over), np.flatnonzero(under)
    sign = np.concatenate(
        (np.ones(len(overs), dtype=np.int64), -np.ones(len(unders), dtype=np.int64))
    )
    return np.concatenate((overs, unders)), sign


def _slack_columns(
    rows: IntArray,
    is_cap: NDArray[np.bool_],
    slack_row: IntArray,
    slack_sign: IntArray,
    m: int,
) -> IntArray:
    """Return each row's slack column, -1 where it has none."""
    column = {
        (int(r), int(s)): m + k
        for k, (r, s) in enumerate(zip(slack_row, slack_sign, strict=True))
    }
    found = [
        column.get((int(r), 1 if cap else -1), -1)
        for r, cap in zip(rows, is_cap, strict=True)
    ]
    return np.array(found, dtype=np.int64)


def _entries(
    program: Program, rows: IntArray, is_cap: NDArray[np.bool_], slack_of: IntArray
) -> tuple[IntArray, IntArray, IntArray]:
    """Return start, variables and coefficients: the program's, and a slack at the end."""
    start, variables, coefs = [0], [], []
    for r, cap, slack in zip(rows, is_cap, slack_of, strict=True):
        where = program.row(int(r))
        variables.append(program.row_var[where])
        coefs.append(program.row_coef[where])
        if slack >= 0:
            variables.append(np.array([slack]))
            coefs.append(np.array([-1 if cap else 1]))
        start.append(start[-1] + len(program.row_var[where]) + int(slack >= 0))
    empty = np.zeros(0, dtype=np.int64)
    return (
        np.array(start, dtype=np.int64),
        np.concatenate((empty, *variables)),
        np.concatenate((empty, *coefs)),
    )
