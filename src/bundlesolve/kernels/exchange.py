"""The best of a knapsack with pairs near a set: in, out, and one for another."""

from __future__ import annotations

import numpy as np

from bundlesolve.kernels.compiling import njit
from bundlesolve.kernels.types import Ints

MOST_MOVES = 200
"""Moves of one climb, at most; ten or so are usual with a hundred nodes."""


@njit(cache=True, nogil=True)
def climb(
    start: Ints,
    head: Ints,
    pair: Ints,
    worth: Ints,
    weight: Ints,
    room: int,
    inside: Ints,
) -> int:
    """Make the move of most gain until there is none; return the set's worth.

    Moves put a node in, take one out, or swap two, within the room. What does not fit at
    first is taken out, the least worth per weight first.

    Parameters
    ----------
    start, head, pair
        Arcs by tail, see `bundlesolve.kernels.mincut.build`, and their worth.
    worth, weight
        Of each node. Shape ``[m]``.
    inside
        1 for what is in; changed. Shape ``[m]``.
    """
    m = len(worth)
    gain = worth.copy()
    shared = np.zeros(m, dtype=np.int64)
    total, left = np.int64(0), np.int64(room)
    for v in range(m):
        if inside[v]:
            left -= weight[v]
            for e in range(start[v], start[v + 1]):
                gain[head[e]] += pair[e]
    for v in range(m):
        if inside[v]:
            total += worth[v] + gain[v]
    total //= 2
    for _ in range(m + MOST_MOVES):
        out, into, best = -1, -1, np.int64(0)
        if left < 0:
            rate = np.inf
            for v in range(m):
                if inside[v] and weight[v] > 0 and gain[v] / weight[v] < rate:
                    out, rate = v, gain[v] / weight[v]
        else:
            top = np.int64(0)
            for v in range(m):
                if inside[v] == 0:
                    top = max(top, gain[v])
                    if gain[v] > best and weight[v] <= left:
                        out, into, best = -1, v, gain[v]
            for v in range(m):
                if inside[v]:
                    if -gain[v] > best:
                        out, into, best = v, -1, -gain[v]
                    if top - gain[v] <= best:
                        # Pairs are worth nothing less than 0.
                        continue
                    for e in range(start[v], start[v + 1]):
                        shared[head[e]] = pair[e]
                    most, need = left + weight[v], best + gain[v]
                    for u in range(m):
                        if inside[u] == 0 and gain[u] - shared[u] > need:
                            if weight[u] <= most:
                                out, into = v, u
                                best = gain[u] - shared[u] - gain[v]
                                need = best + gain[v]
                    for e in range(start[v], start[v + 1]):
                        shared[head[e]] = 0
        if out < 0 and into < 0:
            return total
        if out >= 0:
            inside[out] = 0
            left += weight[out]
            total -= gain[out]
            for e in range(start[out], start[out + 1]):
                gain[head[e]] -= pair[e]
        if into >= 0:
            inside[into] = 1
            left -= weight[into]
            total += gain[into]
            for e in range(start[into], start[into + 1]):
                gain[head[e]] += pair[e]
    return total
