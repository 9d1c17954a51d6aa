"""A shop's customer segments: one catalogue, shared stock, a bundle for each segment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bundlesolve.generate.draws import item_ids, share_of
from bundlesolve.generate.kind import Kind, check_range
from bundlesolve.generate.pairs import DistinctPairs
from bundlesolve.model.amounts import Amounts
from bundlesolve.model.bundle import Bundle
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.instance import Instance
from bundlesolve.model.rules import Budget, Category
from bundlesolve.model.synergies import Synergies

COMMUNITY = 25
"""Articles of a community, about."""
TASTES = 8
"""Communities that a segment likes."""
SIZES = (50, 75, 100, 125, 150)
"""Budgets of the five classes of segments, in percent of the mean."""


@dataclass(frozen=True)
class SegmentShop(Kind):
    """Choose an assortment for each of many customer segments out of one stock.

    All worths are money with 2 decimals. Prices are skewed, the margin is 10 to 40 % of the
    price. A segment values every article at a tenth to all of its margin, three times
    that in a few communities that it likes. Pair worths are the same for all segments:
    within a community complements, one in six of them substitutes (worth less together),
    up to a fifth of the smaller price. Each segment has a money budget of one of five
    classes, of ``share`` percent of all prices in the mean, and where ``categories`` is
    not 0 at most a quarter of ``size`` articles of each category and ``size`` in all.
    There are units of an article for ``stock`` percent of the segments in the mean.

    Parameters
    ----------
    items
        Number of articles. Default 1000.
    bundles
        Number of segments. Default 100.
    synergies
        Number of pairs; fewer where too few articles are left. Default 5000.
    categories
        Number of categories, 0 for no such limits. Default 12.
    size
        Most different articles of a segment. Default 60.
    share
        Percentage of the sum of prices that one segment may spend. Default 4.
    stock
        Units of an article, in percent of the number of segments. Default 4.
    """

    name: ClassVar[str] = "segments"
    summary: ClassVar[str] = "many customer segments: own worths, shared pairs and stock"

    items: int = 1000
    bundles: int = 100
    synergies: int = 5000
    categories: int = 12
    size: int = 60
    share: float = 4
    stock: float = 4

    def __post_init__(self) -> None:
        check_range("items", self.items, 1, 100_000)
        check_range("bundles", self.bundles, 1, 100_000)
        check_range("synergies", self.synergies, 0, 10_000_000)
        check_range("categories", self.categories, 0, 10_000)
        check_range("size", self.size, 1, 100_000)
        check_range("share", self.share, 0, 100)
        check_range("stock", self.stock, 0, 100)

    def draw(self, rng: np.random.Generator) -> Instance:
        """Draw articles, pairs, then segments."""
        n = self.items
        prices = 99 + rng.integers(0, 100, n) ** 3 // 100
        margins = np.maximum(prices * rng.integers(10, 41, n) // 100, 1)
        communities = max(n // COMMUNITY, 1)
        community = rng.permutation(n) * communities // n
        pairs = self._pairs(rng, prices, community)
        mean = share_of(self.bundles, self.stock)
        stock = 1 + rng.integers(0, 2 * mean + 1, n)
        everyone = np.arange(n)
        return Instance(
            items=item_ids(n),
            utility=margins,
            synergies=pairs,
            stock=Amounts(everyone, stock),
            bundles=tuple(
                Bundle(
                    f"segment {k + 1}",
                    utility=Amounts(everyone, _worths(rng, margins, community)),
                )
                for k in range(self.bundles)
            ),
            budgets=self._budgets(rng, prices),
            categories=self._limits(rng),
            decimals=2,
        )

    def _pairs(
        self, rng: np.random.Generator, prices: IntArray, community: IntArray
    ) -> Synergies:
        order = np.argsort(community, kind="stable")
        length = np.bincount(community)
        start = np.cumsum(length) - length
        found = DistinctPairs()
        for _ in range(40):
            count = self.synergies - len(found)
            if count <= 0:
                break
            one = rng.integers(0, self.items, count)
            mates = community[one]
            draw = rng.integers(0, 1 << 40, count)
            other = order[start[mates] + draw % length[mates]]
            found.add(one, other)
        first, second = found.pairs()
        most = np.minimum(prices[first], prices[second]) // 5
        size = 1 + most * rng.integers(0, 1001, len(first)) // 1000
        substitutes = rng.integers(0, 6, len(first)) == 0
        return Synergies(first, second, np.where(substitutes, -size, size))

    def _budgets(self, rng: np.random.Generator, prices: IntArray) -> tuple[Budget, ...]:
        classes = rng.integers(0, len(SIZES), self.bundles)
        mean = share_of(int(prices.sum()), self.share)
        amounts = Amounts.dense(prices)
        return tuple(
            Budget(
                name=f"money, class {c + 1}",
                per_unit=amounts,
                at_most=mean * percent // 100,
                decimals=2,
                bundles=tuple(np.flatnonzero(classes == c).tolist()),
            )
            for c, percent in enumerate(SIZES)
            if np.any(classes == c)
        )

    def _limits(self, rng: np.random.Generator) -> tuple[Category, ...]:
        if self.categories == 0:
            return ()
        category = rng.integers(0, self.categories, self.items)
        everyone = np.arange(self.items)
        most = max(self.size // 4, 2)
        limits = [Category(name="size", items=everyone, at_most=self.size)]
        limits += [
            Category(name=f"category {c + 1}", items=group, at_most=most)
            for c in range(self.categories)
            if len(group := np.flatnonzero(category == c))
        ]
        return tuple(limits)


def _worths(rng: np.random.Generator, margins: IntArray, community: IntArray) -> IntArray:
    """Return what the articles are worth to one segment."""
    liked = rng.integers(0, int(community.max()) + 1, TASTES)
    percent = rng.integers(10, 101, len(margins))
    percent[np.isin(community, liked)] *= 3
    worths: IntArray = np.maximum(margins * percent // 100, 1)
    return worths
