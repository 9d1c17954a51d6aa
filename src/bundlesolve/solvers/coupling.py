"""The Lagrangian of the rows that couple bundles: one bound for all blocks."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from bundlesolve.errors import InvalidInstance
from bundlesolve.kernels.types import Floats
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.improvement import Improvement
from bundlesolve.model.program import Program
from bundlesolve.run import Run
from bundlesolve.solvers.base import get_solver, solver_class
from bundlesolve.solvers.block_run import BlockRun
from bundlesolve.solvers.blocks import Blocks
from bundlesolve.solvers.local import Local
from bundlesolve.solvers.sharing.search import Sharing, warm_up
from bundlesolve.solvers.sharing.stock import SharedStock
from bundlesolve.stop import Stop

logger = logging.getLogger(__name__)

SCALE = 16
"""Parts of a unit of worth that multipliers are whole numbers of, where they fit."""
MOST_STEPS = 2_000
"""Dual steps, each one linear program and a search in every block."""
SEARCH_STEPS = 4_000
"""Steps of the local search for a block's best point under given multipliers."""
SMOOTHING = 0.5
"""How far a step moves from the last multipliers to those of the linear program."""
STARTS = 3
"""Known points of a block that each of its searches starts from the best of."""
DUAL_SHARE = 0.25
"""Share of the time for the multipliers; the rest proves the blocks."""
PACK_SECONDS = 0.5
"""Most that the choice among known points takes; it cannot be interrupted."""
PATIENCE = 60
"""Dual steps without a better value after which the multipliers are good enough."""


