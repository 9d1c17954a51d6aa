"""Subgradient steps on the multipliers of the Lagrangian relaxation."""

from __future__ import annotations

from functools import cache

import numpy as np

from bundlesolve.kernels.compiling import njit
from bundlesolve.kernels.copying import copy_into
from bundlesolve.kernels.lagrangian import ROUNDING, evaluate
from bundlesolve.kernels.types import Floats, Ints

# Steps without gain after which the step factor shrinks, and by how much. Measured on
# Billionnet-Soutif: 10 and 0.5 end up to a quarter above what these reach.
PATIENCE = 20.0
SHRINK = 0.7


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
    cutoff: float,
    state: Floats,
    best_split: Floats,
    best_high: Floats,
    best_low: Floats,
) -> None:
    """Do subgradient steps on the splits and on the other rows' multipliers.

    Only points of a worth above ``cutoff`` are of interest: a two-valued variable that can
    take a value in none of them is fixed at the other, in ``lower`` and ``upper``, so the
    bound holds for the rest of them only.

    ``state`` holds (best bound, step factor, iterations since the last gain) between
    calls. ``dual_high`` and ``dual_low`` are the multipliers of ``a.x <= high`` and
    ``a.x >= low``, kept within 0 and ``most_high`` / ``most_low`` (0 where a side does not
    count, the penalty where the row is soft). Steps are Polyak's,
    ``factor * (bound - target) / |g|^2``, the factor shrunk, and
    the best multipliers taken up again, after some steps without gain.
    """
    m = len(worth)
    rows = len(row_high)
    earned = np.zeros(len(head))
    x = np.zeros(m)
    reduced = np.zeros(m)
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
        copy_into(cost, worth)
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
            start,
            head,
            split,
            weight,
            group,
            capacity,
            cost,
            lower,
            upper,
            earned,
            x,
            reduced,
        )
        error += size * (rows + 4) * ROUNDING
        bound += offset + error
        if bound < cutoff + 1.0:
            state[0] = min(bound, state[0])
            return
        for j in range(m):
            # The bound with the other value; its rounding is counted once more.
            if upper[j] - lower[j] == 1.0:
                if bound + error - abs(reduced[j]) < cutoff + 1.0:
                    if reduced[j] > 0.0:
                        lower[j] = 1.0 + lower[j]
                    else:
                        upper[j] = upper[j] - 1.0
        if bound < state[0]:
            gain = state[0] - bound
            state[0] = bound
            copy_into(best_split, split)
            copy_into(best_high, dual_high)
            copy_into(best_low, dual_low)
            if gain > 1e-4 * (bound - target):
                state[2] = 0.0
        state[2] += 1.0
        if state[2] > PATIENCE:
            state[2] = 0.0
            state[1] *= SHRINK
            copy_into(split, best_split)
            copy_into(dual_high, best_high)
            copy_into(dual_low, best_low)
            if state[1] < 1e-4:
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


@njit(cache=True, nogil=True)
def disagreement(
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
    dual: Floats,
    x: Floats,
    score: Floats,
) -> None:
    """Write the outer solution and how far the two copies of each pair are apart.

    ``score[j]`` is the sum over ``j``'s pairs of ``q |x_j y_ji - x_i y_ij|``: 0 where the
    relaxation is a solution already.
    """
    m = len(worth)
    cost = worth.copy()
    for r in range(len(dual)):
        for e in range(row_start[r], row_start[r + 1]):
            cost[row_var[e]] -= dual[r] * row_coef[e]
    earned = np.zeros(len(head))
    reduced = np.zeros(m)
    evaluate(
        start, head, split, weight, group, capacity, cost, lower, upper, earned, x, reduced
    )
    for j in range(m):
        score[j] = 0.0
        if upper[j] > lower[j]:
            for e in range(start[j], start[j + 1]):
                if upper[head[e]] > 0.0:
                    gap = x[j] * earned[e] - x[head[e]] * earned[back[e]]
                    score[j] += pair_worth[e] * abs(gap)


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
    improve(1, *graph, *groups, one, one * 0, one, *row, 0.0, 0.0, state, *best)
    row_arrays = row[:3]
    x, score = np.zeros(1), np.zeros(1)
    disagreement(*graph, *groups, one, one * 0, one, *row_arrays, nothing, x, score)
