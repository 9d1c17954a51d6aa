"""Pair worths from the rows of a text file."""

from __future__ import annotations

import numpy as np

from bundlesolve.files.tokens import Tokens
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.synergies import Synergies


def synergies(
    tokens: Tokens, positions: IntArray, a: IntArray, b: IntArray, worth: IntArray
) -> Synergies:
    """Return the pair worths of rows in any order, zeros left out.

    Parameters
    ----------
    tokens
        Where the rows were read.
    positions
        Position of each row's first word, for errors. Shape ``[p]``.
    a, b
        Item numbers from 0, each pair in either order. Shape ``[p]``.
    worth
        Worth of each pair. Shape ``[p]``.

    Raises
    ------
    InvalidFile
        If an item is paired with itself or a pair stands twice.
    """
    same = np.flatnonzero(a == b)
    if len(same):
        at = int(positions[same[0]])
        raise tokens.fail("two different items", at)
    low, high = np.minimum(a, b), np.maximum(a, b)
    step, inner = np.diff(low), np.diff(high)
    if np.any((step < 0) | ((step == 0) & (inner <= 0))):
        order = np.lexsort((high, low))
        low, high, worth = low[order], high[order], worth[order]
        twin = np.flatnonzero((np.diff(low) == 0) & (np.diff(high) == 0))
        if len(twin):
            again = int(max(order[twin[0]], order[twin[0] + 1]))
            raise tokens.error("each pair once", "one again", int(positions[again]))
    kept = worth != 0
    return Synergies(low[kept], high[kept], worth[kept])


def triangle(n: int) -> tuple[IntArray, IntArray]:
    """Return every pair ``first < second`` of ``n`` items in order; shape ``[p]`` each."""
    first, second = np.triu_indices(n, 1)
    return first.astype(np.int64), second.astype(np.int64)


def numbered(n: int, start: int = 1) -> tuple[str, ...]:
    """Return item ids as the source counts them."""
    return tuple(str(i) for i in range(start, start + n))
