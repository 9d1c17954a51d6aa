"""Paths from one good point to another.

Path relinking: Glover, Laguna, Martí, "Fundamentals of scatter search and path relinking",
Control and Cybernetics 29(3), 2000. Every step takes one variable to its value at the other
end, the one of best merit: worth minus weighted violation, as in
`bundlesolve.kernels.weighted`. Points near the ends lead back to the ends; the best one of
the middle is what the path is walked for.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from bundlesolve.kernels.compiling import njit
from bundlesolve.kernels.layout import Layout, tiny_layout
from bundlesolve.kernels.memory import Memory, new_memory
from bundlesolve.kernels.point import BROKEN, OBJECTIVE, Point, move, new_point
from bundlesolve.kernels.types import Ints
from bundlesolve.kernels.weighted import added


@njit(cache=True, nogil=True)
def relink(
    layout: Layout, point: Point, memory: Memory, target: Ints, middle: Ints, most: int
) -> int:
    """Walk from the point towards ``target``; return how many steps were made.

    Parameters
    ----------
    target
        The other end. Shape ``[m]``.
    middle
        Gets the best feasible point of the middle half of the path, or the one half way if
        none of these is feasible. Shape ``[m]``.
    most
        Steps, at most.
    """
    x, gain, activity, weight = point.x, point.gain, point.activity, memory.weight
    left = memory.ins
    count = 0
    for v in range(len(x)):
        middle[v] = x[v]
        if x[v] != target[v]:
            left[count] = v
            count += 1
    length, found, best = count, False, np.int64(0)
    for step in range(1, min(length, most) + 1):
        at, top = -1, -np.inf
        for k in range(count):
            v = left[k]
            d = target[v] - x[v]
            merit = d * gain[v] - added(layout, activity, weight, v, d)
            if merit > top:
                at, top = k, merit
        v = left[at]
        count -= 1
        left[at] = left[count]
        move(layout, point, v, target[v] - x[v])
        if 4 * step < length or 4 * step > 3 * length:
            continue
        kept = point.sums[BROKEN] == 0
        better = kept and (not found or point.sums[OBJECTIVE] > best)
        if better or (not found and 2 * step <= length):
            best = point.sums[OBJECTIVE]
            found = found or kept
            middle[:] = x
    return min(length, most)


@cache
def warm_up() -> None:
    """Compile the kernel of this file."""
    layout = tiny_layout()
    point, memory = new_point(layout), new_memory(layout, 1, 2)
    relink(layout, point, memory, layout.upper, layout.lower.copy(), 1)
