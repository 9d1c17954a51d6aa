"""A program laid out for kernels: rows, columns and the pairs of every variable."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from bundlesolve.kernels.compiling import njit, register_jitable
from bundlesolve.kernels.copying import shared
from bundlesolve.kernels.types import MOST_INDEX, Indices, Ints

MOST_DENSE = 3000
"""Most variables of which a full matrix of pair worths is kept (72 MB)."""
HALF = 1 << 31
"""Half of the range of 32 bits."""
LEAST_DENSITY = 0.1
"""Share of pairs from which on the full matrix is faster than lists."""


class Layout(NamedTuple):
    """The arrays every search kernel reads.

    All are C-contiguous and of flags and types that are always the same (``int64``, but
    ``int32`` for what there is of each pair and for rows of entries): Numba compiles a
    kernel anew for others, and that must happen in `warm_up`, not inside the clock. Bounds,
    worths and rows share the program's memory; nobody writes to them.

    Attributes
    ----------
    lower, upper, worth
        Bounds and linear worth. Shape ``[m]``.
    adj_start, adj_var, adj_worth, adj_more
        Partners of each variable and the worth of the pair, each pair twice: the worth is
        ``adj_worth + 2**32 adj_more``, and ``adj_more`` is empty where nothing is missing.
        See `pair_at` and `pair_worths`.
    matrix
        The same as a full matrix, shape ``[m, m]``, or ``[0, 0]`` where lists are better.
    row_start, row_var, row_coef
        Rows. Shapes ``[r + 1]``, ``[e]``, ``[e]``.
    row_low, row_high, row_soft, row_penalty
        Limits and penalties. Shape ``[r]``.
    col_start, col_row, col_coef
        The same entries by variable. Shapes ``[m + 1]``, ``[e]``, ``[e]``.
    binds
        1 where only ``row_high`` can be broken within the bounds, 2 where only
        ``row_low``, 3 for both, 0 for none. Shape ``[r]``.
    """

    lower: Ints
    upper: Ints
    worth: Ints
    adj_start: Ints
    adj_var: Indices
    adj_worth: Indices
    adj_more: Indices
    matrix: Ints
    row_start: Ints
    row_var: Ints
    row_coef: Ints
    row_low: Ints
    row_high: Ints
    row_soft: Ints
    row_penalty: Ints
    col_start: Ints
    col_row: Indices
    col_coef: Ints
    binds: Ints


class Arrays(NamedTuple):
    """The fields of a program that a layout is made from, under the program's names."""

    lower: Ints
    upper: Ints
    worth: Ints
    pair_first: Ints
    pair_second: Ints
    pair_worth: Ints
    row_start: Ints
    row_var: Ints
    row_coef: Ints
    row_low: Ints
    row_high: Ints
    row_soft: Ints
    row_penalty: Ints


def lay_out(arrays: Arrays) -> Layout:
    """Return the layout of a program's arrays.

    It shares all of them but the pairs; each pair stands in it twice, 8 bytes each.

    Raises
    ------
    OverflowError
        If there are ``2**31`` variables or rows.
    """
    a = Arrays(*(shared(column) for column in arrays))
    m = len(a.lower)
    if max(m, len(a.row_low)) > MOST_INDEX:
        raise OverflowError(f"expected fewer than 2**31 variables and rows, found {m}")
    pairs = (a.pair_first, a.pair_second, a.pair_worth)
    start, var, worth, more = _adjacency(m, *pairs)
    matrix = np.zeros((0, 0), dtype=np.int64)
    if m <= MOST_DENSE and 2 * len(a.pair_worth) >= LEAST_DENSITY * m * m > 0:
        matrix = _matrix(m, *pairs)
    col_start, col_row, col_coef = _columns(m, a.row_start, a.row_var, a.row_coef)
    return Layout(
        a.lower,
        a.upper,
        a.worth,
        start,
        var,
        worth,
        more,
        matrix,
        a.row_start,
        a.row_var,
        a.row_coef,
        a.row_low,
        a.row_high,
        a.row_soft,
        a.row_penalty,
        col_start,
        col_row,
        col_coef,
        _binds(a.lower, a.upper, a.row_start, a.row_var, a.row_coef, a.row_low, a.row_high),
    )


def lay_out_again(arrays: Arrays, before: Layout) -> Layout:
    """Return the layout of a program with the variables and pairs of another's layout.

    What was made of the pairs is shared with ``before``; everything else is made anew.
    """
    names = [name for name in Arrays._fields if not name.startswith("pair")]
    a = {name: shared(getattr(arrays, name)) for name in names}
    rows = (a["row_start"], a["row_var"], a["row_coef"])
    col_start, col_row, col_coef = _columns(len(a["lower"]), *rows)
    binds = _binds(a["lower"], a["upper"], *rows, a["row_low"], a["row_high"])
    changes: dict[str, Any] = {"col_start": col_start, "col_row": col_row, **a}
    return before._replace(**changes, col_coef=col_coef, binds=binds)


