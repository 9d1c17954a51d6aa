"""Draws that several kinds share; whole numbers only, so equal on every platform."""

from __future__ import annotations

import math

import numpy as np

from bundlesolve.model.amounts import Amounts
from bundlesolve.model.frozen import IntArray, integers
from bundlesolve.model.rules import Budget

MOST_ITEMS = 1_000_000


def item_ids(n: int) -> tuple[str, ...]:
    """Return the ids ``1..n``."""
    return tuple(str(i) for i in range(1, n + 1))


def dense_pairs(
    rng: np.random.Generator, n: int, density: int
) -> tuple[IntArray, IntArray]:
    """Return each pair ``first < second`` with a probability of ``density`` percent."""
    first, second = [integers([])], [integers([])]
    # Row by row: all pairs at once would take gigabytes at ten thousand items.
    for i in range(n - 1):
        drawn = rng.integers(0, 100, n - 1 - i, dtype=np.uint8) < density
        row = np.flatnonzero(drawn) + i + 1
        first.append(np.full(len(row), i, dtype=np.int64))
        second.append(row.astype(np.int64))
    return np.concatenate(first), np.concatenate(second)


def exponential(rng: np.random.Generator, count: int, mean: int) -> IntArray:
    """Draw exponentially distributed whole numbers of a mean.

    The binary digits of an exponential variable are independent, the one worth ``2**-k``
    being 1 with probability ``1 / (1 + exp(2**-k))``; so whole-number draws are enough,
    where logarithms would differ between platforms. (Marsaglia, 1971: Random variables
    with independent binary digits.)
    """
    total = np.zeros(count, dtype=np.int64)
    scale = 26
    for k in range(-5, scale + 1):
        limit = round(2**32 / (1 + math.exp(2.0**-k)))
        digit = rng.integers(0, 1 << 32, count, dtype=np.uint64) < limit
        total += digit.astype(np.int64) << (scale - k)
    return (total * mean) >> scale


def share_of(total: int, percent: float) -> int:
    """Return ``percent`` percent of a total, rounded down, with 3 decimals of percent."""
    return total * round(percent * 1000) // 100_000


def weight_budget(weights: IntArray, at_most: int) -> Budget:
    """Return the one budget of a knapsack."""
    return Budget(name="weight", per_item=Amounts.dense(weights), at_most=at_most)
