"""Items divided into cliques of conflicts, of each of which at most one can be in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundlesolve.kernels.compiling import register_jitable
from bundlesolve.kernels.types import Ints


@register_jitable
def cliques_of(
    clash: NDArray[np.bool_], items: Ints, order: Ints, used: Ints, near: Ints
) -> None:
    """Divide items into cliques, greedily.

    A clique starts with the first item that is left and takes that of its common
    neighbours next that has most neighbours among them (Leighton, "A graph coloring
    algorithm for large scheduling problems", J. Res. National Bureau of Standards 84, 1979,
    on the complement). ``order`` gets the places, clique by clique; ``used`` and
    ``near`` are space.
    """
    m = len(items)
    for k in range(m):
        used[k] = 0
    filled = 0
    for k in range(m):
        if used[k]:
            continue
        used[k] = 1
        order[filled] = k
        filled += 1
        size = 0
        for other in range(k + 1, m):
            if not used[other] and clash[items[k], items[other]]:
                near[size] = other
                size += 1
        while size > 0:
            most, best = -1, 0
            for a in range(size):
                links = 0
                for b in range(size):
                    if clash[items[near[a]], items[near[b]]]:
                        links += 1
                if links > most:
                    most, best = links, near[a]
            used[best] = 1
            order[filled] = best
            filled += 1
            left = 0
            for a in range(size):
                if clash[items[best], items[near[a]]]:
                    near[left] = near[a]
                    left += 1
            size = left


@register_jitable
def clique_starts(clash: NDArray[np.bool_], items: Ints, start: Ints) -> int:
    """Find where the cliques of items in order start; return how many there are."""
    cliques = 0
    for k in range(len(items)):
        fits = k > 0
        if fits:
            for at in range(start[cliques - 1], k):
                if not clash[items[at], items[k]]:
                    fits = False
                    break
        if not fits:
            start[cliques] = k
            cliques += 1
    start[cliques] = len(items)
    return cliques
