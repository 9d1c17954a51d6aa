"""Linear programs that choose exactly one variable of every class, and their prices.

The classes partition the variables; what else there is are hard rows (resources). With
prices ``p`` on the resources the Lagrangian separates by class:

    L(p) = sum_r p[r] limit[r] + sum_c max over v in c of (worth[v] - sum_r p[r] a_rv)

Polyak's subgradient steps (USSR Computational Mathematics 9, 1969) bring it down.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bundlesolve.kernels.compiling import njit
from bundlesolve.kernels.layout import Layout
from bundlesolve.kernels.types import Floats, Ints

MOST_USES = 20_000_000
"""Most entries of the full matrix of uses (160 MB)."""


class Classes(NamedTuple):
    """Arrays of a program of classes and resources.

    Attributes
    ----------
    start, member
        Variables by class. Shapes ``[c + 1]``, ``[m]``.
    class_of
        Class of each variable. Shape ``[m]``.
    use
        Use of each resource by each variable. Shape ``[m, s]``.
    row
        Row of each resource. Shape ``[s]``.
    low, high
        Limits of the resources. Shape ``[s]``.
    """

    start: Ints
    member: Ints
    class_of: Ints
    use: Ints
    row: Ints
    low: Ints
    high: Ints


def find_classes(layout: Layout) -> Classes | None:
    """Return the classes where all free variables are in exactly one, else None.

    Programs with pairs, soft rows or fixed variables are left to the general search.
    """
    m, rows = len(layout.lower), len(layout.row_low)
    if m == 0 or np.any(layout.lower != 0) or np.any(layout.upper != 1):
        return None
    if np.any(layout.row_soft) or len(layout.adj_var):
        return None
    class_of = np.full(m, -1, dtype=np.int64)
    count, used = 0, []
    for r in range(rows):
        row = slice(layout.row_start[r], layout.row_start[r + 1])
        var = layout.row_var[row]
        exact = len(var) > 0 and layout.row_low[r] == 1 == layout.row_high[r]
        if exact and np.all(layout.row_coef[row] == 1) and np.all(class_of[var] < 0):
            class_of[var] = count
            count += 1
        elif layout.binds[r] != 0:
            used.append(r)
    if np.any(class_of < 0) or count == 0 or not used or m * len(used) > MOST_USES:
        return None
    member = np.argsort(class_of, kind="stable").astype(np.int64)
    start = np.searchsorted(class_of[member], np.arange(count + 1)).astype(np.int64)
    which = np.array(used, dtype=np.int64)
    use = np.zeros((m, len(used)), dtype=np.int64)
    for s, r in enumerate(used):
        entries = slice(layout.row_start[r], layout.row_start[r + 1])
        use[layout.row_var[entries], s] = layout.row_coef[entries]
    low, high = layout.row_low[which], layout.row_high[which]
    return Classes(start, member, class_of, use, which, low, high)


@njit(cache=True, nogil=True)
def class_prices(layout: Layout, classes: Classes, price: Floats, turns: int) -> None:
    """Improve ``price`` (one for each resource) in place; the best met are kept.

    The steps aim at the least worth of every class, below which no Lagrangian gets where
    there is a feasible point.
    """
    start, member, use = classes.start, classes.member, classes.use
    low, high, row, binds = classes.low, classes.high, classes.row, layout.binds
    worth, here = layout.worth, 0.0
    for c in range(len(start) - 1):
        least = worth[member[start[c]]]
        for k in range(start[c], start[c + 1]):
            least = min(least, worth[member[k]])
        here += least
    resources = len(row)
    slope, scale, best_price = np.zeros(resources), np.ones(resources), price.copy()
    for s in range(resources):
        for v in range(len(use)):
            scale[s] = max(scale[s], abs(use[v, s]))
    best, length, wait = np.inf, 1.0, 0
    for _ in range(turns):
        level = 0.0
        for s in range(resources):
            limit = high[s] if price[s] > 0.0 or binds[row[s]] & 1 else low[s]
            if price[s] < 0.0:
                limit = low[s]
            slope[s] = -limit
            level += price[s] * limit
        for c in range(len(start) - 1):
            top, chosen = -np.inf, -1
            for k in range(start[c], start[c + 1]):
                v = member[k]
                value = float(worth[v])
                for s in range(resources):
                    value -= price[s] * use[v, s]
                if value > top:
                    top, chosen = value, v
            level += top
            for s in range(resources):
                slope[s] += use[chosen, s]
        wait += 1
        if level < best - 1e-9 * abs(best) or best == np.inf:
            best, wait = level, 0
            best_price[:] = price
        elif wait >= 10:
            length, wait = length / 2.0, 0
            price[:] = best_price
        norm = 0.0
        for s in range(resources):
            norm += (slope[s] / scale[s]) ** 2
        if norm == 0.0 or level <= here:
            break
        step = length * (level - here) / norm
        for s in range(resources):
            price[s] += step * slope[s] / scale[s] ** 2
            if binds[row[s]] & 1 == 0:
                price[s] = min(price[s], 0.0)
            if binds[row[s]] & 2 == 0:
                price[s] = max(price[s], 0.0)
    price[:] = best_price


@njit(cache=True, nogil=True)
def class_best(layout: Layout, classes: Classes, price: Floats, x: Ints) -> None:
    """Write the point that takes the best variable of every class at the prices."""
    start, member, use = classes.start, classes.member, classes.use
    for c in range(len(start) - 1):
        top, chosen = -np.inf, -1
        for k in range(start[c], start[c + 1]):
            v = member[k]
            x[v] = 0
            value = float(layout.worth[v])
            for s in range(len(price)):
                value -= price[s] * use[v, s]
            if value > top:
                top, chosen = value, v
        x[chosen] = 1
