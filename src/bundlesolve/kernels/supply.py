"""Units chosen by themselves: a demand met as cheaply as the chosen items allow.

Where units are worth nothing and stand in one demand and one budget only, the choice of
items decides everything: with the set ``S`` chosen, the cheapest way to meet the demand
``D`` fills the items' stocks in the order of their unit costs ``b``. So

    cost(S) = sum_S a_i + min { sum_S b_i t_i : sum_S s_i + q t_i >= D, 0 <= t_i <= c_i }

and a set is good when ``cost(S) <= B``. By duality, for every price ``p >= 0``

    cost(S) >= p D + sum_S h_i,    h_i = a_i - p s_i - c_i max(p q - b_i, 0)

with equality at the marginal unit's price (but for the rounding of units where ``q > 1``):
near ``S`` the row is a knapsack of weights ``h``, which sorts out most moves without
filling anything.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bundlesolve.kernels.compiling import njit, register_jitable
from bundlesolve.kernels.layout import Layout
from bundlesolve.kernels.types import Floats, Ints

MOST_VARIABLES = 6000
"""Most variables: a step looks at all pairs of items."""


class Supply(NamedTuple):
    """Arrays of a program whose units can be filled; all by variable, shape ``[m]``.

    Attributes
    ----------
    order
        Items with units, cheapest unit first. Shape ``[k]``.
    unit
        Variable of an item's units, -1 for none.
    stock, unit_cost
        Most units ``c`` and cost ``b`` of one, by item.
    fixed_cost, fixed_supply
        ``a`` and ``s``, by item.
    is_item
        1 for the 0-1 variables that may move.
    limits
        ``B``, ``D``, ``q``. Shape ``[3]``.
    """

    order: Ints
    unit: Ints
    stock: Ints
    unit_cost: Ints
    fixed_cost: Ints
    fixed_supply: Ints
    is_item: Ints
    limits: Ints


def find_supply(layout: Layout, leaders: Ints) -> Supply | None:
    """Return the arrays where the program has this form and nothing else, else None."""
    lower, upper = layout.lower, layout.upper
    m, units = len(lower), np.flatnonzero(leaders >= 0)
    heads = leaders[units]
    plain = np.ones(m, dtype=bool)
    plain[units] = False
    wide = (upper - lower > 1) | (lower < 0) | (upper > 1)
    if (
        len(units) == 0
        or m > MOST_VARIABLES
        or np.any(wide & plain)
        or len(np.unique(heads)) < len(heads)
    ):
        return None
    if np.any(layout.worth[units]) or np.any(lower[units]) or np.any(layout.row_soft):
        return None
    column = np.zeros((4, m), dtype=np.int64)
    stock, unit_of = np.zeros(m, dtype=np.int64), np.full(m, -1, dtype=np.int64)
    unit_of[heads], stock[heads] = units, upper[units]
    rows = {1: -1, 2: -1}
    for r in np.flatnonzero(layout.binds).tolist():
        row = slice(layout.row_start[r], layout.row_start[r + 1])
        var, coef = layout.row_var[row], layout.row_coef[row]
        if len(var) == 2 and layout.row_high[r] == 0 and layout.binds[r] == 1:
            u, v = (int(w) for w in (var if leaders[var[0]] >= 0 else var[::-1]))
            by, most = (int(c) for c in (coef if leaders[var[0]] >= 0 else coef[::-1]))
            if leaders[u] == v and by > 0 > most:
                stock[v] = min(int(stock[v]), -most // by)
                continue
        side = int(layout.binds[r])
        if side not in rows or rows[side] >= 0:
            return None
        rows[side] = r
        column[side, var] = coef
    if min(rows.values()) < 0:
        return None
    cost, given = column[1], column[2]
    q = int(given[units[0]])
    if q <= 0 or np.any(given[units] != q) or np.any(cost[units] < 0):
        return None
    unit_cost = np.zeros(m, dtype=np.int64)
    unit_cost[heads] = cost[units]
    order = heads[np.lexsort((heads, cost[units]))]
    limits = np.array([layout.row_high[rows[1]], layout.row_low[rows[2]], q])
    is_item = (plain & (upper > lower)).astype(np.int64)
    fixed_cost, fixed_supply = cost * plain, given * plain
    return Supply(
        order, unit_of, stock, unit_cost, fixed_cost, fixed_supply, is_item, limits
    )


@register_jitable
def totals(supply: Supply, x: Ints, both: Ints) -> None:
    """Write the fixed cost and supply of the chosen items to ``both``. Shape ``[2]``."""
    cost, given = supply.fixed_cost, supply.fixed_supply
    both[0] = both[1] = 0
    for v in range(len(x)):
        if x[v] != 0 and (cost[v] != 0 or given[v] != 0):
            both[0] += cost[v]
            both[1] += given[v]


@register_jitable
def cost_of(supply: Supply, x: Ints, both: Ints, out: int, into: int) -> tuple[int, int]:
    """Return cost and missing units without ``out`` and with ``into`` (-1: none).

    ``both`` holds the `totals` of ``x``.
    """
    order, stock, unit_cost = supply.order, supply.stock, supply.unit_cost
    q = supply.limits[2]
    cost, given = both[0], both[1]
    if out >= 0:
        cost -= supply.fixed_cost[out]
        given -= supply.fixed_supply[out]
    if into >= 0:
        cost += supply.fixed_cost[into]
        given += supply.fixed_supply[into]
    need = supply.limits[1] - given
    if need <= 0:
        return cost, 0
    need = (need + q - 1) // q
    for k in range(len(order)):
        v = order[k]
        if (x[v] != 0 and v != out) or v == into:
            taken = min(need, stock[v])
            cost += taken * unit_cost[v]
            need -= taken
            if need == 0:
                break
    return cost, need


@register_jitable
def marginal(supply: Supply, x: Ints, both: Ints) -> float:
    """Return the price ``p`` of the last unit that the demand takes, 0 for none."""
    order, stock, q = supply.order, supply.stock, supply.limits[2]
    need, price = supply.limits[1] - both[1], 0.0
    for k in range(len(order)):
        v = order[k]
        if need <= 0:
            break
        if x[v] != 0 and stock[v] > 0:
            need -= q * stock[v]
            price = supply.unit_cost[v] / q
    return price


@register_jitable
def weights(supply: Supply, price: float, weight: Floats) -> None:
    """Write ``h`` at a price."""
    q = supply.limits[2]
    for v in range(len(weight)):
        weight[v] = 0.0
        if supply.is_item[v] != 0 or supply.fixed_cost[v] != 0 or supply.stock[v] != 0:
            saved = max(price * q - supply.unit_cost[v], 0.0) * supply.stock[v]
            weight[v] = supply.fixed_cost[v] - price * supply.fixed_supply[v] - saved


@njit(cache=True, nogil=True)
def fill(supply: Supply, x: Ints) -> None:
    """Write the units of the cheapest filling into ``x``."""
    both = np.zeros(2, dtype=np.int64)
    for k in range(len(supply.order)):
        x[supply.unit[supply.order[k]]] = 0
    totals(supply, x, both)
    need, q = supply.limits[1] - both[1], supply.limits[2]
    if need > 0:
        need = (need + q - 1) // q
        for k in range(len(supply.order)):
            v = supply.order[k]
            if x[v] != 0:
                taken = min(need, supply.stock[v])
                x[supply.unit[v]] = taken
                need -= taken


@njit(cache=True, nogil=True)
def is_good(supply: Supply, x: Ints) -> bool:
    """Tell whether the demand of these items can be met and paid."""
    both = np.zeros(2, dtype=np.int64)
    totals(supply, x, both)
    cost, short = cost_of(supply, x, both, -1, -1)
    return bool(short == 0 and cost <= supply.limits[0])
