"""Coefficients of hard rows made as small as the same whole points allow."""

from __future__ import annotations

import numpy as np

from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program
from bundlesolve.reduce.restrict import Restriction
from bundlesolve.reduce.sides import Sides


def tighten_coefficients(program: Program) -> Restriction:
    """Divide hard rows by their common divisor, and clip coefficients at the excess.

    *Divisor*: ``g | a`` turns ``low <= a.x <= high`` into ``ceil(low / g) <= (a / g).x <=
    floor(high / g)``.

    *Excess*: a row ``a.x <= high`` whose largest activity is ``high + e`` with ``e > 0`` is
    kept by whatever ``x`` once a 0-1 variable of coefficient ``a_v > e`` is 0. With ``e``
    instead of ``a_v`` and ``a_v - e`` off the limit, it is still kept then, and says the
    same where ``x_v = 1``; a coefficient below ``-e`` becomes ``-e``, the limit staying.
    So is every other one at once, because the excess stays what it is. Rows ``a.x >= low``
    are treated as ``-a.x <= -low``. (Savelsbergh, ORSA Journal on Computing 6(4) 1994.)

    Parameters
    ----------
    program
        What is reduced; the variables stay.
    """
    sides = Sides.of(program)
    coef = program.row_coef.copy()
    low, high = program.row_low.copy(), program.row_high.copy()
    changed = False
    for r in np.flatnonzero((program.row_soft == 0) & (sides.caps | sides.floors)).tolist():
        here = program.row(r)
        before = coef[here].copy()
        _divide(coef, low, high, here, r)
        if sides.caps[r] != sides.floors[r]:
            _clip(program, coef, low, high, here, r, bool(sides.caps[r]))
        changed = changed or not np.array_equal(coef[here], before)
    whole = Restriction.whole(program)
    if not changed:
        return whole
    kept = coef != 0
    assert bool(np.all(kept))
    small = program.replace(row_coef=coef, row_low=low, row_high=high, origins=())
    return Restriction(small, whole.free, whole.base)


def _divide(coef: IntArray, low: IntArray, high: IntArray, here: slice, r: int) -> None:
    divisor = int(np.gcd.reduce(coef[here])) if here.stop > here.start else 1
    if divisor > 1:
        coef[here] //= divisor
        low[r] = -(-low[r] // divisor)
        high[r] //= divisor


def _clip(
    program: Program,
    coef: IntArray,
    low: IntArray,
    high: IntArray,
    here: slice,
    r: int,
    is_cap: bool,
) -> None:
    """Clip one row of one side; the other side becomes the activity's extreme."""
    var = program.row_var[here]
    lower, upper = program.lower[var], program.upper[var]
    a = coef[here] if is_cap else -coef[here]
    limit = int(high[r]) if is_cap else -int(low[r])
    most = int(np.maximum(a * lower, a * upper).sum())
    excess = most - limit
    least = int(np.minimum(a * lower, a * upper).sum())
    if excess <= 0 or least > limit:
        return
    binary = (lower == 0) & (upper == 1)
    above = binary & (a > excess)
    below = binary & (a < -excess)
    limit -= int((a[above] - excess).sum())
    a = np.where(above, excess, np.where(below, -excess, a))
    least = min(int(np.minimum(a * lower, a * upper).sum()), limit)
    coef[here] = a if is_cap else -a
    if is_cap:
        low[r], high[r] = least, limit
    else:
        low[r], high[r] = -limit, -least
