"""Prices of stock: the Lagrangian bound of many bundles, by one cut a bundle."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from bundlesolve.kernels.segment_cuts import Catalogue
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.segments import Segments

CUTS = 2
"""Cuts of each bundle at the same item prices."""
CHUNKS = 32
"""Parts that a pass is divided into; the clock is looked at between them."""
MOST_SCALE = 1 << 20
LARGEST = 1 << 48
"""What the sum of all scaled worths stays below, where worths leave a choice."""
MOST_SPENT = 1 << 56
"""Largest sum of what the rows of a bundle are worth at their multipliers."""
GROW, SHRINK = 1.3, 0.75
LEAST_STEP, MOST_STEP = 1.0 / 512, 1.0
FIRST_PRICE = 0.1
"""First rise of a price that was 0, as a share of the item's mean worth."""
PAIR_STEP, PAIR_DECAY, LEAST_PAIR_STEP = 0.5, 0.93, 0.03
"""First step of the multipliers of negative pairs, and what is left of it each pass."""
SAMPLE, LEAST_SAMPLED, REHEARSALS = 100, 3, 100
"""Bundles of a rehearsal, how many times as many there must be, and its passes."""
REHEARSED_STEP, STILL = 0.3, 3
"""Largest steps of prices after one, and passes that leave prices as they are."""
SETTLED = 1e-5
PATIENCE = 6
"""Passes, without a gain of that share of the bound, after which prices are settled."""


