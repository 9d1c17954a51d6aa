"""Simulated annealing of bundles that share a stock of one of each item.

Two walks (Kirkpatrick, Gelatt, Vecchi, Science 220, 1983): one over all bundles at once,
whose moves put an item into another bundle or none and exchange two items; one over one
bundle, whose worths hold the prices of the items. Every point on the way keeps all limits.
"""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bundlesolve.kernels.compiling import njit, register_jitable
from bundlesolve.kernels.memory import draw
from bundlesolve.kernels.types import Floats, Ints

CHANCES = 1 << 20
"""Parts of a probability."""
MOVES_AT_ONCE = 40
"""Of a hundred tries, those that put one item elsewhere; the others exchange two."""
VALUE, BEST = 0, 1
"""Places in ``notes``: worth of the point, and of the best so far."""


class Walk(NamedTuple):
    """Where a walk over all bundles is.

    Attributes
    ----------
    side
        Bundle of each item, ``b`` for none. Shape ``[n]``.
    gain
        Worth of each item alone and with all that a bundle holds; 0 in the last line, no
        bundle. Shape ``[b + 1, n]``.
    load
        Use of each resource by each bundle. Shape ``[b, r]``.
    best
        The best sides so far. Shape ``[n]``.
    notes
        `VALUE` and `BEST`. Shape ``[2]``.
    """

    side: Ints
    gain: Ints
    load: Ints
    best: Ints
    notes: Ints


def new_walk(worth: Ints, kind: Ints, resources: int) -> Walk:
    """Return a walk that begins with empty bundles of these kinds."""
    bundles, n = len(kind), worth.shape[1]
    gain = np.zeros((bundles + 1, n), dtype=np.int64)
    gain[:bundles] = worth[kind]
    none = np.full(n, bundles, dtype=np.int64)
    load = np.zeros((bundles, resources), dtype=np.int64)
    return Walk(none, gain, load, none.copy(), np.zeros(2, dtype=np.int64))


@register_jitable
def _is_taken(change: float, heat: float, seeds: Ints) -> bool:
    """Tell whether a move is made: always upwards, by chance downwards."""
    if change >= 0.0:
        return True
    return draw(seeds, CHANCES) < CHANCES * math.exp(change / heat)


@register_jitable
def _fits(load: Ints, room: Ints, use: Ints, into: int, out: int) -> bool:
    """Tell whether an item fits for another one, -1 for none."""
    for r in range(len(room)):
        left = 0 if out < 0 else use[r, out]
        if load[r] + use[r, into] - left > room[r]:
            return False
    return True


@register_jitable
def _put(walk: Walk, pair: Ints, use: Ints, b: int, i: int, sign: int) -> None:
    """Put an item into a bundle, or take it out with sign -1."""
    gain, load = walk.gain[b], walk.load[b]
    for r in range(len(load)):
        load[r] += sign * use[r, i]
    for j in range(len(gain)):
        gain[j] += sign * pair[i, j]


