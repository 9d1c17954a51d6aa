"""The wiring: a set and its signed pair worths in, verified bundles out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from bundlesolve.errors import WrongAnswer
from bundlesolve.grouping.instance import grouping_instance, whole
from bundlesolve.grouping.linkage import average_linkage
from bundlesolve.grouping.moves import improve
from bundlesolve.kernels.partition import best_partition
from bundlesolve.learn.tables import FloatArray
from bundlesolve.model.check import check
from bundlesolve.model.decimals import to_decimal
from bundlesolve.model.frozen import IntArray
from bundlesolve.solve import solve
from bundlesolve.stop import Stop

MOST_EXACT = 15
"""Items up to which all divisions are looked at: 7 million steps, 0.1 seconds."""


@dataclass(frozen=True)
class Grouping:
    """A set divided into bundles.

    Parameters
    ----------
    bundles
        Item ids of each bundle, two or more; in the order of the items.
    alone
        Items in no bundle.
    objective
        Worth of the pairs inside the bundles.
    bound
        Proved upper bound of it; equal where the answer is proved best. None: none.
    method
        What found it: ``subsets`` (proves), or a method of `solve`.
    """

    bundles: tuple[tuple[str, ...], ...]
    alone: tuple[str, ...]
    objective: Decimal
    bound: Decimal | None
    method: str

    @property
    def optimal(self) -> bool:
        """Whether no division is worth more."""
        return self.bound == self.objective


def group(
    items: Sequence[str],
    worth: FloatArray,
    *,
    method: str = "auto",
    stop: Stop = Stop(seconds=10),  # noqa: B008 - frozen
    seed: int = 0,
) -> Grouping:
    """Divide a set so that the pairs inside bundles are worth most.

    Up to 15 items by dynamic programming over subsets, which proves. More: average linkage
    and nothing at all, each improved by moves and mergers; the better one is the start of
    `solve` on `grouping_instance`. The number of bundles follows from the worths. Either
    way `check` recomputes the answer from the instance.

    Parameters
    ----------
    items
        Ids. ``n`` of them.
    worth
        Signed worth of each pair, symmetric; four decimals count. Shape ``[n, n]``.
    method
        Method of `solve` for larger sets. Default ``"auto"``.
    stop
        When `solve` ends. Default: after 10 seconds.
    seed
        Of `solve`. Default 0.

    Raises
    ------
    InvalidParameter
        If ``worth`` is no symmetric matrix of finite numbers.
    """
    instance = grouping_instance(items, worth)
    pairs = whole(worth)
    if len(items) <= MOST_EXACT:
        units = _units(best_partition(pairs), instance.num_bundles)
        verdict = check(instance, units.tolist())
        if not verdict.feasible:
            raise WrongAnswer("subsets", "an item is in two bundles")
        value = to_decimal(verdict.objective, instance.decimals)
        return _grouping(items, units, value, value, "subsets")
    starts = (average_linkage(pairs.astype(np.float64)), np.arange(len(items)))
    best = max((improve(pairs, one) for one in starts), key=lambda g: inside(pairs, g))
    start = _units(best, instance.num_bundles)
    found = solve(instance, method, stop=stop, seed=seed, start=start)
    assert found.units is not None  # the start is one
    assert found.objective is not None
    bound = None if found.bound is None else to_decimal(found.bound, instance.decimals)
    value = to_decimal(found.objective, instance.decimals)
    return _grouping(items, found.units, value, bound, found.method)


def inside(worth: IntArray, groups: IntArray) -> int:
    """Return what the pairs inside groups are worth."""
    same = groups[:, None] == groups
    return int(np.triu(np.where(same, worth, 0), 1).sum())


def _units(groups: IntArray, bundles: int) -> IntArray:
    """Return units ``[K, n]``: groups of two or more are bundles, the others are out."""
    units = np.zeros((bundles, len(groups)), dtype=np.int64)
    k = 0
    for one in range(int(groups.max(initial=-1)) + 1):
        member = groups == one
        if member.sum() >= 2:
            units[k] = member
            k += 1
    return units


def _grouping(
    items: Sequence[str],
    units: IntArray,
    objective: Decimal,
    bound: Decimal | None,
    method: str,
) -> Grouping:
    held = sorted(np.flatnonzero(row).tolist() for row in units)
    bundles = tuple(tuple(items[i] for i in row) for row in held if len(row) >= 2)
    taken = {i for row in held if len(row) >= 2 for i in row}
    alone = tuple(item for i, item in enumerate(items) if i not in taken)
    return Grouping(bundles, alone, objective, bound, method)
