"""Rows of entries some at a time, so that what is computed of them stays small."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bundlesolve.model.frozen import IntArray

BLOCK = 1 << 18
"""Entries of rows that are looked at at a time."""


def blocks_of(start: IntArray) -> Iterator[tuple[slice, slice, IntArray]]:
    """Yield rows, their entries and where each row starts among these.

    A block has at most ``BLOCK`` entries: of as many rows as go in, or a part of one that
    is longer, which comes up again with its other parts. So what is computed of them takes
    little memory beside the rows.

    Parameters
    ----------
    start
        Where each row starts among all entries, and where the last one ends.
        Shape ``[r + 1]``.
    """
    first, rows = 0, len(start) - 1
    while first < rows:
        last = int(np.searchsorted(start, start[first] + BLOCK, side="right")) - 1
        begin = int(start[first])
        if last > first:
            last = min(last, rows)
            part = slice(begin, int(start[last]))
            yield slice(first, last), part, start[first : last + 1] - begin
            first = last
            continue
        end = int(start[first + 1])
        for at in range(begin, end, BLOCK):
            part = slice(at, min(at + BLOCK, end))
            yield slice(first, first + 1), part, np.array([0, part.stop - at])
        first += 1


def row_sums(terms: IntArray, start: IntArray) -> IntArray:
    """Return the sum of each row's terms; shapes ``[e]`` and ``[r + 1]`` to ``[r]``."""
    # A running sum, not reduceat, which mistakes an empty row for its neighbour. If the
    # running sum wraps, the difference of two of its values is still exact.
    running = np.zeros(len(terms) + 1, dtype=np.int64)
    np.cumsum(terms, out=running[1:])
    return running[start[1:]] - running[start[:-1]]
