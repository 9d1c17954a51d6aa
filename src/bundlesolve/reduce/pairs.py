"""Pairs that no feasible point earns."""

from __future__ import annotations

import numpy as np

from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program
from bundlesolve.reduce.restrict import Restriction
from bundlesolve.reduce.sides import Sides

SHORT = 64
"""Members of a row up to which its pairs are listed; of longer rows all are looked up."""

MOST_WORK = 50_000_000


def drop_pairs(program: Program) -> Restriction:
    """Drop the worth of pairs that break a hard row by themselves.

    With ``x_i = x_j = 1`` a row ``a.x <= high`` comes at least to its smallest activity
    plus ``max(0, a_i) + max(0, a_j)``. Above ``high``, both are in no feasible point, and
    what the pair is worth does not matter: conflicts, exclusive choices, and items too
    large to stand side by side. Rows ``a.x >= low`` are treated as ``-a.x <= -low``.

    Parameters
    ----------
    program
        What is reduced; the variables stay, and so does every feasible point.
    """
    whole = Restriction.whole(program)
    if program.num_pairs == 0:
        return whole
    never = np.zeros(program.num_pairs, dtype=np.bool_)
    sides = Sides.of(program)
    least, most = program.activity_range
    lists: list[IntArray] = []
    work = 0
    for r in np.flatnonzero(program.row_soft == 0).tolist():
        here = program.row(r)
        var, coef = program.row_var[here], program.row_coef[here]
        for counts, sign, room in (
            (sides.caps[r], 1, int(program.row_high[r] - least[r])),
            (sides.floors[r], -1, int(most[r] - program.row_low[r])),
        ):
            work += program.num_pairs if len(var) > SHORT else len(var) ** 2
            if not counts or work > MOST_WORK:
                continue
            # Other than 0..1 a variable of a pair is fixed, and adds nothing to the least.
            open_ = program.lower[var] < program.upper[var]
            need = np.maximum(sign * coef, 0) * open_
            if len(var) > SHORT:
                size = np.zeros(program.num_vars, dtype=np.int64)
                size[var] = need
                never |= size[program.pair_first] + size[program.pair_second] > room
            else:
                i, j = np.nonzero(np.triu(need[:, None] + need[None, :] > room, 1))
                lists.append(var[i] * program.num_vars + var[j])
    if lists:
        key = program.pair_first * program.num_vars + program.pair_second
        never |= np.isin(key, np.concatenate(lists))
    if not np.any(never):
        return whole
    small = program.replace(
        pair_first=program.pair_first[~never],
        pair_second=program.pair_second[~never],
        pair_worth=program.pair_worth[~never],
    )
    return Restriction(small, whole.free, whole.base)
