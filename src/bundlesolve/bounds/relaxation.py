"""The arrays of the Lagrangian relaxation of a program.

Which rows stay as knapsacks and which go into the multipliers is decided here: groups are
hard rows with disjoint variables, non-negative coefficients and a limit that counts, the
most binding first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bundlesolve.kernels.types import Floats, Ints
from bundlesolve.model.program import Program


@dataclass
class Relaxation:
    """Arrays for `bundlesolve.kernels.lagrangian.improve`; the splits and duals change.

    See there for the meaning of each.
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


def relax(program: Program) -> Relaxation:
    """Return the relaxation of a program with halved pair worths and zero multipliers.

    Pairs of positive worth become arcs, those of negative worth soft rows; see `_duals`.
    """
    weight, group, capacity, kept = _groups(program)
    worth = program.worth.astype(np.float64)
    upper = program.upper.astype(np.float64)
    for g, row in enumerate(kept):
        # An item that does not fit beside what must be in is out.
        must = int(program.activity_range[0][row])
        span = program.row(row)
        free = program.lower[program.row_var[span]] == 0
        fits = must + program.row_coef[span] <= program.row_high[row]
        out = program.row_var[span][free & ~fits & program.is_binary[program.row_var[span]]]
        upper[out] = 0.0
        capacity[g] = float(program.row_high[row])
    start, head, back, pair_worth = _arcs(program)
    others = np.setdiff1d(np.arange(program.num_rows), kept)
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
        *_duals(program, others, kept),
    )


def _groups(program: Program) -> tuple[Floats, Ints, Floats, list[int]]:
    """Choose the knapsack rows, tight and long ones first, none overlapping."""
    least, most = program.activity_range
    weight = np.zeros(program.num_vars)
    group = np.full(program.num_vars, -1, dtype=np.int64)
    candidates = []
    negative = np.bincount(program.row_of, program.row_coef < 0, minlength=program.num_rows)
    for r in range(program.num_rows):
        room, reach = program.row_high[r] - least[r], most[r] - least[r]
        if program.row_soft[r] or negative[r] or room >= reach or reach <= 0:
            continue
        span = program.row(r)
        length = span.stop - span.start
        if length >= 2:
            candidates.append((length * (1.0 - max(int(room), 0) / int(reach)), r))
    kept: list[int] = []
    for _, r in sorted(candidates, key=lambda c: (-c[0], c[1])):
        span = program.row(r)
        members = program.row_var[span]
        if np.all(group[members] < 0):
            group[members] = len(kept)
            weight[members] = program.row_coef[span]
            kept.append(r)
    return weight, group, np.zeros(len(kept)), kept


def _arcs(program: Program) -> tuple[Ints, Ints, Ints, Floats]:
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
    program: Program, others: Ints, kept: list[int]
) -> tuple[Ints, Ints, Floats, Floats, Floats, Floats, Floats, Floats, Floats]:
    """Return the rows that get multipliers.

    The rows that are no knapsack, the lower sides of those that are, and a soft row
    ``x_i + x_j <= 1`` for every pair of negative worth: at the price ``-worth`` it may be
    broken, which is what the pair says (the roof dual of Hammer, Hansen and Simeone 1984).
    """
    least, most = program.activity_range
    low_of_kept = [r for r in kept if program.row_low[r] > least[r]]
    rows = np.concatenate((others, np.array(low_of_kept, dtype=np.int64)))
    spans = [np.arange(program.row_start[r], program.row_start[r + 1]) for r in rows]
    entries = np.concatenate(spans) if spans else np.zeros(0, dtype=np.int64)
    price = np.where(program.row_soft == 1, program.row_penalty, np.inf)
    most_high = np.where(program.row_high < most, price, 0.0)[rows]
    most_high[len(others) :] = 0.0
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
