"""Ranks of methods over problems, and Friedman's test that they are all alike.

M. Friedman, "The use of ranks to avoid the assumption of normality implicit in the
analysis of variance", Journal of the American Statistical Association 32 (1937), 675-701;
J. Demsar, "Statistical comparisons of classifiers over multiple data sets", Journal of
Machine Learning Research 7 (2006), 1-30.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def average_ranks(values: FloatArray) -> FloatArray:
    """Return ranks from 1 for the lowest; equal values share the mean of their ranks."""
    ordered, places = np.unique(values, return_inverse=True)
    counts = np.bincount(places.reshape(-1), minlength=len(ordered))
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[places.reshape(-1)], dtype=np.float64)


def rank_table(scores: FloatArray, digits: int = 12) -> FloatArray:
    """Return the ranks of methods on each problem, shape ``[problems, methods]``.

    Parameters
    ----------
    scores
        Lower is better, finite, the same shape.
    digits
        Decimals after which scores count as equal. Default 12.
    """
    rows = [average_ranks(row) for row in np.round(scores, digits)]
    return np.array(rows).reshape(scores.shape)


@dataclass(frozen=True)
class Friedman:
    """Outcome of the test.

    Parameters
    ----------
    statistic
        Friedman's chi-squared, corrected for ties.
    p
        Probability of it or more if no method were better, by the chi-squared
        distribution with ``methods - 1`` degrees of freedom.
    problems, methods
        Size of the table.
    """

    statistic: float
    p: float
    problems: int
    methods: int


def friedman(scores: FloatArray) -> Friedman | None:
    r"""Test whether all methods score alike; None with fewer than 3 methods or 2 problems.

    .. math::
        \chi^2 = \frac{\frac{12}{n k (k+1)} \sum_j R_j^2 - 3 n (k+1)}
                      {1 - \sum (t^3 - t) / (n k (k^2 - 1))}

    with ``R_j`` the rank sum of method ``j`` of ``k`` over ``n`` problems and ``t`` the
    size of each group of ties within a problem. 0 with p = 1 where all ranks tie.

    Parameters
    ----------
    scores
        Lower is better, finite, shape ``[problems, methods]``.
    """
    n, k = scores.shape
    if k < 3 or n < 2:
        return None
    ranks = rank_table(scores)
    ties = 0
    for row in ranks:
        sizes = np.unique(row, return_counts=True)[1]
        ties += int((sizes**3 - sizes).sum())
    correction = 1 - ties / (n * k * (k**2 - 1))
    if correction <= 0:
        return Friedman(0.0, 1.0, n, k)
    sums = ranks.sum(axis=0)
    raw = 12 / (n * k * (k + 1)) * float((sums**2).sum()) - 3 * n * (k + 1)
    statistic = max(0.0, raw / correction)
    from scipy.special import chdtrc

    return Friedman(statistic, float(chdtrc(k - 1, statistic)), n, k)
