"""How large a difference is, not only how sure.

D. S. Kerby, "The simple difference formula", Comprehensive Psychology 3 (2014), 11.IT.3.1;
A. Vargha and H. D. Delaney, "A critique and improvement of the CL common language effect
size statistics", Journal of Educational and Behavioral Statistics 25 (2000), 101-132.
Scores are lower is better throughout.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundlesolve.bench.statistics.wilcoxon import EQUAL, wilcoxon

FloatArray = NDArray[np.float64]


def rank_biserial(first: FloatArray, second: FloatArray) -> float:
    """Return the matched-pairs rank-biserial correlation, from -1 to 1.

    The signed ranks in favour of the first method minus those in favour of the second,
    over all of them: 1 where the first is better on every problem on which they differ, 0
    where neither is.
    """
    ranks = wilcoxon(first, second)
    total = ranks.lower + ranks.higher
    return (ranks.lower - ranks.higher) / total if total else 0.0


def wins(first: FloatArray, second: FloatArray) -> tuple[int, int, int]:
    """Return on how many problems the first is better, they are equal, the second is."""
    equal = np.abs(first - second) <= EQUAL * np.maximum(np.abs(first), np.abs(second))
    better = int((~equal & (first < second)).sum())
    return better, int(equal.sum()), len(first) - better - int(equal.sum())


def vargha_delaney(first: FloatArray, second: FloatArray) -> float:
    """Return the probability that a run of the first is better than one of the second.

    ``A = P(first < second) + P(equal) / 2`` over all pairs of runs, which need not be
    paired: for the seeds of two methods on one problem. 0.5 where neither has any runs.
    """
    if not len(first) or not len(second):
        return 0.5
    below = (first[:, None] < second).mean()
    equal = (first[:, None] == second).mean()
    return float(below + equal / 2)
