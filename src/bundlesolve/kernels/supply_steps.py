"""Tabu search over the items of a demand; units follow (`bundlesolve.kernels.supply`).

Among good sets a step makes the best flip or swap by ``worth - share dual (h_in - h_out)``,
where ``dual`` is the worth of money in the knapsack of weights ``h``: so small and large
items are traded for one another. From a set whose demand cannot be paid a step goes where
the least is missing.
"""

from __future__ import annotations

import numpy as np

from bundlesolve.kernels.compiling import njit, register_jitable
from bundlesolve.kernels.layout import Layout, pair_at
from bundlesolve.kernels.memory import (
    BEST,
    PENDING,
    ROUND_STEP,
    STEP,
    Memory,
    draw,
    take_note,
)
from bundlesolve.kernels.point import OBJECTIVE, Point, move
from bundlesolve.kernels.supply import Supply, cost_of, marginal, totals, weights
from bundlesolve.kernels.types import Floats, Ints

HALVINGS = 30
"""Halvings of the interval that holds the dual value."""
TRIES = 30
"""Random picks for one random move."""
WORK_PER_STEP = 20_000_000
"""Items looked at while filling in one step, at most."""


@register_jitable
def dual_of(supply: Supply, gain: Ints, weight: Floats, budget: float) -> float:
    """Return the price of a knapsack of these gains and weights, by bisection."""
    high, used = 0.0, 0.0
    for v in range(len(gain)):
        if supply.is_item[v] != 0:
            if gain[v] > 0 or weight[v] < 0.0:
                used += weight[v]
            if gain[v] > 0 and weight[v] > 0.0:
                high = max(high, gain[v] / weight[v])
    if used <= budget:
        return 0.0
    low = 0.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        used = 0.0
        for v in range(len(gain)):
            if supply.is_item[v] != 0 and gain[v] > middle * weight[v]:
                used += weight[v]
        if used > budget:
            low = middle
        else:
            high = middle
    return high


@register_jitable
def lacking(supply: Supply, cost: int, short: int, dear: float) -> float:
    """Return how much money is missing, missing units at ``dear`` each."""
    return max(float(cost - supply.limits[0]), 0.0) + dear * short


@register_jitable
def mend(
    supply: Supply, point: Point, memory: Memory, both: Ints, dear: float, choice: Ints
) -> None:
    """Write the allowed move after which the least is missing to ``choice``.

    Among equals the one of most worth.
    """
    x, tabu, now, gain = point.x, memory.tabu, memory.notes[STEP], point.gain
    least, most = np.inf, np.int64(0)
    checks = WORK_PER_STEP // (len(supply.order) + 1)
    shift = draw(memory.seeds, len(x))
    choice[0] = 0
    for turn in range(-1, len(x)):
        out = turn if turn < 0 else (turn + shift) % len(x)
        if out >= 0 and (supply.is_item[out] == 0 or x[out] == 0 or tabu[out] > now):
            continue
        if checks < 0:
            break
        for into in range(-1, len(x)):
            if into >= 0 and (supply.is_item[into] == 0 or x[into] != 0):
                continue
            if (into >= 0 and tabu[into] > now) or into == out:
                continue
            cost, short = cost_of(supply, x, both, out, into)
            checks -= 1
            missing = lacking(supply, cost, short, dear)
            worth = np.int64(0)
            if out >= 0:
                worth -= gain[out]
            if into >= 0:
                worth += gain[into]
            if missing < least or (missing == least and worth > most):
                least, most = missing, worth
                choice[0], choice[1], choice[2] = 1, out, into


@register_jitable
def best_exchange(
    layout: Layout,
    supply: Supply,
    point: Point,
    memory: Memory,
    both: Ints,
    room: float,
    dual: float,
    choice: Ints,
) -> None:
    """Write the best allowed flip or swap among good sets to ``choice``."""
    x, gain, tabu, value = point.x, point.gain, memory.tabu, memory.value
    weight, matrix, buffer = memory.cost, layout.matrix, memory.buffer
    adj_start, adj_var, adj_worth = layout.adj_start, layout.adj_var, layout.adj_worth
    adj_more = layout.adj_more
    now, budget = memory.notes[STEP], supply.limits[0]
    record = memory.notes[BEST] - point.sums[OBJECTIVE]
    dense = matrix.shape[0] > 0
    ins, num_ins = memory.ins, 0
    for v in range(len(x)):
        if supply.is_item[v] != 0:
            d = 1 if x[v] == 0 else -1
            value[v] = d * (gain[v] - dual * weight[v])
            if x[v] == 0:
                ins[num_ins] = v
                num_ins += 1
    best, ties = 0.0, 1
    checks = WORK_PER_STEP // (len(supply.order) + 1)
    shift = draw(memory.seeds, len(x))
    choice[0] = 0
    for turn in range(-1, len(x)):
        out = turn if turn < 0 else (turn + shift) % len(x)
        if checks < 0:
            break
        if out >= 0 and (supply.is_item[out] == 0 or x[out] == 0):
            continue
        head, lost, free, hot = 0.0, np.int64(0), room, False
        pairs = buffer
        if out >= 0:
            head, lost, hot = value[out], gain[out], tabu[out] > now
            free += weight[out]
            if dense:
                pairs = matrix[out]
            else:
                for e in range(adj_start[out], adj_start[out + 1]):
                    buffer[adj_var[e]] = pair_at(adj_worth, adj_more, e)
        for k in range(-1, num_ins):
            into = -1
            merit, worth, held = head, -lost, hot
            if k >= 0:
                into = ins[k]
                if weight[into] > free:
                    continue
                merit += value[into] - pairs[into]
                worth += gain[into] - pairs[into]
                held = hot or tabu[into] > now
            elif out < 0 or free < 0.0:
                continue
            # What leads to a new best point is taken at its worth.
            if worth > record:
                merit = max(merit, float(worth))
            elif held:
                continue
            if choice[0] != 0 and merit < best:
                continue
            if choice[0] != 0 and merit == best and draw(memory.seeds, ties + 1) != 0:
                ties += 1
                continue
            cost, short = cost_of(supply, x, both, out, into)
            checks -= 1
            if short > 0 or cost > budget:
                continue
            ties = ties + 1 if choice[0] != 0 and merit == best else 1
            best = merit
            choice[0], choice[1], choice[2] = 1, out, into
        if out >= 0 and not dense:
            for e in range(adj_start[out], adj_start[out + 1]):
                buffer[adj_var[e]] = 0


