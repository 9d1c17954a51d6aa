"""Different pairs, drawn in rounds."""

from __future__ import annotations

import numpy as np

from bundlesolve.model.frozen import IntArray, hand_over


class DistinctPairs:
    """A growing set of pairs of different items, in either order the same.

    Kept as sorted runs, one for each round: a round that draws a thousand pairs again for
    those that were there already must not sort ten million.
    """

    def __init__(self) -> None:
        self._runs: list[IntArray] = []

    def __len__(self) -> int:
        return sum(map(len, self._runs))

    def add(self, a: IntArray, b: IntArray) -> None:
        """Add pairs; those of an item with itself and those that are there are dropped."""
        key = np.minimum(a, b)
        key <<= 32
        key |= np.maximum(a, b)
        key = key[a != b]
        # Sorted, not hashed as `np.unique` does: keys that differ in few bits make it slow.
        key.sort()
        key = key[np.diff(key, prepend=-1) != 0]
        for run in self._runs:
            place = np.searchsorted(run, key)
            place[place == len(run)] = 0
            key = key[run[place] != key] if len(run) else key
        self._runs.append(key)

    def pairs(self) -> tuple[IntArray, IntArray]:
        """Return all pairs ``first < second``, sorted."""
        key = np.concatenate(self._runs) if self._runs else np.zeros(0, dtype=np.int64)
        key.sort(kind="stable")  # merges the runs
        first = key >> 32
        key &= (1 << 32) - 1
        return hand_over(first), hand_over(key)
