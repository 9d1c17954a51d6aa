"""The multiplier of a knapsack row, by minimum cuts.

    L(t) = max_S { worth(S) - t weight(S) } + t room,    t = P / Q >= 0

is convex and piecewise linear, and every ``L(t)`` bounds the worth of the sets that weigh
at most ``room``. `newton_step` evaluates it at the slope of the two best sets known on
either side of ``room``, which is Newton's method for the lowest point: it ends, after ten
or so cuts, with the two neighbouring vertices of the concave hull of (weight, worth) around
``room``. The optimal sets are nested (Gallo, Grigoriadis, Tarjan, SIAM J. Computing 18,
1989; Hochbaum, Operations Research 57, 2009). ``P`` and ``Q`` are whole numbers, pair
worths and worths are multiplied by ``Q``: everything is exact.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from bundlesolve.kernels.arcs import in_pairs
from bundlesolve.kernels.compiling import njit
from bundlesolve.kernels.copying import copy_into
from bundlesolve.kernels.cut_sides import settle_sides
from bundlesolve.kernels.mincut import (
    Network,
    build,
    load,
    reload,
    settle,
    smallest_set,
)
from bundlesolve.kernels.types import Ints

P = 0  #: numerator of the multiplier
Q = 1  #: its denominator, 1 or more
LOADED = 2  #: denominator that the network is loaded with; 0 for not yet
TWICE = 3  #: ``2 Q`` times ``max { worth - t weight }`` at the last cut
BOUND = 4  #: the smallest ``floor(L(t))`` so far
BELOW_WORTH = 5  #: worth and weight of the best set that fits,
BELOW_WEIGHT = 6
ABOVE_WORTH = 7  #: and of the best that does not
ABOVE_WEIGHT = 8
SMALL_WORTH = 9  #: worth and weight of the smallest optimal set of the last cut,
SMALL_WEIGHT = 10
LARGE_WORTH = 11  #: and of the largest
LARGE_WEIGHT = 12
DONE = 13  #: 1 when the multiplier is optimal
CUTS = 14  #: cuts so far
MOST_P = 15  #: largest numerator and denominator with which a cut stays in ``int64``
MOST_Q = 16
SIDES = 17  #: 1 once a cut has given the set below, 2 the one above, 3 both
REACH = 18  #: how far the multiplier moves while it looks for the other side, in 64ths
STATE = 19  #: how many places a state has

UNBOUNDED = 1 << 62
MOST_CUTS = 60
"""Where worths are so large that multipliers have to be rounded to a few, steps may end up
where they have been; ten or so are usual."""
"""``state[BOUND]`` before the first cut."""
LARGEST_STEP = 1 << 50
LARGEST_TERM = 1 << 62
"""What no number of a cut may reach."""


@njit(cache=True, nogil=True)
def new_state(p: int, q: int, worth: int, weight: int, size: int) -> Ints:
    """Return a state that begins with ``t = p / q``.

    Parameters
    ----------
    worth, weight
        Of everything.
    size
        Sum of all ``|worth|``, pairs included.
    """
    state = np.zeros(STATE, dtype=np.int64)
    state[P], state[Q], state[BOUND], state[REACH] = p, q, UNBOUNDED, 1
    state[ABOVE_WORTH], state[ABOVE_WEIGHT] = worth, weight
    # Twice the worth times Q and the weight times P are added up, in both directions.
    state[MOST_P] = LARGEST_TERM // (16 * (weight + 1))
    state[MOST_Q] = LARGEST_TERM // (16 * (size + 1))
    return state


@njit(cache=True, nogil=True)
def set_multiplier(state: Ints, p: int, q: int) -> bool:
    """Set ``t = p / q``, or about that where cuts would leave ``int64``.

    Returns False, and sets nothing, where that takes a denominator below 1.
    """
    factor = max(-(-p // state[MOST_P]), -(-q // state[MOST_Q]), 1)
    if p < 0 or q < factor:
        return False
    state[P], state[Q] = p // factor, q // factor
    return True


@njit(cache=True, nogil=True)
def cut_at(
    net: Network,
    worth: Ints,
    weight: Ints,
    room: int,
    state: Ints,
    small: Ints,
    large: Ints,
) -> None:
    """Cut at ``state``'s multiplier; write the smallest and the largest optimal set."""
    p, q = state[P], state[Q]
    linear = q * worth - p * weight
    if state[LOADED] == 0:
        load(net, linear, q)
    else:
        reload(net, linear, q, state[LOADED])
    state[LOADED] = q
    state[TWICE] = settle(net)
    copy_into(small, smallest_set(net))
    m = len(worth)
    for v in range(m):
        large[v] = int(net.label[v] == m)
    light, heavy = np.int64(0), np.int64(0)
    for v in range(m):
        light += small[v] * weight[v]
        heavy += large[v] * weight[v]
    # Both are worth the optimum, exactly.
    state[SMALL_WEIGHT], state[LARGE_WEIGHT] = light, heavy
    state[SMALL_WORTH] = (state[TWICE] // 2 + p * light) // q
    state[LARGE_WORTH] = (state[TWICE] // 2 + p * heavy) // q
    state[CUTS] += 1
    state[BOUND] = min(state[BOUND], (state[TWICE] + 2 * p * room) // (2 * q))


@njit(cache=True, nogil=True)
def newton_step(
    net: Network,
    worth: Ints,
    weight: Ints,
    room: int,
    state: Ints,
    small: Ints,
    large: Ints,
) -> None:
    """Cut once, and take the next multiplier; see the module. ``room >= 0``.

    ``small`` and ``large`` are, when ``state[DONE]``, optimal at the best multiplier and
    weigh at most and at least ``room`` (if the multiplier is 0, ``large`` may weigh less).
    Where the multiplier had to be rounded they may lie on one side.
    """
    cut_at(net, worth, weight, room, state, small, large)
    if state[SMALL_WEIGHT] <= room and (state[LARGE_WEIGHT] >= room or state[P] == 0):
        state[DONE] = 1
        return
    if state[CUTS] >= MOST_CUTS:
        state[DONE] = 1
        return
    if state[SMALL_WEIGHT] > room:
        side, worth_there, weight_there = ABOVE_WORTH, SMALL_WORTH, SMALL_WEIGHT
    else:
        side, worth_there, weight_there = BELOW_WORTH, LARGE_WORTH, LARGE_WEIGHT
    new_worth, new_weight = state[worth_there], state[weight_there]
    known = 1 if side == BELOW_WORTH else 2
    is_old = state[side] == new_worth and state[side + 1] == new_weight
    if is_old and state[SIDES] == 3:
        # A multiplier that had to be rounded leads nowhere any more.
        state[DONE] = 1
        return
    state[side], state[side + 1] = new_worth, new_weight
    state[SIDES] |= known
    p = state[ABOVE_WORTH] - state[BELOW_WORTH]
    q = state[ABOVE_WEIGHT] - state[BELOW_WEIGHT]
    if p <= 0 or q <= 0:
        # Everything fits, or what does not is worth no more: the row does not matter.
        p, q = 0, 1
    elif state[SIDES] < 3 and 0 < state[P] < LARGEST_STEP and state[Q] < LARGEST_STEP:
        # The slope towards nothing, or everything, overshoots: feel the way.
        near = 64 + state[REACH] if known == 2 else 64 - state[REACH]
        state[REACH] = min(2 * state[REACH], 32)
        beyond = (state[P] * near) / (64.0 * state[Q])
        if (known == 2 and beyond < p / q) or (known == 1 and beyond > p / q):
            p, q = state[P] * near, state[Q] * 64
    if not set_multiplier(state, p, q):
        state[DONE] = 1


@cache
def warm_up() -> None:
    """Compile the kernels of minimum cuts on a tiny input."""
    one = np.ones(1, dtype=np.int64)
    start, head, back, pair = build(2, 0 * one, one, one)
    net = Network(start, head, back, pair, pair.copy(), one.repeat(2), one.repeat(2))
    small, large, side = (np.zeros(2, dtype=np.int64) for _ in range(3))
    weight = one.repeat(2)
    state = new_state(0, 1, 3, 2, 3)
    while not state[DONE]:
        newton_step(net, weight, weight, 1, state, small, large)
    settle_sides(net, 1, 1, small, side)
    in_pairs(2, np.arange(2), 0 * one, one, one)
