"""Branch and price for bundles that share a stock of one of each item."""

from __future__ import annotations

import heapq
import logging
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bundlesolve.errors import InvalidInstance
from bundlesolve.kernels.sharing import anneal_bundles, new_walk
from bundlesolve.run import Run
from bundlesolve.solvers.cpus import usable_cpus
from bundlesolve.solvers.sharing.branching import split
from bundlesolve.solvers.sharing.decisions import Decisions
from bundlesolve.solvers.sharing.generation import Estimate, Generation
from bundlesolve.solvers.sharing.master import Pool
from bundlesolve.solvers.sharing.proof import priced, prove
from bundlesolve.solvers.sharing.stock import SharedStock

logger = logging.getLogger(__name__)

WALKS = 24
"""Walks over all bundles at once before sets are generated."""
WALK_SHARE = 0.08
"""Share of the time that they may take."""
TRIES = 20_000
"""Tries of each for each item."""
PIECES = 20
"""Parts of a walk between which the run is asked whether to go on."""
HOT, COLD = 1.0, 0.03
"""Temperatures of a walk, in worths of the best pair."""
ROOT_SHARE = 0.3
"""Share of the time that the root's prices may take."""
NEVER = 2**62
EASY = 0.009
"""Share of the known worth that the first proof leaves, which is soon done."""
LITTLE = 0.002
"""Share of it that sets found late may lift the bound by without ending a proof."""
LEAST_SPARE = 0.004
"""Share of it that the first proof leaves above the estimate at least."""
PACK_SECONDS = 2.0
"""Most that a choice among known sets takes; it cannot be interrupted."""
PACK_NODES = 500
"""Most nodes instead, where equal seeds must give equal searches."""
MOST_PACKED = 4_000


@dataclass(order=True)
class Node:
    """A part of the tree that is still open; the largest estimate first."""

    key: float
    age: int
    decisions: Decisions = field(compare=False)
    bound: int = field(compare=False)
    estimate: Estimate = field(compare=False)


