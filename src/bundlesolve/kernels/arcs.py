"""The arcs of a minimum cut in either of two forms: one by one, or both of a pair at once.

Arcs stand by tail, heads ascending. *One by one* each has what is left of it, and the
number of its reverse: 16 bytes an arc, quick to look at. *In pairs* there is one flow, from
the smaller node to the larger, and one worth, which may be that of the program itself:
8 bytes a pair and 6 an arc, for networks of millions. The arcs to larger nodes stand in the
order of the pairs, so that only those to smaller ones hold the number of their pair.

The functions here take the fields of a `bundlesolve.kernels.mincut.Network`. Which form it
is says the length of ``back``: all arcs, or those to smaller nodes alone.
"""

from __future__ import annotations

import numpy as np

from bundlesolve.kernels.compiling import njit, register_jitable
from bundlesolve.kernels.types import Indices, Ints


@register_jitable
def shifts(start: Ints, head: Indices, back: Indices, v: int) -> tuple[int, int, int]:
    """Return what `pair_of` takes of a node: before a loop, for it costs as much as an arc.

    The number of the first arc to a larger node, and what to add to the number of an arc
    before it for its place in ``back``, of one from it on for its pair. In the other form
    the first is ``2**62``.
    """
    if len(back) == len(head):
        return 1 << 62, np.int64(0), np.int64(0)
    half = len(start) // 2
    below, after = start[half + v], start[half + v + 1]
    return start[v] + after - below, below - start[v], -after


@register_jitable
def pair_of(back: Indices, at: tuple[int, int, int], e: int) -> int:
    """Return the pair of an arc; ``at`` are the `shifts` of its tail."""
    return np.int64(back[e + at[1]]) if e < at[0] else e + at[2]


@register_jitable
def rest(
    back: Indices, worth: Ints, left: Ints, scale: int, at: tuple[int, int, int], e: int
) -> int:
    """Return what is left of an arc; ``scale`` is 0 where arcs stand one by one."""
    if scale == 0:
        return left[e]
    if e < at[0]:
        pair = np.int64(back[e + at[1]])
        return scale * worth[pair] + left[pair]
    pair = e + at[2]
    return scale * worth[pair] - left[pair]


@register_jitable
def rest_back(
    back: Indices, worth: Ints, left: Ints, scale: int, at: tuple[int, int, int], e: int
) -> int:
    """Return what is left of the reverse of an arc."""
    if scale == 0:
        return left[back[e]]
    if e < at[0]:
        pair = np.int64(back[e + at[1]])
        return scale * worth[pair] - left[pair]
    pair = e + at[2]
    return scale * worth[pair] + left[pair]


@register_jitable
def push(
    back: Indices, left: Ints, scale: int, at: tuple[int, int, int], e: int, amount: int
) -> None:
    """Let an amount flow through an arc; a negative one through its reverse."""
    if scale == 0:
        left[e] -= amount
        left[back[e]] += amount
    elif e < at[0]:
        left[back[e + at[1]]] -= amount
    else:
        left[e + at[2]] += amount


@register_jitable
def scale_of(head: Indices, back: Indices, left: Ints) -> int:
    """Return the scale of flows in pairs, 0 where arcs stand one by one."""
    return left[len(back)] if len(back) < len(head) else 0


@njit(cache=True, nogil=True)
def in_pairs(
    m: int, number: Ints, first: Ints, second: Ints, worth: Ints
) -> tuple[Ints, Indices, Indices, Ints]:
    """Return start, head, back and worth of arcs in pairs, those of positive worth.

    Parameters as in `bundlesolve.kernels.mincut.build_among`, the pairs sorted. The worth
    is the array that was given where no pair is left out.
    """
    start = np.zeros(2 * (m + 1), dtype=np.int64)
    below = start[m + 1 :]
    count = 0
    for p in range(len(worth)):
        i, j = number[first[p]], number[second[p]]
        if worth[p] > 0 and i >= 0 and j >= 0:
            start[i + 1] += 1
            start[j + 1] += 1
            below[j + 1] += 1
            count += 1
    for v in range(m):
        start[v + 1] += start[v]
        below[v + 1] += below[v]
    place = below[:m].copy()
    head = np.empty(2 * count, dtype=np.int32)
    back = np.empty(count, dtype=np.int32)
    kept = worth
    if count < len(worth):
        kept = np.empty(count, dtype=np.int64)
    pair = 0
    for p in range(len(worth)):
        i, j = number[first[p]], number[second[p]]
        if worth[p] <= 0 or i < 0 or j < 0:
            continue
        head[pair + below[i + 1]] = j
        at = place[j]
        place[j] += 1
        head[start[j] - below[j] + at] = i
        back[at] = pair
        if count < len(worth):
            kept[pair] = worth[p]
        pair += 1
    return start, head, back, kept
