"""Minimum cuts for ``max sum_v c_v x_v + sum_p q_p x_i x_j``, every ``q_p >= 0``.

The closure problem of Picard (Management Science 22, 1976) on Goldberg's network: each
pair becomes an arc of capacity ``q`` both ways, and node ``v`` holds

    excess[v] = 2 c_v + sum_j q_vj + (what flows in) - (what flows out)

With ``y_v = excess[v]``, *any* flow within the capacities proves

    2 max <= sum_v max(0, excess[v])                                            (*)

for a set S loses at most what its leaving arcs can carry. The terminals of the textbook
network are left implicit: a positive excess is the unused rest of an arc from the source, a
negative one that of an arc into the sink. So whatever changes ``c`` leaves a flow that is
feasible, and the next cut starts from it. (*) is an equation when no excess can reach a
deficit through arcs with capacity left; `settle` gets there by the highest-label
push-relabel method of Cherkassky and Goldberg (Algorithmica 19, 1997), with global and gap
relabelling. All of it is in ``int64``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numba.extending import register_jitable

from bundlesolve.kernels.copying import copy_into, shared
from bundlesolve.kernels.types import MOST_INDEX, Indices, Ints

RELABELS_PER_NODE = 1
"""Distances are computed anew after so many relabellings, times the number of nodes."""


class Network(NamedTuple):
    """The arrays of a cut problem; ``left``, ``excess`` and ``label`` change.

    Attributes
    ----------
    start, head, back
        Arcs by tail; ``back`` is the number of the reverse arc. Shapes ``[m + 1]``,
        ``[2 p]``, ``[2 p]``.
    worth
        Pair worth of each arc, at scale 1. Shape ``[2 p]``; or ``[0]`` to do without: it
        is half of what an arc and its reverse have left, divided by the scale, and a third
        of the memory of the arcs.
    left
        Capacity that is left. Shape ``[2 p]``.
    excess
        See above. Shape ``[m]``.
    label
        Distance to the nearest deficit; ``m`` for none. Shape ``[m]``.
    """

    start: Ints
    head: Indices
    back: Indices
    worth: Ints
    left: Ints
    excess: Ints
    label: Ints


def build(
    m: int, first: Ints, second: Ints, worth: Ints
) -> tuple[Ints, Indices, Indices, Ints]:
    """Return start, head, back and worth of the arcs of a list of pairs."""
    return build_among(m, np.arange(m), first, second, worth)


def build_among(
    m: int, number: Ints, first: Ints, second: Ints, worth: Ints
) -> tuple[Ints, Indices, Indices, Ints]:
    """Return start, head, back and worth of the arcs of the pairs of positive worth.

    Parameters
    ----------
    m
        Number of nodes.
    number
        Node of each variable, ascending; -1 for none, whose pairs are left out.
    first, second, worth
        Variables and worth of each pair. Shape ``[p]``.

    Raises
    ------
    OverflowError
        If there are ``2**31`` arcs or more.
    """
    if 2 * len(worth) > MOST_INDEX:
        raise OverflowError(f"expected fewer than 2**30 pairs, found {len(worth)}")
    return _build(m, *map(shared, (number, first, second, worth)))


@njit(cache=True, nogil=True)
def _build(
    m: int, number: Ints, first: Ints, second: Ints, worth: Ints
) -> tuple[Ints, Indices, Indices, Ints]:
    start = np.zeros(m + 1, dtype=np.int64)
    for p in range(len(worth)):
        i, j = number[first[p]], number[second[p]]
        if worth[p] > 0 and i >= 0 and j >= 0:
            start[i + 1] += 1
            start[j + 1] += 1
    for v in range(m):
        start[v + 1] += start[v]
    place = start[:-1].copy()
    count = start[m]
    head = np.empty(count, dtype=np.int32)
    back = np.empty(count, dtype=np.int32)
    value = np.empty(count, dtype=np.int64)
    for p in range(len(worth)):
        i, j = number[first[p]], number[second[p]]
        if worth[p] <= 0 or i < 0 or j < 0:
            continue
        a, b = place[i], place[j]
        place[i] += 1
        place[j] += 1
        head[a], head[b] = j, i
        back[a], back[b] = b, a
        value[a], value[b] = worth[p], worth[p]
    return start, head, back, value


@njit(cache=True, nogil=True)
def load(net: Network, linear: Ints, scale: int) -> None:
    """Set the excesses for ``c = linear`` and pair worths times ``scale``, without flow."""
    start, worth, left, excess = net.start, net.worth, net.left, net.excess
    for v in range(len(excess)):
        total = 2 * linear[v]
        for e in range(start[v], start[v + 1]):
            left[e] = scale * worth[e]
            total += left[e]
        excess[v] = total


@njit(cache=True, nogil=True)
def reload(net: Network, linear: Ints, scale: int, old_scale: int) -> None:
    """Change ``c`` and the scale; the flow is scaled with it, rounded towards zero."""
    start, head, back, worth = net.start, net.head, net.back, net.worth
    left, excess = net.left, net.excess
    ratio, is_known = scale / old_scale, len(worth) > 0
    for v in range(len(excess)):
        excess[v] = 2 * linear[v]
    for v in range(len(excess)):
        for e in range(start[v], start[v + 1]):
            u = np.int64(head[e])
            if is_known:
                old, cap = old_scale * worth[e], scale * worth[e]
            else:
                # Arcs to smaller numbers are at the new scale already.
                old = (left[e] + left[back[e]]) // 2
                cap = old
                if v < u and scale != old_scale:
                    cap = old // old_scale * scale
            excess[v] += cap
            if v < u:
                flow = old - left[e]
                if scale != old_scale:
                    flow = np.int64(flow * ratio)
                flow = min(max(flow, -cap), cap)
                left[e], left[back[e]] = cap - flow, cap + flow
                excess[v] -= flow
                excess[u] += flow


@njit(cache=True, nogil=True)
def measure(net: Network, queue: Indices) -> None:
    """Set every label to its distance to the nearest deficit."""
    start, head, back = net.start, net.head, net.back
    left, excess, label = net.left, net.excess, net.label
    m = len(excess)
    count = 0
    for v in range(m):
        label[v] = m
        if excess[v] < 0:
            label[v] = 0
            queue[count] = v
            count += 1
    k = 0
    while k < count:
        v = queue[k]
        k += 1
        for e in range(start[v], start[v + 1]):
            u = head[e]
            if label[u] == m and left[back[e]] > 0:
                label[u] = label[v] + 1
                queue[count] = u
                count += 1


@register_jitable
def _file_nodes(
    net: Network,
    first_active: Indices,
    next_active: Indices,
    first: Indices,
    nxt: Indices,
    prv: Indices,
) -> tuple[int, int]:
    """List all nodes by label, active ones apart; return the top label of each kind."""
    excess, label = net.excess, net.label
    m = len(excess)
    top, top_label = -1, 0
    for d in range(m + 1):
        first_active[d] = -1
        first[d] = -1
    for v in range(m):
        d = label[v]
        if d >= m:
            continue
        top_label = max(top_label, d)
        nxt[v], prv[v] = first[d], -1
        if first[d] >= 0:
            prv[first[d]] = v
        first[d] = v
        if excess[v] > 0:
            next_active[v] = first_active[d]
            first_active[d] = v
            top = max(top, d)
    return top, top_label


@njit(cache=True, nogil=True)
def settle(net: Network) -> int:
    """Move excess to deficits until none can be reached; return twice the optimum.

    On return ``label[v] == m`` exactly for the largest optimal set.
    """
    start, head, back = net.start, net.head, net.back
    left, excess, label = net.left, net.excess, net.label
    m = len(excess)
    queue = np.empty(m, dtype=np.int32)
    first_active = np.empty(m + 1, dtype=np.int32)
    next_active = np.empty(m, dtype=np.int32)
    first = np.empty(m + 1, dtype=np.int32)
    nxt = np.empty(m, dtype=np.int32)
    prv = np.empty(m, dtype=np.int32)
    current = start[:-1].copy()
    measure(net, queue)
    top, top_label = _file_nodes(net, first_active, next_active, first, nxt, prv)
    relabels = 0
    while top >= 0:
        v = first_active[top]
        if v < 0:
            top -= 1
            continue
        first_active[top] = next_active[v]
        d = label[v]
        if d != top or excess[v] <= 0:
            # It was lifted across a gap meanwhile.
            continue
        while excess[v] > 0:
            e, stop = current[v], start[v + 1]
            while e < stop:
                if left[e] > 0:
                    u = head[e]
                    if label[u] + 1 == d:
                        amount = min(excess[v], left[e])
                        left[e] -= amount
                        left[back[e]] += amount
                        excess[v] -= amount
                        was = excess[u]
                        excess[u] = was + amount
                        if was <= 0 and was + amount > 0:
                            next_active[u] = first_active[d - 1]
                            first_active[d - 1] = u
                        if excess[v] == 0:
                            break
                e += 1
            current[v] = e
            if excess[v] == 0:
                break
            # Relabel.
            relabels += 1
            new = m
            for k in range(start[v], stop):
                if left[k] > 0 and label[head[k]] + 1 < new:
                    new = label[head[k]] + 1
            # Take it from its list.
            if prv[v] >= 0:
                nxt[prv[v]] = nxt[v]
            else:
                first[d] = nxt[v]
            if nxt[v] >= 0:
                prv[nxt[v]] = prv[v]
            if first[d] < 0:
                # A gap: nothing above it reaches a deficit any more.
                new = m
                for k in range(d + 1, top_label + 1):
                    u = first[k]
                    while u >= 0:
                        label[u] = m
                        u = nxt[u]
                    first[k] = -1
                top_label = d
            label[v] = new
            if new >= m:
                break
            d = new
            nxt[v], prv[v] = first[d], -1
            if first[d] >= 0:
                prv[first[d]] = v
            first[d] = v
            top_label = max(top_label, d)
            current[v] = start[v]
        top = max(top, d)
        if excess[v] > 0 and label[v] < m:
            next_active[v] = first_active[label[v]]
            first_active[label[v]] = v
        if relabels > RELABELS_PER_NODE * m:
            relabels = 0
            measure(net, queue)
            copy_into(current, start[:-1])
            top, top_label = _file_nodes(net, first_active, next_active, first, nxt, prv)
    measure(net, queue)
    total = 0
    for v in range(m):
        total += max(excess[v], 0)
    return total


@njit(cache=True, nogil=True)
def smallest_set(net: Network) -> Ints:
    """Return 1 for the members of the smallest optimal set; the flow must be settled."""
    start, head, left, excess = net.start, net.head, net.left, net.excess
    m = len(excess)
    inside = np.zeros(m, dtype=np.int64)
    queue = np.empty(m, dtype=np.int32)
    count = 0
    for v in range(m):
        if excess[v] > 0:
            inside[v] = 1
            queue[count] = v
            count += 1
    k = 0
    while k < count:
        v = queue[k]
        k += 1
        for e in range(start[v], start[v + 1]):
            u = head[e]
            if left[e] > 0 and inside[u] == 0:
                inside[u] = 1
                queue[count] = u
                count += 1
    return inside
