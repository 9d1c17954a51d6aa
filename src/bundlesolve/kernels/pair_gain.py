"""How much more the pairs of one list may be worth than those of another."""

from __future__ import annotations

from functools import cache

import numpy as np

from bundlesolve.kernels.compiling import njit
from bundlesolve.kernels.types import Ints


@njit(cache=True, nogil=True)
def pair_gain(
    first: Ints,
    second: Ints,
    worth: Ints,
    new_first: Ints,
    new_second: Ints,
    new_worth: Ints,
) -> int:
    """Return ``sum over pairs of max(0, new worth - worth)``, 0 for a pair not listed.

    Both lists are sorted by ``(first, second)``, each pair once; one walk through both.
    """
    gain = np.int64(0)
    i, j = 0, 0
    while i < len(first) or j < len(new_first):
        if j == len(new_first):
            order = -1
        elif i == len(first):
            order = 1
        else:
            order = first[i] - new_first[j]
            if order == 0:
                order = second[i] - new_second[j]
        more = np.int64(0)
        if order <= 0:
            more -= worth[i]
            i += 1
        if order >= 0:
            more += new_worth[j]
            j += 1
        if more > 0:
            gain += more
    return int(gain)


@cache
def warm_up() -> None:
    """Compile the kernel, for the read-only arrays of programs."""
    one = np.ones(1, dtype=np.int64)
    one.setflags(write=False)
    pair_gain(one, one, one, one, one, one)
