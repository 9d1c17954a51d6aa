"""Many bundles while they are searched: what is in, gains, uses, stock, and a journal.

Worth is counted in whole numbers; prices of stock and rows, in floating point, only choose
what to try (`bundlesolve.kernels.segment_moves`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bundlesolve.kernels.compiling import njit, register_jitable
from bundlesolve.kernels.types import Floats, Ints

Bytes = NDArray[np.uint8]

JOURNAL = 1 << 16
"""Flips that a journal holds; a move that is about to need more ends."""
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
def draw(desk: Desk, below: int) -> int:
    """Return a whole number in ``0 .. below - 1`` (xorshift; Marsaglia 2003)."""
    s = desk.seed[0]
    s ^= s << np.uint64(13)
    s ^= s >> np.uint64(7)
    s ^= s << np.uint64(17)
    desk.seed[0] = s
    return np.int64((s >> np.uint64(11)) % np.uint64(below))


@njit(cache=True, nogil=True)
def turn(board: Board, desk: Desk, k: int, i: int) -> None:
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
def flip(board: Board, desk: Desk, k: int, i: int) -> None:
    """Turn an item and write it down."""
    turn(board, desk, k, i)
    desk.journal[desk.state[FLIPS], 0] = k
    desk.journal[desk.state[FLIPS], 1] = i
    desk.state[FLIPS] += 1


@register_jitable
def undo(board: Board, desk: Desk, mark: int) -> None:
    """Take back all flips after the first ``mark``."""
    while desk.state[FLIPS] > mark:
        desk.state[FLIPS] -= 1
        f = desk.state[FLIPS]
        turn(board, desk, desk.journal[f, 0], desk.journal[f, 1])


@register_jitable
def fits(board: Board, k: int, i: int) -> bool:
    """Tell whether an item fits into a bundle, stock apart."""
    for e in range(board.col_start[i], board.col_start[i + 1]):
        r = board.col_row[e]
        if board.used[k, r] + board.col_coef[e] > board.limit[k, r]:
            return False
    return True


@register_jitable
def cost(board: Board, k: int, i: int) -> float:
    """Return what an item's use of rows is thought to be worth."""
    total = 0.0
    for e in range(board.col_start[i], board.col_start[i + 1]):
        total += board.row_price[k, board.col_row[e]] * board.col_coef[e]
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
                loss = board.gain[k, i] - board.price[i] - cost(board, k, i)
                if over and loss < least:
                    least, chosen = loss, i
            if chosen < 0:
                break
            desk.state[:] = 0
            flip(board, desk, k, chosen)
    loss = np.empty(len(desk.members))
    for i in range(n):
        if desk.left[i] >= 0:
            continue
        for s in range(len(desk.members)):
            k = desk.members[s]
            loss[s] = np.inf
            if board.x[k, i]:
                loss[s] = board.gain[k, i] - cost(board, k, i)
        for s in np.argsort(loss):
            if desk.left[i] >= 0:
                break
            desk.state[:] = 0
            flip(board, desk, desk.members[s], i)
