"""Rows that tighten the linear relaxation: a budget times a variable.

For a hard row ``sum_i a_i x_i <= b`` with ``a >= 0`` and a 0-1 variable ``x_j``, the
product of both is ``sum_i a_i x_i x_j <= b x_j``. With ``y_ij <= x_i x_j`` for the pairs of
positive worth, and the other products left out, it reads

    sum_i a_i y_ij <= (b - a_j) x_j

This is level one of the reformulation-linearisation technique (Adams and Sherali,
Management Science 32(10) 1986; for the quadratic knapsack Billionnet and Calmels, EJOR 92,
1996). Its linear relaxation is as tight as the bound of Caprara, Pisinger and Toth.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np

from bundlesolve.model.frozen import IntArray
from bundlesolve.solvers.linearise import BELOW, Linear

MOST_ENTRIES = 400_000
"""Rows are multiplied while no more entries than this come out, the longest first."""

FEWEST_TERMS = 3
"""Products with fewer pairs say nothing that the pair's own rows do not."""


def with_row_products(linear: Linear) -> Linear:
    """Return a copy with hard rows times variables; products must be columns already."""
    added: list[tuple[IntArray, IntArray]] = []
    room = MOST_ENTRIES
    neighbours = _neighbours(linear)
    for r in _multipliable(linear):
        rows = _products(linear, int(r), neighbours)
        room -= sum(len(columns) for columns, _ in rows)
        if room < 0:
            break
        added += rows
    if not added:
        return linear
    lengths = np.array([len(columns) for columns, _ in added])
    count = len(added)
    return replace(
        linear,
        row_start=np.concatenate(
            (linear.row_start, linear.row_start[-1] + np.cumsum(lengths))
        ),
        row_var=np.concatenate((linear.row_var, *(columns for columns, _ in added))),
        row_coef=np.concatenate((linear.row_coef, *(coefs for _, coefs in added))),
        row_low=np.concatenate((linear.row_low, np.full(count, BELOW))),
        row_high=np.concatenate((linear.row_high, np.zeros(count, dtype=np.int64))),
    )


def _multipliable(linear: Linear) -> IntArray:
    """Return the hard rows with an upper limit and no negative term, longest first."""
    program = linear.program
    m = program.num_vars
    length = np.diff(linear.row_start)
    row_of = np.repeat(np.arange(linear.num_rows), length)
    wrong = (linear.row_coef < 0) | (linear.row_var >= m)
    wrong |= linear.lower[linear.row_var] < 0
    bad = np.bincount(row_of, wrong, minlength=linear.num_rows) > 0
    good = ~bad & (linear.row_high < np.iinfo(np.int64).max) & (length > FEWEST_TERMS)
    rows = np.flatnonzero(good)
    return np.asarray(rows[np.argsort(-length[rows], kind="stable")])


def _neighbours(linear: Linear) -> list[tuple[IntArray, IntArray]]:
    """Return, for each variable, the other ends and the columns of its positive pairs."""
    program = linear.program
    pairs = np.flatnonzero(linear.pair_worth > 0)
    first, second = linear.first[pairs], linear.second[pairs]
    column = linear.num_columns - len(linear.pair_worth) + pairs
    tail, head = np.concatenate((first, second)), np.concatenate((second, first))
    order = np.lexsort((head, tail))
    start = np.searchsorted(tail[order], np.arange(program.num_vars + 1))
    head, columns = head[order], np.tile(column, 2)[order]
    return [(head[a:b], columns[a:b]) for a, b in itertools.pairwise(start)]


def _products(
    linear: Linear, r: int, neighbours: list[tuple[IntArray, IntArray]]
) -> list[tuple[IntArray, IntArray]]:
    """Return columns and coefficients of row ``r`` times every variable with pairs."""
    here = slice(int(linear.row_start[r]), int(linear.row_start[r + 1]))
    weight = np.zeros(linear.program.num_vars, dtype=np.int64)
    weight[linear.row_var[here]] = linear.row_coef[here]
    high = int(linear.row_high[r])
    rows = []
    for j, (ends, columns) in enumerate(neighbours):
        used = weight[ends] > 0
        room = high - int(weight[j])
        total = int(weight[ends].sum())
        if np.count_nonzero(used) < FEWEST_TERMS or total <= room:
            continue
        own = [0] if room else []  # no coefficient is 0
        rows.append(
            (
                np.concatenate((np.array([j])[own], columns[used])),
                np.concatenate((np.array([-room])[own], weight[ends][used])),
            )
        )
    return rows
