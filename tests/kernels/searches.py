"""Where tests of search steps begin."""

from __future__ import annotations

from bundlesolve.kernels.layout import Layout
from bundlesolve.kernels.memory import BEST, HAS_BEST, Memory, new_memory
from bundlesolve.kernels.point import OBJECTIVE, Point, new_point, place
from bundlesolve.kernels.prices import set_prices
from bundlesolve.model.frozen import IntArray

PRICE_STEPS = 20


def search_at(layout: Layout, x: IntArray, seed: int) -> tuple[Point, Memory]:
    """Return a search that has just come to a feasible point, its best one, with prices."""
    point, memory = new_point(layout), new_memory(layout, seed, seed)
    point.x[:] = x
    place(layout, point)
    memory.notes[BEST], memory.notes[HAS_BEST] = point.sums[OBJECTIVE], 1
    memory.best_x[:] = x
    set_prices(layout, point, memory.price, memory.cost, PRICE_STEPS)
    return point, memory
