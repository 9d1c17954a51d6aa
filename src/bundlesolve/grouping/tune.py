"""How much a pair must be worth to be put together: chosen on sets with known bundles."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from bundlesolve.errors import InvalidParameter
from bundlesolve.grouping.instance import whole
from bundlesolve.grouping.linkage import average_linkage
from bundlesolve.grouping.moves import improve
from bundlesolve.kernels.partition import best_partition
from bundlesolve.learn.bundles.labelled import LabelledSet
from bundlesolve.learn.bundles.scorer import FittedScorer
from bundlesolve.learn.tables import FloatArray
from bundlesolve.model.frozen import IntArray

MOST_EXACT = 12
THRESHOLDS = tuple(float(t) for t in np.arange(-0.5, 2.01, 0.125))

Divide = Callable[[FloatArray], IntArray]
"""From signed pair worths ``[n, n]`` to the group of each item ``[n]``."""


def best_jaccard(found: Sequence[frozenset[int]], truth: Sequence[frozenset[int]]) -> float:
    """Return the mean over the true bundles of the best Jaccard index with one found.

    ``|A & B| / |A | B|``; sets found of one item do not count.
    """
    some = [one for one in found if len(one) >= 2]
    best = [max((len(t & p) / len(t | p) for p in some), default=0.0) for t in truth]
    return float(np.mean(best))


def sets_of(items: IntArray, group: IntArray) -> list[frozenset[int]]:
    """Return the groups of a division as sets of item numbers."""
    found: dict[int, set[int]] = {}
    for item, one in zip(items.tolist(), group.tolist(), strict=True):
        found.setdefault(one, set()).add(item)
    return [frozenset(one) for one in found.values()]


def correlation_clustering(worth: FloatArray) -> IntArray:
    """Divide up to 12 items best possible, more by local search from average linkage."""
    pairs = whole(worth)
    if len(pairs) <= MOST_EXACT:
        best: IntArray = best_partition(pairs)
        return best
    return improve(pairs, average_linkage(worth))


def choose_threshold(
    scorer: FittedScorer,
    valid: Sequence[LabelledSet],
    thresholds: Sequence[float] = THRESHOLDS,
    divide: Divide = correlation_clustering,
) -> float:
    """Return the log odds that a pair must exceed, best by mean Jaccard over valid sets.

    The mean over three neighbouring thresholds is compared, so that no lucky one wins.

    Parameters
    ----------
    scorer
        Gives the log odds.
    valid
        Sets with their bundles, which the scorer did not learn from.
    thresholds
        Ascending. Default: -0.5 to 2 in steps of 1/8.
    divide
        What makes bundles of worths. Default: `correlation_clustering`.

    Raises
    ------
    InvalidParameter
        If no valid set has a bundle.
    """
    known = [one for one in valid if one.bundles]
    if not known:
        raise InvalidParameter("valid: expected sets with bundles, found none")
    worths = [scorer.worth(one.items) for one in known]
    value = np.array(
        [
            np.mean(
                [
                    best_jaccard(sets_of(one.items, divide(worth - least)), one.bundles)
                    for one, worth in zip(known, worths, strict=True)
                ]
            )
            for least in thresholds
        ]
    )
    padded = np.concatenate([value[:1], value, value[-1:]])
    smooth = np.convolve(padded, np.full(3, 1 / 3), mode="valid")
    return float(thresholds[int(np.argmax(smooth))])
