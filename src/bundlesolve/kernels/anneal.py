"""Simulated annealing over single variables, for programs too large for a tabu list.

The variables are looked at in turn, over and over: one is raised or lowered by 1 if that
keeps every hard row and is worth something, or by chance ``exp(value / heat)`` if it is
worth less (Kirkpatrick, Gelatt, Vecchi, Science 220, 1983). What is refused costs one look;
what is accepted costs the partners of the variable.

The value of a move is the gain less ``price`` times what it uses of one row. Where sets of
different sizes are worth the same at a price, the walk would leave the size that is asked
for; so the price rises while there is no room for what wants to come in, and falls while
nothing is turned away.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from bundlesolve.kernels.compiling import njit
from bundlesolve.kernels.layout import Layout, tiny_layout
from bundlesolve.kernels.memory import draw
from bundlesolve.kernels.point import BROKEN, OBJECTIVE, Point, fits, move, new_point
from bundlesolve.kernels.types import Floats, Ints

AT = 0  #: the next variable to look at
ENTERED = 1  #: moves up since the first variable,
BLOCKED = 2  #: and those for which there was no room
BEST = 3  #: objective of the best point at the end of a sweep
LOOKS = 4  #: variables looked at
NOTES = 5  #: how many places ``notes`` has

PRICE, HEAT = 0, 1
"""Places in ``levels``: worth of a unit of the row, and the temperature."""
STEP = 0.02
"""Share by which the price moves after a sweep."""
COLDEST = 14.0
"""Times the heat, a loss that is never taken; the generator has no smaller chance."""
CHANCES = 1 << 20


@njit(cache=True, nogil=True)
def anneal(
    layout: Layout,
    point: Point,
    weight: Floats,
    best_x: Ints,
    notes: Ints,
    levels: Floats,
    seeds: Ints,
    most_looks: int,
    most_moves: int,
) -> int:
    """Look at up to ``most_looks`` variables; return how many moved.

    Parameters
    ----------
    point
        Where the walk is, changed in place; no hard row may be broken.
    weight
        What a unit of each variable uses of the row with the price. Shape ``[m]``.
    best_x
        Best point at the end of a sweep, written where it is better. Shape ``[m]``.
    notes, levels, seeds
        Counters, price and heat, see this module; state of `draw`.
    """
    x, gain, activity = point.x, point.gain, point.activity
    lower, upper = layout.lower, layout.upper
    m, made, v = len(x), 0, notes[AT]
    price, heat = levels[PRICE], levels[HEAT]
    least = -COLDEST * heat
    looks = 0
    while looks < most_looks and made < most_moves:
        looks += 1
        if lower[v] < upper[v]:
            d = 1 if x[v] == lower[v] else -1
            if lower[v] < x[v] < upper[v] and draw(seeds, 2) == 1:
                d = 1
            value = d * (gain[v] - price * weight[v])
            if value >= 0.0 or (
                value > least and math.exp(value / heat) * CHANCES > draw(seeds, CHANCES)
            ):
                if fits(layout, activity, v, d):
                    move(layout, point, v, d)
                    made += 1
                    notes[ENTERED] += int(d > 0)
                else:
                    notes[BLOCKED] += int(d > 0)
        v += 1
        if v == m:
            v = 0
            if notes[BLOCKED] > notes[ENTERED]:
                price *= 1.0 + STEP
            elif notes[BLOCKED] == 0:
                price *= 1.0 - STEP
            notes[ENTERED], notes[BLOCKED] = 0, 0
            if point.sums[BROKEN] == 0 and point.sums[OBJECTIVE] > notes[BEST]:
                notes[BEST] = point.sums[OBJECTIVE]
                best_x[:] = x
    notes[AT] = v
    notes[LOOKS] += looks
    levels[PRICE] = price
    return made


@cache
def warm_up() -> None:
    """Compile the kernel on a tiny input."""
    layout = tiny_layout()
    point = new_point(layout)
    notes, levels = np.zeros(NOTES, dtype=np.int64), np.array([1.0, 1.0])
    seeds = np.array([1, 2], dtype=np.int64)
    anneal(layout, point, np.ones(2), point.x.copy(), notes, levels, seeds, 4, 4)
