"""Loss and slope of a sparse pairwise log-linear model of baskets."""

from __future__ import annotations

from functools import cache

import numpy as np

from bundlesolve.kernels.compiling import njit
from bundlesolve.kernels.types import Floats, Ints


@njit(cache=True, nogil=True)
def pseudo_likelihood(
    starts: Ints,
    item: Ints,
    size: Ints,
    begin: Ints,
    neighbour: Ints,
    pair: Ints,
    weight: Floats,
    bias: Floats,
    offset: Floats,
    slope_weight: Floats,
    slope_bias: Floats,
    slope_offset: Floats,
    curvature: Floats,
) -> float:
    """Return the negative log pseudo-likelihood; its slopes are put into ``slope_*``.

    ::

        z_bi = bias_i + offset_size(b) + sum_{j in b} w_ij
        loss = sum_b sum_i log(1 + exp(z_bi)) - x_bi z_bi

    Only items that are in a basket or a neighbour of one that is are looked at one by
    one; for all others of a basket ``z`` depends on item and size class alone, and they
    are counted.

    Parameters
    ----------
    starts, item
        Baskets in compressed rows. Shapes ``[m + 1]``, ``[lines]``.
    size
        Size class of each basket. Shape ``[m]``.
    begin, neighbour, pair
        Each item's neighbours and the number of the pair, in compressed rows.
    weight, bias, offset
        The point. Shapes ``[p]``, ``[n]``, ``[classes]``.
    slope_weight, slope_bias, slope_offset
        Filled. Shapes as above.
    curvature
        Filled with the second derivative by each weight alone. Shape ``[p]``.
    """
    n = len(bias)
    z = np.zeros(n)
    slope = np.zeros(n)
    bend = np.zeros(n)
    seen_in = np.full(n, -1, dtype=np.int64)
    met = np.empty(n, dtype=np.int64)
    looked = np.zeros((len(offset), n))
    baskets = np.zeros(len(offset))
    slope_weight[:] = 0.0
    slope_bias[:] = 0.0
    slope_offset[:] = 0.0
    curvature[:] = 0.0
    loss = 0.0
    for b in range(len(starts) - 1):
        k = 0
        c = size[b]
        baskets[c] += 1.0
        for a in range(starts[b], starts[b + 1]):
            j = item[a]
            if seen_in[j] != b:
                seen_in[j] = b
                z[j] = bias[j] + offset[c]
                met[k] = j
                k += 1
            for r in range(begin[j], begin[j + 1]):
                i = neighbour[r]
                if seen_in[i] != b:
                    seen_in[i] = b
                    z[i] = bias[i] + offset[c]
                    met[k] = i
                    k += 1
                z[i] += weight[pair[r]]
        for q in range(k):
            i = met[q]
            small = np.exp(-abs(z[i]))
            loss += max(z[i], 0.0) + np.log1p(small)
            chance = 1.0 / (1.0 + small) if z[i] > 0 else small / (1.0 + small)
            slope[i] = chance
            bend[i] = chance * (1.0 - chance)
            looked[c, i] += 1.0
        for a in range(starts[b], starts[b + 1]):
            loss -= z[item[a]]
            slope[item[a]] -= 1.0
        for q in range(k):
            slope_bias[met[q]] += slope[met[q]]
            slope_offset[c] += slope[met[q]]
        for a in range(starts[b], starts[b + 1]):
            j = item[a]
            for r in range(begin[j], begin[j + 1]):
                slope_weight[pair[r]] += slope[neighbour[r]]
                curvature[pair[r]] += bend[neighbour[r]]
    for c in range(len(offset)):
        for i in range(n):
            others = baskets[c] - looked[c, i]
            if others > 0.0:
                v = bias[i] + offset[c]
                small = np.exp(-abs(v))
                loss += others * (max(v, 0.0) + np.log1p(small))
                chance = 1.0 / (1.0 + small) if v > 0 else small / (1.0 + small)
                slope_bias[i] += others * chance
                slope_offset[c] += others * chance
    return loss


@cache
def warm_up() -> None:
    """Compile outside anybody's clock."""
    two = np.arange(2, dtype=np.int64)
    one, zero = np.zeros(1), np.zeros(1, dtype=np.int64)
    pseudo_likelihood(
        np.array([0, 2]),
        two,
        zero,
        np.array([0, 1, 2]),
        two[::-1].copy(),
        np.zeros(2, dtype=np.int64),
        one,
        np.zeros(2),
        one.copy(),
        one.copy(),
        np.zeros(2),
        one.copy(),
        one.copy(),
    )
