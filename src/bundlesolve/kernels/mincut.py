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

from bundlesolve.kernels.arcs import pair_of, push, rest, rest_back, scale_of, shifts
from bundlesolve.kernels.compiling import njit, register_jitable
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
        ``[2 p]``, ``[2 p]``. In pairs (`bundlesolve.kernels.arcs`) ``start`` is followed by
        how many arcs to smaller nodes stand before each node, ``[2 m + 2]``, and ``back``
        is the pair of each of these, ``[p]``.
    worth
        Pair worth of each arc, at scale 1. Shape ``[2 p]``; in pairs ``[p]``.
    left
        Capacity that is left. Shape ``[2 p]``. In pairs: the flow of each, then the scale.
        Shape ``[p + 1]``.
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
    start, head, back, worth = net.start, net.head, net.back, net.worth
    left, excess = net.left, net.excess
    paired = len(back) < len(head)
    if paired:
        left[:] = 0
        left[len(back)] = scale
    for v in range(len(excess)):
        total = 2 * linear[v]
        at = shifts(start, head, back, v)
        for e in range(start[v], start[v + 1]):
            if paired:
                total += scale * worth[pair_of(back, at, e)]
            else:
                left[e] = scale * worth[e]
                total += left[e]
        excess[v] = total


@njit(cache=True, nogil=True)
def reload(net: Network, linear: Ints, scale: int, old_scale: int) -> None:
    """Change ``c`` and the scale; the flow is scaled with it, rounded towards zero."""
    start, head, back, worth = net.start, net.head, net.back, net.worth
    left, excess = net.left, net.excess
    ratio, paired = scale / old_scale, len(back) < len(head)
    for v in range(len(excess)):
        excess[v] = 2 * linear[v]
    for v in range(len(excess)):
        at = shifts(start, head, back, v)
        for e in range(start[v], start[v + 1]):
            u = np.int64(head[e])
            if v < u:
                # One look at each pair: both of its arcs are written.
                pair = pair_of(back, at, e) if paired else e
                cap = scale * worth[pair]
                flow = left[pair] if paired else old_scale * worth[pair] - left[pair]
                if scale != old_scale:
                    flow = np.int64(flow * ratio)
                flow = min(max(flow, -cap), cap)
                if paired:
                    left[pair] = flow
                else:
                    left[e], left[back[e]] = cap - flow, cap + flow
                excess[v] += cap - flow
                excess[u] += cap + flow
    if paired:
        left[len(back)] = scale


@njit(cache=True, nogil=True)
def measure(net: Network, near: Indices, queue: Indices) -> None:
    """Set ``near`` to every node's distance to the nearest deficit, ``m`` for none."""
    start, head, back, worth = net.start, net.head, net.back, net.worth
    left, excess = net.left, net.excess
    scale, m = scale_of(head, back, left), len(excess)
    count = 0
    for v in range(m):
        near[v] = m
        if excess[v] < 0:
            near[v] = 0
            queue[count] = v
            count += 1
    k = 0
    while k < count:
        v = queue[k]
        k += 1
        at = shifts(start, head, back, v)
        for e in range(start[v], start[v + 1]):
            u = head[e]
            if near[u] == m and rest_back(back, worth, left, scale, at, e) > 0:
                near[u] = near[v] + 1
                queue[count] = u
                count += 1


@register_jitable
def _file_nodes(
    excess: Ints,
    label: Indices,
    first_active: Indices,
    next_active: Indices,
    first: Indices,
    nxt: Indices,
    prv: Indices,
) -> tuple[int, int]:
    """List all nodes by label, active ones apart; return the top label of each kind."""
    m = len(excess)
    top, top_label = -1, 0
    for d in range(m + 1):
        first_active[d] = -1
        first[d] = -1
    for v in range(m):
        d = np.int64(label[v])
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
    start, head, back, worth = net.start, net.head, net.back, net.worth
    left, excess = net.left, net.excess
    scale, m = scale_of(head, back, left), len(excess)
    # Half as wide as those that are kept: looking them up is most of the work.
    label, queue = np.empty(m, dtype=np.int32), np.empty(m, dtype=np.int32)
    first_active = np.empty(m + 1, dtype=np.int32)
    next_active = np.empty(m, dtype=np.int32)
    first = np.empty(m + 1, dtype=np.int32)
    nxt = np.empty(m, dtype=np.int32)
    prv = np.empty(m, dtype=np.int32)
    current = start[:m].copy()
    measure(net, label, queue)
    lists = (first_active, next_active, first, nxt, prv)
    top, top_label = _file_nodes(excess, label, *lists)
    relabels = 0
    while top >= 0:
        v = first_active[top]
        if v < 0:
            top -= 1
            continue
        first_active[top] = next_active[v]
        d = np.int64(label[v])
        if d != top or excess[v] <= 0:
            # It was lifted across a gap meanwhile.
            continue
        at = shifts(start, head, back, v)
        while excess[v] > 0:
            e, stop = current[v], start[v + 1]
            while e < stop:
                u = head[e]
                # The label first: it is for few heads the right one.
                if np.int64(label[u]) + 1 == d:
                    room = rest(back, worth, left, scale, at, e)
                    if room > 0:
                        amount = min(excess[v], room)
                        push(back, left, scale, at, e, amount)
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
                # No arc that leads below this label has anything left: no look at those.
                near = np.int64(label[head[k]]) + 1
                if d < near < new and rest(back, worth, left, scale, at, k) > 0:
                    new = near
                    if new == d + 1:
                        break
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
            measure(net, label, queue)
            copy_into(current, start[:m])
            top, top_label = _file_nodes(excess, label, *lists)
    measure(net, label, queue)
    total = 0
    for v in range(m):
        net.label[v] = label[v]
        total += max(excess[v], 0)
    return total


@njit(cache=True, nogil=True)
def smallest_set(net: Network) -> Ints:
    """Return 1 for the members of the smallest optimal set; the flow must be settled."""
    start, head, back, worth = net.start, net.head, net.back, net.worth
    left, excess = net.left, net.excess
    scale, m = scale_of(head, back, left), len(excess)
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
        at = shifts(start, head, back, v)
        for e in range(start[v], start[v + 1]):
            u = head[e]
            if inside[u] == 0 and rest(back, worth, left, scale, at, e) > 0:
                inside[u] = 1
                queue[count] = u
                count += 1
    return inside
