"""How often two items stand in one basket: the hot loop of learning."""

from __future__ import annotations

from functools import cache

import numpy as np

from bundlesolve.kernels.compiling import njit
from bundlesolve.kernels.types import Ints

FIRST_ROOM = 1 << 16


@njit(cache=True, nogil=True)
def lines_by_item(starts: Ints, item: Ints, order: Ints, n: int) -> tuple[Ints, Ints, Ints]:
    """Return the lines of each item, baskets taken in ``order``; and each line's basket.

    The lines of item ``i`` are ``line[first[i]:first[i + 1]]``.
    """
    first = np.zeros(n + 1, dtype=np.int64)
    for a in range(len(item)):
        first[item[a] + 1] += 1
    for i in range(n):
        first[i + 1] += first[i]
    place = first[:-1].copy()
    line = np.empty(len(item), dtype=np.int64)
    basket = np.empty(len(item), dtype=np.int64)
    for b in order:
        for a in range(starts[b], starts[b + 1]):
            line[place[item[a]]] = a
            place[item[a]] += 1
            basket[a] = b
    return first, line, basket


@njit(cache=True, nogil=True)
def count_pairs(
    starts: Ints,
    item: Ints,
    customer: Ints,
    order: Ints,
    n: int,
    least_baskets: int,
) -> tuple[Ints, Ints, Ints, Ints]:
    """Count baskets and different customers of every pair of items.

    One item at a time: its baskets are walked, and what stands behind it in each is
    counted in one array of ``n`` numbers. As items ascend within a basket, every pair is
    met once, at its lower item; as baskets come customer by customer, a customer is new
    when it is not the last one noted. Work is the number of pair occurrences, memory
    that of the different pairs.

    Parameters
    ----------
    starts, item
        Baskets in compressed rows; items ascend within a basket, each once.
        Shapes ``[m + 1]``, ``[lines]``.
    customer
        Number of each basket's customer, any integers. Shape ``[m]``.
    order
        Baskets sorted by customer. Shape ``[m]``.
    n
        Number of items.
    least_baskets
        Pairs in fewer baskets are left out.

    Returns
    -------
    first, second, baskets, people
        Sorted by ``(first, second)``, ``first < second``. Shape ``[p]`` each.
    """
    begin, line, basket = lines_by_item(starts, item, order, n)
    count = np.zeros(n, dtype=np.int64)
    people = np.zeros(n, dtype=np.int64)
    last = np.zeros(n, dtype=np.int64)
    met = np.empty(n, dtype=np.int64)
    room = FIRST_ROOM
    out = np.empty((4, room), dtype=np.int64)
    used = 0
    for i in range(n):
        k = 0
        for q in range(begin[i], begin[i + 1]):
            a = line[q]
            b = basket[a]
            c = customer[b]
            for r in range(a + 1, starts[b + 1]):
                j = item[r]
                if count[j] == 0:
                    met[k] = j
                    k += 1
                    people[j] = 1
                    last[j] = c
                elif last[j] != c:
                    people[j] += 1
                    last[j] = c
                count[j] += 1
        kept = 0
        for q in range(k):
            j = met[q]
            if count[j] >= least_baskets:
                met[kept] = j
                kept += 1
            else:
                count[j] = 0
        found = np.sort(met[:kept])
        if used + kept > room:
            while used + kept > room:
                room *= 2
            larger = np.empty((4, room), dtype=np.int64)
            larger[:, :used] = out[:, :used]
            out = larger
        for j in found:
            out[0, used] = i
            out[1, used] = j
            out[2, used] = count[j]
            out[3, used] = people[j]
            count[j] = 0
            used += 1
    return out[0, :used], out[1, :used], out[2, :used], out[3, :used]


@cache
def warm_up() -> None:
    """Compile outside anybody's clock."""
    two = np.arange(2, dtype=np.int64)
    count_pairs(np.array([0, 2]), two, two[:1], two[:1], 2, 1)
