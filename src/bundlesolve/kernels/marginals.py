"""Chances of pairs under a distribution over all divisions of a small set."""

from __future__ import annotations

import numpy as np
from numba import njit

from bundlesolve.kernels.types import Floats


@njit(cache=True)
def partition_marginals(worth: Floats) -> tuple[float, Floats]:
    """Return ``log Z`` and the chance of each pair to be in one group.

    A division ``D`` of ``n`` items has the chance::

        P(D) = exp(sum over groups T of D of worth(T)) / Z
        Z(S) = sum over T of exp(worth(T)) Z(S - T),  T in S, T holds the lowest of S

    with ``worth(T)`` the sum over the pairs of ``T``, so that::

        P(i and j in one group) = sum over T with i, j of exp(worth(T)) Z(all - T) / Z(all)

    In logarithms, exact but for rounding; ``3**n / 2`` steps, ``2**n`` numbers.

    Parameters
    ----------
    worth
        Log odds of each pair, symmetric; the diagonal does not count. Shape ``[n, n]``.

    Returns
    -------
    tuple[float, Floats]
        ``log Z(all)``, and the chances, diagonal 0. Shape ``[n, n]``.
    """
    n = len(worth)
    size = 1 << n
    inside = np.zeros(size)
    row = np.zeros(size)
    for i in range(n):
        row[0] = 0.0
        for j in range(i):
            for s in range(1 << j):
                row[(1 << j) + s] = row[s] + worth[i, j]
        for s in range(1 << i):
            inside[(1 << i) + s] = inside[s] + row[s]
    log_z = np.zeros(size)
    for s in range(1, size):
        low = s & -s
        rest = s ^ low
        most = -np.inf
        t = rest
        while True:
            most = max(most, inside[t | low] + log_z[rest ^ t])
            if t == 0:
                break
            t = (t - 1) & rest
        total = 0.0
        t = rest
        while True:
            total += np.exp(inside[t | low] + log_z[rest ^ t] - most)
            if t == 0:
                break
            t = (t - 1) & rest
        log_z[s] = most + np.log(total)
    chance = np.zeros((n, n))
    everything = size - 1
    for t in range(1, size):
        weight = np.exp(inside[t] + log_z[everything ^ t] - log_z[everything])
        for i in range(n):
            if (t >> i) & 1:
                for j in range(i):
                    if (t >> j) & 1:
                        chance[i, j] += weight
                        chance[j, i] += weight
    return log_z[everything], chance
