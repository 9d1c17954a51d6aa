"""Compile the kernels of greedy and local search, outside anybody's clock."""

from __future__ import annotations

from functools import cache

import numpy as np

from bundlesolve.kernels import (
    greedy,
    leaders,
    memory,
    point,
    prices,
    shake,
    supply,
    supply_steps,
    swap,
    weighted,
)
from bundlesolve.kernels.layout import tiny_layout


@cache
def warm_up() -> None:
    """Call every kernel once, on the types that it is called with later."""
    greedy.warm_up()
    layout = tiny_layout()
    here = point.new_point(layout)
    notes = memory.new_memory(layout, 1, 2)
    prices.set_prices(layout, here, notes.price, notes.cost, 1)
    swap.swap_steps(layout, here, notes, 1, 9, 9, 1.0, 3)
    shake.shake(layout, here, notes, 1, 1)
    point.place(layout, here)
    led_by = leaders.find_leaders(layout)
    follow, streak = leaders.list_followers(led_by), np.zeros(1, dtype=np.int64)
    weighted.first_weights(layout, here, notes)
    weighted.weighted_steps(layout, here, notes, led_by, follow, streak, 1, 9, 9, False, 3)
    ones, zeros = np.ones(2, dtype=np.int64), np.zeros(2, dtype=np.int64)
    limits = np.array([2, 1, 1], dtype=np.int64)
    follows = np.array([-1, -1], dtype=np.int64)
    few = supply.Supply(zeros[:0].copy(), follows, zeros, ones, ones, ones, ones, limits)
    supply_steps.supply_steps(layout, few, here, notes, 1, 9, 9, 1.0, 3)
    supply_steps.supply_shake(layout, few, here, notes, 1, 1)
    supply.fill(few, here.x)
    supply.is_good(few, here.x)
