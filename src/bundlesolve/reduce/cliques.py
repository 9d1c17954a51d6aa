"""Conflicts gathered into cliques: at most one of many instead of one of two."""

from __future__ import annotations

import numpy as np

from bundlesolve.model.program import Program
from bundlesolve.reduce.restrict import Restriction
from bundlesolve.reduce.sides import Sides

MOST_EDGES = 1_000_000
"""Programs with more conflicting pairs are left alone."""


def extend_cliques(program: Program) -> Restriction:
    """Extend every "at most one" row by all that conflicts with each of its variables.

    Hard rows ``sum of x over S <= 1`` over 0-1 variables say that every two of ``S`` are in
    conflict. A variable in conflict with each of ``S`` may join it: the row then says what
    other rows say already, in a form whose linear relaxation is tighter (Padberg,
    Mathematical Programming 5, 1973). Greedily, by number. A row that the extended one
    contains is left to `drop_rows`. Rows with a lower limit stay as they are, but count.

    Parameters
    ----------
    program
        What is reduced; the variables stay, and exactly the same points are feasible.
    """
    whole = Restriction.whole(program)
    sides = Sides.of(program)
    members: dict[int, list[int]] = {}
    for r in np.flatnonzero((program.row_soft == 0) & sides.caps).tolist():
        here = program.row(r)
        var = program.row_var[here]
        binary = (program.lower[var] == 0) & (program.upper[var] == 1)
        ones = program.row_high[r] == 1 and bool(np.all(program.row_coef[here] == 1))
        if ones and bool(np.all(binary)):
            members[r] = var.tolist()
    if sum(len(group) ** 2 for group in members.values()) > MOST_EDGES:
        return whole
    conflicts: dict[int, set[int]] = {}
    for group in members.values():
        for v in group:
            conflicts.setdefault(v, set()).update(group)
    rows = [program.row_var[program.row(r)] for r in range(program.num_rows)]
    coefs = [program.row_coef[program.row(r)] for r in range(program.num_rows)]
    changed = False
    for r, group in members.items():
        if sides.floors[r] or len(group) < 2:
            continue
        clique = set(group)
        common = set.intersection(*(conflicts[v] for v in group)) - clique
        while common:
            new = min(common)
            clique.add(new)
            common = (common & conflicts[new]) - clique
        if len(clique) > len(group):
            rows[r] = np.array(sorted(clique), dtype=np.int64)
            coefs[r] = np.ones(len(clique), dtype=np.int64)
            changed = True
    if not changed:
        return whole
    low = program.row_low.copy()
    for r in members:
        low[r] = low[r] if sides.floors[r] else 0
    small = program.replace(
        row_start=np.cumsum([0] + [len(row) for row in rows]),
        row_var=np.concatenate(rows),
        row_coef=np.concatenate(coefs),
        row_low=low,
        origins=(),
    )
    return Restriction(small, whole.free, whole.base)
