"""The Lagrangian bound of a box, in whole numbers.

With splits ``s_ij + s_ji = q_ij`` and prices of rows, every point of the box is worth at
most ``offset + max sum_j (c_j + U_j) t_j``, where ``U_j`` is a continuous knapsack over the
arcs of ``j`` beside ``j`` itself and the outer maximum one over each group of variables:
Caprara, Pisinger and Toth, INFORMS J. Computing 11 (1999).
"""

from __future__ import annotations

from typing import NamedTuple

from bundlesolve.certificate.box import Box
from bundlesolve.certificate.knapsack import fill, least_upper
from bundlesolve.certificate.multipliers import Multipliers


class Bound(NamedTuple):
    """An upper bound in units of ``2**-bits``, and what other values cost.

    ``cost`` holds variable, numerator and denominator: a unit less of the variable where
    the numerator is positive, a unit more where it is negative, lowers the bound by at
    least ``abs(numerator) / denominator``.
    """

    total: int
    cost: list[tuple[int, int, int]]


def bound(box: Box, multipliers: Multipliers) -> Bound | None:
    """Return the bound on a box; None when a knapsack cannot hold its lower bounds."""
    rooms = [_room(box, r) for r in box.groups.rows]
    if any(room < 0 for room in rooms):
        return None
    offset, value = priced(box, multipliers)
    groups, split = box.groups, multipliers.split
    members: list[list[int]] = [[] for _ in range(len(rooms) + 1)]
    for j in box.free:
        g = groups.of[j]
        members[g].append(j)
        arcs = box.arcs[j]
        if not arcs:
            continue
        if g < 0:
            value[j] += sum([split[e] for e, _, _ in arcs if split[e] > 0])
            continue
        earned = [(split[e], weight) for e, _, weight in arcs if split[e] > 0]
        if earned:
            values, weights = zip(*earned, strict=True)
            room = rooms[g] - groups.weight[j]
            value[j] += least_upper(values, weights, room, groups.shift)
    total = offset
    cost = []
    for g, numbers in enumerate(members):
        # The last list is of the variables in no group.
        room = rooms[g] if g < len(rooms) else 0
        items = [(value[j], groups.weight[j], box.upper[j] - box.lower[j]) for j in numbers]
        filled = fill(items, room, groups.shift)
        total += filled.total
        for j in numbers:
            price = value[j] * filled.den - filled.num * groups.weight[j]
            cost.append((j, price, filled.den))
    return Bound(total, cost)


def _room(box: Box, r: int) -> int:
    row = box.problem.rows[r]
    taken = sum([a * box.lower[v] for v, a in zip(row.vars, row.coefs, strict=True)])
    return row.high - taken


def priced(box: Box, multipliers: Multipliers) -> tuple[int, list[int]]:
    """Return worth at the lower bounds and of a unit more, after the rows' prices.

    A soft row whose variables are all fixed is paid as it is.
    """
    bits, lower = multipliers.bits, box.lower
    offset = settled(box) + sum([box.worth[j] * lower[j] for j in box.free])
    offset <<= bits
    value = [worth << bits for worth in box.worth]
    for r, row in enumerate(box.problem.rows):
        high, low = multipliers.high[r], multipliers.low[r]
        if not (high or low) or not any(box.is_open[v] for v in row.vars):
            continue
        price, activity = high - low, 0
        for v, a in zip(row.vars, row.coefs, strict=True):
            activity += a * lower[v]
            value[v] -= price * a
        offset += high * (row.high - activity) + low * (activity - row.low)
    for p in box.clashes:
        price = multipliers.clash[p]
        if price:
            first, second, _ = box.problem.clashes[p]
            offset += price
            value[first] -= price
            value[second] -= price
    return offset, value


def settled(box: Box) -> int:
    """Return what is sure: worth of the fixed variables less penalties of settled rows."""
    total = box.constant
    for row in box.problem.rows:
        if row.penalty and not any(box.is_open[v] for v in row.vars):
            activity = sum(
                a * box.lower[v] for v, a in zip(row.vars, row.coefs, strict=True)
            )
            total -= row.penalty * max(activity - row.high, row.low - activity, 0)
    return total
