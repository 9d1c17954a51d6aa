"""The answer of many bundles: built from priced sets, then moved and kicked in parts."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
from numpy.typing import NDArray

from bundlesolve.kernels.segment_board import JOURNAL, Board, Desk, place, repair
from bundlesolve.kernels.segment_moves import kick, polish
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.segments import Segments
from bundlesolve.solvers.segments.prices import Prices

BUNDLES_PER_PART = 400
MOST_PARTS = 8
"""Parts that are searched side by side. Their number does not depend on that of threads, so
that these do not change the answer. With 100 bundles one part ended 0.2 % above four, for
stock moves inside a part only."""
BATCH = 16
"""Bundles polished, or kicks made, between two looks at the clock."""
KICKS = 2
"""Kicks a bundle in a round."""
STRENGTH = 12
"""Items that a kick takes out at most."""
COOLS, HEATS, MOST_HEAT = 0.9, 1.05, 1.1
"""An item's toll falls to this share of itself after a round that left some of it, and
rises after one that left none, up to that many times its price."""
NOISE = 0.25
"""Largest share of its worth by which an item's score is lowered at random."""


class Packing:
    """A feasible point of many bundles, and what makes it better.

    Parameters
    ----------
    segments
        What is searched.
    prices
        Where prices come from: they choose what is tried.
    pool
        Threads for the parts.
    rng
        The generator of the run.
    """

    def __init__(
        self,
        segments: Segments,
        prices: Prices,
        pool: ThreadPoolExecutor,
        rng: np.random.Generator,
    ) -> None:
        self._segments, self._prices, self._pool, self._rng = segments, prices, pool, rng
        num, n = segments.shape
        self._adjacency = _columns(
            n,
            np.concatenate((segments.first, segments.second)),
            np.concatenate((segments.second, segments.first)),
            np.tile(segments.worth, 2),
        )
        row = np.repeat(np.arange(segments.num_rows), np.diff(segments.row_start))
        self._rows = _columns(n, segments.row_item, row, segments.row_coef)
        self._parts = max(1, min(MOST_PARTS, num // BUNDLES_PER_PART))
        self._journals = [
            np.empty((JOURNAL, 2), dtype=np.int64) for _ in range(self._parts)
        ]
        self.x = np.zeros((num, n), dtype=np.uint8)
        self._gain = np.zeros((num, n), dtype=np.int64)
        self._used = np.zeros((num, segments.num_rows), dtype=np.int64)
        self.worth, self._toll, self._heat = 0, 0.0, np.ones(n)
        self._place()

    def set(self, x: IntArray) -> None:
        """Go on from a feasible point. Shape ``[K n]`` or ``[K, n]``."""
        self.x[:] = x.reshape(self.x.shape)
        self._place()
        self.worth = self._segments.objective(self.x.astype(np.int64))

    def build(
        self, sets: NDArray[np.uint8], keep_going: Callable[[], bool], exchanges: bool
    ) -> bool:
        """Repair, fill and polish sets of items; keep them where they are worth more.

        Returns True where they are. Otherwise the point is what it was.
        """
        before, was = self.x.copy(), self.worth
        self.x[:] = sets & self._segments.allowed
        self._place()
        left = self._left()
        desk = self._desk(left, np.arange(len(self.x)), 0)
        repair(self._board(), desk)
        self._side_by_side(keep_going, desk.left, partial(_polished, exchanges=exchanges))
        self.worth = self._segments.objective(self.x.astype(np.int64))
        if self.worth > was:
            return True
        self.x[:] = before
        self.worth = was
        self._place()
        return False

    def kick(self, keep_going: Callable[[], bool], toll: float) -> None:
        """Make a round of kicks.

        Parameters
        ----------
        keep_going
            Asked now and then; False ends the round.
        toll
            Share of an item's price that a unit of stock counts for, given back or taken:
            at 0 the point never gets worse; above, bundles give up what is worth more to
            others, who may come for it later.
        """
        self._toll = toll
        left = self._left()
        self._heat = np.clip(np.where(left > 0, COOLS, HEATS) * self._heat, 0.0, MOST_HEAT)
        gained = self._side_by_side(keep_going, left, _kicked)
        self._toll = 0.0
        self.worth += gained

    def _side_by_side(
        self,
        keep_going: Callable[[], bool],
        left: IntArray,
        work: Callable[[Board, Desk, Callable[[], bool]], int],
    ) -> int:
        """Divide bundles and stock among the parts; return the worth gained by all."""
        num, n = self.x.shape
        order, board = self._rng.permutation(num), self._board()
        share, more = left // self._parts, left % self._parts
        turn = self._rng.integers(0, self._parts, n)
        desks = []
        for p in range(self._parts):
            own = share + ((turn + p) % self._parts < more)
            members = np.sort(order[p :: self._parts])
            self._rng.shuffle(members)
            desks.append(self._desk(own, members, p))
        return sum(self._pool.map(lambda desk: work(board, desk, keep_going), desks))

    def _desk(self, left: IntArray, members: IntArray, part: int) -> Desk:
        seed = self._rng.integers(1, 1 << 62, 1).astype(np.uint64)
        state = np.zeros(3, dtype=np.int64)
        return Desk(left, members, self._journals[part], state, seed)

    def _left(self) -> IntArray:
        taken = np.zeros(self.x.shape[1], dtype=np.int64)
        for copies in np.unique(self._segments.copies):
            alike = self.x[self._segments.copies == copies]
            taken += copies * alike.sum(axis=0, dtype=np.int64)
        return np.asarray(self._segments.stock - taken)

    def _board(self) -> Board:
        prices, segments = self._prices, self._segments
        price = prices.price / prices.scale
        return Board(
            *self._adjacency,
            *self._rows,
            segments.copies,
            segments.limit,
            segments.allowed,
            price,
            (self._toll * self._heat * price).astype(np.int64),
            prices.tables.row_price / prices.scale,
            self.x,
            self._gain,
            self._used,
        )

    def _place(self) -> None:
        place(self._board(), self._segments.utility, 0, len(self.x))


def _polished(
    board: Board, desk: Desk, keep_going: Callable[[], bool], exchanges: bool
) -> int:
    gained = 0
    for low in range(0, len(desk.members), BATCH):
        # What is left unpolished is filled at least.
        full = exchanges and keep_going()
        high = min(low + BATCH, len(desk.members))
        gained += polish(board, desk, low, high, full)
    return gained


def _kicked(board: Board, desk: Desk, keep_going: Callable[[], bool]) -> int:
    gained, left = 0, KICKS * len(desk.members)
    while left > 0 and keep_going():
        gained += kick(board, desk, min(BATCH, left), STRENGTH, NOISE)
        left -= BATCH
    return gained


def _columns(
    n: int, of: IntArray, what: IntArray, value: IntArray
) -> tuple[IntArray, IntArray, IntArray]:
    """Return start, entries and values by item, in the order they stand in."""
    order = np.argsort(of, kind="stable")
    start = np.zeros(n + 1, dtype=np.int64)
    np.cumsum(np.bincount(of, minlength=n), out=start[1:])
    return start, what[order].astype(np.int64), value[order].astype(np.int64)
