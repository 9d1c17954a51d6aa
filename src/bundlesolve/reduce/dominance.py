"""Items that another of the same "at most one" row replaces without loss."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program
from bundlesolve.reduce.restrict import Restriction, restrict
from bundlesolve.reduce.sides import Sides

MOST_MEMBERS = 200
MOST_CELLS = 10**7
"""Rows with more members, or more numbers to compare, are passed over."""


def drop_dominated(program: Program) -> Restriction:
    """Fix at 0 what another member of an "at most one" row beats in every respect.

    ``i`` and ``j`` are 0-1 variables of a hard row ``sum x <= 1`` (or ``= 1``). ``j``
    dominates ``i`` if putting ``j`` in the place of ``i`` breaks no hard row (in every row
    ``a_j <= a_i`` where the upper limit counts, ``a_j >= a_i`` where the lower does) and
    never costs worth:

        worth_j - worth_i + sum_k min(0, pair_worth_jk - pair_worth_ik)
            - sum over soft rows of penalty * (what ``a_j`` is worse than ``a_i``) >= 0.

    Then some best point has ``x_i = 0``. Of equal ones the last stays. (Sinha and
    Zoltners, Operations Research 27(3) 1979, for the multiple-choice knapsack.)

    Parameters
    ----------
    program
        What is reduced.
    """
    sides = Sides.of(program)
    upper = program.upper.copy()
    for members in _choices(program, sides):
        beaten = _beaten(program, sides, members[upper[members] == 1])
        upper[beaten] = 0
    return restrict(program, program.lower, upper)


def _choices(program: Program, sides: Sides) -> list[IntArray]:
    """Return the 0-1 variables of every hard "at most one" row."""
    found = []
    for r in np.flatnonzero((program.row_soft == 0) & sides.caps).tolist():
        here = program.row(r)
        var = program.row_var[here]
        if program.row_high[r] != 1 or not 2 <= len(var) <= MOST_MEMBERS:
            continue
        binary = (program.lower[var] == 0) & (program.upper[var] == 1)
        if bool(np.all(program.row_coef[here] == 1)) and bool(np.all(binary)):
            found.append(var)
    return found


def _beaten(program: Program, sides: Sides, members: IntArray) -> IntArray:
    """Return the dominated among the members."""
    count = len(members)
    if count < 2:
        return members[:0]
    use = _uses(program, members)
    pairs = _pairs(program, members)
    if use is None or pairs is None:
        return members[:0]
    rows, coef = use
    hard = program.row_soft[rows] == 0
    price = program.row_penalty[rows]
    caps, floors = sides.caps[rows], sides.floors[rows]
    is_out = np.zeros(count, dtype=np.bool_)
    for i in range(count):
        more, less = np.maximum(coef - coef[i], 0), np.maximum(coef[i] - coef, 0)
        worse = more * caps + less * floors
        fits = ~np.any(worse[:, hard] > 0, axis=1)
        gap = pairs - pairs[i]
        # The pair of i and j itself is never earned, and no difference between them.
        gap[:, members] = 0
        gain = program.worth[members] - program.worth[members[i]]
        gain = gain + np.minimum(gap, 0).sum(axis=1) - worse @ price
        better = fits & (gain >= 0) & ~is_out
        better[i] = False
        is_out[i] = bool(np.any(better))
    return members[is_out]


def _uses(program: Program, members: IntArray) -> tuple[IntArray, IntArray] | None:
    """Return the rows that the members are in and their coefficients, ``[k, rows]``."""
    number = np.full(program.num_vars, -1, dtype=np.int64)
    number[members] = np.arange(len(members))
    entries = np.flatnonzero(number[program.row_var] >= 0)
    rows, place = np.unique(program.row_of[entries], return_inverse=True)
    if len(rows) * len(members) > MOST_CELLS // 100:
        return None
    coef = np.zeros((len(members), len(rows)), dtype=np.int64)
    coef[number[program.row_var[entries]], place] = program.row_coef[entries]
    return rows, coef


def _pairs(program: Program, members: IntArray) -> NDArray[np.int64] | None:
    """Return the members' pair worths with every variable, ``[k, m]``."""
    if len(members) * program.num_vars > MOST_CELLS:
        return None
    number = np.full(program.num_vars, -1, dtype=np.int64)
    number[members] = np.arange(len(members))
    matrix = np.zeros((len(members), program.num_vars), dtype=np.int64)
    for one, other in (
        (program.pair_first, program.pair_second),
        (program.pair_second, program.pair_first),
    ):
        mine = number[one] >= 0
        matrix[number[one[mine]], other[mine]] += program.pair_worth[mine]
    return matrix
