"""Wilcoxon's signed-rank test of two methods on the same problems.

F. Wilcoxon, "Individual comparisons by ranking methods", Biometrics Bulletin 1 (1945),
80-83. Up to `MOST_EXACT` problems the p-value is exact, ties or not: the distribution of
the rank sum over all signs, given the ranks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from bundlesolve.bench.statistics.ranks import average_ranks

FloatArray = NDArray[np.float64]

MOST_EXACT = 200
"""Differences up to which the distribution is counted out; beyond, it is normal."""
EQUAL = 1e-12
"""Relative difference up to which two scores are one: they come from float sums."""


class Alternative(StrEnum):
    """What the test is to show."""

    DIFFERENT = "different"
    HIGHER = "higher"  #: the first method's scores are higher, that is worse


@dataclass(frozen=True)
class SignedRanks:
    """Outcome of the test.

    Parameters
    ----------
    higher, lower
        Sums of the ranks of the problems on which the first score is higher, and lower.
    differing
        Number of problems on which the scores differ; the others say nothing.
    p
        Probability of such a sum, or one further out, if neither were better; 1 where no
        score differs.
    """

    higher: float
    lower: float
    differing: int
    p: float


def wilcoxon(
    first: FloatArray,
    second: FloatArray,
    alternative: Alternative = Alternative.DIFFERENT,
) -> SignedRanks:
    """Test whether two methods score alike on the same problems.

    Parameters
    ----------
    first, second
        Finite scores, shape ``[problems]``.
    alternative
        Default: they differ, whichever way.
    """
    differences = first - second
    most = np.maximum(np.abs(first), np.abs(second))
    differences = differences[np.abs(differences) > EQUAL * most]
    n = len(differences)
    if not n:
        return SignedRanks(0.0, 0.0, 0, 1.0)
    # Almost equal sizes are equal, else the ranks would order rounding errors.
    sizes = np.abs(differences)
    digits = 12 - math.ceil(math.log10(float(sizes.max())))
    ranks = average_ranks(np.asarray(np.round(sizes, digits), dtype=np.float64))
    higher = float(ranks[differences > 0].sum())
    lower = float(ranks.sum()) - higher
    tail = _exact_tail if n <= MOST_EXACT else _normal_tail
    p = tail(ranks, higher)
    if alternative is Alternative.DIFFERENT:
        p = min(1.0, 2 * min(p, tail(ranks, lower)))
    return SignedRanks(higher, lower, n, p)


def _exact_tail(ranks: FloatArray, total: float) -> float:
    """Return the probability that ranks with random signs sum to at least a total."""
    doubled = np.rint(2 * ranks).astype(np.int64)  # average ranks may end in a half
    chances = np.zeros(int(doubled.sum()) + 1)
    chances[0] = 1.0
    for rank in doubled:
        shifted = np.zeros_like(chances)
        shifted[rank:] = chances[: len(chances) - rank]
        chances = (chances + shifted) / 2
    return min(1.0, math.fsum(chances[round(2 * total) :]))


def _normal_tail(ranks: FloatArray, total: float) -> float:
    """Return the same by the normal distribution of that mean and variance."""
    mean, variance = float(ranks.sum()) / 2, float((ranks**2).sum()) / 4
    return math.erfc((total - mean) / math.sqrt(2 * variance)) / 2
