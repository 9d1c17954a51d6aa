"""What a tabu search remembers between two chunks of steps, all of it in arrays.

So a search cut into chunks of any size makes the same moves as one that is not cut.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bundlesolve.kernels.compiling import njit, register_jitable
from bundlesolve.kernels.layout import Layout, pair_at
from bundlesolve.kernels.point import OBJECTIVE, Point
from bundlesolve.kernels.types import Floats, Ints

STEP = 0  #: steps made
BEST = 1  #: objective of ``best_x``
HAS_BEST = 2  #: 1 once there is a feasible point
PENDING = 3  #: step since which ``best_x`` waits to be handed out; -1 for none
ROUND_BEST = 4  #: best objective since the last restart
ROUND_STEP = 5  #: step of it
PRICED = 6  #: step from which on the prices are to be computed anew
ROUNDS = 7  #: restarts so far
NOTES = 8  #: how many places ``notes`` has

SEED_MODULI = (2147483563, 2147483399)
"""Moduli of the two generators in `draw`."""


class Memory(NamedTuple):
    """The arrays of a search.

    Attributes
    ----------
    best_x
        Best feasible point of the search. Shape ``[m]``.
    tabu
        Step until which each variable may not move. Shape ``[m]``.
    notes
        Counters, see the constants of this module. Shape ``[NOTES]``.
    seeds
        State of `draw`. Shape ``[2]``.
    price
        Worth of a unit of each row, negative where more use is welcome. Shape ``[r]``.
    weight
        Worth lost per unit of violation of each row while searching. Shape ``[r]``.
    cost
        ``sum_r price[r] a_rv`` of each variable. Shape ``[m]``.
    value
        Scratch: worth of moving each variable, at the prices. Shape ``[m]``.
    worst
        Largest ``-pair_worth`` of each variable, at least 0. Shape ``[m]``.
    buffer, ins, outs
        Scratch. Shape ``[m]``. ``buffer`` is 0 between uses.
    round_x
        Best feasible point since the last restart. Shape ``[m]``.
    """

    best_x: Ints
    tabu: Ints
    notes: Ints
    seeds: Ints
    price: Floats
    weight: Floats
    cost: Floats
    value: Floats
    worst: Ints
    buffer: Ints
    ins: Ints
    outs: Ints
    round_x: Ints


def new_memory(layout: Layout, first_seed: int, second_seed: int) -> Memory:
    """Return the memory of a search that begins; seeds are any integers of 0 or more."""
    m, r = len(layout.lower), len(layout.row_low)
    ints = [np.zeros(m, dtype=np.int64) for _ in range(7)]
    notes = np.zeros(NOTES, dtype=np.int64)
    notes[PENDING] = -1
    seeds = np.array(
        [
            first_seed % (SEED_MODULI[0] - 1) + 1,
            second_seed % (SEED_MODULI[1] - 1) + 1,
        ],
        dtype=np.int64,
    )
    worst_pair(layout, ints[2])
    floats = (np.zeros(r), np.zeros(r), np.zeros(m), np.zeros(m))
    return Memory(ints[0], ints[1], notes, seeds, *floats, *ints[2:])


@njit(cache=True, nogil=True)
def worst_pair(layout: Layout, worst: Ints) -> None:
    """Write the largest ``-pair_worth`` of each variable, at least 0."""
    start, worth, more = layout.adj_start, layout.adj_worth, layout.adj_more
    for v in range(len(worst)):
        worst[v] = 0
        for e in range(start[v], start[v + 1]):
            worst[v] = max(worst[v], -pair_at(worth, more, e))


@register_jitable
def draw(seeds: Ints, below: int) -> int:
    """Return a pseudo-random integer in ``0 .. below - 1``.

    Two multiplicative generators combined (L'Ecuyer, Communications of the ACM 31(6),
    1988): period about 2.3e18, and no product leaves ``int64``.
    """
    seeds[0] = seeds[0] * 40014 % 2147483563
    seeds[1] = seeds[1] * 40692 % 2147483399
    return int((seeds[0] - seeds[1]) % 2147483562 % below)


@register_jitable
def take_note(point: Point, memory: Memory) -> None:
    """Count one step and remember the point, which must be feasible, if it is the best."""
    notes, objective = memory.notes, point.sums[OBJECTIVE]
    notes[STEP] += 1
    if notes[HAS_BEST] == 0 or objective > notes[BEST]:
        notes[BEST] = objective
        notes[HAS_BEST] = 1
        for v in range(len(point.x)):
            memory.best_x[v] = point.x[v]
        if notes[PENDING] < 0:
            notes[PENDING] = notes[STEP]
    if objective > notes[ROUND_BEST]:
        notes[ROUND_BEST] = objective
        notes[ROUND_STEP] = notes[STEP]
        for v in range(len(point.x)):
            memory.round_x[v] = point.x[v]
