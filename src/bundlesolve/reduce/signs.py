"""Variables that can only help, or only hurt."""

from __future__ import annotations

import numpy as np

from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program
from bundlesolve.reduce.restrict import Restriction, restrict
from bundlesolve.reduce.sides import Sides


def fix_signs(program: Program) -> Restriction:
    """Fix variables at the bound that is never worse, whatever the others are.

    One unit more of ``x_v`` is worth at least ``worth_v + sum min(0, pair worths)`` and at
    most ``worth_v + sum max(0, pair worths)``, give or take the penalties that the unit can
    cost or save in soft rows. Where it is never worth less than nothing and no hard row is
    in its way, ``x_v`` is at its upper bound in some best point; where it is never worth
    more than nothing and no hard row needs it, at its lower bound.

    Parameters
    ----------
    program
        What is reduced.
    """
    m = program.num_vars
    least, most = program.worth.copy(), program.worth.copy()
    for ends in (program.pair_first, program.pair_second):
        np.add.at(least, ends, np.minimum(program.pair_worth, 0))
        np.add.at(most, ends, np.maximum(program.pair_worth, 0))
    sides = Sides.of(program)
    row_of, var, coef = program.row_of, program.row_var, program.row_coef
    # An entry hurts on the way up where the unit comes nearer to a limit, and helps where
    # it gets away from one.
    hurts = np.where(coef > 0, sides.caps[row_of], sides.floors[row_of])
    helps = np.where(coef > 0, sides.floors[row_of], sides.caps[row_of])
    price = np.abs(coef) * program.row_penalty[row_of]
    np.subtract.at(least, var, price * hurts)
    np.add.at(most, var, price * helps)
    hard = program.row_soft[row_of] == 0
    up_locks = np.bincount(var[hurts & hard], minlength=m)
    down_locks = np.bincount(var[helps & hard], minlength=m)
    to_upper = (least >= 0) & (up_locks == 0)
    to_lower = (most <= 0) & (down_locks == 0) & ~to_upper
    return restrict(
        program,
        _where(to_upper, program.upper, program.lower),
        _where(to_lower, program.lower, program.upper),
    )


def _where(mask: np.ndarray, this: IntArray, that: IntArray) -> IntArray:
    return np.asarray(np.where(mask, this, that))
