"""Tabu search across the border, one variable of each class at all times.

A step exchanges the chosen variable of one class for another. Its merit is the change of

    worth(x) - sum_r p_r use_r(x) - sum_r weight_r violation_r(x)

with the prices ``p`` of `bundlesolve.kernels.classes.class_prices`: credit for what is
saved of a scarce resource, so that the next exchanges can spend it, and weights that grow
while a resource is overdrawn and shrink while it is not (strategic oscillation: Glover,
Decision Sciences 8(1), 1977). Two exchanges at once are made where they lead to a new best
point; the prices sort out nearly all pairs.
"""

from __future__ import annotations

import numpy as np

from bundlesolve.kernels.classes import Classes
from bundlesolve.kernels.compiling import njit, register_jitable
from bundlesolve.kernels.layout import Layout
from bundlesolve.kernels.memory import (
    BEST,
    HAS_BEST,
    PENDING,
    ROUND_STEP,
    STEP,
    Memory,
    draw,
    take_note,
)
from bundlesolve.kernels.point import BROKEN, OBJECTIVE, Point, move
from bundlesolve.kernels.types import Floats, Ints

GROW, SHRINK = 1.05, 0.98
"""What a weight is multiplied by after a step that overdraws its resource, or does not."""
FLOOR = 0.05
"""Least weight above the price, as a share of the largest price."""
HOLD = 3
"""An exchanged variable stays out for one to three times so many steps."""
TRIALS_PER_STEP = 5000
"""Pairs of exchanges tried in one step, at most."""
MOST_LISTED, HALVINGS = 128, 20
"""Exchanges of which pairs are made, the best ones, and how these are found."""


@register_jitable
def _choose(
    classes: Classes,
    point: Point,
    memory: Memory,
    used: Ints,
    weight: Floats,
    choice: Ints,
) -> None:
    """Write the best allowed exchange to ``choice``: out, in (-1, -1: none)."""
    start, member, use = classes.start, classes.member, classes.use
    low, high, x, gain = classes.low, classes.high, point.x, point.gain
    tabu, seeds, now = memory.tabu, memory.seeds, memory.notes[STEP]
    cost = memory.cost
    record = memory.notes[BEST] - point.sums[OBJECTIVE]
    has_best = memory.notes[HAS_BEST]
    resources = len(low)
    paid, best, ties = 0.0, -np.inf, 0
    for s in range(resources):
        off = max(used[s] - high[s], 0) + max(low[s] - used[s], 0)
        paid += weight[s] * off
    choice[0] = choice[1] = -1
    for c in range(len(start) - 1):
        out = -1
        for k in range(start[c], start[c + 1]):
            if x[member[k]] != 0:
                out = member[k]
        if tabu[out] > now:
            continue
        for k in range(start[c], start[c + 1]):
            v = member[k]
            if v == out:
                continue
            worth = gain[v] - gain[out]
            merit, kept = worth + paid - (cost[v] - cost[out]), True
            better = has_best == 0 or worth > record
            if not better and (merit < best or tabu[v] > now):
                continue
            for s in range(resources):
                more = use[v, s] - use[out, s]
                after = used[s] + more
                off = max(after - high[s], 0) + max(low[s] - after, 0)
                if off > 0:
                    merit -= weight[s] * off
                    kept = False
            if kept and better:
                # What leads to a new best point comes before all else.
                merit += 1e15
            elif tabu[v] > now:
                continue
            if merit < best:
                continue
            ties = ties + 1 if merit == best else 1
            if ties > 1 and draw(seeds, ties) != 0:
                continue
            best = merit
            choice[0], choice[1] = out, v