class Prices:
    """Item prices, every bundle's own multipliers, and the bound they prove.

    ``optimum <= sum_i P_i stock_i + sum_k copies_k L_k(P)`` for all prices ``P >= 0``,
    where ``L_k`` is any bound on one copy of bundle ``k`` that pays ``P`` for its items
    (`bundlesolve.kernels.segment_cuts`). A pass evaluates all ``L_k`` and moves each price
    by how far the item's demand is from its stock, with a step of its own that shrinks
    when the sign turns: the market finds the prices. All in whole ``1 / scale``.

    Parameters
    ----------
    segments
        What is bounded.
    pool
        Threads for the cuts.

    Attributes
    ----------
    price
        ``P``, scaled. Shape ``[n]``.
    best
        The smallest bound so far, None before the first pass.
    settled
        True once passes gain next to nothing.
    """

    def __init__(self, segments: Segments, pool: ThreadPoolExecutor) -> None:
        from bundlesolve.kernels import segment_cuts as kernel

        self._kernel, self._pool, self._segments = kernel, pool, segments
        num, n = segments.shape
        self.scale = _scale(segments)
        self.catalogue = _catalogue(segments, self.scale)
        rows, negatives = segments.num_rows, len(self.catalogue.neg_worth)
        total = np.add.reduceat(
            np.append(segments.row_coef, 0), segments.row_start[:-1]
        ).reshape(rows)
        largest = np.maximum(np.maximum(total, segments.limit), 1)
        cap = MOST_SPENT // (rows + 1) // largest
        self.tables = kernel.Tables(
            segments.utility,
            segments.allowed,
            segments.limit,
            np.where(segments.limit < total, cap, 0),
            np.zeros((num, rows), dtype=np.int64),
            np.zeros((num, negatives), dtype=np.int64),
            np.ones((num, rows)),
            np.zeros((num, rows)),
            np.zeros((num, len(self.catalogue.head)), dtype=np.int64),
            np.zeros(num, dtype=np.int64),
            np.zeros((num, n), dtype=np.uint8),
            np.zeros(num, dtype=np.int64),
        )
        kernel.first_prices(self.catalogue, self.tables, self.scale)
        self.price = np.zeros(n, dtype=np.int64)
        positive = np.maximum(segments.utility, 0).mean(axis=0)
        self._first = 1.0 + FIRST_PRICE * self.scale * positive
        self._most = self.scale * (
            np.maximum(segments.utility, 0).max(axis=0) + _reach(segments)
        )
        wanted = segments.copies @ segments.allowed.astype(np.int64)
        self._binds = wanted > segments.stock
        self._step, self._sign = np.ones(n), np.zeros(n)
        self._pair_step, self._idle, self._passes, self._still = PAIR_STEP, 0, 0, 0
        self.best: int | None = None

    @property
    def settled(self) -> bool:
        """Whether passes gain next to nothing."""
        return self._idle >= PATIENCE

    def step(self, keep_going: Callable[[], bool]) -> int | None:
        """Make a pass; return the bound it proves, None where it was broken off."""
        num = self._segments.shape[0]
        demand = self._demand(np.arange(num), keep_going)
        if demand is None:
            return None
        bound = self._bound()
        self._passes += 1
        if not 1 <= self._passes <= self._still:
            self._move(demand)
        self._pair_step = max(self._pair_step * PAIR_DECAY, LEAST_PAIR_STEP)
        if self.best is None or bound < self.best - SETTLED * abs(self.best):
            self._idle = 0
        else:
            self._idle += 1
        self.best = bound if self.best is None else min(bound, self.best)
        return bound

    def rehearse(self, keep_going: Callable[[], bool]) -> None:
        """Find prices for a sample of the bundles and its share of the stock.

        Its passes take a fraction of the time of the others, which then only have to put
        these prices right. Nothing is done where the sample would be most of the bundles.
        """
        num = self._segments.shape[0]
        if num < LEAST_SAMPLED * SAMPLE:
            return
        sample = np.sort(np.random.default_rng(0).permutation(num)[:SAMPLE])
        share = self._segments.copies.sum() / self._segments.copies[sample].sum()
        for _ in range(REHEARSALS):
            demand = self._demand(sample, keep_going)
            if demand is None:
                break
            self._move(demand * share)
            self._pair_step = max(self._pair_step * PAIR_DECAY, LEAST_PAIR_STEP)
        self._step[:] = REHEARSED_STEP
        self._pair_step, self._still = PAIR_STEP, STILL

    def _demand(
        self, members: IntArray, keep_going: Callable[[], bool]
    ) -> NDArray[np.float64] | None:
        """Cut some bundles; return what they take, None where it was broken off."""
        n, chunks = self._segments.shape[1], np.array_split(members, CHUNKS)

        def part(chunk: IntArray) -> NDArray[np.float64] | None:
            if not keep_going():
                return None
            demand = np.zeros(n)
            self._kernel.price_bundles(
                chunk,
                self.catalogue,
                self.tables,
                self._segments.copies,
                self.scale,
                self.price,
                CUTS,
                self._pair_step,
                demand,
            )
            return demand

        total = np.zeros(n)
        for demand in self._pool.map(part, chunks):
            if demand is None:
                return None
            total += demand
        return total

    def _bound(self) -> int:
        """Return the bound of the last pass, rounded down once."""
        pairs = zip(self.price.tolist(), self._segments.stock.tolist(), strict=True)
        twice = 2 * sum(price * stock for price, stock in pairs)
        values = zip(
            self._segments.copies.tolist(), self.tables.value.tolist(), strict=True
        )
        twice += sum(copies * value for copies, value in values)
        return int(twice // (2 * self.scale))

    def _move(self, demand: NDArray[np.float64]) -> None:
        """Move prices towards where demand meets stock."""
        stock = self._segments.stock
        off = np.clip((demand - stock) / np.maximum(stock, 1), -0.5, 1.0)
        off[~self._binds | ((self.price == 0) & (off < 0.0))] = 0.0
        sign = np.sign(off)
        turned = sign * self._sign
        factor = np.where(turned < 0, SHRINK, np.where(turned > 0, GROW, 1.0))
        self._step = np.clip(self._step * factor, LEAST_STEP, MOST_STEP)
        self._sign = np.where(sign != 0, sign, self._sign)
        base = np.maximum(self.price, self._first)
        new = self.price + self._step * base * off
        self.price = np.clip(new, 0.0, self._most).astype(np.int64)


def _reach(segments: Segments) -> IntArray:
    """Return the sum of the positive pairs of each item. Shape ``[n]``."""
    reach = np.zeros(segments.shape[1], dtype=np.int64)
    np.add.at(reach, segments.first, np.maximum(segments.worth, 0))
    np.add.at(reach, segments.second, np.maximum(segments.worth, 0))
    return reach


def _scale(segments: Segments) -> int:
    """Return a power of two that keeps cuts far from overflow."""
    size = int(np.abs(segments.utility).max(axis=0, initial=0).sum())
    size += 2 * int(np.abs(segments.worth).sum())
    scale = MOST_SCALE
    while scale > 1 and scale * (size + 1) > LARGEST:
        scale //= 2
    return scale


def _catalogue(segments: Segments, scale: int) -> Catalogue:
    from bundlesolve.kernels.mincut import build

    up, down = segments.worth > 0, segments.worth < 0
    pairs = (segments.first[up], segments.second[up], segments.worth[up])
    start, head, back, worth = build(segments.shape[1], *pairs)
    return Catalogue(
        start,
        head,
        back,
        worth,
        segments.first[down],
        segments.second[down],
        -segments.worth[down],
        segments.row_start.copy(),
        segments.row_item.copy(),
        segments.row_coef.copy(),
        -scale * _reach(segments) - 1,
    )
