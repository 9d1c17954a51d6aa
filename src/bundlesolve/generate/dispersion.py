"""Dispersion instances: no utilities, distances as synergies."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

import numpy as np

from bundlesolve.errors import InvalidParameter
from bundlesolve.generate.draws import (
    dense_pairs,
    exponential,
    item_ids,
    share_of,
    weight_budget,
)
from bundlesolve.generate.kind import Kind, check_range
from bundlesolve.model.frozen import IntArray, integers
from bundlesolve.model.instance import Instance
from bundlesolve.model.synergies import Synergies

DECIMALS = 6


class Distance(StrEnum):
    """How the distance of two items is drawn."""

    EXPO = "expo"  #: exponential with mean 50
    GEO = "geo"  #: Euclidean, of points in a square of side 100
    WGEO = "wgeo"  #: as geo, times the weights of both points, each in 5..10
    RAN = "ran"  #: uniform whole numbers in 1..100


@dataclass(frozen=True)
class Dispersion(Kind):
    """Choose items far apart from each other within a budget.

    Utilities are 0, a pair has a distance with probability ``density``, weights are
    uniform in 1..100, and the budget is ``share`` percent of their sum. (Distances:
    Pisinger, 2006: Upper bounds and exact algorithms for p-dispersion problems; budgets:
    Hochbaum, Baumann, Goldschmidt, Zhang, 2025.)

    Parameters
    ----------
    items
        Number of items. Default 300.
    density
        Percentage of pairs that have a distance. Default 25.
    distance
        ``expo``, ``geo``, ``wgeo`` or ``ran``; see `Distance`. Default ``expo``.
    share
        Percentage of the sum of weights that is the budget. Default 10.
    """

    name: ClassVar[str] = "dispersion"
    summary: ClassVar[str] = "distances as synergies, no utilities"

    items: int = 300
    density: int = 25
    distance: Distance = Distance.EXPO
    share: float = 10

    def __post_init__(self) -> None:
        check_range("items", self.items, 1, 20_000)
        check_range("density", self.density, 0, 100)
        check_range("share", self.share, 0, 100)
        object.__setattr__(self, "distance", distance_of(self.distance))

    def draw(self, rng: np.random.Generator) -> Instance:
        """Draw weights, pairs, distances."""
        weights = rng.integers(1, 101, self.items)
        first, second = dense_pairs(rng, self.items, self.density)
        if self.distance is Distance.RAN:
            worth, decimals = rng.integers(1, 101, len(first)), 0
        elif self.distance is Distance.EXPO:
            worth, decimals = exponential(rng, len(first), 50 * 10**DECIMALS), DECIMALS
        else:
            worth, decimals = _geometric(rng, self.items, first, second), DECIMALS
            if self.distance is Distance.WGEO:
                factor = rng.integers(5, 11, self.items)
                worth = worth * factor[first] * factor[second]
        capacity = share_of(int(weights.sum()), self.share)
        return Instance(
            items=item_ids(self.items),
            utility=np.zeros(self.items, dtype=np.int64),
            synergies=Synergies(first, second, worth),
            budgets=(weight_budget(weights, capacity),),
            decimals=decimals,
        )


def distance_of(name: Distance | str) -> Distance:
    """Return the distance of a name.

    Raises
    ------
    InvalidParameter
        If there is none.
    """
    try:
        return Distance(name)
    except ValueError:
        known = ", ".join(distance.value for distance in Distance)
        message = f"expected distance out of {known}, found {name!r}"
        raise InvalidParameter(message) from None


def _geometric(
    rng: np.random.Generator, n: int, first: IntArray, second: IntArray
) -> IntArray:
    side = 100 * 10**DECIMALS
    place = rng.integers(0, side + 1, (2, n))
    across, down = place[:, first] - place[:, second]
    squares: IntArray = across**2 + down**2
    # Square roots, unlike other functions, are rounded alike on every platform.
    return integers(np.rint(np.sqrt(squares.astype(np.float64))).astype(np.int64))