@njit(cache=True, nogil=True)
def supply_steps(
    layout: Layout,
    supply: Supply,
    point: Point,
    memory: Memory,
    tenure: int,
    patience: int,
    settle: int,
    theta: float,
    most_steps: int,
) -> int:
    """Make up to ``most_steps`` steps; return how many.

    ``point`` and ``memory.best_x`` hold no units: `bundlesolve.kernels.supply.fill` puts
    them in. Parameters as in `bundlesolve.kernels.swap.swap_steps`.
    """
    notes, x, tabu, seeds = memory.notes, point.x, memory.tabu, memory.seeds
    weight = memory.cost
    choice, both = np.zeros(3, dtype=np.int64), np.zeros(2, dtype=np.int64)
    dear = 1.0
    for v in range(len(x)):
        dear = max(dear, 2.0 * supply.unit_cost[v])
    totals(supply, x, both)
    for step in range(most_steps):
        if notes[PENDING] >= 0 and notes[STEP] - notes[PENDING] >= settle:
            return step
        if notes[STEP] - notes[ROUND_STEP] >= patience:
            return step
        cost, short = cost_of(supply, x, both, -1, -1)
        if short > 0 or cost > supply.limits[0]:
            mend(supply, point, memory, both, dear, choice)
        else:
            price = marginal(supply, x, both)
            weights(supply, price, weight)
            room = supply.limits[0] - price * supply.limits[1]
            for v in range(len(x)):
                if x[v] != 0 and supply.is_item[v] == 0:
                    room -= weight[v]
            dual = dual_of(supply, point.gain, weight, room)
            for v in range(len(x)):
                if x[v] != 0 and supply.is_item[v] != 0:
                    room -= weight[v]
            # Half a unit of money covers the rounding of the sums.
            best_exchange(
                layout, supply, point, memory, both, room + 0.5, theta * dual, choice
            )
        if choice[0] != 0:
            for k in range(1, 3):
                v = choice[k]
                if v >= 0:
                    sign = 1 if x[v] == 0 else -1
                    move(layout, point, v, sign)
                    both[0] += sign * supply.fixed_cost[v]
                    both[1] += sign * supply.fixed_supply[v]
                    tabu[v] = notes[STEP] + 1 + tenure + draw(seeds, tenure + 1)
        cost, short = cost_of(supply, x, both, -1, -1)
        if short == 0 and cost <= supply.limits[0]:
            take_note(point, memory)
        else:
            notes[STEP] += 1
    return most_steps


@njit(cache=True, nogil=True)
def supply_shake(
    layout: Layout, supply: Supply, point: Point, memory: Memory, moves: int, tenure: int
) -> None:
    """Make ``moves`` random flips and swaps that keep the set good; as `shake`."""
    x, tabu, seeds, until = point.x, memory.tabu, memory.seeds, memory.notes[STEP] + tenure
    both = np.zeros(2, dtype=np.int64)
    totals(supply, x, both)
    for _ in range(moves):
        for _ in range(TRIES):
            v, u = draw(seeds, len(x)), draw(seeds, len(x))
            if supply.is_item[v] == 0 or tabu[v] >= until or x[v] == 0:
                continue
            into = -1
            if supply.is_item[u] != 0 and x[u] == 0 and tabu[u] < until:
                into = u
            cost, short = cost_of(supply, x, both, v, -1)
            if short == 0 and cost <= supply.limits[0]:
                into = -1
            elif into < 0:
                continue
            else:
                cost, short = cost_of(supply, x, both, v, into)
            if short > 0 or cost > supply.limits[0]:
                continue
            move(layout, point, v, -1)
            both[0] -= supply.fixed_cost[v]
            both[1] -= supply.fixed_supply[v]
            tabu[v] = until
            if into >= 0:
                move(layout, point, into, 1)
                both[0] += supply.fixed_cost[into]
                both[1] += supply.fixed_supply[into]
                tabu[into] = until
            break
