"""Multidimensional knapsacks: linear 0-1 programs under several resources.

Points near the border are many and one flip or swap seldom leads from one good point to
another: with thirty resources nearly all are used up. What is good is which variables go
together, and this a population learns. A child takes each variable from either of two
parents, changes a little, and is made feasible: out goes what is worth least for what it
uses at the Lagrangian prices, then in comes what is worth most and fits. It takes the place
of the worst member unless there is one like it (Chu and Beasley, "A genetic algorithm for
the multidimensional knapsack problem", Journal of Heuristics 4, 1998).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bundlesolve.kernels.compiling import njit, register_jitable
from bundlesolve.kernels.layout import Layout
from bundlesolve.kernels.memory import (
    BEST,
    HAS_BEST,
    PENDING,
    ROUND_BEST,
    ROUND_STEP,
    STEP,
    Memory,
    draw,
)
from bundlesolve.kernels.types import Floats, Ints

MEMBERS = 100
"""Size of the first population."""
CHANGES = 2
"""Variables of a child that are flipped."""
BITS = 30
"""Bits that one number drawn gives."""
MOST_USES = 20_000_000
"""Most entries of the full matrix of uses (160 MB)."""
LEAST_FILL = 0.3
"""Share of entries that are not 0, from which on a full matrix is no waste."""


class Packing(NamedTuple):
    """Arrays of a multidimensional knapsack, over the ``f`` variables that are not fixed.

    Attributes
    ----------
    free
        The variables. Shape ``[f]``.
    worth
        Of each. Shape ``[f]``.
    use
        Use of each resource by each, 0 or more. Shape ``[f, s]``.
    high
        What the fixed variables leave of each resource, 0 or more. Shape ``[s]``.
    fixed
        Worth of the fixed variables. Shape ``[1]``.
    """

    free: Ints
    worth: Ints
    use: Ints
    high: Ints
    fixed: Ints


def find_packing(layout: Layout) -> Packing | None:
    """Return the resources of a linear 0-1 program of two or more of them, else None.

    Programs with pairs, soft rows, rows that want use or give some back, wider variables or
    few uses are left to the general search.
    """
    if len(layout.adj_var) or np.any(layout.row_soft) or np.any(layout.row_coef < 0):
        return None
    if np.any(layout.lower < 0) or np.any(layout.upper > 1):
        return None
    free = np.flatnonzero(layout.lower < layout.upper).astype(np.int64)
    row = np.flatnonzero(layout.binds).astype(np.int64)
    size = len(free) * len(row)
    if len(row) < 2 or np.any(layout.binds[row] != 1) or size > MOST_USES:
        return None
    entries = np.diff(layout.row_start)[row].sum()
    if not len(free) or entries < LEAST_FILL * size:
        return None
    use = np.zeros((len(layout.lower), len(row)), dtype=np.int64)
    for s, r in enumerate(row):
        part = slice(layout.row_start[r], layout.row_start[r + 1])
        use[layout.row_var[part], s] = layout.row_coef[part]
    high = layout.row_high[row] - layout.lower @ use
    if np.any(high < 0):
        return None
    fixed = np.array([layout.lower @ layout.worth], dtype=np.int64)
    return Packing(free, layout.worth[free], use[free], high, fixed)


@njit(cache=True, nogil=True)
def packing_prices(packing: Packing, price: Floats, target: float, turns: int) -> None:
    """Improve prices in place by subgradient steps on the Lagrangian; keep the best met.

    ``target`` is the worth of a feasible choice, at which the steps aim (Polyak, 1969).
    """
    use, high, worth = packing.use, packing.high, packing.worth
    resources = len(high)
    slope, scale, best_price = np.zeros(resources), np.ones(resources), price.copy()
    for k in range(len(worth)):
        for s in range(resources):
            scale[s] = max(scale[s], use[k, s])
    best, length, wait = np.inf, 1.0, 0
    for _ in range(turns):
        level = 0.0
        for s in range(resources):
            slope[s] = -high[s]
            level += price[s] * high[s]
        for k in range(len(worth)):
            value = float(worth[k])
            for s in range(resources):
                value -= price[s] * use[k, s]
            if value > 0.0:
                level += value
                for s in range(resources):
                    slope[s] += use[k, s]
        wait += 1
        if level < best:
            best, wait = level, 0
            best_price[:] = price
        elif wait >= 15:
            length, wait = length * 0.7, 0
            price[:] = best_price
        norm = 0.0
        for s in range(resources):
            if price[s] > 0.0 or slope[s] > 0.0:
                norm += (slope[s] / scale[s]) ** 2
        if norm == 0.0 or level <= target:
            break
        step = length * (level - target) / norm
        for s in range(resources):
            price[s] = max(price[s] + step * slope[s] / scale[s] ** 2, 0.0)
    price[:] = best_price


@njit(cache=True, nogil=True)
def rank(packing: Packing, price: Floats) -> Ints:
    """Return places of variables, the most worthy for what they use at the prices first.

    Shape ``[f]``.
    """
    use, worth = packing.use, packing.worth
    rate = np.empty(len(worth))
    for k in range(len(worth)):
        cost = 1e-9
        for s in range(len(price)):
            cost += price[s] * use[k, s]
        rate[k] = worth[k] / cost if worth[k] > 0 else worth[k] - 1.0
    return np.argsort(-rate, kind="mergesort")


@register_jitable
def _mend(packing: Packing, order: Ints, x: Ints, used: Ints) -> int:
    """Take out in reverse order until all fits, put in what fits; return the worth."""
    use, high, worth = packing.use, packing.high, packing.worth
    resources, over = len(high), 0
    for s in range(resources):
        used[s] = 0
    for k in range(len(x)):
        if x[k] != 0:
            for s in range(resources):
                used[s] += use[k, s]
    for s in range(resources):
        over += int(used[s] > high[s])
    for i in range(len(order) - 1, -1, -1):
        if over == 0:
            break
        k = order[i]
        if x[k] == 0:
            continue
        x[k] = 0
        for s in range(resources):
            was = used[s] > high[s]
            used[s] -= use[k, s]
            over -= int(was and used[s] <= high[s])
    total = np.int64(0)
    for k in order:
        if x[k] == 0 and worth[k] > 0:
            fits = True
            for s in range(resources):
                if used[s] + use[k, s] > high[s]:
                    fits = False
                    break
            if fits:
                x[k] = 1
                for s in range(resources):
                    used[s] += use[k, s]
        total += x[k] * worth[k]
    return total


@register_jitable
def _child(members: Ints, worths: Ints, seeds: Ints, x: Ints) -> None:
    """Cross two members that won tournaments, and change a little."""
    parent = np.zeros(2, dtype=np.int64)
    for p in range(2):
        one, other = draw(seeds, len(worths)), draw(seeds, len(worths))
        parent[p] = one if worths[one] >= worths[other] else other
    bits = 0
    for k in range(len(x)):
        if k % BITS == 0:
            bits = draw(seeds, 1 << BITS)
        x[k] = members[parent[bits & 1], k]
        bits >>= 1
    for _ in range(CHANGES):
        k = draw(seeds, len(x))
        x[k] = 1 - x[k]


@register_jitable
def _settle(members: Ints, worths: Ints, size: int, x: Ints, worth: int) -> None:
    """Give a child the place of the worst member, unless one is like it."""
    worst = 0
    for p in range(size):
        if worths[p] == worth:
            same = True
            for k in range(len(x)):
                if members[p, k] != x[k]:
                    same = False
                    break
            if same:
                return
        if worths[p] < worths[worst]:
            worst = p
    if worth > worths[worst]:
        worths[worst] = worth
        members[worst, :] = x


@njit(cache=True, nogil=True)
def breed(
    packing: Packing,
    order: Ints,
    members: Ints,
    worths: Ints,
    size: Ints,
    memory: Memory,
    patience: int,
    settle: int,
    most_steps: int,
) -> int:
    """Make up to ``most_steps`` members or children; return how many.

    Parameters
    ----------
    order
        See `rank`.
    members, worths
        The population. Shapes ``[p, f]``, ``[p]``.
    size
        How many there are already, in shape ``[1]``; the others are drawn first.
    patience, settle
        As in `bundlesolve.kernels.swap.swap_steps`.
    """
    notes, seeds, free = memory.notes, memory.seeds, packing.free
    x, used = np.zeros(len(free), dtype=np.int64), packing.high.copy()
    for step in range(most_steps):
        if notes[PENDING] >= 0 and notes[STEP] - notes[PENDING] >= settle:
            return step
        if notes[STEP] - notes[ROUND_STEP] >= patience:
            return step
        if size[0] < len(worths):
            # About as many as may fit, at random.
            share = draw(seeds, 1000)
            for k in range(len(x)):
                x[k] = int(draw(seeds, 1000) < share)
        else:
            _child(members, worths, seeds, x)
        worth = _mend(packing, order, x, used)
        if size[0] < len(worths):
            members[size[0], :] = x
            worths[size[0]] = worth
            size[0] += 1
        else:
            _settle(members, worths, len(worths), x, worth)
        notes[STEP] += 1
        objective = worth + packing.fixed[0]
        if notes[HAS_BEST] == 0 or objective > notes[BEST]:
            notes[BEST], notes[HAS_BEST] = objective, 1
            for k in range(len(x)):
                memory.best_x[free[k]] = x[k]
            if notes[PENDING] < 0:
                notes[PENDING] = notes[STEP]
        if objective > notes[ROUND_BEST]:
            notes[ROUND_BEST] = objective
            notes[ROUND_STEP] = notes[STEP]
    return most_steps
