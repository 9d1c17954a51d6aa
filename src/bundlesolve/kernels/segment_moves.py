"""Moves of many bundles on one catalogue: fill, exchange, hand over stock, kick.

Every move is a list of flips, kept in a journal and taken back where it does not pay.
Worth is counted in whole numbers; prices of stock and rows, in floating point, only choose
what to try. A part of the bundles with a share of the stock is searched at a time, so that
parts run side by side and end up at the same points however they are scheduled.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from bundlesolve.kernels.compiling import njit, register_jitable
from bundlesolve.kernels.segment_board import (
    FLIPS,
    JOURNAL,
    REAL,
    TOTAL,
    Board,
    Desk,
    cost,
    draw,
    fits,
    flip,
    place,
    repair,
    undo,
)
from bundlesolve.kernels.types import Ints

HOLDERS = 24
"""Holders of an item that are looked at for the one that needs it least."""
CHOICE, LEAST_CHOICE = 6, 32
"""Items out of a bundle that an exchange looks at: so many for each in it, and more."""
PASSES = 4
"""Passes over what is in a bundle, at most, in one search of its exchanges."""


@register_jitable
def _likely(board: Board, k: int, everyone: Ints) -> Ints:
    """Return the items that are in, and those that are out and might come in.

    The latter are the best by worth less price and use, `CHOICE` for each that is in.
    """
    n = len(everyone)
    score, count = np.empty(n), 0
    for i in range(n):
        if board.x[k, i]:
            score[i] = -np.inf
            count += 1
        elif board.allowed[k, i]:
            score[i] = cost(board, k, i) + board.price[i] - board.gain[k, i]
        else:
            score[i] = np.inf
    most = LEAST_CHOICE + (1 + CHOICE) * count
    if most >= n:
        return everyone
    limit = np.partition(score, most)[most]
    return np.flatnonzero(score < limit)


@register_jitable
def _fill(
    board: Board, desk: Desk, k: int, items: Ints, share: float, noise: float
) -> None:
    """Put in what fits of ``items``, the best by worth less ``share`` of price and use.

    Only items worth more than that share of their price, and more than their toll, come in.
    ``noise`` is the largest share of it that a score is lowered by at random.
    """
    while desk.state[FLIPS] < JOURNAL:
        best, chosen = -np.inf, -1
        for i in items:
            if board.x[k, i] or board.gain[k, i] <= board.toll[i]:
                continue
            if desk.left[i] < board.copies[k] or not board.allowed[k, i]:
                continue
            worth = board.gain[k, i] - share * board.price[i]
            if worth <= 0.0 or worth - share * cost(board, k, i) <= best:
                continue
            score = worth - share * cost(board, k, i)
            if noise > 0.0:
                score -= noise * worth * (draw(desk, 1024) / 1024.0)
            if score > best and fits(board, k, i):
                best, chosen = score, i
        if chosen < 0:
            return
        flip(board, desk, k, chosen)


@register_jitable
def _holder(board: Board, desk: Desk, k: int, j: int) -> int:
    """Return another bundle that gives enough of an item and loses least by it, or -1."""
    size = len(desk.members)
    first, seen = draw(desk, size), 0
    best, chosen = np.inf, -1
    for s in range(size):
        other = desk.members[(first + s) % size]
        if other == k or not board.x[other, j]:
            continue
        if desk.left[j] + board.copies[other] < board.copies[k]:
            continue
        loss = board.copies[other] * (board.gain[other, j] - cost(board, other, j))
        if loss < best:
            best, chosen = loss, other
        seen += 1
        if seen >= HOLDERS:
            break
    return chosen


@register_jitable
def _exchange(
    board: Board, desk: Desk, k: int, i: int, items: Ints, everyone: Ints
) -> bool:
    """Take out ``i`` for the best of ``items`` that then fits, from stock or a bundle.

    With ``i < 0`` nothing is taken out. Returns False, with everything as it was, where
    that does not pay.
    """
    mark, before = desk.state[FLIPS], desk.state[TOTAL]
    if mark + 64 > JOURNAL:
        return False
    best = 0.0
    if i >= 0:
        flip(board, desk, k, i)
        best = max(float(board.gain[k, i] - board.toll[i]), 0.0)
    chosen = -1
    for j in items:
        score = float(board.gain[k, j] - board.toll[j])
        if score <= best or board.x[k, j] or j == i or not board.allowed[k, j]:
            continue
        if desk.left[j] < board.copies[k]:
            score -= board.price[j] - board.toll[j]
        if score > best and fits(board, k, j):
            best, chosen = score, j
    if chosen >= 0 and desk.left[chosen] < board.copies[k]:
        other = _holder(board, desk, k, chosen)
        if other < 0:
            chosen = -1
        else:
            flip(board, desk, other, chosen)
            flip(board, desk, k, chosen)
            _fill(board, desk, other, everyone, 0.0, 0.0)
    elif chosen >= 0:
        flip(board, desk, k, chosen)
    if chosen >= 0:
        _fill(board, desk, k, items, 0.0, 0.0)
    if desk.state[TOTAL] > before:
        return True
    undo(board, desk, mark)
    return False


@register_jitable
def _polish(
    board: Board, desk: Desk, k: int, inside: Ints, items: Ints, everyone: Ints
) -> None:
    """Exchange what is in a bundle until nothing pays, some passes at most."""
    for _ in range(PASSES):
        count = 0
        for i in items:
            if board.x[k, i]:
                inside[count] = i
                count += 1
        better = _exchange(board, desk, k, -1, items, everyone)
        for s in range(count):
            # A random order, drawn as it goes.
            other = s + draw(desk, count - s)
            i = inside[other]
            inside[other] = inside[s]
            if board.x[k, i] and _exchange(board, desk, k, i, items, everyone):
                better = True
        if not better:
            return


@njit(cache=True, nogil=True)
def polish(board: Board, desk: Desk, low: int, high: int, exchanges: bool) -> int:
    """Fill members ``low .. high - 1`` of a part, and exchange; return the worth gained."""
    everyone = np.arange(board.x.shape[1])
    inside = np.empty(len(everyone), dtype=np.int64)
    total = 0
    for s in range(low, high):
        k = desk.members[s]
        desk.state[:] = 0
        _fill(board, desk, k, everyone, 1.0, 0.0)
        if exchanges:
            _fill(board, desk, k, everyone, 0.0, 0.0)
            items = _likely(board, k, everyone)
            _polish(board, desk, k, inside, items, everyone)
        total += desk.state[REAL]
    return total


@njit(cache=True, nogil=True)
def kick(board: Board, desk: Desk, kicks: int, most: int, noise: float) -> int:
    """Take some items out of random bundles, fill again, exchange; return what it gained.

    A kick that ends below where it began is taken back. (Iterated local search: Lourenco,
    Martin, Stuetzle, Handbook of Metaheuristics, 2003.)

    Parameters
    ----------
    kicks
        How many.
    most
        Items taken out at most.
    noise
        See `_fill`.
    """
    everyone = np.arange(board.x.shape[1])
    inside = np.empty(len(everyone), dtype=np.int64)
    total = 0
    for _ in range(kicks):
        k = desk.members[draw(desk, len(desk.members))]
        desk.state[:] = 0
        items, count = _likely(board, k, everyone), 0
        for i in items:
            if board.x[k, i]:
                inside[count] = i
                count += 1
        out = min(1 + draw(desk, most), count, JOURNAL // 4)
        for s in range(out):
            other = s + draw(desk, count - s)
            inside[s], inside[other] = inside[other], inside[s]
            flip(board, desk, k, inside[s])
        _fill(board, desk, k, items, 1.0, noise)
        _fill(board, desk, k, items, 0.0, 0.0)
        _polish(board, desk, k, inside, items, everyone)
        if desk.state[TOTAL] < 0:
            undo(board, desk, 0)
        total += desk.state[REAL]
    return total


@cache
def warm_up() -> None:
    """Compile the kernels on a tiny input."""
    one = np.ones(1, dtype=np.int64)
    none = one[:0]
    wide = np.ones((1, 1), dtype=np.int64)
    board = Board(
        np.zeros(2, dtype=np.int64),
        none,
        none.copy(),
        np.array([0, 1], dtype=np.int64),
        0 * one,
        one,
        one,
        wide,
        wide.astype(np.uint8),
        np.ones(1),
        one.copy(),
        np.ones((1, 1)),
        np.zeros((1, 1), dtype=np.uint8),
        wide.copy(),
        wide.copy(),
    )
    desk = Desk(
        one.copy(),
        0 * one,
        np.empty((JOURNAL, 2), dtype=np.int64),
        np.zeros(3, dtype=np.int64),
        np.ones(1, dtype=np.uint64),
    )
    place(board, wide, 0, 1)
    repair(board, desk)
    polish(board, desk, 0, 1, True)
    kick(board, desk, 1, 1, 0.1)
