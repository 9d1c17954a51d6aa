"""The Lagrangian bound of Caprara, Pisinger and Toth (1999), one evaluation and one step.

Every pair worth ``q_ij`` is split over its two arcs, ``s_ij + s_ji = q_ij``; an arc may be
earned in part, ``0 <= y <= 1``, and only by an item that is in. What is left separates:

    U_j = max sum_i s_ji y_ji   s.t. sum_i a_i y_ji <= cap(group j) - a_j
    L   = max sum_j (c_j + U_j) x_j   s.t. sum_{j in g} a_j x_j <= cap(g) for every group

Both knapsacks are continuous and evaluated in their dual form, ``mu * cap + sum of
max(0, value - mu * weight)``, an upper bound for *every* ``mu >= 0``: no rounding of ``mu``
can make it wrong.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numba import njit

from bundlesolve.kernels.types import Floats, Ints

# What a knapsack adds up is bounded from above by its sum of absolute terms times this,
# per term: two roundings in forming a term, one in adding it, and one to spare.
ROUNDING = 4 * 2.0**-53


@njit(cache=True, nogil=True)
def critical_multiplier(
    value: Floats, weight: Floats, most: Floats, capacity: float, taken: Floats
) -> float:
    """Solve ``max value . t, weight . t <= capacity, 0 <= t <= most``; return its dual.

    Weights are not negative. Writes the solution to ``taken``. If the capacity is
    negative nothing is taken and the dual is that of an empty knapsack. The critical
    item is found by partitioning around pivots (Balas and Zemel 1980), in linear time.
    """
    n = len(value)
    chosen = np.empty(n, dtype=np.int64)
    ratio = np.empty(n)
    count = 0
    for i in range(n):
        taken[i] = 0.0
        if value[i] > 0.0 and most[i] > 0.0:
            if weight[i] <= 0.0:
                taken[i] = most[i]
            else:
                ratio[count] = value[i] / weight[i]
                chosen[count] = i
                count += 1
    left = max(capacity, 0.0)
    low, high = 0, count
    while low < high:
        first, middle, last = ratio[low], ratio[(low + high) // 2], ratio[high - 1]
        pivot = max(min(first, middle), min(max(first, middle), last))
        # Better ones to low..above, equal ones to above..below, worse ones behind.
        above, k, below = low, low, high
        better = 0.0
        while k < below:
            i = chosen[k]
            if ratio[k] > pivot:
                better += weight[i] * most[i]
                ratio[k], ratio[above] = ratio[above], ratio[k]
                chosen[k], chosen[above] = chosen[above], i
                above += 1
                k += 1
            elif ratio[k] < pivot:
                below -= 1
                ratio[k], ratio[below] = ratio[below], ratio[k]
                chosen[k], chosen[below] = chosen[below], i
            else:
                k += 1
        if better > left:
            high = above
            continue
        for k in range(low, above):
            taken[chosen[k]] = most[chosen[k]]
        left -= better
        for k in range(above, below):
            i = chosen[k]
            part = min(most[i], left / weight[i])
            taken[i] = part
            left = max(left - part * weight[i], 0.0)
        if left <= 0.0:
            return pivot
        low = below
    return 0.0


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
) -> tuple[float, float]:
    """Return an upper bound on ``L`` and the sum of absolute terms it was added from.

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
    """
    m = len(cost)
    value = cost.copy()
    size = 0.0
    for j in range(m):
        degree = start[j + 1] - start[j]
        if degree == 0:
            continue
        g = group[j]
        room = np.inf if g < 0 else capacity[g] - weight[j]
        arcs = split[start[j] : start[j + 1]]
        need = np.empty(degree)
        ones = np.empty(degree)
        for e in range(degree):
            i = head[start[j] + e]
            need[e] = weight[i] if g >= 0 and group[i] == g else 0.0
            ones[e] = upper[i]
        taken = earned[start[j] : start[j + 1]]
        mu = critical_multiplier(arcs, need, ones, room, taken)
        best = mu * max(room, 0.0) if mu > 0.0 else 0.0
        scale = best
        for e in range(degree):
            gain = (arcs[e] - mu * need[e]) * ones[e]
            scale += abs(arcs[e]) + mu * need[e]
            if gain > 0.0:
                best += gain
        value[j] += best
        size += scale * (degree + 2) * upper[j]
    total = 0.0
    for g in range(-1, len(capacity)):
        members = np.flatnonzero(group == g)
        if len(members) == 0:
            continue
        worth = value[members]
        need = weight[members] if g >= 0 else np.zeros(len(members))
        span = upper[members] - lower[members]
        room = 0.0
        if g >= 0:
            room = capacity[g] - (need * lower[members]).sum()
        taken = np.empty(len(members))
        mu = critical_multiplier(worth, need, span, room, taken)
        # A negative room proves infeasibility; clipping keeps the bound valid as it is.
        total += mu * max(room, 0.0)
        scale = mu * max(room, 0.0)
        for k in range(len(members)):
            total += worth[k] * lower[members[k]]
            gain = (worth[k] - mu * need[k]) * span[k]
            if gain > 0.0:
                total += gain
            scale += (abs(worth[k]) + mu * need[k]) * max(
                abs(lower[members[k]]), abs(upper[members[k]])
            )
            x[members[k]] = lower[members[k]] + taken[k]
        size += scale * (len(members) + 2)
    return total, size * ROUNDING


@njit(cache=True, nogil=True)
def improve(
    iterations: int,
    start: Ints,
    head: Ints,
    back: Ints,
    pair_worth: Floats,
    split: Floats,
    weight: Floats,
    group: Ints,
    capacity: Floats,
    worth: Floats,
    lower: Floats,
    upper: Floats,
    row_start: Ints,
    row_var: Ints,
    row_coef: Floats,
    row_high: Floats,
    row_low: Floats,
    most_high: Floats,
    most_low: Floats,
    dual_high: Floats,
    dual_low: Floats,
    target: float,
    state: Floats,
    best_split: Floats,
    best_high: Floats,
    best_low: Floats,
) -> None:
    """Do subgradient steps on the splits and on the other rows' multipliers.

    ``state`` holds (best bound, step factor, iterations since the last gain) between
    calls. ``dual_high`` and ``dual_low`` are the multipliers of ``a.x <= high`` and
    ``a.x >= low``, kept within 0 and ``most_high`` / ``most_low`` (0 where a side does not
    count, the penalty where the row is soft). Steps are Polyak's,
    ``factor * (bound - target) / |g|^2``, the factor halved after 10 steps without gain.
    """
    m = len(worth)
    rows = len(row_high)
    earned = np.zeros(len(head))
    x = np.zeros(m)
    cost = np.empty(m)
    over = np.zeros(rows)
    under = np.zeros(rows)
    square = np.full(rows, 1e-9)
    for r in range(rows):
        for e in range(row_start[r], row_start[r + 1]):
            square[r] += row_coef[e] * row_coef[e]
    for _ in range(iterations):
        offset = 0.0
        size = 0.0
        cost[:] = worth
        for r in range(rows):
            dual = dual_high[r] - dual_low[r]
            offset += dual_high[r] * row_high[r] - dual_low[r] * row_low[r]
            size += abs(dual_high[r] * row_high[r]) + abs(dual_low[r] * row_low[r])
            if dual != 0.0:
                for e in range(row_start[r], row_start[r + 1]):
                    v = row_var[e]
                    cost[v] -= dual * row_coef[e]
                    reach = max(abs(lower[v]), abs(upper[v]))
                    size += abs(dual * row_coef[e]) * reach
        bound, error = evaluate(
            start, head, split, weight, group, capacity, cost, lower, upper, earned, x
        )
        bound += offset + error + size * (rows + 4) * ROUNDING
        if bound < state[0]:
            gain = state[0] - bound
            state[0] = bound
            best_split[:] = split
            best_high[:] = dual_high
            best_low[:] = dual_low
            if gain > 1e-4 * (bound - target):
                state[2] = 0.0
        state[2] += 1.0
        if state[2] > 10.0:
            state[2] = 0.0
            state[1] *= 0.5
            split[:] = best_split
            dual_high[:] = best_high
            dual_low[:] = best_low
            if state[1] < 1e-4:
                return
        if state[0] < target + 1.0:
            return
        norm = 0.0
        for j in range(m):
            for e in range(start[j], start[j + 1]):
                if j < head[e]:
                    g = x[j] * earned[e] - x[head[e]] * earned[back[e]]
                    norm += g * g
        for r in range(rows):
            activity = 0.0
            for e in range(row_start[r], row_start[r + 1]):
                activity += row_coef[e] * x[row_var[e]]
            over[r] = activity - row_high[r]
            under[r] = row_low[r] - activity
            if most_high[r] > 0.0 and (over[r] > 0.0 or dual_high[r] > 0.0):
                norm += over[r] * over[r] / square[r]
            if most_low[r] > 0.0 and (under[r] > 0.0 or dual_low[r] > 0.0):
                norm += under[r] * under[r] / square[r]
        if norm < 1e-12:
            return
        step = state[1] * max(bound - target, 1e-6) / norm
        for j in range(m):
            for e in range(start[j], start[j + 1]):
                if j < head[e]:
                    g = x[j] * earned[e] - x[head[e]] * earned[back[e]]
                    split[e] -= step * g
                    split[back[e]] = pair_worth[e] - split[e]
        for r in range(rows):
            # Rows are scaled to length 1, hence the square of the length.
            high = dual_high[r] + step * over[r] / square[r]
            low = dual_low[r] + step * under[r] / square[r]
            dual_high[r] = min(max(high, 0.0), most_high[r])
            dual_low[r] = min(max(low, 0.0), most_low[r])


@cache
def warm_up() -> None:
    """Compile every kernel of this file on a tiny input."""
    one = np.ones(1)
    none = np.zeros(0, dtype=np.int64)
    nothing = np.zeros(0)
    index = np.zeros(2, dtype=np.int64)
    graph = (index, none, none, nothing, nothing.copy())
    groups = (one, np.zeros(1, dtype=np.int64), one)
    row = (np.zeros(1, dtype=np.int64), none, *(nothing.copy() for _ in range(7)))
    state = np.array([np.inf, 1.0, 0.0])
    best = (nothing.copy(), nothing.copy(), nothing.copy())
    improve(1, *graph, *groups, one, one * 0, one, *row, 0.0, state, *best)
