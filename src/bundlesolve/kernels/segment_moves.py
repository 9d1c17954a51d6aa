"""Moves of many bundles on one catalogue: fill, exchange, hand over stock, kick.

Every move is a list of flips, kept in a journal and taken back where it does not pay.
Worth is counted in whole numbers; prices of stock and rows, in floating point, only choose
what to try. A part of the bundles with a share of the stock is searched at a time, so that
parts run side by side and end up at the same points however they are scheduled.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numba import njit
from numba.extending import register_jitable
from numpy.typing import NDArray

from bundlesolve.kernels.types import Floats, Ints

Bytes = NDArray[np.uint8]

JOURNAL = 1 << 16
"""Flips that a journal holds; a move that is about to need more ends."""
HOLDERS = 24
"""Holders of an item that are looked at for the one that needs it least."""
CHOICE, LEAST_CHOICE = 6, 32
"""Items out of a bundle that an exchange looks at: so many for each in it, and more."""
PASSES = 4
"""Passes over what is in a bundle, at most, in one search of its exchanges."""
TOTAL, REAL, FLIPS = 0, 1, 2
"""Places of the state: worth gained since the journal began, less tolls and without them,
and the length of the journal."""


class Board(NamedTuple):
    """Many bundles while they are searched.

    Attributes
    ----------
    adj_start, adj_item, adj_worth
        Pairs by item, all signs. Shapes ``[n + 1]``, ``[2 p]``, ``[2 p]``.
    col_start, col_row, col_coef
        Rows by item.
    copies, limit, allowed
        As in `bundlesolve.model.segments`.
    price
        What a unit of stock is thought to be worth. Shape ``[n]``.
    toll
        What a move has to pay for a unit of stock, and gets for one: 0 for what it is
        really worth, the price for what it is worth to the others. Shape ``[n]``.
    row_price
        And what a unit of each row is in each bundle. Shape ``[K, r]``.
    x
        1 where an item is in. Shape ``[K, n]``. It and what follows changes.
    gain
        Worth of an item beside what is in the bundle, for one copy. Shape ``[K, n]``.
    used
        What is used of each row. Shape ``[K, r]``.
    """

    adj_start: Ints
    adj_item: Ints
    adj_worth: Ints
    col_start: Ints
    col_row: Ints
    col_coef: Ints
    copies: Ints
    limit: Ints
    allowed: Bytes
    price: Floats
    toll: Ints
    row_price: Floats
    x: Bytes
    gain: Ints
    used: Ints


class Desk(NamedTuple):
    """What one part has to itself.

    Attributes
    ----------
    left
        Its share of the stock. Shape ``[n]``.
    members
        Its bundles.
    journal
        Bundle and item of each flip. Shape ``[JOURNAL, 2]``.
    state
        See `TOTAL` and `FLIPS`.
    seed
        State of the random numbers. Shape ``[1]``.
    """

    left: Ints
    members: Ints
    journal: Ints
    state: Ints
    seed: NDArray[np.uint64]


@register_jitable
def _random(desk: Desk, below: int) -> int:
    """Return a whole number in ``0 .. below - 1`` (xorshift; Marsaglia 2003)."""
    s = desk.seed[0]
    s ^= s << np.uint64(13)
    s ^= s >> np.uint64(7)
    s ^= s << np.uint64(17)
    desk.seed[0] = s
    return np.int64((s >> np.uint64(11)) % np.uint64(below))


@njit(cache=True, nogil=True)
def _turn(board: Board, desk: Desk, k: int, i: int) -> None:
    """Put an item in or take it out."""
    sign = 1 - 2 * np.int64(board.x[k, i])
    board.x[k, i] = 1 - board.x[k, i]
    worth = sign * board.copies[k] * board.gain[k, i]
    desk.state[REAL] += worth
    desk.state[TOTAL] += worth - sign * board.copies[k] * board.toll[i]
    desk.left[i] -= sign * board.copies[k]
    for e in range(board.adj_start[i], board.adj_start[i + 1]):
        board.gain[k, board.adj_item[e]] += sign * board.adj_worth[e]
    for e in range(board.col_start[i], board.col_start[i + 1]):
        board.used[k, board.col_row[e]] += sign * board.col_coef[e]


@register_jitable
def _flip(board: Board, desk: Desk, k: int, i: int) -> None:
    _turn(board, desk, k, i)
    desk.journal[desk.state[FLIPS], 0] = k
    desk.journal[desk.state[FLIPS], 1] = i
    desk.state[FLIPS] += 1


@register_jitable
def _undo(board: Board, desk: Desk, mark: int) -> None:
    """Take back all flips after the first ``mark``."""
    while desk.state[FLIPS] > mark:
        desk.state[FLIPS] -= 1
        f = desk.state[FLIPS]
        _turn(board, desk, desk.journal[f, 0], desk.journal[f, 1])


@register_jitable
def _fits(board: Board, k: int, i: int) -> bool:
    """Tell whether an item fits into a bundle, stock apart."""
    for e in range(board.col_start[i], board.col_start[i + 1]):
        r = board.col_row[e]
        if board.used[k, r] + board.col_coef[e] > board.limit[k, r]:
            return False
    return True


@register_jitable
def _cost(board: Board, k: int, i: int) -> float:
    """Return what an item's use of rows is thought to be worth."""
    cost = 0.0
    for e in range(board.col_start[i], board.col_start[i + 1]):
        cost += board.row_price[k, board.col_row[e]] * board.col_coef[e]
    return cost


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
            score[i] = _cost(board, k, i) + board.price[i] - board.gain[k, i]
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
            if worth <= 0.0 or worth - share * _cost(board, k, i) <= best:
                continue
            score = worth - share * _cost(board, k, i)
            if noise > 0.0:
                score -= noise * worth * (_random(desk, 1024) / 1024.0)
            if score > best and _fits(board, k, i):
                best, chosen = score, i
        if chosen < 0:
            return
        _flip(board, desk, k, chosen)


