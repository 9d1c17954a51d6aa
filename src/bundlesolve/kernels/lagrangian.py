"""The Lagrangian bound of Caprara, Pisinger and Toth (1999), one evaluation.

Every pair worth ``q_ij`` is split over its two arcs, ``s_ij + s_ji = q_ij``; an arc may be
earned in part, ``0 <= y <= 1``, and only by an item that is in. What is left separates:

    U_j = max sum_i s_ji y_ji   s.t. sum_i a_i y_ji <= cap(group j) - a_j
    L   = max sum_j (c_j + U_j) x_j   s.t. sum_{j in g} a_j x_j <= cap(g) for every group

Both knapsacks are continuous and evaluated in their dual form, ``mu * cap + sum of
max(0, value - mu * weight)``, an upper bound for *every* ``mu >= 0``: no rounding of ``mu``
can make it wrong.
"""

from __future__ import annotations

import numpy as np

from bundlesolve.kernels.compiling import njit
from bundlesolve.kernels.knapsack import critical_multiplier
from bundlesolve.kernels.types import Floats, Ints

# What a knapsack adds up is bounded from above by its sum of absolute terms times this,
# per term: two roundings in forming a term, one in adding it, and one to spare.
ROUNDING = 4 * 2.0**-53


@njit(cache=True, nogil=True)
def evaluate(
    start: Ints,
    head: Ints,
    split: Floats,
    weight: Floats,
    group: Ints,
    capacity: Floats,
    cost: Floats,
    lower: Floats,
    upper: Floats,
    earned: Floats,
    x: Floats,
    reduced: Floats,
) -> tuple[float, float]:
    """Return an upper bound on ``L`` and the sum of absolute terms it was added from.

    An item that must be in takes its weight out of every knapsack and earns its arcs
    from every item that is in; one that does not fit beside those is out.

    Parameters
    ----------
    start, head
        Arcs of variable ``j`` are ``start[j] .. start[j + 1] - 1``, to ``head``.
    split
        The part ``s`` of the pair worth that each arc carries.
    weight, group, capacity
        Weight of each variable in its group's row (0 outside) and capacity of each group;
        ``group`` is -1 for variables in none.
    cost
        Linear worth ``c`` after the multipliers of the other rows.
    lower, upper
        Bounds of the variables.
    earned, x
        Written: ``y`` of each arc, and the continuous outer solution.
    reduced
        Written: ``value - mu * weight`` of each variable. One unit less than the outer
        solution has where it is positive, or one more where it is negative, costs the
        bound at least its size; ``-inf`` for a variable that does not fit.

    Returns
    -------
    tuple[float, float]
        ``-inf`` and 0 where items that must be in do not fit.
    """
    m = len(cost)
    value = cost.copy()
    size = 0.0
    rest = capacity.copy()
    for j in range(m):
        if group[j] >= 0:
            rest[group[j]] -= weight[j] * lower[j]
    for g in range(len(rest)):
        if rest[g] < 0.0:
            return -np.inf, 0.0
    most = upper.copy()
    for j in range(m):
        degree = start[j + 1] - start[j]
        g = group[j]
        room = np.inf
        if g >= 0:
            room = rest[g] if lower[j] >= 1.0 else rest[g] - weight[j]
        if room < 0.0:
            most[j] = lower[j]
        if degree == 0 or most[j] <= 0.0:
            continue
        arcs = split[start[j] : start[j + 1]]
        need = np.empty(degree)
        ones = np.empty(degree)
        best = 0.0
        scale = 0.0
        for e in range(degree):
            i = head[start[j] + e]
            need[e] = weight[i] if g >= 0 and group[i] == g else 0.0
            ones[e] = upper[i]
            scale += abs(arcs[e])
            if lower[i] >= 1.0:
                ones[e] = 0.0
                best += arcs[e]
        taken = earned[start[j] : start[j + 1]]
        mu = critical_multiplier(arcs, need, ones, room, taken)
        if mu > 0.0:
            best += mu * room
            scale += mu * room
        for e in range(degree):
            gain = (arcs[e] - mu * need[e]) * ones[e]
            scale += mu * need[e]
            if gain > 0.0:
                best += gain
            if lower[head[start[j] + e]] >= 1.0:
                taken[e] = 1.0
        value[j] += best
        size += scale * (degree + 2)
    total = 0.0
    for g in range(-1, len(capacity)):
        members = np.flatnonzero(group == g)
        count = len(members)
        if count == 0:
            continue
        worth = value[members]
        need = weight[members] if g >= 0 else np.zeros(count)
        span = most[members] - lower[members]
        room = rest[g] if g >= 0 else 0.0
        taken = np.empty(count)
        mu = critical_multiplier(worth, need, span, room, taken)
        total += mu * room
        scale = mu * room
        for k in range(count):
            j = members[k]
            total += worth[k] * lower[j]
            reduced[j] = worth[k] - mu * need[k]
            if reduced[j] > 0.0:
                total += reduced[j] * span[k]
            if most[j] < upper[j]:
                reduced[j] = -np.inf
            reach = max(abs(lower[j]), abs(most[j]))
            scale += (abs(worth[k]) + mu * need[k]) * reach
            x[j] = lower[j] + taken[k]
        size += scale * (count + len(capacity) + 2)
    return total, size * ROUNDING
