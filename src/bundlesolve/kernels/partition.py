"""The best division of a small set into groups, by dynamic programming over subsets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundlesolve.kernels.compiling import njit
from bundlesolve.kernels.types import Ints


@njit(cache=True)
def best_partition(worth: NDArray[np.int64]) -> Ints:
    """Divide ``n`` items so that the pairs inside groups are worth most.

    ::

        best(S) = max over T of worth(T) + best(S - T),  T in S, T holds the lowest of S

    with ``worth(T)`` the sum over the pairs of ``T``; ``3**n / 2`` steps, ``2**n`` numbers.
    Exact: whole numbers, every division is looked at.

    Parameters
    ----------
    worth
        Of each pair, symmetric; the diagonal does not count. Shape ``[n, n]``.

    Returns
    -------
    Ints
        Group of each item, numbered by first item. Shape ``[n]``.
    """
    n = len(worth)
    size = 1 << n
    inside = np.zeros(size, np.int64)
    row = np.zeros(size, np.int64)
    for i in range(n):
        row[0] = 0
        for j in range(i):
            for s in range(1 << j):
                row[(1 << j) + s] = row[s] + worth[i, j]
        for s in range(1 << i):
            inside[(1 << i) + s] = inside[s] + row[s]
    best = np.zeros(size, np.int64)
    choice = np.zeros(size, np.int64)
    for s in range(1, size):
        low = s & -s
        rest = s ^ low
        t = rest
        most = inside[s]  # all of S in one group
        which = s
        while t > 0:
            t = (t - 1) & rest
            value = inside[t | low] + best[rest ^ t]
            if value > most:
                most = value
                which = t | low
        best[s] = most
        choice[s] = which
    group = np.zeros(n, np.int64)
    s = size - 1
    k = 0
    while s > 0:
        taken = choice[s]
        for i in range(n):
            if (taken >> i) & 1:
                group[i] = k
        k += 1
        s ^= taken
    return group
