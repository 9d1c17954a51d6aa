"""The arrays of the Lagrangian relaxation of a program.

Some rows stay as knapsacks (see `bundlesolve.bounds.groups`), all others get multipliers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bundlesolve.bounds.groups import choose_groups
from bundlesolve.kernels.types import Floats, Ints
from bundlesolve.model.program import Program


@dataclass
class Relaxation:
    """Arrays for `bundlesolve.kernels.lagrangian.improve`; the splits and duals change.

    See there for the meaning of each.

    ``rows``, which is no array of the kernel's, tells the program's row that each of the
    rows with multipliers is; the last ones, of pairs of negative worth in the program's
    order, are in none. Shape ``[R']``.
    """

    start: Ints
    head: Ints
    back: Ints
    pair_worth: Floats
    split: Floats
    weight: Floats
    group: Ints
    capacity: Floats
    worth: Floats
    lower: Floats
    upper: Floats
    row_start: Ints
    row_var: Ints
    row_coef: Floats
    row_high: Floats
    row_low: Floats
    most_high: Floats
    most_low: Floats
    dual_high: Floats
    dual_low: Floats
    rows: Ints


Arcs = tuple[Ints, Ints, Ints, Floats]


def relax(program: Program, arcs: Arcs | None = None) -> Relaxation:
    """Return the relaxation of a program with halved pair worths and zero multipliers.

    Pairs of positive worth become arcs, those of negative worth soft rows; see `_duals`.
    ``arcs`` are taken as they are where somebody has them: ``start``, ``head``, ``back``
    and ``pair_worth`` of a program with the same pairs.
    """
    weight, group, kept = choose_groups(program)
    capacity = program.row_high[kept].astype(np.float64)
    worth = program.worth.astype(np.float64)
    upper = program.upper.astype(np.float64)
    for row in kept:
        # An item that does not fit beside what must be in is out.
        must = int(program.activity_range[0][row])
        span = program.row(int(row))
        free = program.lower[program.row_var[span]] == 0
        fits = must + program.row_coef[span] <= program.row_high[row]
        out = program.row_var[span][free & ~fits & program.is_binary[program.row_var[span]]]
        upper[out] = 0.0
    start, head, back, pair_worth = _arcs(program) if arcs is None else arcs
    others = np.setdiff1d(np.arange(program.num_rows), kept)
    lower_sides = kept[program.row_low[kept] > program.activity_range[0][kept]]
    rows = np.concatenate((others, lower_sides))
    return Relaxation(
        start,
        head,
        back,
        pair_worth,
        pair_worth / 2,
        weight,
        group,
        capacity,
        worth,
        program.lower.astype(np.float64),
        upper,
        *_duals(program, rows, len(others)),
        rows,
    )


def _arcs(program: Program) -> Arcs:
    """Return both directions of every pair that can be worth something, by tail."""
    used = program.pair_worth > 0
    first, second = program.pair_first[used], program.pair_second[used]
    pairs = len(first)
    tail, head = np.concatenate((first, second)), np.concatenate((second, first))
    order = np.lexsort((head, tail))
    place = np.empty(2 * pairs, dtype=np.int64)
    place[order] = np.arange(2 * pairs)
    twin = np.concatenate((np.arange(pairs, 2 * pairs), np.arange(pairs)))
    start = np.zeros(program.num_vars + 1, dtype=np.int64)
    np.cumsum(np.bincount(tail, minlength=program.num_vars), out=start[1:])
    worth = np.tile(program.pair_worth[used].astype(np.float64), 2)
    return start, head[order], place[twin[order]], worth[order]


def _duals(
    program: Program, rows: Ints, others: int
) -> tuple[Ints, Ints, Floats, Floats, Floats, Floats, Floats, Floats, Floats]:
    """Return the rows that get multipliers, ``others`` of them with both sides.

    The rows that are no knapsack, the lower sides of those that are, and a soft row
    ``x_i + x_j <= 1`` for every pair of negative worth: at the price ``-worth`` it may be
    broken, which is what the pair says (the roof dual of Hammer, Hansen and Simeone 1984).
    """
    least, most = program.activity_range
    spans = [np.arange(program.row_start[r], program.row_start[r + 1]) for r in rows]
    entries = np.concatenate(spans) if spans else np.zeros(0, dtype=np.int64)
    price = np.where(program.row_soft == 1, program.row_penalty, np.inf)
    most_high = np.where(program.row_high < most, price, 0.0)[rows]
    most_high[others:] = 0.0
    most_low = np.where(program.row_low > least, price, 0.0)[rows]
    clash = program.pair_worth < 0
    ends = np.stack((program.pair_first[clash], program.pair_second[clash]), axis=1)
    pairs = len(ends)
    lengths = np.concatenate((np.diff(program.row_start)[rows], np.full(pairs, 2)))
    start = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=start[1:])
    zeros = np.zeros(pairs)
    return (
        start,
        np.concatenate((program.row_var[entries], ends.reshape(-1))),
        np.concatenate((program.row_coef[entries].astype(np.float64), np.ones(2 * pairs))),
        np.concatenate((program.row_high[rows].astype(np.float64), np.ones(pairs))),
        np.concatenate((program.row_low[rows].astype(np.float64), zeros)),
        np.concatenate((most_high, -program.pair_worth[clash].astype(np.float64))),
        np.concatenate((most_low, zeros)),
        np.zeros(len(lengths)),
        np.zeros(len(lengths)),
    )
