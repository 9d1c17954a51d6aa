"""Communities of the graph of pairs of positive worth, by Louvain's method.

Nodes move to the community where they raise the modularity most,

    Q = sum over c of  inside(c) / (2 W)  -  (degree(c) / (2 W))^2,

until none does; then communities become nodes, and so on; in the end nodes may move once
more (Blondel, Guillaume, Lambiotte, Lefebvre, "Fast unfolding of communities in large
networks", Journal of Statistical Mechanics, 2008). Nodes are taken in the order of their
numbers and ties go to the community met first, so the same graph has the same communities.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from bundlesolve.kernels.compiling import njit
from bundlesolve.kernels.types import Floats, Indices, Ints

MOST_LEVELS = 10
"""Times that communities become nodes, at most."""
MOST_PASSES = 20
"""Looks at every node on a level, at most."""


@njit(cache=True, nogil=True)
def move_nodes(
    start: Ints, head: Ints, weight: Floats, loop: Floats, label: Ints, passes: int
) -> bool:
    """Move nodes between communities; tell whether any moved.

    Parameters
    ----------
    start, head, weight
        Neighbours of each node and the weights (0 or more), each edge twice. Shapes
        ``[n + 1]``, ``[e]``, ``[e]``.
    loop
        Twice the weight inside each node. Shape ``[n]``.
    label
        Community of each node, changed in place. Shape ``[n]``, values below ``n``.
    passes
        Looks at every node, at most.
    """
    n = len(label)
    degree, total, near = loop.copy(), np.zeros(n), np.zeros(n)
    seen = np.empty(n, dtype=np.int64)
    whole = 0.0
    for v in range(n):
        for e in range(start[v], start[v + 1]):
            degree[v] += weight[e]
        total[label[v]] += degree[v]
        whole += degree[v]
    if whole == 0.0:
        return False
    any_moved = False
    for _ in range(passes):
        moved = False
        for v in range(n):
            here, count = label[v], 0
            total[here] -= degree[v]
            near[here] = 0.0
            seen[0] = here
            count = 1
            for e in range(start[v], start[v + 1]):
                c = label[head[e]]
                if near[c] == 0.0 and c != here:
                    seen[count] = c
                    count += 1
                near[c] += weight[e]
            best = here
            most = near[here] - degree[v] * total[here] / whole
            for k in range(1, count):
                c = seen[k]
                worth = near[c] - degree[v] * total[c] / whole
                if worth > most + 1e-9 * whole / n:
                    best, most = c, worth
            for k in range(count):
                near[seen[k]] = 0.0
            total[best] += degree[v]
            if best != here:
                label[v] = best
                moved = True
        any_moved = any_moved or moved
        if not moved:
            break
    return any_moved


def find_communities(start: Ints, head: Ints | Indices, worth: Ints) -> Ints:
    """Return the community of each node, numbered from 0; -1: no positive pair.

    Parameters
    ----------
    start, head, worth
        Partners of each node and the worth of the pair, each pair twice; see
        `bundlesolve.kernels.layout.Layout`. Only positive worths count.
    """
    n = len(start) - 1
    tail = np.repeat(np.arange(n), np.diff(start))
    kept = worth > 0
    # The graphs of communities have heads of int64, and the kernel takes one kind.
    tail, head = tail[kept], head[kept].astype(np.int64)
    weight = worth[kept].astype(np.float64)
    alone = np.bincount(tail, minlength=n) == 0
    loop, community = np.zeros(n), np.arange(n)
    nodes = np.searchsorted(tail, np.arange(n + 1)), head, weight, loop
    for _ in range(MOST_LEVELS):
        label = np.arange(len(loop))
        first = np.searchsorted(tail, np.arange(len(loop) + 1))
        if not move_nodes(first, head, weight, loop, label, MOST_PASSES):
            break
        _, label = np.unique(label, return_inverse=True)
        community = label[community]
        size = int(label.max()) + 1
        loop = np.bincount(label, loop, minlength=size)
        edge = label[tail] * size + label[head]
        edges, place = np.unique(edge, return_inverse=True)
        weight = np.bincount(place, weight)
        tail, head = edges // size, edges % size
        inside = tail == head
        loop[tail[inside]] += weight[inside]
        tail, head, weight = tail[~inside], head[~inside], weight[~inside]
    # Who joined too early, when all were small, may move once more.
    move_nodes(*nodes, community, MOST_PASSES)
    found = np.full(n, -1, dtype=np.int64)
    found[~alone] = np.unique(community[~alone], return_inverse=True)[1]
    return found


@cache
def warm_up() -> None:
    """Compile the kernel of this file."""
    pair = np.array([1, 0], dtype=np.int64)
    find_communities(np.array([0, 1, 2], dtype=np.int64), pair, pair + 1)
