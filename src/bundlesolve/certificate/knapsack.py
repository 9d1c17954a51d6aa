"""Continuous knapsacks in whole numbers, never below the true optimum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


def least_upper(
    values: Sequence[int], weights: Sequence[int], room: int, shift: int
) -> int:
    """Return ``max values . y, weights . y <= room, 0 <= y <= 1``, rounded up.

    Parameters
    ----------
    values, weights
        Positive values, non-negative weights.
    room
        Capacity; below 0 nothing is taken.
    shift
        Ratios are compared to ``2**-shift``; exact when ``2**shift`` reaches the product
        of any two weights.
    """
    if room < 0:
        return 0
    if sum(weights) <= room:
        return sum(values)
    total = 0
    ranked = []
    for value, weight in zip(values, weights, strict=True):
        if weight:
            ranked.append(((value << shift) // weight, value, weight))
        else:
            total += value
    ranked.sort(reverse=True)
    for _, value, weight in ranked:
        if weight > room:
            return total - (-value * room // weight)
        total += value
        room -= weight
    return total


class Filled(NamedTuple):
    """A knapsack's optimum, rounded up, and its price ``num / den`` of a unit of room."""

    total: int
    num: int
    den: int


def fill(items: list[tuple[int, int, int]], room: int, shift: int) -> Filled:
    """Return the optimum over ``(value, weight, most)`` with its dual price.

    As `least_upper`, for up to ``most`` units of each and values of any sign. For every
    price ``p >= 0`` the sum ``p * room + sum most * max(0, value - p * weight)`` is an
    upper bound; it equals the optimum at the price returned.
    """
    total = 0
    ranked = []
    for value, weight, most in items:
        if value > 0:
            if weight:
                ranked.append(((value << shift) // weight, value, weight, most))
            else:
                total += value * most
    ranked.sort(reverse=True)
    for _, value, weight, most in ranked:
        if weight * most > room:
            return Filled(total - (-value * room // weight), value, weight)
        total += value * most
        room -= weight * most
    return Filled(total, 0, 1)
