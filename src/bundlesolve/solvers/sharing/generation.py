"""Column generation: prices of the items at which no set is missing, as it seems."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bundlesolve.kernels.sharing import anneal_set
from bundlesolve.kernels.types import Floats, Ints
from bundlesolve.run import Run
from bundlesolve.solvers.sharing.decisions import Bundle, Decisions
from bundlesolve.solvers.sharing.master import Master, Packed, Pool
from bundlesolve.solvers.sharing.stock import SharedStock, Sides

WALKS, TRIES = 10, 1_000
"""Walks for each kind and prices, and tries of each for each item."""
LAST_WALKS, LONGER = 40, 5
"""Walks before generation ends, and how much longer they are."""
ENOUGH = 3
"""New sets of a kind that end its walks."""
HOT, COLD = 0.6, 0.02
"""Temperatures of a walk, in worths of the best pair."""
SMOOTHING = 0.5
"""How far a step moves from the last prices to those of the linear program."""
LEAST_GAIN = 1e-6
"""What a set must earn more than its rent to be new."""
MOST_SCALE, MOST_WORTH = 256, 2**48
"""Parts of a unit of worth that prices are whole numbers of, where they fit."""


@dataclass(frozen=True)
class Estimate:
    """Where generation ended.

    Parameters
    ----------
    prices
        In whole parts. Shape ``[n]``.
    bundles
        The kinds under the node's decisions.
    known
        For each kind, the groups of the known set that earns most, and what it earns.
    total
        What the prices would prove if no set earned more.
    value
        Of the linear program, with the constant.
    packed
        Its solution.
    done
        Whether generation ended for want of sets, not of time.
    """

    prices: Ints
    bundles: list[Bundle]
    known: list[tuple[Sides, int]]
    total: int
    value: float
    packed: Packed
    done: bool


class Generation:
    """Finds sets by annealing until the linear program wants no more of them.

    Dantzig and Wolfe, "Decomposition principle for linear programs", Operations Research 8,
    1960, for a set packing program; its duals smoothed (Wentges, "Weighted Dantzig-Wolfe
    decomposition for linear mixed-integer programming", International Transactions in
    Operational Research 4, 1997).

    Parameters
    ----------
    stock
        The bundles.
    pool
        Where sets are kept.
    run
        Says when to stop; told of points.

    Attributes
    ----------
    spare
        Sets that the linear program did not want when they were found.
    """

    def __init__(self, stock: SharedStock, pool: Pool, run: Run) -> None:
        self.stock, self.pool, self.run = stock, pool, run
        self.spare = Pool(stock)
        self._until = 0.0
        size = float(np.abs(stock.worth).sum() + np.abs(stock.pair).sum()) + 1.0
        self.scale = max(1, min(MOST_SCALE, int(MOST_WORTH / size)))
        top = float(np.abs(stock.pair).max(initial=0))
        self.heat = max(1.0, top, 0.1 * float(np.abs(stock.worth).max(initial=0)))

    def master(self, decisions: Decisions) -> Master:
        """Return the linear program over the known sets that are allowed."""
        master = Master(self.stock, decisions)
        for k in range(len(self.stock.copies)):
            sets = self.pool.sets(k)
            master.add(k, sets[decisions.allow(k, sets)])
        return master

    def estimate(self, decisions: Decisions, share: float = 1.0) -> Estimate | None:
        """Return prices for a node; None if the run ends it.

        Parameters
        ----------
        decisions
            The node's.
        share
            Most of the time left that it may take. Default: all.
        """
        left = self.run.remaining
        self._until = 0.0 if left == np.inf else (1.0 - share) * left
        done = False
        kinds = range(len(self.stock.copies))
        bundles = [Bundle.of(self.stock, k, decisions) for k in kinds]
        master, centre = self.master(decisions), None
        packed = master.solve()
        while not self._is_over():
            duals = packed.prices
            centre = duals if centre is None else centre + SMOOTHING * (duals - centre)
            new = (
                self._price(master, bundles, packed, centre, WALKS, TRIES)
                or self._price(master, bundles, packed, duals, WALKS, TRIES)
                or self._price(master, bundles, packed, duals, LAST_WALKS, LONGER * TRIES)
            )
            self.run.step()
            if not new:
                done = not self._is_over()
                break
            packed = master.solve()
        self._offer(master, packed)
        if self.run.should_stop():
            return None
        return self.whole(decisions, bundles, packed, done)

    def _is_over(self) -> bool:
        return self.run.should_stop() or self.run.remaining < self._until

    def whole(
        self, decisions: Decisions, bundles: list[Bundle], packed: Packed, done: bool
    ) -> Estimate:
        """Return the estimate that belongs to a solution, its prices made whole."""
        prices = np.floor(packed.prices * self.scale + 1e-6).astype(np.int64)
        free = np.zeros(len(prices), dtype=np.bool_)
        free[list(decisions.must)] = True
        prices[~free] = np.maximum(prices[~free], 0)
        known = []
        for k, bundle in enumerate(bundles):
            sets = self.pool.sets(k)
            sets = sets[decisions.allow(k, sets)]
            inside, earned = np.zeros(len(bundle.worth), dtype=np.int8), 0
            if len(sets):
                earns = self.stock.worths(k, sets) * self.scale
                earns -= sets.astype(np.int64) @ prices
                best = int(np.argmax(earns))
                if earns[best] > 0:
                    inside = self._grouped(bundle, sets[best])
                    earned = int(earns[best])
            known.append((inside, earned))
        total = self.total(prices, [earned for _, earned in known])
        value = packed.value + self.stock.constant
        return Estimate(prices, bundles, known, total, value, packed, done)

    def total(self, prices: Ints, earned: list[int]) -> int:
        """Return the bound that bounds on what the kinds earn give, rounded down once."""
        parts = sum(int(price) for price in prices)
        for copies, most in zip(self.stock.copies, earned, strict=True):
            parts += int(copies) * max(0, most)
        return parts // self.scale + self.stock.constant

    def _grouped(self, bundle: Bundle, inside: Sides) -> Sides:
        found: Sides = (bundle.groups @ inside > 0).astype(np.int8)
        return found

    def _price(
        self,
        master: Master,
        bundles: list[Bundle],
        packed: Packed,
        prices: Floats,
        walks: int,
        tries: int,
    ) -> bool:
        """Add sets that earn more than their rent; return whether there are any."""
        new = False
        for k, bundle in enumerate(bundles):
            count = 0
            for sets in self._walks(bundle, prices, walks, tries):
                inside = bundle.items(sets)
                earns = float(self.stock.worths(k, inside)[0] - inside[0] @ packed.prices)
                # Sets that earn less are good for choosing among, not for the duals.
                if earns <= packed.rent[k] + LEAST_GAIN:
                    self.spare.add(k, inside[0])
                elif self.pool.add(k, inside[0]):
                    master.add(k, inside)
                    count += 1
                if count == ENOUGH:
                    break
            new |= count > 0
        return new

    def _walks(
        self, bundle: Bundle, prices: Floats, walks: int, tries: int
    ) -> Iterator[Sides]:
        """Yield the best set of groups of each of some walks. Shape ``[1, g]``."""
        gains, pair = bundle.gains(prices), bundle.pair.astype(np.float64)
        if not len(gains):
            return
        # Together they would lose more than everything else is worth.
        pair[bundle.clash] = -1.0 - float(np.abs(gains).sum() + np.abs(pair).sum())
        heats = self.heat * np.array([HOT, COLD])
        seeds = self.run.rng.integers(1, 2**31 - 500, size=2)
        for _ in range(walks):
            if self._is_over():
                return
            found = np.zeros((1, len(gains)), dtype=np.int8)
            count = tries * len(gains)
            use, room = bundle.use, bundle.room
            anneal_set(gains, pair, use, room, count, heats, seeds, found[0])
            yield found

    def _offer(self, master: Master, packed: Packed) -> None:
        """Offer the solution if it is whole."""
        weights = packed.weights
        whole = np.rint(weights)
        if len(weights) == 0 or np.abs(weights - whole).max() > 1e-6:
            return
        self.offer(
            [
                (master.kinds[c], master.columns[c])
                for c in np.flatnonzero(whole)
                for _ in range(int(whole[c]))
            ]
        )

    def offer(self, sets: list[tuple[int, Sides]]) -> None:
        """Offer sets as a point of the whole program, if they are one."""
        count = np.bincount([k for k, _ in sets], minlength=len(self.stock.copies))
        if np.any(count > self.stock.copies):
            return
        point = self.stock.point(sets)
        if self.stock.blocks.program.is_feasible(point):
            self.run.offer(point, "blocks")
