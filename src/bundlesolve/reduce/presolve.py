"""Reductions that need no known point, in turn until nothing changes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bundlesolve.model.program import Program
from bundlesolve.reduce.cliques import extend_cliques
from bundlesolve.reduce.coefficients import tighten_coefficients
from bundlesolve.reduce.components import settle_small_parts
from bundlesolve.reduce.dominance import drop_dominated
from bundlesolve.reduce.duplicates import drop_rows
from bundlesolve.reduce.forced import force
from bundlesolve.reduce.pairs import drop_pairs
from bundlesolve.reduce.restrict import Restriction
from bundlesolve.reduce.signs import fix_signs

REDUCTIONS: tuple[Callable[[Program], Restriction], ...] = (
    force,
    drop_pairs,
    fix_signs,
    extend_cliques,
    drop_rows,
    tighten_coefficients,
    drop_dominated,
    settle_small_parts,
)
"""In the order of their turns. Each keeps at least one best point, and if the program has
no feasible point, neither has what is left."""

MOST_ROUNDS = 10


def presolve(
    program: Program, keep_going: Callable[[], bool] = lambda: True
) -> Restriction:
    """Return a smaller program of the same optimum, and the way back.

    Parameters
    ----------
    program
        What is reduced.
    keep_going
        Asked before every reduction; False ends the presolve with what there is. Default:
        always.

    Returns
    -------
    Restriction
        Its program is None when no point is feasible.
    """
    left = Restriction.whole(program)
    for _ in range(MOST_ROUNDS):
        before = left.program
        for reduction in REDUCTIONS:
            if left.program is None or not keep_going():
                return left
            left = left.then(reduction(left.program))
        if left.program is None or before is None or _is_same(before, left.program):
            break
    return left


def _is_same(one: Program, other: Program) -> bool:
    """Tell whether a round left bounds and rows as they were."""
    names = ("lower", "upper", "row_start", "row_coef", "row_low", "row_high")
    return all(np.array_equal(getattr(one, n), getattr(other, n)) for n in names)


def warm_up() -> None:
    """Compile the kernels."""
    from bundlesolve.kernels.brute import warm_up as warm_up_brute
    from bundlesolve.kernels.propagate import warm_up as warm_up_propagate

    warm_up_brute()
    warm_up_propagate()