@register_jitable
def _two(
    classes: Classes,
    point: Point,
    memory: Memory,
    used: Ints,
    price: Floats,
    choice: Ints,
) -> None:
    """Write to ``choice`` two exchanges that lead to a new best point, if there are any.

    An exchange is worth the change of its reduced worth plus what it uses at the prices,
    and all use together is at most the room there is. So only exchanges whose reduced
    worths reach ``record - room`` together have to be tried.
    """
    start, member, use = classes.start, classes.member, classes.use
    low, high, x, gain = classes.low, classes.high, point.x, point.gain
    listed, leave, value = memory.ins, memory.outs, memory.value
    cost = memory.cost
    record = float(memory.notes[BEST] - point.sums[OBJECTIVE])
    resources = len(low)
    room, top = 0.5, -np.inf
    for s in range(resources):
        if price[s] > 0.0:
            room += price[s] * (high[s] - used[s])
        elif price[s] < 0.0:
            room += price[s] * (low[s] - used[s])
    for c in range(len(start) - 1):
        out = -1
        for k in range(start[c], start[c + 1]):
            if x[member[k]] != 0:
                out = member[k]
        for k in range(start[c], start[c + 1]):
            v = member[k]
            leave[v] = out
            value[v] = -np.inf
            if v != out:
                value[v] = gain[v] - cost[v] - gain[out] + cost[out]
                top = max(top, value[v])
    cut = record - room - top
    if top <= cut:
        return
    for _ in range(HALVINGS):
        count = 0
        for v in range(len(x)):
            if value[v] > cut:
                if count < MOST_LISTED:
                    listed[count] = v
                count += 1
        if count <= MOST_LISTED:
            break
        cut = (cut + top) / 2.0
    count = min(count, MOST_LISTED)
    trials, best = TRIALS_PER_STEP, record
    for i in range(count):
        v = listed[i]
        for j in range(i):
            u = listed[j]
            if value[v] + value[u] + room <= best or leave[u] == leave[v]:
                continue
            worth = gain[v] - gain[leave[v]] + gain[u] - gain[leave[u]]
            if worth <= best:
                continue
            trials -= 1
            kept = True
            for s in range(resources):
                after = (
                    used[s] + use[v, s] - use[leave[v], s] + use[u, s] - use[leave[u], s]
                )
                if after > high[s] or after < low[s]:
                    kept = False
                    break
            if kept:
                best = float(worth)
                choice[0], choice[1], choice[2], choice[3] = leave[v], v, leave[u], u
        if trials <= 0:
            break


@njit(cache=True, nogil=True)
def class_steps(
    layout: Layout,
    classes: Classes,
    point: Point,
    memory: Memory,
    price: Floats,
    weight: Floats,
    tenure: int,
    patience: int,
    settle: int,
    most_steps: int,
) -> int:
    """Make up to ``most_steps`` steps; return how many.

    Parameters
    ----------
    price
        Of each resource. Shape ``[s]``.
    weight
        Worth lost per unit overdrawn, of each resource; changed as the steps go.
    tenure
        Steps for which a variable may not be exchanged after it has come in; up to as many
        more at random.
    patience, settle
        As in `bundlesolve.kernels.swap.swap_steps`.
    """
    notes, tabu, seeds = memory.notes, memory.tabu, memory.seeds
    use, row, low, high = classes.use, classes.row, classes.low, classes.high
    resources = len(row)
    floor = 0.0
    for s in range(resources):
        floor = max(floor, FLOOR * abs(price[s]))
    used, choice = np.zeros(resources, dtype=np.int64), np.zeros(4, dtype=np.int64)
    for s in range(resources):
        used[s] = point.activity[row[s]]
    for v in range(len(point.x)):
        memory.cost[v] = 0.0
        for s in range(resources):
            memory.cost[v] += price[s] * use[v, s]
    for step in range(most_steps):
        if notes[PENDING] >= 0 and notes[STEP] - notes[PENDING] >= settle:
            return step
        if notes[STEP] - notes[ROUND_STEP] >= patience:
            return step
        _choose(classes, point, memory, used, weight, choice)
        choice[2] = choice[3] = -1
        if notes[HAS_BEST] != 0:
            _two(classes, point, memory, used, price, choice)
        for part in range(2):
            out, into = choice[2 * part], choice[2 * part + 1]
            if into < 0:
                continue
            move(layout, point, out, -1)
            move(layout, point, into, 1)
            for s in range(resources):
                used[s] += use[into, s] - use[out, s]
            tabu[out] = notes[STEP] + 1 + HOLD * (1 + draw(seeds, 3))
            tabu[into] = notes[STEP] + 1 + tenure + draw(seeds, tenure + 1)
        for s in range(resources):
            least = abs(price[s]) + floor
            if used[s] > high[s] or used[s] < low[s]:
                weight[s] = min(max(weight[s], least) * GROW, 1e12)
            else:
                weight[s] = max(weight[s] * SHRINK, least)
        if point.sums[BROKEN] == 0:
            take_note(point, memory)
        else:
            notes[STEP] += 1
    return most_steps


@njit(cache=True, nogil=True)
def class_shake(classes: Classes, x: Ints, seeds: Ints, exchanges: int) -> None:
    """Exchange the variables of random classes for random ones; `place` must follow."""
    start, member = classes.start, classes.member
    for _ in range(exchanges):
        c = draw(seeds, len(start) - 1)
        for k in range(start[c], start[c + 1]):
            x[member[k]] = 0
        x[member[start[c] + draw(seeds, start[c + 1] - start[c])]] = 1
