"""Multipliers for the knapsack row times each node, with the cut inside.

Whoever is in leaves ``sum_{i != j} a_i x_i <= room - a_j``. Times ``x_j`` and a multiplier
``m_j >= 0``, summed and added to the worth, that gives the same closure problem with

    worth_j + m_j (room - a_j)      and      max(0, pair_ij - m_j a_i - m_i a_j)

(products that count against a pair of no or less worth are dropped, which only raises the
bound). Its Lagrangian in the row itself is again a minimum cut, and the minimum over all
``m`` is the bound of Caprara, Pisinger and Toth (INFORMS J. Computing 11, 1999): the flow
of the cut is the best split of every pair between its two ends, so that only ``n + 1``
multipliers are left to search for. All worths are multiplied by ``scale``, and ``m`` is
whole in that scale.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from bundlesolve.kernels.compiling import njit, register_jitable
from bundlesolve.kernels.copying import copy_into
from bundlesolve.kernels.mincut import Network, build
from bundlesolve.kernels.parametric import (
    BOUND,
    DONE,
    LARGE_WEIGHT,
    LOADED,
    SMALL_WEIGHT,
    P,
    Q,
    new_state,
    newton_step,
    set_multiplier,
)
from bundlesolve.kernels.parametric import warm_up as warm_up_cuts
from bundlesolve.kernels.types import Floats, Ints

MOST_SCALE = 64
LARGEST = 2.0**55
"""Steps that take the sum of all scaled worths beyond this are not made."""


class Products(NamedTuple):
    """A closure problem with multipliers for the products of its row with each node.

    Attributes
    ----------
    net
        Its arcs; their worth and everything that changes belong to the reformulation.
    worth, weight
        Of each node, at scale 1. Shape ``[m]``.
    pair
        Worth of each arc's pair, at scale 1. Shape ``[2 p]``.
    price
        ``m``, as it was at the last cut. Shape ``[m]``.
    new_worth
        Worth of each node with the products, scaled. Shape ``[m]``.
    small, large
        Smallest and largest optimal set of the last cut. Shape ``[m]``.
    """

    net: Network
    worth: Ints
    weight: Ints
    pair: Ints
    price: Ints
    new_worth: Ints
    small: Ints
    large: Ints


@njit(cache=True, nogil=True)
def scale_for(size: int) -> int:
    """Return the scale for a problem whose worths sum up to ``size``, pairs included."""
    return max(1, min(MOST_SCALE, (1 << 50) // (size + 1)))


@njit(cache=True, nogil=True)
def new_products(net: Network, worth: Ints, weight: Ints) -> Products:
    """Return the problem of a network whose arcs carry the worth of their pairs."""
    return Products(
        net,
        worth,
        weight,
        net.worth.copy(),
        np.zeros_like(worth),
        worth.copy(),
        np.zeros_like(worth),
        np.zeros_like(worth),
    )


@register_jitable
def _reformulate(products: Products, room: int, scale: int, loaded: int) -> None:
    """Write the worths at ``products.price``; the flow stays what it is."""
    start, head, new_pair = products.net.start, products.net.head, products.net.worth
    worth, pair, weight = products.worth, products.pair, products.weight
    price, new_worth, left = products.price, products.new_worth, products.net.left
    for v in range(len(worth)):
        new_worth[v] = scale * worth[v] + price[v] * (room - weight[v])
        for e in range(start[v], start[v + 1]):
            u = head[e]
            cost = price[v] * weight[u] + price[u] * weight[v]
            new = max(scale * pair[e] - cost, 0)
            left[e] += loaded * (new - new_pair[e])
            new_pair[e] = new


@njit(cache=True, nogil=True)
def bound_products(
    products: Products,
    room: int,
    scale: int,
    p: int,
    q: int,
    loaded: int,
    enough: int,
) -> Ints:
    """Return the state of Newton's method at ``products.price``, begun at ``p / q``.

    It ends early once the bound is ``enough`` or less. ``loaded`` is the denominator with
    which the network holds a flow, 0 for none.
    """
    net, weight, new_worth = products.net, products.weight, products.new_worth
    _reformulate(products, room, scale, loaded)
    pairs = net.worth.sum() // 2
    most, size = new_worth.sum() + pairs, np.abs(new_worth).sum() + pairs
    state = new_state(np.int64(0), np.int64(1), most, weight.sum(), size)
    set_multiplier(state, p, q)
    state[LOADED] = loaded
    while state[DONE] == 0 and state[BOUND] > enough:
        newton_step(net, new_worth, weight, room, state, products.small, products.large)
    return state


@njit(cache=True, nogil=True)
def move_prices(
    products: Products, state: Ints, room: int, target: float, factor: float, floats: Floats
) -> None:
    """Take a subgradient step from ``products.price``; write the new prices to ``floats``.

    The subgradient is that of the optimal point between the smallest and the largest set
    that fills the row, the length Polyak's towards ``target``.
    """
    start, head = products.net.start, products.net.head
    new_pair, weight, price = products.net.worth, products.weight, products.price
    small, large = products.small, products.large
    m = len(weight)
    share, span = 0.0, state[LARGE_WEIGHT] - state[SMALL_WEIGHT]
    if span > 0:
        share = min(max((room - state[SMALL_WEIGHT]) / span, 0.0), 1.0)
    value, slope = np.zeros(m), np.zeros(m)
    for v in range(m):
        value[v] = small[v] + share * (large[v] - small[v])
    norm = 0.0
    for v in range(m):
        if value[v] > 0.0:
            slope[v] = value[v] * (room - weight[v])
            for e in range(start[v], start[v + 1]):
                if new_pair[e] > 0:
                    slope[v] -= weight[head[e]] * min(value[v], value[head[e]])
        if price[v] <= 0 and slope[v] > 0.0:
            slope[v] = 0.0
        norm += slope[v] ** 2
    length = 0.0
    if norm > 0.0:
        length = factor * max(state[BOUND] - target, 0.0) / norm
    size = 0.0
    for v in range(m):
        floats[v] = max(0.0, price[v] - length * slope[v])
        size += floats[v] * room + abs(products.new_worth[v])
    if size > LARGEST:
        for v in range(m):
            floats[v] = price[v]


@njit(cache=True, nogil=True)
def tighten(
    products: Products,
    room: int,
    scale: int,
    enough: int,
    factor: float,
    steps: int,
    p: int,
    q: int,
    loaded: int,
) -> Ints:
    """Return the state at the best prices that some subgradient steps find.

    Parameters
    ----------
    products
        Its prices are where the steps begin, and the best ones when they end.
    enough
        Bound, in the scale, at which it ends: the steps aim there.
    factor
        First factor of the step length, times 0.7 after a step without gain.
    p, q
        Multiplier of the row to begin with.
    loaded
        See `bound_products`.
    """
    price = products.price
    state = bound_products(products, room, scale, p, q, loaded, enough)
    floats, best_price = np.zeros(len(price)), price.copy()
    best, is_best = state[BOUND], True
    for _ in range(steps):
        if state[BOUND] <= enough:
            return state
        if is_best:
            copy_into(best_price, price)
        move_prices(products, state, room, float(enough), factor, floats)
        moved = False
        for v in range(len(price)):
            new = np.int64(floats[v])
            moved = moved or new != price[v]
            price[v] = new
        if not moved:
            return state
        p, q, loaded = state[P], state[Q], state[LOADED]
        state = bound_products(products, room, scale, p, q, loaded, enough)
        is_best = state[BOUND] < best
        if is_best:
            best = state[BOUND]
        else:
            factor *= 0.7
    if not is_best and state[BOUND] > enough:
        copy_into(price, best_price)
        p, q, loaded = state[P], state[Q], state[LOADED]
        state = bound_products(products, room, scale, p, q, loaded, enough)
    return state


@cache
def warm_up() -> None:
    """Compile the kernels, those of single cuts too, on a tiny input."""
    warm_up_cuts()
    one = np.ones(1, dtype=np.int64)
    start, head, back, pair = build(2, 0 * one, one, one)
    net = Network(start, head, back, pair, pair.copy(), one.repeat(2), one.repeat(2))
    scale_for(3)
    tighten(new_products(net, one.repeat(2), one.repeat(2)), 1, 64, 0, 1.0, 2, 0, 1, 0)