@register_jitable
def _holder(board: Board, desk: Desk, k: int, j: int) -> int:
    """Return another bundle that gives enough of an item and loses least by it, or -1."""
    size = len(desk.members)
    first, seen = _random(desk, size), 0
    best, chosen = np.inf, -1
    for s in range(size):
        other = desk.members[(first + s) % size]
        if other == k or not board.x[other, j]:
            continue
        if desk.left[j] + board.copies[other] < board.copies[k]:
            continue
        loss = board.copies[other] * (board.gain[other, j] - _cost(board, other, j))
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
        _flip(board, desk, k, i)
        best = max(float(board.gain[k, i] - board.toll[i]), 0.0)
    chosen = -1
    for j in items:
        score = float(board.gain[k, j] - board.toll[j])
        if score <= best or board.x[k, j] or j == i or not board.allowed[k, j]:
            continue
        if desk.left[j] < board.copies[k]:
            score -= board.price[j] - board.toll[j]
        if score > best and _fits(board, k, j):
            best, chosen = score, j
    if chosen >= 0 and desk.left[chosen] < board.copies[k]:
        other = _holder(board, desk, k, chosen)
        if other < 0:
            chosen = -1
        else:
            _flip(board, desk, other, chosen)
            _flip(board, desk, k, chosen)
            _fill(board, desk, other, everyone, 0.0, 0.0)
    elif chosen >= 0:
        _flip(board, desk, k, chosen)
    if chosen >= 0:
        _fill(board, desk, k, items, 0.0, 0.0)
    if desk.state[TOTAL] > before:
        return True
    _undo(board, desk, mark)
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
            other = s + _random(desk, count - s)
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
        k = desk.members[_random(desk, len(desk.members))]
        desk.state[:] = 0
        items, count = _likely(board, k, everyone), 0
        for i in items:
            if board.x[k, i]:
                inside[count] = i
                count += 1
        out = min(1 + _random(desk, most), count, JOURNAL // 4)
        for s in range(out):
            other = s + _random(desk, count - s)
            inside[s], inside[other] = inside[other], inside[s]
            _flip(board, desk, k, inside[s])
        _fill(board, desk, k, items, 1.0, noise)
        _fill(board, desk, k, items, 0.0, 0.0)
        _polish(board, desk, k, inside, items, everyone)
        if desk.state[TOTAL] < 0:
            _undo(board, desk, 0)
        total += desk.state[REAL]
    return total


@njit(cache=True, nogil=True)
def place(board: Board, utility: Ints, low: int, high: int) -> None:
    """Compute ``gain`` and ``used`` of bundles ``low .. high - 1`` from ``x``."""
    n = board.x.shape[1]
    for k in range(low, high):
        board.used[k, :] = 0
        board.gain[k, :] = utility[k]
        for i in range(n):
            if board.x[k, i]:
                for e in range(board.adj_start[i], board.adj_start[i + 1]):
                    board.gain[k, board.adj_item[e]] += board.adj_worth[e]
                for e in range(board.col_start[i], board.col_start[i + 1]):
                    board.used[k, board.col_row[e]] += board.col_coef[e]


@njit(cache=True, nogil=True)
def repair(board: Board, desk: Desk) -> None:
    """Take out what breaks rows, then what breaks stock, the least worthy first.

    An item stays in the bundles where it is worth most, beyond what its use of rows is
    thought to be worth, for the units it takes.
    """
    n = board.x.shape[1]
    for k in desk.members:
        while True:
            least, chosen = np.inf, -1
            for i in range(n):
                if not board.x[k, i]:
                    continue
                over = not board.allowed[k, i]
                for e in range(board.col_start[i], board.col_start[i + 1]):
                    r = board.col_row[e]
                    over = over or board.used[k, r] > board.limit[k, r]
                loss = board.gain[k, i] - board.price[i] - _cost(board, k, i)
                if over and loss < least:
                    least, chosen = loss, i
            if chosen < 0:
                break
            desk.state[:] = 0
            _flip(board, desk, k, chosen)
    loss = np.empty(len(desk.members))
    for i in range(n):
        if desk.left[i] >= 0:
            continue
        for s in range(len(desk.members)):
            k = desk.members[s]
            loss[s] = np.inf
            if board.x[k, i]:
                loss[s] = board.gain[k, i] - _cost(board, k, i)
        for s in np.argsort(loss):
            if desk.left[i] >= 0:
                break
            desk.state[:] = 0
            _flip(board, desk, desk.members[s], i)


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
