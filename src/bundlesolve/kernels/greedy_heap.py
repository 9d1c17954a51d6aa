"""The greedy construction with its scores in a heap, for many variables.

The moves are those of `bundlesolve.kernels.greedy`. There every move looks at all
variables; here a move costs the logarithm of their number for each partner of what it
moves, and all scores are computed anew only a few times in all.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from bundlesolve.kernels.compiling import njit, register_jitable
from bundlesolve.kernels.greedy import (
    DONE,
    FILL,
    PHASE,
    POLISH,
    REPAIR,
    SHRINK,
    new_tally,
    pair_totals,
    rate,
    reach_of,
    row_scales,
)
from bundlesolve.kernels.layout import Layout, tiny_layout
from bundlesolve.kernels.point import BROKEN, Point, move, new_point
from bundlesolve.kernels.types import Floats, Indices, Ints

REFRESH = 20
"""All scores are computed anew after one move, and one more for so many variables."""


@register_jitable
def _sift(heap: Indices, place: Indices, score: Floats, v: int) -> None:
    """Bring ``v`` to where its score belongs; the heap holds all variables."""
    k = place[v]
    while k > 0 and score[heap[(k - 1) // 2]] < score[v]:
        heap[k] = heap[(k - 1) // 2]
        place[heap[k]] = k
        k = (k - 1) // 2
    while 2 * k + 1 < len(heap):
        child = 2 * k + 1
        if child + 1 < len(heap) and score[heap[child + 1]] > score[heap[child]]:
            child += 1
        if score[heap[child]] <= score[v]:
            break
        heap[k] = heap[child]
        place[heap[k]] = k
        k = child
    heap[k] = v
    place[v] = k


@njit(cache=True, nogil=True)
def construct_by_heap(
    layout: Layout,
    point: Point,
    total: Ints,
    scale: Floats,
    way_of: Ints,
    tally: Ints,
    most_moves: int,
) -> int:
    """Make up to ``most_moves`` moves; return how many, fewer when nothing is left.

    Parameters as for `bundlesolve.kernels.greedy.construct`.
    """
    start, var = layout.adj_start, layout.adj_var
    m = len(point.x)
    score, change = np.zeros(m), np.zeros(m, dtype=np.int64)
    most = np.int64(0)
    for v in range(m):
        most = max(most, start[v + 1] - start[v])
    queue = np.empty(most + 1, dtype=np.int64)
    heap, place = np.arange(m, dtype=np.int32), np.arange(m, dtype=np.int32)
    count, checked, age, reach, made = 0, -1, 0, 0.0, 0
    while made < most_moves:
        if tally[PHASE] == REPAIR and point.sums[BROKEN] == 0:
            tally[PHASE] = POLISH if tally[SHRINK] else FILL
            way_of[:] = 0
            age = 0
        if age <= 0:
            reach = reach_of(layout, point)
            count, age = 0, 1 + m // REFRESH
        listed, rated_all = queue[:count], count == 0
        rate(layout, point, total, scale, way_of, tally, reach, listed, score, change)
        if rated_all:
            for k in range(m - 1, -1, -1):
                _sift(heap, place, score, heap[k])
        for k in range(count):
            _sift(heap, place, score, listed[k])
        v = heap[0]
        if score[v] == -np.inf:
            if not rated_all:
                age = 0
            elif tally[PHASE] == FILL:
                tally[PHASE] = POLISH
                way_of[:] = 0
                age = 0
            else:
                tally[PHASE] = DONE
                return made
            continue
        if not rated_all and v != checked:
            queue[0], count, checked = v, 1, v
            continue
        move(layout, point, v, change[v])
        if tally[PHASE] != POLISH:
            way_of[v] = 1 if change[v] > 0 else -1
        made += 1
        age -= 1
        checked = -1
        queue[0], count = v, 1
        for e in range(start[v], start[v + 1]):
            queue[count] = var[e]
            count += 1
    return made


@cache
def warm_up() -> None:
    """Compile the kernel on a tiny input."""
    layout = tiny_layout()
    point, tally = new_point(layout), new_tally(False, False)
    total, scale = pair_totals(layout), row_scales(layout)
    ways = np.zeros(2, dtype=np.int64)
    construct_by_heap(layout, point, total, scale, ways, tally, 9)