@njit(cache=True, nogil=True)
def anneal_bundles(
    walk: Walk,
    pair: Ints,
    use: Ints,
    room: Ints,
    allowed: NDArray[np.bool_],
    kind: Ints,
    tries: int,
    heats: Floats,
    seeds: Ints,
) -> None:
    """Go on with a walk for some tries while it cools down.

    Parameters
    ----------
    walk
        Changed in place.
    pair, use, room, allowed
        What each kind of bundle is; see `SharedStock`. Shapes ``[k, n, n]``, ``[k, r, n]``,
        ``[k, r]``, ``[k, n]``.
    kind
        Kind of each bundle. Shape ``[b]``.
    tries
        Moves tried.
    heats
        Temperature at the start and at the end. Shape ``[2]``.
    seeds
        State of the generator.
    """
    side, gain, notes = walk.side, walk.gain, walk.notes
    n, bundles = len(side), len(kind)
    cooling = (heats[1] / heats[0]) ** (1.0 / tries)
    heat = heats[0]
    for _ in range(tries):
        heat *= cooling
        i = draw(seeds, n)
        a = side[i]
        if draw(seeds, 100) < MOVES_AT_ONCE:
            b = draw(seeds, bundles + 1)
            if b == a:
                continue
            if b < bundles:
                k = kind[b]
                if not allowed[k, i]:
                    continue
                if not _fits(walk.load[b], room[k], use[k], i, -1):
                    continue
            change = gain[b, i] - gain[a, i]
            if not _is_taken(change, heat, seeds):
                continue
            side[i] = b
            if a < bundles:
                _put(walk, pair[kind[a]], use[kind[a]], a, i, -1)
            if b < bundles:
                _put(walk, pair[kind[b]], use[kind[b]], b, i, 1)
        else:
            j = draw(seeds, n)
            b = side[j]
            if b == a:
                continue
            change = gain[b, i] - gain[a, i] + gain[a, j] - gain[b, j]
            if a < bundles:
                k = kind[a]
                if not allowed[k, j]:
                    continue
                if not _fits(walk.load[a], room[k], use[k], j, i):
                    continue
                change -= pair[k, i, j]
            if b < bundles:
                k = kind[b]
                if not allowed[k, i]:
                    continue
                if not _fits(walk.load[b], room[k], use[k], i, j):
                    continue
                change -= pair[k, i, j]
            if not _is_taken(change, heat, seeds):
                continue
            side[i], side[j] = b, a
            if a < bundles:
                _put(walk, pair[kind[a]], use[kind[a]], a, i, -1)
                _put(walk, pair[kind[a]], use[kind[a]], a, j, 1)
            if b < bundles:
                _put(walk, pair[kind[b]], use[kind[b]], b, j, -1)
                _put(walk, pair[kind[b]], use[kind[b]], b, i, 1)
        notes[VALUE] += change
        if notes[VALUE] > notes[BEST]:
            notes[BEST] = notes[VALUE]
            for v in range(n):
                walk.best[v] = side[v]


@njit(cache=True, nogil=True)
def anneal_set(
    worth: Floats,
    pair: Floats,
    use: Ints,
    room: Ints,
    tries: int,
    heats: Floats,
    seeds: Ints,
    best: NDArray[np.int8],
) -> float:
    """Search one bundle from the empty set; return the worth of the best, which is left.

    Parameters
    ----------
    worth, pair, use, room
        The bundle. Shapes ``[n]``, ``[n, n]``, ``[r, n]``, ``[r]``.
    tries, heats, seeds
        As in `anneal_bundles`.
    best
        Receives the best set. Shape ``[n]``.
    """
    n = len(worth)
    inside, gain = np.zeros(n, dtype=np.int8), worth.copy()
    load = np.zeros(len(room), dtype=np.int64)
    cooling = (heats[1] / heats[0]) ** (1.0 / tries)
    heat, value, top = heats[0], 0.0, 0.0
    best[:] = 0
    for _ in range(tries):
        heat *= cooling
        into, out = draw(seeds, n), -1
        if inside[into]:
            into, out = -1, into
        if draw(seeds, 2):
            other = draw(seeds, n)
            if inside[other] and into >= 0:
                out = other
            elif not inside[other] and into < 0:
                into = other
        change = 0.0
        if into >= 0:
            if not _fits(load, room, use, into, out):
                continue
            change += gain[into]
        if out >= 0:
            change -= gain[out]
            if into >= 0:
                change -= pair[into, out]
        if not _is_taken(change, heat, seeds):
            continue
        if into >= 0:
            inside[into] = 1
            for r in range(len(room)):
                load[r] += use[r, into]
            for v in range(n):
                gain[v] += pair[into, v]
        if out >= 0:
            inside[out] = 0
            for r in range(len(room)):
                load[r] -= use[r, out]
            for v in range(n):
                gain[v] -= pair[out, v]
        value += change
        if value > top + 1e-9:
            top = value
            for v in range(n):
                best[v] = inside[v]
    return top


@cache
def warm_up() -> None:
    """Compile the kernels on a tiny input."""
    worth, pair = np.ones((1, 2), dtype=np.int64), np.zeros((1, 2, 2), dtype=np.int64)
    use, room = np.ones((1, 1, 2), dtype=np.int64), np.ones((1, 1), dtype=np.int64)
    kind, seeds = np.zeros(1, dtype=np.int64), np.array([1, 2], dtype=np.int64)
    heats, allowed = np.ones(2), np.ones((1, 2), dtype=np.bool_)
    walk = new_walk(worth, kind, 1)
    anneal_bundles(walk, pair, use, room, allowed, kind, 2, heats, seeds)
    whole, best = np.ones(2), np.zeros(2, dtype=np.int8)
    anneal_set(whole, np.zeros((2, 2)), use[0], room[0], 2, heats, seeds, best)
