"""Which variable a node of the exact method's tree is split at."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from bundlesolve.bounds.convex import Convex, clashes
from bundlesolve.bounds.doubly_nonnegative import DoublyNonnegative
from bundlesolve.bounds.semidefinite import Semidefinite
from bundlesolve.kernels.types import Floats, Ints

CANDIDATES = 8
"""Variables that are tried before one is branched on."""
NEARLY_WHOLE = 0.02
LARGER = 0.01
"""What the loss of the better side counts beside the worse one's."""


class Side(NamedTuple):
    """One side of a branching: the variable's new bounds, and the bound there."""

    variable: int
    lower: float
    upper: float
    bound: int


def choose_branch(relaxation: Semidefinite) -> list[Side]:
    """Return the sides of the best of some candidates that can hold a better point.

    A candidate's sides are evaluated at the multipliers as they are, and lose what the
    lift's form takes if that is more. The side that loses less decides (Achterberg, Koch
    and Martin, "Branching rules revisited", Operations Research Letters 33, 2005): where
    one side all but closes and the other loses nothing, nothing is won by a split.
    """
    core, x = relaxation.core, relaxation.x
    if isinstance(relaxation, DoublyNonnegative):
        return _sides(relaxation, _contested(relaxation))
    if isinstance(relaxation, Convex):
        if clashes(core):
            return _sides(relaxation, _contested(relaxation))
        if not len(core.capacity):
            return _sides(relaxation, int(np.argmin(np.abs(x - 0.5))))
        if not np.any(core.quadratic < 0.0):
            return _sides(relaxation, int(np.argmax(x * (1.0 - x) * (1.0 + core.weight))))
    limit = relaxation.value - relaxation.cutoff
    best, chosen = -math.inf, []
    for v in _candidates(relaxation):
        middle = min(np.floor(x[v]), core.upper[v] - 1.0)
        sides, lost = [], []
        for low, high in ((0.0, middle), (middle + 1.0, core.upper[v])):
            loss, bound = _try(relaxation, int(v), low, high)
            if v < core.num_pairable:
                loss = max(loss, relaxation.losses[int(low), v])
            lost.append(min(loss, limit))
            if bound is not None:
                sides.append(Side(int(v), low, high, bound))
        merit = float(_merit(np.array(lost)[:, None])[0])
        if merit > best:
            best, chosen = merit, sides
    return chosen


def _sides(relaxation: Semidefinite, v: int) -> list[Side]:
    """Return both sides of a variable, not evaluated.

    At the multipliers as they are, all sides are worth the same where no row is left, and
    two that are tried say little of what rounds make of them.
    """
    bound = relaxation.bound
    assert bound is not None
    return [Side(v, side, side, bound) for side in (0.0, 1.0)]


def _candidates(relaxation: Semidefinite) -> Ints:
    """Return the most promising variables, by the lift's losses where it has some."""
    losses = np.minimum(relaxation.losses, relaxation.value - relaxation.cutoff)
    merit = _merit(losses)
    if merit.any():
        return np.argsort(-merit, kind="stable")[:CANDIDATES]
    return np.argsort(-_scores(relaxation), kind="stable")[:CANDIDATES]


def _merit(losses: Floats) -> Floats:
    """Return how good splits are from what their sides lose. Shape ``[2, k]``."""
    merit: Floats = losses.min(axis=0) + LARGER * losses.max(axis=0)
    return merit


def _contested(relaxation: Semidefinite) -> int:
    """Return the undecided variable that would shut out most of the average point."""
    core, x = relaxation.core, relaxation.x
    return int(np.argmax(x * (1.0 - x) * (1.0 + core.clash @ x)))


def _scores(relaxation: Semidefinite) -> Floats:
    """Return what each variable may be worth; nothing for one that is all but whole."""
    core, x = relaxation.core, relaxation.x
    worth = 1.0 + np.abs(core.worth)
    worth[: core.num_pairable] += np.abs(core.quadratic).sum(axis=1)
    return np.where(np.abs(x - np.rint(x)) > NEARLY_WHOLE, worth, 0.0)


def _try(
    relaxation: Semidefinite, variable: int, low: float, high: float
) -> tuple[float, int | None]:
    """Return what the bound loses within new bounds, and what it is; None if it closes."""
    core = relaxation.core
    lower, upper = np.zeros(core.num_vars), core.upper.copy()
    lower[variable], upper[variable] = low, high
    small, free = core.restrict(lower, upper)
    multipliers = relaxation.best.restrict(core, lower, free)
    side = Semidefinite(small, relaxation.objective, multipliers)
    side.improve(1)
    loss = relaxation.value - (side.value + small.constant - core.constant)
    return loss, None if side.is_closed else side.bound
