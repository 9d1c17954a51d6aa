"""The Lagrangian bound of Caprara, Pisinger and Toth on a full matrix of splits.

As `bundlesolve.kernels.lagrangian`, but every two variables are a pair, whatever it is
worth, and splits may have any sign: what the semidefinite multipliers need.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from bundlesolve.kernels.compiling import njit
from bundlesolve.kernels.dynamic import whole_knapsack
from bundlesolve.kernels.knapsack import critical_multiplier
from bundlesolve.kernels.lagrangian import ROUNDING
from bundlesolve.kernels.types import Floats, Ints


@njit(cache=True, nogil=True)
def evaluate_dense(
    split: Floats,
    weight: Floats,
    group: Ints,
    capacity: Floats,
    cost: Floats,
    upper: Floats,
    table: Floats,
    earned: Floats,
    x: Floats,
    reduced: Floats,
    enough: float,
) -> tuple[float, float]:
    """Return an upper bound on the separated problem and a bound on its rounding.

    With ``b`` two-valued variables first, of ``m``, all with lower bound 0::

        U_j = max sum_i split_ji y_i   s.t. sum_{i in g(j)} a_i y_i <= cap(g(j)) - a_j
        L   = max sum_j (cost_j + U_j) x_j   s.t. sum_{j in g} a_j x_j <= cap(g)

    over ``y`` in {0, 1} and ``0 <= x <= upper``, whole ones where `whole_knapsack` can.

    Parameters
    ----------
    split
        What ``j`` earns from ``i``. Shape ``[b, b]``, zero diagonal; 0 where the two
        cannot be in together.
    weight, group, capacity
        Weight of each variable in its group's row, ``[m]``, ``[m]`` (-1: in none), ``[G]``.
    cost, upper
        Linear worth and largest value. Shape ``[m]``.
    table
        Room for dynamic programs; see `bundlesolve.kernels.dynamic`.
    earned
        Written: ``x_j y_ji``. Shape ``[b, b]``.
    x
        Written: the continuous outer solution. Shape ``[m]``.
    reduced
        Written: ``value - mu * weight``: the bound falls by at least its size if the
        variable leaves its end; ``-inf`` if it does not fit. Shape ``[m]``.
    enough
        Largest price of a decision that is of interest.
    """
    pairs = len(split)
    value = cost.copy()
    need = weight.copy()
    most = np.empty(pairs)
    unused = np.empty(0)
    size = 0.0
    last = -2
    for j in range(pairs):
        g = group[j]
        if g != last:
            last = g
            for i in range(pairs):
                need[i] = weight[i] if g >= 0 and group[i] == g else 0.0
        room = capacity[g] - weight[j] if g >= 0 else 0.0
        if room < 0.0:
            earned[j, :] = 0.0
            continue
        for i in range(pairs):
            most[i] = 1.0 if need[i] <= room and i != j else 0.0
        best, scale = whole_knapsack(
            split[j], need[:pairs], most, room, table, earned[j], unused, -1.0
        )
        value[j] += best
        size += scale * (pairs + 2)
    total = 0.0
    for g in range(-1, len(capacity)):
        members = np.flatnonzero(group == g)
        if len(members) == 0:
            continue
        room = capacity[g] if g >= 0 else 0.0
        best, scale = _outer(
            value, weight, upper, members, g >= 0, room, table, x, reduced, enough
        )
        total += best
        size += scale * (len(members) + len(capacity) + 2)
    for j in range(pairs):
        for i in range(pairs):
            earned[j, i] *= x[j]
    return total, size * ROUNDING


@njit(cache=True, nogil=True)
def _outer(
    value: Floats,
    weight: Floats,
    upper: Floats,
    members: Ints,
    weighs: bool,
    room: float,
    table: Floats,
    x: Floats,
    reduced: Floats,
    enough: float,
) -> tuple[float, float]:
    """Solve one group's outer knapsack, over whole points if all are two-valued."""
    count = len(members)
    worth = value[members]
    heavy = weight[members] if weighs else np.zeros(count)
    most = upper[members]
    taken, price = np.empty(count), np.empty(count)
    fits = np.empty(count, dtype=np.bool_)
    is_whole = True
    for k in range(count):
        fits[k] = heavy[k] <= room
        is_whole = is_whole and most[k] == 1.0
        if not fits[k]:
            most[k] = 0.0
    if is_whole:
        best, scale = whole_knapsack(worth, heavy, most, room, table, taken, price, enough)
    else:
        mu = critical_multiplier(worth, heavy, most, room, taken)
        best = mu * max(room, 0.0)
        scale = best
        for k in range(count):
            price[k] = worth[k] - mu * heavy[k]
            if price[k] > 0.0:
                best += price[k] * most[k]
            scale += (abs(worth[k]) + mu * heavy[k]) * most[k]
    for k in range(count):
        j = members[k]
        x[j] = taken[k]
        reduced[j] = price[k] if fits[k] else -np.inf
    return best, scale


@cache
def warm_up() -> None:
    """Compile the kernel on a tiny input."""
    one, square = np.ones(1), np.zeros((1, 1))
    group = np.zeros(1, dtype=np.int64)
    evaluate_dense(
        square, one, group, one, one, one, one, square.copy(), one.copy(), one.copy(), 0.0
    )
