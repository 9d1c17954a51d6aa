"""What the population kernels need to know of a program, by column, row and pair."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bundlesolve.kernels.compiling import njit
from bundlesolve.kernels.types import Floats, Ints

Int = int | np.int64

LOWER, UPPER, VALUE, ALONE, PLAIN = 0, 1, 2, 3, 4  # columns of Tables.var
NEAR, COL, NEED, DROP = 0, 1, 2, 3  # of Tables.start
LOW, HIGH, SOFT, PENALTY, SINGLE, LINKED, START, END = 0, 1, 2, 3, 4, 5, 6, 7  # of .row


class Tables(NamedTuple):
    """A program in few, wide arrays (every array more costs seconds to compile).

    Parameters
    ----------
    var
        Of each variable: bounds, worth, whether it is ``ALONE`` (moves nothing else) and
        ``PLAIN`` (alone, and in no soft row). Shape ``[m, 5]``.
    start
        Where each variable's part of ``near``, ``column``, ``need`` and ``drop`` starts.
        Shape ``[m + 1, 4]``.
    near
        The pairs of each variable: (other variable, worth). Shape ``[2 p, 2]``.
    column
        The rows of each variable: (row, coefficient).
    need
        Variables that must be 1 where this one is above 0.
    drop
        Variables that must be 0 where this one is.
    row
        Of each row: limits, whether soft, penalty, whether a hard row lets at most one of
        its variables be 1 (``SINGLE``), whether it links members to their owner
        (``LINKED``), where its part of ``entry`` starts and ends. Shape ``[r, 8]``.
    entry
        The entries of each row: (variable, coefficient).
    weight
        What one unit of violation of a hard row counts when violations of different rows
        are added: 1 over the mean of what each of the row's variables can change. 0 for
        soft rows. Shape ``[r]``.
    """

    var: Ints
    start: Ints
    near: Ints
    column: Ints
    need: Ints
    drop: Ints
    row: Ints
    entry: Ints
    weight: Floats


def tables(
    bounds: tuple[Ints, Ints],
    worth: Ints,
    pairs: tuple[Ints, Ints, Ints],
    matrix: tuple[Ints, Ints, Ints],
    limits: tuple[Ints, Ints, Ints, Ints],
) -> Tables:
    """Return the tables of a program.

    Parameters
    ----------
    bounds
        ``lower, upper`` of the variables. Shape ``[m]`` each.
    worth
        Linear worth. Shape ``[m]``.
    pairs
        ``pair_first, pair_second, pair_worth``, sorted. Shape ``[p]`` each.
    matrix
        ``row_start, row_var, row_coef``.
    limits
        ``row_low, row_high, row_soft, row_penalty``. Shape ``[r]`` each.
    """
    m = len(worth)
    row_start, row_var, row_coef = matrix
    rows, soft = len(row_start) - 1, limits[2]
    row_of = np.repeat(np.arange(rows), np.diff(row_start))
    by_column = np.argsort(row_var, kind="stable")
    near_start, near = neighbours(m, *pairs)
    member, owner, linked = implications(bounds, matrix, limits)
    single = at_most_one(bounds, matrix, limits)
    alone = np.ones(m, dtype=np.int64)
    alone[member] = alone[owner] = alone[row_var[single[row_of] == 1]] = 0
    plain = alone.copy()
    plain[row_var[soft[row_of] == 1]] = 0
    reach = np.abs(row_coef) * (bounds[1] - bounds[0])[row_var]
    total = np.bincount(row_of, reach, minlength=rows)
    weight = np.maximum(np.diff(row_start), 1) / np.maximum(total, 1) * (soft == 0)
    starts = (near_start, _starts(m, row_var), _starts(m, member), _starts(m, owner))
    arrays = (
        np.column_stack((*bounds, worth, alone, plain)),
        np.column_stack(starts),
        near,
        np.column_stack((row_of[by_column], row_coef[by_column])),
        owner[np.argsort(member, kind="stable")],
        member[np.argsort(owner, kind="stable")],
        np.column_stack((*limits, single, linked, row_start[:-1], row_start[1:])),
        np.column_stack((row_var, row_coef)),
        weight,
    )
    # Read-only and writable arrays are different types to Numba; with all of them
    # read-only there is one version of each kernel to compile.
    for array in arrays:
        array.setflags(write=False)
    return Tables(*arrays)


@njit(cache=True, nogil=True)
def neighbours(m: int, first: Ints, second: Ints, worth: Ints) -> tuple[Ints, Ints]:
    """Return the pairs of each variable: where they start; other variable and worth.

    The pairs come sorted, so each variable's others come out in ascending order.
    """
    start = np.zeros(m + 1, dtype=np.int64)
    for p in range(len(worth)):
        start[first[p] + 1] += 1
        start[second[p] + 1] += 1
    for v in range(m):
        start[v + 1] += start[v]
    at = start.copy()
    near = np.empty((2 * len(worth), 2), dtype=np.int64)
    for p in range(len(worth)):
        near[at[second[p]], 0] = first[p]
        near[at[second[p]], 1] = worth[p]
        at[second[p]] += 1
    for p in range(len(worth)):
        near[at[first[p]], 0] = second[p]
        near[at[first[p]], 1] = worth[p]
        at[first[p]] += 1
    return start, near


def _starts(size: int, keys: Ints) -> Ints:
    start = np.zeros(size + 1, dtype=np.int64)
    np.cumsum(np.bincount(keys, minlength=size), out=start[1:])
    return start


def _all_of(rows: int, row_of: Ints, holds: NDArray[np.bool_]) -> NDArray[np.bool_]:
    return np.asarray(np.bincount(row_of[~holds], minlength=rows) == 0)


def implications(
    bounds: tuple[Ints, Ints],
    matrix: tuple[Ints, Ints, Ints],
    limits: tuple[Ints, Ints, Ints, Ints],
) -> tuple[Ints, Ints, Ints]:
    """Return (member, owner) of the hard rows ``sum a x <= b * owner``, a, b > 0.

    Their members (of lower bound 0) are 0 where the owner, a 0-1 variable, is. The third
    array marks those rows. Shape ``[q], [q], [r]``.
    """
    lower, upper = bounds
    start, var, coef = matrix
    _, high, soft, _ = limits
    rows = len(high)
    row_of = np.repeat(np.arange(rows), np.diff(start))
    owns = coef < 0
    fits = np.where(owns, upper[var] <= 1, True) & (lower[var] == 0)
    wanted = _all_of(rows, row_of, fits) & (high == 0) & (soft == 0)
    wanted &= np.bincount(row_of[owns], minlength=rows) == 1
    owner = np.zeros(rows, dtype=np.int64)
    owner[row_of[owns]] = var[owns]
    members = wanted[row_of] & ~owns
    return var[members], owner[row_of[members]], wanted.astype(np.int64)


def at_most_one(
    bounds: tuple[Ints, Ints],
    matrix: tuple[Ints, Ints, Ints],
    limits: tuple[Ints, Ints, Ints, Ints],
) -> Ints:
    """Mark the hard rows ``sum x <= 1`` over two 0-1 variables or more."""
    start, var, coef = matrix
    _, high, soft, _ = limits
    row_of = np.repeat(np.arange(len(high)), np.diff(start))
    fits = (coef == 1) & (bounds[0][var] >= 0) & (bounds[1][var] <= 1)
    marked = _all_of(len(high), row_of, fits) & (high == 1) & (soft == 0)
    return np.asarray(marked & (np.diff(start) >= 2), dtype=np.int64)


def blocks(
    bounds: tuple[Ints, Ints],
    pairs: tuple[Ints, Ints, Ints],
    matrix: tuple[Ints, Ints, Ints],
    limits: tuple[Ints, Ints, Ints, Ints],
) -> Ints:
    """Number the groups of variables that a child takes from one parent.

    A group is a class of which exactly one is chosen, and with every variable go its
    steps: variables without pairs of their own that it alone owns. Arguments as for
    `tables`; shape ``[m]``.
    """
    start, var, _ = matrix
    m = len(bounds[0])
    block = np.arange(m)
    paired = np.zeros(m, dtype=np.bool_)
    paired[pairs[0]] = paired[pairs[1]] = True
    single = at_most_one(bounds, matrix, limits)
    taken = paired & False
    for r in np.flatnonzero((single == 1) & (limits[0] == 1)):
        members = var[start[r] : start[r + 1]]
        if not taken[members].any():
            block[members] = members[0]
            taken[members] = True
    member, owner, _ = implications(bounds, matrix, limits)
    steps = ~paired[member] & ~taken[member]
    steps &= np.bincount(member, minlength=m)[member] == 1
    block[member[steps]] = block[owner[steps]]
    return np.asarray(np.unique(block, return_inverse=True)[1], dtype=np.int64)


def warm_up_tables() -> Tables:
    """Compile the kernel of this file; return the tables of a tiny program.

    Three variables: a pair, a budget, a conflict and steps that belong to a variable.
    """
    program = (
        (_frozen(0, 0, 0), _frozen(1, 1, 2)),
        _frozen(3, 2, 1),
        (_frozen(0), _frozen(1), _frozen(4)),
        (_frozen(0, 3, 5, 7), _frozen(0, 1, 2, 0, 2, 0, 1), _frozen(2, 2, 1, -2, 1, 1, 1)),
        (_frozen(0, -2, 0), _frozen(3, 0, 1), _frozen(0, 0, 0), _frozen(0, 0, 0)),
    )
    return tables(*program)


def _frozen(*values: int) -> Ints:
    array = np.array(values, dtype=np.int64)
    array.setflags(write=False)
    return array
