"""A shop: prices, margins, stock, categories, and synergies by communities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bundlesolve.generate.draws import MOST_ITEMS, item_ids, share_of
from bundlesolve.generate.kind import Kind, check_range
from bundlesolve.generate.pairs import DistinctPairs
from bundlesolve.model.amounts import Amounts
from bundlesolve.model.bundle import Bundle
from bundlesolve.model.extra_worths import ExtraWorths
from bundlesolve.model.frozen import IntArray, hand_over
from bundlesolve.model.instance import Instance
from bundlesolve.model.rules import Budget, Category
from bundlesolve.model.synergies import Synergies

COMMUNITY = 50
"""Articles of a community, about."""
ROUNDS = 40
"""Times that pairs are drawn for those drawn twice."""


@dataclass(frozen=True)
class Retail(Kind):
    """Fill bundles from a shop's assortment.

    All worths are money with 2 decimals. Prices are skewed (few dear articles), the
    margin is 5 to 40 % of the price, a second unit earns half of it and further units a
    quarter. Articles belong to one of ``categories`` and, across categories, to a
    community of about 50 articles that are bought together. Nine tenths of the synergies
    join two articles of a community, the rest any two; within a category they are
    mostly negative (substitutes), otherwise mostly positive (complements). The largest
    synergy is a fifth of the smaller price. Each bundle has a money budget of ``share``
    percent of all prices divided by the number of bundles, at most ``size`` different
    articles, and at most a quarter of ``size`` (but 2) of one category.

    Parameters
    ----------
    items
        Number of articles. Default 500.
    synergies
        Number of pairs; fewer where too few articles are left. Default 5000.
    categories
        Number of categories. Default 12.
    bundles
        Number of bundles, which share the stock. Default 1.
    most_units
        Most units of an article in a bundle. Default 3.
    size
        Most different articles of a bundle. Default 40.
    share
        Percentage of the sum of prices that may be spent on all bundles. Default 5.
    """

    name: ClassVar[str] = "retail"
    summary: ClassVar[str] = "a shop: categories, prices, stock, signed synergies"

    items: int = 500
    synergies: int = 5000
    categories: int = 12
    bundles: int = 1
    most_units: int = 3
    size: int = 40
    share: float = 5

    def __post_init__(self) -> None:
        check_range("items", self.items, 1, MOST_ITEMS)
        check_range("synergies", self.synergies, 0, 20_000_000)
        check_range("categories", self.categories, 1, 10_000)
        check_range("bundles", self.bundles, 1, 100)
        check_range("most_units", self.most_units, 1, 100)
        check_range("size", self.size, 1, MOST_ITEMS)
        check_range("share", self.share, 0, 100)

    def draw(self, rng: np.random.Generator) -> Instance:
        """Draw articles, then pairs."""
        n = self.items
        # The cube of a uniform number: the median is an eighth of the largest price.
        prices = 99 + rng.integers(0, 100, n) ** 3 // 100
        margins = np.maximum(prices * rng.integers(5, 41, n) // 100, 1)
        category = rng.integers(0, self.categories, n)
        stock = rng.integers(0, 3 * self.most_units * self.bundles + 1, n)
        budget = share_of(int(prices.sum()), self.share) // self.bundles
        return Instance(
            items=item_ids(n),
            utility=margins,
            synergies=self._pairs(rng, prices, category),
            max_units=np.full(n, self.most_units, dtype=np.int64),
            extra_utility=_extra(margins) if self.most_units > 1 else (),
            stock=Amounts(hand_over(np.arange(n)), hand_over(stock)),
            bundles=tuple(Bundle(f"bundle {k + 1}") for k in range(self.bundles)),
            budgets=(
                Budget(
                    name="money",
                    per_unit=Amounts.dense(prices),
                    at_most=budget,
                    decimals=2,
                ),
            ),
            categories=self._limits(category),
            decimals=2,
        )

    def _pairs(
        self, rng: np.random.Generator, prices: IntArray, category: IntArray
    ) -> Synergies:
        first, second = self._joined(rng)
        most = np.minimum(prices[first], prices[second]) // 5
        size = 1 + most * rng.integers(0, 1001, len(first)) // 1000
        minus = category[first] == category[second]
        minus ^= rng.integers(0, 10, len(first)) == 0
        np.negative(size, out=size, where=minus)
        return Synergies(first, second, hand_over(size))

    def _joined(self, rng: np.random.Generator) -> tuple[IntArray, IntArray]:
        """Return ``synergies`` different pairs, or fewer where they run out."""
        n = self.items
        communities = max(n // COMMUNITY, 1)
        # Articles in a shuffled row; each stretch of it is a community.
        row = rng.permutation(n)
        edges = np.arange(communities + 1) * n // communities
        drawn = DistinctPairs()
        for _ in range(ROUNDS):
            count = self.synergies - len(drawn)
            if not count:
                break
            which = rng.integers(0, communities, count)
            low, width = edges[which], (edges[1:] - edges[:-1])[which]
            ends = row[low + rng.integers(0, 1 << 40, (2, count)) % width]
            anywhere = rng.integers(0, 10, count) == 0
            ends[:, anywhere] = rng.integers(0, n, (2, int(anywhere.sum())))
            drawn.add(ends[0], ends[1])
        return drawn.pairs()

    def _limits(self, category: IntArray) -> tuple[Category, ...]:
        most = max(self.size // 4, 2)
        order = np.argsort(category, kind="stable")
        groups = np.split(
            order, np.cumsum(np.bincount(category, minlength=self.categories))[:-1]
        )
        limits = [Category(name="size", items=np.arange(self.items), at_most=self.size)]
        limits += [
            Category(name=f"category {c + 1}", items=group, at_most=most)
            for c, group in enumerate(groups)
            if len(group)
        ]
        return tuple(limits)


def _extra(margins: IntArray) -> ExtraWorths:
    n = len(margins)
    worths = np.stack((margins // 2, margins // 4), axis=1).reshape(-1)
    return ExtraWorths(np.arange(n), 2 * np.arange(n + 1), worths)
