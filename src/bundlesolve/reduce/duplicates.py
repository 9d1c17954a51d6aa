"""Hard rows that say what another says, or less."""

from __future__ import annotations

import numpy as np

from bundlesolve.model.program import Program
from bundlesolve.reduce.restrict import Restriction
from bundlesolve.reduce.sides import Sides

MOST_LOOKED_AT = 2000
"""Rows compared with one clique, at most."""


def drop_rows(program: Program) -> Restriction:
    """Drop rows that never bind, merge parallel hard rows, and drop cliques in cliques.

    * A row no side of which any point breaks, and a soft row that costs nothing, go.
    * Of hard rows with equal coefficients one is left, with the tighter of the limits.
    * ``sum of x over S <= 1`` over 0-1 variables goes where another such row is over a
      superset of ``S``.

    Parameters
    ----------
    program
        What is reduced; the variables stay, and exactly the same points are feasible.
    """
    sides = Sides.of(program)
    low, high = program.row_low.copy(), program.row_high.copy()
    kept = sides.caps | sides.floors
    seen: dict[tuple[bytes, bytes], int] = {}
    for r in np.flatnonzero(kept & (program.row_soft == 0)).tolist():
        here = program.row(r)
        key = (program.row_var[here].tobytes(), program.row_coef[here].tobytes())
        first = seen.setdefault(key, r)
        if first != r:
            low[first] = max(low[first], low[r])
            high[first] = min(high[first], high[r])
            kept[r] = False
    _drop_cliques(program, sides, kept)
    whole = Restriction.whole(program)
    if bool(np.all(kept)):
        return whole
    return Restriction(
        program.replace(row_low=low, row_high=high).keep_rows(kept),
        *(whole.free, whole.base),
    )


def _drop_cliques(program: Program, sides: Sides, kept: np.ndarray) -> None:
    """Drop rows of the form "at most one" that lie in another, the long ones first."""
    cliques: dict[int, frozenset[int]] = {}
    for r in np.flatnonzero(kept & (program.row_soft == 0) & ~sides.floors).tolist():
        here = program.row(r)
        var = program.row_var[here]
        ones = bool(np.all(program.row_coef[here] == 1)) and program.row_high[r] == 1
        if ones and bool(np.all(program.is_binary[var])):
            cliques[r] = frozenset(var.tolist())
    longest = sorted(cliques, key=lambda r: (-len(cliques[r]), r))
    holders: dict[int, list[int]] = {}
    for r in longest:
        # A row that contains this one contains each of its variables, the rarest too.
        rarest = min((holders.get(v, []) for v in cliques[r]), key=len, default=[])
        if any(cliques[r] <= cliques[other] for other in rarest[:MOST_LOOKED_AT]):
            kept[r] = False
            continue
        for v in cliques[r]:
            holders.setdefault(v, []).append(r)