def set_pair(layout: Layout, first: int, second: int, worth: int) -> bool:
    """Change the worth of a pair that there is, in place; False where it does not fit."""
    more = (worth + HALF) >> 32
    if more and not len(layout.adj_more):
        return False
    for v, u in ((first, second), (second, first)):
        start, end = layout.adj_start[v], layout.adj_start[v + 1]
        e = start + np.searchsorted(layout.adj_var[start:end], u)
        layout.adj_worth[e] = worth - (more << 32)
        if len(layout.adj_more):
            layout.adj_more[e] = more
        if len(layout.matrix):
            layout.matrix[v, u] = worth
    return True


@register_jitable
def pair_at(worth: Indices, more: Indices, e: int) -> int:
    """Return the worth of the pair at a place of ``adj_worth`` and ``adj_more``."""
    value = np.int64(worth[e])
    if len(more) > 0:
        value += np.int64(more[e]) << 32
    return value


def pair_worths(layout: Layout, places: Ints | slice = slice(None)) -> Ints:
    """Return the worths of the pairs at some places of ``adj_worth``, or at all."""
    worth = layout.adj_worth[places].astype(np.int64)
    if len(layout.adj_more):
        worth += layout.adj_more[places].astype(np.int64) << 32
    return worth


@njit(cache=True, nogil=True)
def _adjacency(
    m: int, first: Ints, second: Ints, worth: Ints
) -> tuple[Ints, Indices, Indices, Indices]:
    """Return the pairs by variable, each twice, partners ascending (a counting sort)."""
    start = np.zeros(m + 1, dtype=np.int64)
    for p in range(len(worth)):
        start[first[p] + 1] += 1
        start[second[p] + 1] += 1
    for v in range(m):
        start[v + 1] += start[v]
    place = start[:-1].copy()
    var = np.empty(2 * len(worth), dtype=np.int32)
    value = np.empty(2 * len(worth), dtype=np.int32)
    is_wide = False
    for p in range(len(worth)):
        is_wide = is_wide or (worth[p] + HALF) >> 32 != 0
    more = np.empty(2 * len(worth) if is_wide else 0, dtype=np.int32)
    # Pairs come sorted by (first, second): smaller partners first, then larger ones.
    for turn in range(2):
        tail, head = (first, second) if turn else (second, first)
        for p in range(len(worth)):
            e = place[tail[p]]
            place[tail[p]] += 1
            high = (worth[p] + HALF) >> 32
            var[e], value[e] = head[p], worth[p] - (high << 32)
            if is_wide:
                more[e] = high
    return start, var, value, more


@njit(cache=True, nogil=True)
def _matrix(m: int, first: Ints, second: Ints, worth: Ints) -> Ints:
    """Return the symmetric matrix of pair worths."""
    matrix = np.zeros((m, m), dtype=np.int64)
    for p in range(len(worth)):
        matrix[first[p], second[p]] = worth[p]
        matrix[second[p], first[p]] = worth[p]
    return matrix


@njit(cache=True, nogil=True)
def _columns(
    m: int, row_start: Ints, row_var: Ints, row_coef: Ints
) -> tuple[Ints, Indices, Ints]:
    """Return the entries of the rows by variable, rows ascending."""
    start = np.zeros(m + 1, dtype=np.int64)
    for e in range(len(row_var)):
        start[row_var[e] + 1] += 1
    for v in range(m):
        start[v + 1] += start[v]
    place = start[:-1].copy()
    row = np.empty(len(row_var), dtype=np.int32)
    coef = np.empty(len(row_var), dtype=np.int64)
    for r in range(len(row_start) - 1):
        for e in range(row_start[r], row_start[r + 1]):
            row[place[row_var[e]]] = r
            coef[place[row_var[e]]] = row_coef[e]
            place[row_var[e]] += 1
    return start, row, coef


@njit(cache=True, nogil=True)
def _binds(
    lower: Ints,
    upper: Ints,
    row_start: Ints,
    row_var: Ints,
    row_coef: Ints,
    row_low: Ints,
    row_high: Ints,
) -> Ints:
    """Tell which sides of each row the bounds alone do not keep; see `Layout`."""
    binds = np.zeros(len(row_low), dtype=np.int64)
    for r in range(len(row_low)):
        least = np.int64(0)
        most = np.int64(0)
        for e in range(row_start[r], row_start[r + 1]):
            at_low = row_coef[e] * lower[row_var[e]]
            at_high = row_coef[e] * upper[row_var[e]]
            least += min(at_low, at_high)
            most += max(at_low, at_high)
        if most > row_high[r]:
            binds[r] += 1
        if least < row_low[r]:
            binds[r] += 2
    return binds


def tiny_layout() -> Layout:
    """Return the layout of two items under one row, to compile kernels with."""
    zeros, ones = np.zeros(2, dtype=np.int64), np.ones(2, dtype=np.int64)
    one = np.ones(1, dtype=np.int64)
    start = np.array([0, 2], dtype=np.int64)
    pair = (one * 0, one, one)
    row = (start, np.array([0, 1], dtype=np.int64), ones, one * 0, one, one * 0, one * 0)
    return lay_out(Arrays(zeros, ones, ones, *pair, *row))