class Sharing:
    """Set packing by columns, pricing proved where it counts, branching on pairs.

    A node is bounded by its linear program over all sets (Dantzig and Wolfe 1960; branch
    and price: Barnhart and others, "Branch-and-price: column generation for solving huge
    integer programs", Operations Research 46, 1998). Annealing finds the columns and proves
    nothing, so that this is an estimate; only a node that the estimate closes, and the
    root, are proved, by bounding each kind of bundle at the prices of the linear program.

    Parameters
    ----------
    stock
        What is searched.
    run
        Told of points and bounds; says when to stop. It must hold a point.
    """

    def __init__(self, stock: SharedStock, run: Run) -> None:
        self.stock, self.run = stock, run
        self.pool = Pool(stock)
        self.generation = Generation(stock, self.pool, run)
        self._open: list[Node] = []
        self._ages = 0
        self._repeats = run.remaining_steps is not None or bool(run.stop.stall)
        self._threads = 1 if self._repeats else usable_cpus()

    def solve(self) -> None:
        """Search until the best point is proved or the run says stop."""
        assert self.run.incumbent is not None
        for k, inside in self.stock.sets(self.run.incumbent):
            self.pool.add(k, inside)
        self._anneal()
        estimate = self.generation.estimate(Decisions(), ROOT_SHARE)
        if estimate is None:
            return
        logger.info("root: %.1f with %d sets", estimate.value, len(self.pool))
        self._pack(estimate)
        bound = self.run.bound
        root = self._node(Decisions(), NEVER if bound is None else bound, estimate)
        self._open = [root]
        for target in self._levels(estimate):
            if not self._close(root, target):
                return
        while self._open and not self.run.should_stop():
            node = self._open[0]
            logger.info(
                "%d open, estimate %.1f, bound %d", len(self._open), -node.key, node.bound
            )
            if not self._take(heapq.heappop(self._open)):
                return
        if not self._open:
            self._tell()

    # -- the tree -------------------------------------------------------------------

    def _take(self, node: Node) -> bool:
        """Close a node or split it; return False if that cannot be done."""
        if node.bound <= self._known:
            self._tell()
            return True
        self._open.append(node)
        if node.estimate.total <= self._known:
            if not self._close(node, self._known):
                return False
            if node.bound <= self._known:
                self._drop(node)
                return True
        sides = self._sides(node)
        if not sides:
            return False
        for side in sides:
            estimate = self.generation.estimate(side)
            if estimate is None:
                return False
            self._open.append(self._node(side, node.bound, estimate))
        self._drop(node)
        return True

    def _sides(self, node: Node) -> list[Decisions]:
        """Return the two sides of a node's best split."""
        master = self.generation.master(node.decisions)
        packed = master.solve()
        gap = packed.value + self.stock.constant - self._known
        return split(master, packed, max(gap, 1e-3))

    def _drop(self, node: Node) -> None:
        self._open = [other for other in self._open if other is not node]
        heapq.heapify(self._open)
        self._tell()

    def _node(self, decisions: Decisions, bound: int, estimate: Estimate) -> Node:
        self._ages -= 1
        return Node(-estimate.value, self._ages, decisions, bound, estimate)

    @property
    def _known(self) -> int:
        assert self.run.objective is not None
        return self.run.objective

    def _tell(self) -> None:
        """Offer the largest bound of what is open."""
        bound = max((node.bound for node in self._open), default=self._known)
        self.run.offer_bound(max(bound, self._known), "pricing")

    def _levels(self, estimate: Estimate) -> list[int]:
        """Return what the root's bound is to be, one after the other."""
        known, least = self._known, max(self._known + self.run.spare, estimate.total)
        size = abs(known)
        easy = max(known + int(EASY * size), estimate.total + int(LEAST_SPARE * size))
        return [easy, least] if easy > least else [least]

    # -- proof ----------------------------------------------------------------------

    def _close(self, node: Node, target: int) -> bool:
        """Prove a node's bound at its prices, as low as the target if it can be.

        Where a set turns up that was missing, its prices are found again. Returns False
        if the run ends it.
        """
        while not self.run.should_stop():
            if node.bound <= max(target, self._known):
                return True
            if self._bounded(node, target):
                return not self.run.should_stop()
            estimate = self.generation.estimate(node.decisions)
            if estimate is None:
                return False
            node.estimate, node.key = estimate, -estimate.value
        return False

    def _bounded(self, node: Node, target: int) -> bool:
        """Bound every kind at a node's prices; return False if a set was missing."""
        estimate, scale = node.estimate, self.generation.scale
        paid = sum(int(price) for price in estimate.prices)
        copies = [int(count) for count in self.stock.copies]
        spare = (target + 1 - self.stock.constant) * scale - 1 - paid
        for count, (_, earned) in zip(copies, estimate.known, strict=True):
            spare -= count * earned
        each = max(0, spare // sum(copies))
        little = int(LITTLE * abs(self._known)) * scale // sum(copies)
        values: dict[int, int] = {}
        logger.info(
            "%.2f s: prove, estimate %d, spare %d of %d",
            self.run.seconds,
            estimate.total,
            each,
            scale,
        )

        def tell(k: int, bound: int) -> None:
            values[k] = min(bound, values.get(k, bound))
            if len(values) == len(copies):
                earned = [values[i] for i in range(len(copies))]
                total = self.generation.total(estimate.prices, earned)
                node.bound = min(node.bound, total)
                self._tell()

        for k, bundle in enumerate(estimate.bundles):
            inside, earned = estimate.known[k]
            try:
                program = priced(bundle, estimate.prices, scale)
            except InvalidInstance:
                return True
            share = self.run.remaining / (len(copies) - k)

            def told(bound: int, k: int = k) -> None:
                tell(k, bound)

            floor = earned + each
            # Prices that were short of time are not worth going back to.
            ceiling = earned + max(2 * each, little) if estimate.done else NEVER
            _, better = prove(
                program, inside, floor, ceiling, self.run, share, self._threads, told
            )
            self.run.step()
            if better is not None:
                self.pool.add(k, bundle.items(better[None, :])[0])
                return False
        return True

    # -- points ---------------------------------------------------------------------

    def _anneal(self) -> None:
        """Search over all bundles at once; keep the sets of every walk."""
        stock, run = self.stock, self.run
        kind = np.repeat(np.arange(len(stock.copies)), stock.copies)
        until = run.remaining * (1.0 - WALK_SHARE)
        heat, tries = self.generation.heat, TRIES * stock.num_items // PIECES
        heats = heat * np.geomspace(HOT, COLD, PIECES + 1)
        seeds = run.rng.integers(1, 2**31 - 500, size=2)
        for _ in range(WALKS):
            walk = new_walk(stock.worth, kind, stock.room.shape[1])
            for at in range(PIECES):
                if run.should_stop() or run.remaining < until:
                    return
                anneal_bundles(
                    walk,
                    stock.pair,
                    stock.use,
                    stock.room,
                    stock.allowed,
                    kind,
                    tries,
                    heats[at : at + 2],
                    seeds,
                )
            run.step()
            sets = [(int(k), (walk.best == b).astype(np.int8)) for b, k in enumerate(kind)]
            self.generation.offer(sets)
            for k, inside in sets:
                self.pool.add(k, inside)

    def _pack(self, estimate: Estimate) -> None:
        """Offer the best choice of known sets, one for each bundle.

        A set that earns less than its rent by more than the gap is in no better point.
        """
        from scipy.optimize import Bounds, LinearConstraint, milp

        stock, packed = self.stock, estimate.packed
        gap = estimate.value - self._known + 1.0
        kinds, sets, worths, short = [], [], [], []
        for k in range(len(stock.copies)):
            spare = self.generation.spare.sets(k)
            known = np.concatenate((self.pool.sets(k), spare))
            worth = stock.worths(k, known)
            kinds.append(np.full(len(known), k))
            sets.append(known)
            worths.append(worth)
            short.append(packed.rent[k] - worth + known @ packed.prices)
        kind, inside = np.concatenate(kinds), np.concatenate(sets)
        missing = np.concatenate(short)
        order = np.argsort(missing, kind="stable")[:MOST_PACKED]
        order = order[missing[order] <= gap]
        if len(order) == 0 or self.run.should_stop():
            return
        member = (kind[order] == np.arange(len(stock.copies))[:, None]).astype(np.float64)
        limits: Any = [
            LinearConstraint(inside[order].T.astype(np.float64), ub=1.0),
            LinearConstraint(member, ub=stock.copies.astype(np.float64)),
        ]
        seconds = self.run.remaining
        limits_of_search: dict[str, float] = {"node_limit": PACK_NODES}
        if not self._repeats:
            seconds = min(PACK_SECONDS, seconds / 20)
            limits_of_search = {}
        if seconds < np.inf:
            limits_of_search["time_limit"] = max(0.05, seconds)
        found = milp(
            -np.concatenate(worths)[order].astype(np.float64),
            integrality=np.ones(len(order)),
            bounds=Bounds(0, np.inf),
            constraints=limits,
            options=limits_of_search,
        )
        if found.x is None:
            return
        counts = np.rint(found.x).astype(np.int64)
        chosen = np.repeat(order, counts)
        self.generation.offer([(int(kind[c]), inside[c]) for c in chosen])


def warm_up() -> None:
    """Compile the kernels."""
    from bundlesolve.kernels.form_tree import warm_up as compile_forms
    from bundlesolve.kernels.sharing import warm_up as compile_walks

    compile_forms()
    compile_walks()