class Coupling:
    """Multipliers on the coupling limits, and the points of the blocks found on the way.

    With ``A_k`` the use of block ``k`` and any multipliers ``l >= 0``,

        optimum <= l . limit + sum_k max { worth_k(x) - l A_k x : x in block k }.

    The smallest such bound is the linear program over all points of all blocks (Dantzig
    and Wolfe, "Decomposition principle for linear programs", Operations Research 8, 1960),
    whose columns are found by local search, its duals smoothed (Wentges, "Weighted
    Dantzig-Wolfe decomposition for linear mixed-integer programming", International
    Transactions in Operational Research 4, 1997). A search proves nothing: only at the best
    multipliers the blocks are solved, or bounded, for the proof. Multipliers are whole
    numbers of a fraction of a unit, so that a block's program is a program.

    Parameters
    ----------
    blocks
        What is coupled.
    run
        The run on the whole program, which must hold a point.
    """

    def __init__(self, blocks: Blocks, run: Run) -> None:
        self.blocks, self.run = blocks, run
        self.points: list[list[IntArray]] = [[] for _ in blocks.kinds]
        self.worths: list[list[int]] = [[] for _ in blocks.kinds]
        self._seen: list[set[bytes]] = [set() for _ in blocks.kinds]
        self.scale = SCALE
        self.best = np.zeros(len(blocks.limit), dtype=np.int64)
        self.value = math.inf

    def add(self, k: int, x: IntArray) -> bool:
        """Keep a feasible point of block ``k``; return True if it is new."""
        if x.tobytes() in self._seen[k]:
            return False
        self._seen[k].add(x.tobytes())
        self.points[k].append(x)
        self.worths[k].append(self.blocks.kinds[k].program.objective(x))
        return True

    def take(self, point: IntArray) -> None:
        """Keep the blocks' parts of a feasible point of the whole."""
        for k, block in enumerate(self.blocks.kinds):
            for place in block.places:
                self.add(k, point[place].copy())

    # -- multipliers ----------------------------------------------------------------

    def ascend(self, keep_going: Callable[[], bool]) -> None:
        """Improve the multipliers by columns that local search finds."""
        centre: Floats | None = None
        stale = 0
        for _ in range(MOST_STEPS):
            if not keep_going() or stale > PATIENCE:
                return
            duals = self._duals()
            centre = duals if centre is None else centre + SMOOTHING * (duals - centre)
            before, new = self.value, False
            for prices in (centre, duals):
                new = self._try(self.whole(prices))
                if new or not keep_going():
                    break
            self.run.step()
            if not new:
                return
            stale = 0 if self.value < before - 0.5 else stale + 1

    def whole(self, prices: Floats) -> IntArray:
        """Return multipliers in whole parts, within their limits."""
        capped = np.minimum(np.maximum(prices, 0.0), self.blocks.most)
        found: IntArray = np.floor(capped * self.scale + 1e-6).astype(np.int64)
        return found

    def priced(self, k: int, prices: IntArray) -> Program | None:
        """Return block ``k`` with the multipliers in its worth, all worths scaled."""
        block = self.blocks.kinds[k]
        program, scale = block.program, self.scale
        try:
            return program.replace(
                worth=program.worth * scale - prices @ block.use,
                pair_worth=program.pair_worth * scale,
                row_penalty=program.row_penalty * scale,
            )
        except InvalidInstance:
            return None

    def total(self, prices: IntArray, values: list[int]) -> int:
        """Return the bound that bounds on the priced blocks give."""
        kinds = zip(self.blocks.kinds, values, strict=True)
        dual = sum(block.copies * value for block, value in kinds)
        dual += sum(int(p) * int(b) for p, b in zip(prices, self.blocks.limit, strict=True))
        return dual // self.scale + self.blocks.program.constant

    def _try(self, prices: IntArray) -> bool:
        """Search every block at some multipliers; return True if a point is new."""
        values, new = [], False
        for k in range(len(self.blocks.kinds)):
            program = self.priced(k, prices)
            if program is None:
                return False
            search = BlockRun(program, self.run, Stop(steps=SEARCH_STEPS))
            for x in self._starts(k, prices):
                search.offer(x)
            Local().search(program, search)
            assert search.incumbent is not None
            assert search.objective is not None
            values.append(search.objective)
            new |= self.add(k, search.incumbent.copy())
        value = float(self.total(prices, values))
        if value < self.value:
            self.value, self.best = value, prices
        return new

    def _starts(self, k: int, prices: IntArray) -> list[IntArray]:
        """Return the known points of a block that are worth most at some multipliers."""
        charge = self.blocks.kinds[k].use.T @ prices
        points = np.array(self.points[k])
        gain = np.array(self.worths[k]) * self.scale - points @ charge
        return [self.points[k][i] for i in np.argsort(-gain, kind="stable")[:STARTS]]

    def _master(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Return worths, use, kinds of the columns, breaking of soft limits the last."""
        kinds = self.blocks.kinds
        soft = np.flatnonzero(np.isfinite(self.blocks.most))
        worth = np.concatenate([np.array(w, dtype=np.float64) for w in self.worths])
        use = [
            block.use @ np.array(p).T for block, p in zip(kinds, self.points, strict=True)
        ]
        slack = -np.eye(len(self.blocks.limit))[:, soft]
        sizes = [len(p) for p in self.points]
        member = np.zeros((len(kinds), sum(sizes) + len(soft)))
        member[np.repeat(np.arange(len(kinds)), sizes), np.arange(sum(sizes))] = 1.0
        copies = np.array([block.copies for block in kinds], dtype=np.float64)
        cost = np.concatenate((worth, -self.blocks.most[soft]))
        return cost, np.hstack((*use, slack)), member, copies

    def _duals(self) -> Floats:
        from scipy.optimize import linprog

        cost, use, member, copies = self._master()
        limit = self.blocks.limit.astype(np.float64)
        found = linprog(-cost, use, limit, member, copies, (0, None), method="highs")
        if found.status != 0:
            return self.best / self.scale
        return np.asarray(-found.ineqlin.marginals, dtype=np.float64)

    # -- points ---------------------------------------------------------------------

    def pack(self) -> None:
        """Offer the best choice of known points, one for each copy of each block."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        cost, use, member, copies = self._master()
        limits: Any = [
            LinearConstraint(use, ub=self.blocks.limit),
            LinearConstraint(member, copies, copies),
        ]
        seconds = max(0.05, min(PACK_SECONDS, self.run.remaining / 20))
        found = milp(
            -cost,
            integrality=np.ones(len(cost)),
            bounds=Bounds(0, np.inf),
            constraints=limits,
            options={"time_limit": seconds},
        )
        if found.x is None:
            return
        counts = np.rint(found.x).astype(np.int64)
        point, at = self.blocks.program.lower.copy(), 0
        for block, points in zip(self.blocks.kinds, self.points, strict=True):
            chosen = np.repeat(np.arange(len(points)), counts[at : at + len(points)])
            at += len(points)
            if len(chosen) != block.copies:
                return
            for place, i in zip(block.places, chosen, strict=True):
                point[place] = points[i]
        if self.blocks.program.is_feasible(point):
            self.run.offer(point, "blocks")

    # -- the proof ------------------------------------------------------------------

    def prove(self, seconds: float) -> None:
        """Solve the blocks at the best multipliers, and offer what that proves.

        Blocks come one after the other, and once each has a bound every better one is told.
        """
        programs = [self.priced(k, self.best) for k in range(len(self.blocks.kinds))]
        values: dict[int, int] = {}

        def tell(k: int, moment: Improvement) -> None:
            if moment.bound is not None:
                values[k] = moment.bound
            if len(values) == len(programs):
                ordered = [values[i] for i in range(len(programs))]
                self._offer(self.total(self.best, ordered))

        share = seconds / len(programs)
        for k, program in enumerate(programs):
            if program is None or self.run.should_stop():
                return
            stop = Stop(seconds=None if share == math.inf else max(share, 1e-3))
            search = BlockRun(program, self.run, stop, partial(tell, k))
            for x in self._starts(k, self.best):
                search.offer(x)
            solve_block(program, search, 0 if self.run.remaining_steps is None else 1)
            logger.info("block %d: %s of %s", k, search.objective, search.bound)
            self.run.step()

    def _offer(self, bound: int) -> None:
        objective = self.run.objective
        assert objective is not None
        # A block's bound may speak of better points than the known one only.
        self.run.offer_bound(max(bound, objective), "coupling")


def solve_block(program: Program, run: Run, threads: int) -> None:
    """Solve a block by `exact`, telling every bound on the way."""
    if program.box_size <= SMALL_BOX:
        solver = get_solver("brute")
    else:
        tree: Any = solver_class("exact")
        solver = tree(threads=threads, rounds=True)
    proof = solver.search(program, run)
    bound = proof.bound
    if bound is not None and (run.objective is None or bound >= run.objective):
        run.offer_bound(bound)


def couple(program: Program, run: Run) -> bool:
    """Bound a program of several bundles; return False where that is not what it is.

    Parameters
    ----------
    program
        What is bounded, with the origins of its rows.
    run
        Told of bounds and points.
    """
    if run.incumbent is None or program.box_size < SMALLEST_BOX:
        return False
    blocks = Blocks.of(program)
    if blocks is None or len(blocks.kinds) > MOST_KINDS or run.should_stop():
        return False
    stock = SharedStock.of(blocks)
    if stock is not None:
        run.aside(warm_up)
        Sharing(stock, run).solve()
        return True
    coupling = Coupling(blocks, run)
    coupling.take(run.incumbent)
    limit = run.seconds + run.remaining * DUAL_SHARE
    coupling.ascend(lambda: not run.should_stop() and run.seconds < limit)
    if not run.should_stop():
        coupling.pack()
    if not run.should_stop() and coupling.value < math.inf:
        coupling.prove(run.remaining * PROOF_SHARE)
    return True


MOST_KINDS = 40
"""More different blocks are too many searches for one step."""
SMALL_BOX = 4_096
"""Blocks of at most this many points are solved by enumeration."""
SMALLEST_BOX = 2.0**48
"""Programs of fewer points are left to the tree."""
PROOF_SHARE = 0.9
"""Share of the time that is left then for the proof."""
