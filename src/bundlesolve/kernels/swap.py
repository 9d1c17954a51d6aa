"""Tabu search among feasible points: flips and swaps, for two-valued variables.

A *flip* takes a variable to its other value, a *swap* one variable down and one up. With
prices on the rows (`bundlesolve.kernels.prices`), ``cost[v] = sum_r price[r] a_rv`` and
``value[v]`` the worth of flipping ``v`` minus the change of its cost, a swap of ``i`` (out)
and ``j`` (in) that keeps every row is worth

    gain[j] - gain[i] - pair_worth[i, j]  <=  value[i] + value[j] + room - pair_worth[i, j]

where ``room`` is what the rows have left, at their prices. Few pairs pass this filter near
a local optimum, so a step costs about one look at each variable however many pairs there
are. It is exact for any prices.
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
from bundlesolve.kernels.push import best_push
from bundlesolve.kernels.together import TOGETHER, best_together
from bundlesolve.kernels.types import Floats, Ints

PAIRS_PER_STEP = 30
"""Pairs looked at in one step, times the number of variables, at most."""


@register_jitable
def best_flip(
    layout: Layout,
    point: Point,
    memory: Memory,
    leaders: Ints,
    theta: float,
    best_of: Floats,
    choice: Ints,
) -> None:
    """Write the best allowed flip to ``choice``.

    Also writes ``memory.value`` of every free variable whose leader, if any, is in.
    """
    lower, upper = layout.lower, layout.upper
    low, high, penalty = layout.row_low, layout.row_high, layout.row_penalty
    soft = layout.row_soft
    col_start, col_row, col_coef = layout.col_start, layout.col_row, layout.col_coef
    x, gain, activity = point.x, point.gain, point.activity
    value, cost, tabu, seeds = memory.value, memory.cost, memory.tabu, memory.seeds
    now = memory.notes[STEP]
    record = memory.notes[BEST] - point.sums[OBJECTIVE]
    best_v, best, ties = -1, 0.0, 1
    for v in range(len(x)):
        if lower[v] == upper[v] or (leaders[v] >= 0 and x[leaders[v]] == 0):
            continue
        d = 1 if x[v] == lower[v] else -1
        worth = d * gain[v]
        value[v] = worth - d * cost[v]
        keeps = True
        for e in range(col_start[v], col_start[v + 1]):
            r = col_row[e]
            used = activity[r] + d * col_coef[e]
            off = max(used - high[r], 0) + max(low[r] - used, 0)
            if off > 0 and soft[r] == 0:
                keeps = False
                break
            if penalty[r] != 0:
                was = max(activity[r] - high[r], 0) + max(low[r] - activity[r], 0)
                worth -= (off - was) * penalty[r]
        if not keeps or (tabu[v] > now and worth <= record):
            continue
        # What leads to a new best point is taken at its worth.
        merit = float(worth)
        if worth <= record:
            merit -= theta * d * cost[v]
        if best_v >= 0 and merit < best:
            continue
        if best_v >= 0 and merit == best:
            ties += 1
            if draw(seeds, ties) != 0:
                continue
        else:
            ties = 1
        best_v, best = v, merit
    choice[0] = int(best_v >= 0)
    choice[1] = best_v
    choice[2] = -1
    choice[3] = ties
    best_of[0] = best


@register_jitable
def scan(
    layout: Layout,
    point: Point,
    memory: Memory,
    outer: Ints,
    inner: Ints,
    bounds: Floats,
    theta: float,
    best_of: Floats,
    choice: Ints,
    budget: int,
) -> int:
    """Look at the swaps of ``outer`` with ``inner``; keep the best in ``choice``.

    Parameters
    ----------
    outer, inner
        Variables, all of one list at their lower value, all of the other at the upper.
    bounds
        ``room`` and the penalties paid now.
    choice
        Found (0 or 1), the two variables, the worth, number of ties. Shape ``[5]``.
    budget
        Most pairs to look at.

    Returns
    -------
    int
        What is left of the budget.
    """
    lower, upper, matrix = layout.lower, layout.upper, layout.matrix
    row_start, row_var = layout.row_start, layout.row_var
    adj_start, adj_var, adj_worth = layout.adj_start, layout.adj_var, layout.adj_worth
    adj_more = layout.adj_more
    low, high, penalty = layout.row_low, layout.row_high, layout.row_penalty
    soft = layout.row_soft
    col_start, col_row, col_coef = layout.col_start, layout.col_row, layout.col_coef
    x, gain, activity = point.x, point.gain, point.activity
    value, worst, tabu, seeds = memory.value, memory.worst, memory.tabu, memory.seeds
    buffer, cost = memory.buffer, memory.cost
    dense = matrix.shape[0] > 0
    now = memory.notes[STEP]
    record = memory.notes[BEST] - point.sums[OBJECTIVE]
    room, paid = bounds[0], np.int64(bounds[1])
    found, best, ties = choice[0] > 0, best_of[0], choice[3]
    slack = (1.0 - theta) * room + theta * paid
    most = -np.inf
    for b in inner:
        most = max(most, value[b])
    for a in outer:
        if found and value[a] + most + slack + worst[a] < best:
            continue
        if budget <= 0:
            break
        da = 1 if x[a] == lower[a] else -1
        # Move the activities as if ``a`` had moved: then a swap is judged as a flip is.
        broken, more_a = 0, np.int64(0)
        first, count, among_row = np.int64(0), len(inner), False
        for e in range(col_start[a], col_start[a + 1]):
            r = col_row[e]
            was = max(activity[r] - high[r], 0) + max(low[r] - activity[r], 0)
            activity[r] += da * col_coef[e]
            off = max(activity[r] - high[r], 0) + max(low[r] - activity[r], 0)
            more_a += (off - was) * penalty[r]
            if off > 0 and soft[r] == 0:
                broken += 1
                # Only members of a broken row can mend it: a class, a conflict.
                if row_start[r + 1] - row_start[r] < count:
                    first, among_row = row_start[r], True
                    count = row_start[r + 1] - first
        budget -= count
        pairs = buffer
        if dense:
            pairs = matrix[a]
        else:
            for e in range(adj_start[a], adj_start[a + 1]):
                buffer[adj_var[e]] = pair_at(adj_worth, adj_more, e)
        alone, head = da * gain[a], value[a] + slack
        hot = tabu[a] > now
        for k in range(first, first + count):
            b = row_var[k] if among_row else inner[k]
            if among_row and (
                (x[b] == lower[b]) == (da > 0) or lower[b] == upper[b] or a == b
            ):
                continue
            if found and head + value[b] - pairs[b] < best:
                continue
            worth = alone - da * gain[b] - pairs[b]
            if (hot or tabu[b] > now) and worth + paid <= record:
                continue
            worth -= more_a
            healed = 0
            for e in range(col_start[b], col_start[b + 1]):
                r = col_row[e]
                used = activity[r] - da * col_coef[e]
                off = max(used - high[r], 0) + max(low[r] - used, 0)
                was = max(activity[r] - high[r], 0) + max(low[r] - activity[r], 0)
                if soft[r] == 0:
                    if off > 0:
                        healed = -1
                        break
                    healed += int(was > 0)
                worth -= (off - was) * penalty[r]
            if healed != broken:
                continue
            if (hot or tabu[b] > now) and worth <= record:
                continue
            merit = worth - theta * da * (cost[a] - cost[b])
            if found and merit < best:
                continue
            if found and merit == best:
                ties += 1
                if draw(seeds, ties) != 0:
                    continue
            else:
                ties = 1
            found, best = True, merit
            choice[1] = a
            choice[2] = b
        for e in range(col_start[a], col_start[a + 1]):
            activity[col_row[e]] -= da * col_coef[e]
        if not dense:
            for e in range(adj_start[a], adj_start[a + 1]):
                buffer[adj_var[e]] = 0
    choice[0] = int(found)
    choice[3] = ties
    best_of[0] = best
    return budget


@register_jitable
def list_sides(
    layout: Layout, point: Point, memory: Memory, leaders: Ints, tops: Ints
) -> None:
    """Write ``memory.ins`` and ``outs``: what can go in, and out.

    ``tops`` becomes: how many of each, and the most worthy of each that is not tabu, -1
    for none. Shape ``[4]``.
    """
    lower, upper, x = layout.lower, layout.upper, point.x
    value, tabu, ins, outs = memory.value, memory.tabu, memory.ins, memory.outs
    now = memory.notes[STEP]
    num_ins = num_outs = 0
    top_in = top_out = -1
    for v in range(len(x)):
        if lower[v] == upper[v] or (leaders[v] >= 0 and x[leaders[v]] == 0):
            continue
        if x[v] == lower[v]:
            ins[num_ins] = v
            num_ins += 1
            if tabu[v] <= now and (top_in < 0 or value[v] > value[top_in]):
                top_in = v
        else:
            outs[num_outs] = v
            num_outs += 1
            if tabu[v] <= now and (top_out < 0 or value[v] > value[top_out]):
                top_out = v
    tops[0], tops[1] = num_ins, num_outs
    tops[2], tops[3] = top_in, top_out


@register_jitable
def keep_promising(memory: Memory, tops: Ints, room: float, beat: float) -> None:
    """Move variables that may be in a swap worth ``beat`` to the front; count them."""
    value, worst, ins, outs = memory.value, memory.worst, memory.ins, memory.outs
    most_in = most_out = -np.inf
    for k in range(tops[0]):
        most_in = max(most_in, value[ins[k]] + worst[ins[k]])
    for k in range(tops[1]):
        most_out = max(most_out, value[outs[k]] + worst[outs[k]])
    num_ins = num_outs = 0
    for k in range(tops[0]):
        v = ins[k]
        if value[v] + worst[v] + most_out + room >= beat:
            ins[num_ins] = v
            num_ins += 1
    for k in range(tops[1]):
        v = outs[k]
        if value[v] + worst[v] + most_in + room >= beat:
            outs[num_outs] = v
            num_outs += 1
    tops[0], tops[1] = num_ins, num_outs


@njit(cache=True, nogil=True)
def swap_steps(
    layout: Layout,
    point: Point,
    memory: Memory,
    foes: Ints | None,
    leaders: Ints,
    follow: Ints,
    tenure: int,
    patience: int,
    settle: int,
    theta: float,
    most_steps: int,
) -> int:
    """Make up to ``most_steps`` steps from a feasible point; return how many.

    Each step makes the best allowed flip, swap or push, or takes an item out with its units
    (`bundlesolve.kernels.together`). ``memory.price`` and ``cost`` must be set; whatever
    they are, the steps are the same but for the budget of pairs.

    Parameters
    ----------
    foes
        See `bundlesolve.kernels.push.find_foes`. None where there are neither foes nor
        followers: then Numba compiles the steps without pushes and the like, in two thirds
        of the time.
    leaders, follow
        See `bundlesolve.kernels.leaders`.
    tenure
        Steps for which a moved variable may not move again; up to as many more at random.
    patience
        Return when the round has not got better for this many steps.
    settle
        Return when the best point has waited this many steps to be handed out.
    """
    notes = memory.notes
    tabu, seeds, lower, x = memory.tabu, memory.seeds, layout.lower, point.x
    low, high, penalty = layout.row_low, layout.row_high, layout.row_penalty
    activity, price, ins, outs = point.activity, memory.price, memory.ins, memory.outs
    choice, tops = np.zeros(5, dtype=np.int64), np.zeros(4, dtype=np.int64)
    bounds, best_of, skip = np.zeros(2), np.zeros(1), len(x) + 1
    for step in range(most_steps):
        if notes[PENDING] >= 0 and notes[STEP] - notes[PENDING] >= settle:
            return step
        if notes[STEP] - notes[ROUND_STEP] >= patience:
            return step
        best_flip(layout, point, memory, leaders, theta, best_of, choice)
        paid, budget = 0.0, PAIRS_PER_STEP * len(x)
        if len(activity) > 0:
            list_sides(layout, point, memory, leaders, tops)
            room = 0.0
            for r in range(len(activity)):
                used = activity[r]
                if price[r] > 0.0:
                    room += price[r] * max(high[r] - used, 0)
                elif price[r] < 0.0:
                    room -= price[r] * max(used - low[r], 0)
                if penalty[r] != 0:
                    paid += (max(used - high[r], 0) + max(low[r] - used, 0)) * penalty[r]
            # Worths are whole numbers: half of one covers the rounding of prices.
            bounds[0], bounds[1] = room + paid + 0.5, paid
            # The best single out and in come first, so that the filter knows what to beat.
            for turn in range(3):
                if turn == 2 and choice[0]:
                    slack = (1.0 - theta) * bounds[0] + theta * paid
                    keep_promising(memory, tops, slack, best_of[0])
                outer, inner = outs[: tops[1]], ins[: tops[0]]
                if turn == 0:
                    outer = tops[3:]
                elif turn == 1:
                    outer, inner = tops[2:3], outer
                elif len(inner) < len(outer):
                    outer, inner = inner, outer
                if len(outer) > 0 and len(inner) > 0 and outer[0] >= 0:
                    budget = scan(
                        layout,
                        point,
                        memory,
                        outer,
                        inner,
                        bounds,
                        theta,
                        best_of,
                        choice,
                        budget,
                    )
        if foes is not None:
            if len(foes) > skip:
                best_push(layout, point, memory, foes, theta, best_of, choice)
            if len(follow) > skip:
                best_together(
                    layout, point, memory, leaders, follow, theta, paid, best_of, choice
                )
            if choice[4]:
                # What goes out besides: what stands against it, or its own units.
                v, others = choice[1], follow if choice[4] == TOGETHER else foes
                # As a plain integer: Numba would compile the move anew for a literal.
                out = np.int64(-1)
                for k in range(others[v], others[v + 1]):
                    u = others[skip + k]
                    if x[u] != 0:
                        move(layout, point, u, out)
                        tabu[u] = notes[STEP] + 1 + tenure + draw(seeds, tenure + 1)
        if choice[0]:
            for k in range(1, 3):
                v = choice[k]
                if v >= 0:
                    move(layout, point, v, 1 if x[v] == lower[v] else -1)
                    tabu[v] = notes[STEP] + 1 + tenure + draw(seeds, tenure + 1)
        take_note(point, memory)
    return most_steps
