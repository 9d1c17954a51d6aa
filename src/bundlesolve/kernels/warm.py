"""Compile the kernels of greedy and local search, outside anybody's clock."""

from __future__ import annotations

from functools import cache

import numpy as np

from bundlesolve.kernels import (
    class_steps,
    classes,
    greedy,
    leaders,
    memory,
    point,
    prices,
    push,
    shake,
    supply,
    supply_steps,
    swap,
    weighted,
)
from bundlesolve.kernels.layout import tiny_layout


@cache
def warm_up() -> None:
    """Call the kernels once, on the types that they are called with later."""
    greedy.warm_up()
    layout = tiny_layout()
    here = point.new_point(layout)
    notes = memory.new_memory(layout, 1, 2)
    prices.set_prices(layout, here, notes.price, notes.cost, 1)
    alone = leaders.no_leaders(layout)
    swap.swap_steps(layout, here, notes, None, *alone, 1, 9, 9, 1.0, 3)
    shake.shake(layout, here, notes, 1, 1)
    point.place(layout, here)


@cache
def warm_up_groups() -> None:
    """Call the steps with foes and followers once; programs with rules need them."""
    layout = tiny_layout()
    here = point.new_point(layout)
    notes = memory.new_memory(layout, 1, 2)
    foes, led = push.find_foes(layout), leaders.no_leaders(layout)
    swap.swap_steps(layout, here, notes, foes, *led, 1, 9, 9, 1.0, 3)


@cache
def warm_up_weighted() -> None:
    """Call the steps with weights once; few programs need them."""
    layout = tiny_layout()
    here = point.new_point(layout)
    notes = memory.new_memory(layout, 1, 2)
    led_by = leaders.find_leaders(layout)
    follow, streak = leaders.list_followers(led_by), np.zeros(1, dtype=np.int64)
    weighted.first_weights(layout, here, notes)
    weighted.weighted_steps(layout, here, notes, led_by, follow, streak, 1, 9, 9, False, 3)


@cache
def warm_up_supply() -> None:
    """Call the steps over items that get their units last once; few programs need them."""
    layout = tiny_layout()
    here = point.new_point(layout)
    notes = memory.new_memory(layout, 1, 2)
    ones, zeros = np.ones(2, dtype=np.int64), np.zeros(2, dtype=np.int64)
    limits = np.array([2, 1, 1], dtype=np.int64)
    follows = np.array([-1, -1], dtype=np.int64)
    few = supply.Supply(zeros[:0].copy(), follows, zeros, ones, ones, ones, ones, limits)
    supply_steps.supply_steps(layout, few, here, notes, 1, 9, 9, 1.0, 3)
    supply_steps.supply_shake(layout, few, here, notes, 1, 1)
    supply.fill(few, here.x)
    supply.is_good(few, here.x)


@cache
def warm_up_classes() -> None:
    """Call the steps within classes once; few programs need them."""
    layout = tiny_layout()
    here = point.new_point(layout)
    notes = memory.new_memory(layout, 1, 2)
    ones, zeros = np.ones(2, dtype=np.int64), np.zeros(2, dtype=np.int64)
    price, weight, row = np.ones(1), np.ones(1), zeros[:1].copy()
    start, table = np.array([0, 2], dtype=np.int64), np.ones((2, 1), dtype=np.int64)
    limit = ones[:1].copy()
    one = classes.Classes(start, np.array([0, 1]), zeros, table, row, zeros[:1], limit)
    one = classes.Classes(*(np.ascontiguousarray(array) for array in one))
    classes.class_prices(layout, one, price, 1)
    classes.class_best(layout, one, price, here.x)
    class_steps.class_shake(one, here.x, notes.seeds, 1)
    point.place(layout, here)
    class_steps.class_steps(layout, one, here, notes, price, weight, 1, 9, 9, 3)


@cache
def warm_up_packing() -> None:
    """Call the steps of multidimensional knapsacks once; few programs need them."""
    from bundlesolve.kernels import packing

    layout = tiny_layout()
    notes = memory.new_memory(layout, 1, 2)
    ones, pair = np.ones(1, dtype=np.int64), np.ones(2, dtype=np.int64)
    table = np.ones((2, 1), dtype=np.int64)
    one = packing.Packing(np.arange(2), pair, table, ones, 0 * ones)
    price = np.ones(1)
    packing.packing_prices(one, price, 0.0, 1)
    order = packing.rank(one, price)
    packing.breed(one, order, 0 * table.repeat(2, 1), 0 * pair, 0 * ones, notes, 9, 9, 3)
