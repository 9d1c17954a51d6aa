"""The continuous knapsack, solved around its critical item."""

from __future__ import annotations

import numpy as np

from bundlesolve.kernels.compiling import njit
from bundlesolve.kernels.types import Floats


@njit(cache=True, nogil=True)
def critical_multiplier(
    value: Floats, weight: Floats, most: Floats, capacity: float, taken: Floats
) -> float:
    """Solve ``max value . t, weight . t <= capacity, 0 <= t <= most``; return its dual.

    Weights are not negative. Writes the solution to ``taken``. If the capacity is
    negative nothing is taken and the dual is that of an empty knapsack. The critical
    item is found by partitioning around pivots (Balas and Zemel 1980), in linear time.
    """
    n = len(value)
    chosen = np.empty(n, dtype=np.int64)
    ratio = np.empty(n)
    count = 0
    for i in range(n):
        taken[i] = 0.0
        if value[i] > 0.0 and most[i] > 0.0:
            if weight[i] <= 0.0:
                taken[i] = most[i]
            else:
                ratio[count] = value[i] / weight[i]
                chosen[count] = i
                count += 1
    left = max(capacity, 0.0)
    low, high = 0, count
    while low < high:
        first, middle, last = ratio[low], ratio[(low + high) // 2], ratio[high - 1]
        pivot = max(min(first, middle), min(max(first, middle), last))
        # Better ones to low..above, equal ones to above..below, worse ones behind.
        above, k, below = low, low, high
        better = 0.0
        while k < below:
            i = chosen[k]
            if ratio[k] > pivot:
                better += weight[i] * most[i]
                ratio[k], ratio[above] = ratio[above], ratio[k]
                chosen[k], chosen[above] = chosen[above], i
                above += 1
                k += 1
            elif ratio[k] < pivot:
                below -= 1
                ratio[k], ratio[below] = ratio[below], ratio[k]
                chosen[k], chosen[below] = chosen[below], i
            else:
                k += 1
        if better > left:
            high = above
            continue
        for k in range(low, above):
            taken[chosen[k]] = most[chosen[k]]
        left -= better
        for k in range(above, below):
            i = chosen[k]
            part = min(most[i], left / weight[i])
            taken[i] = part
            if part < most[i]:
                # Rounding may say that some room is left; it would cost the dual dear.
                return pivot
            left = max(left - part * weight[i], 0.0)
        if left <= 0.0:
            return pivot
        low = below
    return 0.0
