"""How rounds of a local search begin: random moves, elites, paths, communities."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from bundlesolve.kernels import greedy
from bundlesolve.kernels import memory as notes_of
from bundlesolve.kernels.layout import Layout
from bundlesolve.kernels.memory import Memory
from bundlesolve.kernels.point import BROKEN, OBJECTIVE, Point, place
from bundlesolve.model.frozen import IntArray
from bundlesolve.run import Run
from bundlesolve.solvers.districts import Districts
from bundlesolve.solvers.elites import Elites
from bundlesolve.solvers.planes import Planes, scarce_row

SHAKE, ELITE, PATH, DISTRICT, SEED, THIN, PLANE = range(7)
"""Ways to begin: random moves from the best point or from here, random moves from an
elite, half way between two elites, with other communities than a good point has, built up
around a few random variables, with about half of a good point filled up anew, and with one
variable more or fewer than a good point has."""
MOST_SEEDS = 6
"""Random variables that a point is built up around, at most."""
LEAST_WORK = 100_000_000
"""Steps times free variables before elites count: about two seconds of search, in which
small programs are done."""
LEAST_PLANE_WORK = 3_000_000
"""The same before planes count."""
MEMORY = 0.95
"""How much of the credit of a way is left after another round."""
LEAST_SHARE = 0.1
"""Share of every way, to which is added what its credit is of all credit."""
GOOD, FAIR = 1.0, 0.1
"""Credit for a round with a new best point, and for one with a new elite."""
CHUNK = 1 << 22
"""Variables looked at between two looks at the clock."""


class Openings:
    """Chooses how rounds begin, by what came of the rounds before.

    Every way has credit for its rounds that brought a new best point or a new elite, which
    fades; the more credit, the likelier it is drawn (adaptive large neighbourhood search:
    Ropke and Pisinger, Transportation Science 40(4), 2006).

    Parameters
    ----------
    layout, point, memory, run
        Of the search.
    leaders
        See `bundlesolve.kernels.leaders`.
    clash
        Whether pairs exclude each other (`bundlesolve.kernels.push`): then the way from one
        good point to another is long, and new ones are built up. Default False.
    known
        Openings of the same program, whose communities are taken over. Default None.
    """

    def __init__(
        self,
        layout: Layout,
        point: Point,
        memory: Memory,
        run: Run,
        leaders: IntArray,
        clash: bool = False,
        known: Openings | None = None,
    ) -> None:
        self.layout, self.point, self.memory, self.run = layout, point, memory, run
        self.notes = memory.notes
        self.districts: Districts | None = (
            Districts.of(layout, leaders, run.aside) if known is None else known.districts
        )
        self.elites = Elites(None if self.districts is None else self.districts.kind_of)
        self.queue: list[tuple[int, IntArray]] = []
        self.free = int(np.sum(layout.lower < layout.upper))
        self.clash = clash
        self.credit = np.ones(7)
        self.way = SHAKE
        self._round_from = self._best_before = 0
        self.planes = self._planes(leaders)
        self._total: IntArray = np.zeros(0, dtype=np.int64)
        self._scale = np.zeros(0)
        if self.districts is not None or clash:
            self._total = greedy.pair_totals(layout)
            self._scale = greedy.row_scales(layout)

    def _planes(self, leaders: IntArray) -> Planes | None:
        """Return what changes planes, where every variable is an item of its own."""
        layout = self.layout
        single = bool(np.all(layout.upper - layout.lower <= 1)) and np.all(leaders < 0)
        row = scarce_row(layout) if single and not self.clash else None
        return None if row is None else Planes(layout, self.point, row, self._draw)

    # -- what came of a round -------------------------------------------------------

    def begun(self) -> None:
        """Take note of the point that a round begins at."""
        self._round_from = int(self.notes[notes_of.STEP])
        self._best_before = int(self.notes[notes_of.BEST])
        if self.point.sums[BROKEN] == 0:
            self.memory.round_x[:] = self.point.x
            self._round_from -= 1

    def ended(self) -> None:
        """Give credit for the round that ends."""
        notes = self.notes
        reward = 0.0
        if notes[notes_of.ROUND_STEP] > self._round_from:
            worth = int(notes[notes_of.ROUND_BEST])
            reward = FAIR * self.elites.add(worth, self.memory.round_x)
        if notes[notes_of.HAS_BEST] and notes[notes_of.BEST] > self._best_before:
            reward = GOOD
        self.credit *= MEMORY
        self.credit[self.way] += reward

    def told(self) -> None:
        """Take note of a best point that was found elsewhere."""
        self._best_before = max(self._best_before, int(self.notes[notes_of.BEST]))

    # -- how the next one begins ----------------------------------------------------

    def open(self) -> int:
        """Move the point to where the next round begins; return the way, `SHAKE` for none.

        After `SHAKE` and `ELITE` random moves should follow.
        """
        self.way = SHAKE
        if self.queue:
            self.way = DISTRICT
            self._go(self.queue.pop(0)[1])
            return self.way
        ways = self._ways()
        if len(ways) > 1:
            chance = self.credit[ways] / max(float(self.credit[ways].sum()), 1e-12)
            chance = np.cumsum(LEAST_SHARE + chance)
            drawn = self._draw(1 << 20) / (1 << 20) * chance[-1]
            self.way = ways[min(int(np.sum(chance <= drawn)), len(ways) - 1)]
        if self.way == ELITE:
            self._go(self.elites.points[self._draw(len(self.elites))])
        elif self.way == PATH:
            self._walk()
        elif self.way == DISTRICT:
            self._rebuild()
        elif self.way == SEED:
            self._sow()
        elif self.way == THIN:
            self._thin()
        elif self.way == PLANE:
            self._change_plane()
        return self.way

    def take_queue(self) -> list[IntArray]:
        """Return the points that wait to begin a round, and let them go."""
        waiting = [x for _, x in self.queue]
        self.queue = []
        return waiting

    def scan(self) -> None:
        """Build a point in every community alone, then around it; line them up.

        So are points in two of the best communities together.
        """
        districts = self.districts
        if districts is None:
            return
        for c in districts.first():
            if not self._scan((c,)):
                break
            districts.rated(c, int(self.point.sums[OBJECTIVE]))
        alone = self._take_best()
        for pair in combinations(districts.best(), 2):
            if not self._scan(pair):
                break
        self.queue = sorted([*alone, *self._take_best()], key=lambda start: -start[0])

    def _take_best(self) -> list[tuple[int, IntArray]]:
        """Return the best points of the queue, and empty it."""
        assert self.districts is not None
        starts = sorted(self.queue, key=lambda start: -start[0])
        self.queue = []
        return starts[: self.districts.MOST_STARTS]

    def _scan(self, inside: tuple[int, ...]) -> bool:
        """Build a point in some communities, then around; False where time is over."""
        assert self.districts is not None
        if self.run.should_stop():
            return False
        base = self.layout.lower.copy()
        self._build(base, self.districts.only(inside, base), self.districts.inside)
        self._build(self.point.x, self.layout.upper, self._total)
        if self.point.sums[BROKEN] == 0:
            self.queue.append((int(self.point.sums[OBJECTIVE]), self.point.x.copy()))
        return True

    def _ways(self) -> list[int]:
        ways = [SHAKE]
        if self.clash:
            ways.append(SEED)
        if self.districts is not None or self.clash or self._is_late():
            ways += [ELITE] if len(self.elites) > 0 else []
            ways += [PATH] if len(self.elites) > 1 else []
        if self.districts is not None and self.notes[notes_of.HAS_BEST]:
            ways += [DISTRICT, THIN]
        if self.planes is not None and self._is_late(LEAST_PLANE_WORK):
            ways += [PLANE] if len(self.elites) > 0 else []
        return ways

    def _is_late(self, work: int = LEAST_WORK) -> bool:
        return bool(int(self.notes[notes_of.STEP]) * self.free >= work)

    def _go(self, x: IntArray) -> None:
        self.point.x[:] = x
        place(self.layout, self.point)

    def _walk(self) -> None:
        """Go half the way from one elite to another."""
        from bundlesolve.kernels import relink

        self.run.aside(relink.warm_up)
        one = self._draw(len(self.elites))
        other = (one + 1 + self._draw(len(self.elites) - 1)) % len(self.elites)
        self._go(self.elites.points[one])
        middle = np.empty_like(self.point.x)
        left = self.run.remaining_steps
        most = 1 << 40 if left is None else left
        end = self.elites.points[other]
        made = relink.relink(self.layout, self.point, self.memory, end, middle, most)
        self._count(made)
        self._go(middle)

    def _rebuild(self) -> None:
        """Take some communities out of a good point, and build another one up instead."""
        assert self.districts is not None
        worth_of = self.elites.points or [self.memory.best_x]
        base = worth_of[self._draw(len(worth_of))].copy()
        out, c = self.districts.exchange(base, self._draw)
        self.districts.clear(base, out)
        self._build(base, self.districts.only((c,), base), self.districts.inside)
        upper = self.districts.without(out, self.point.x)
        self._build(self.point.x, upper, self._total)

    def _thin(self) -> None:
        """Take about half of a good point out, and fill it up with other variables."""
        worth_of = self.elites.points or [self.memory.best_x]
        base = worth_of[self._draw(len(worth_of))].copy()
        upper = self.layout.upper.copy()
        for v in np.flatnonzero(base > self.layout.lower):
            if self._draw(2):
                base[v] = upper[v] = self.layout.lower[v]
        self._build(base, upper, self._total)

    def _change_plane(self) -> None:
        """Go from the best point or an elite to another plane."""
        assert self.planes is not None
        start = self.memory.best_x
        if self._draw(2):
            start = self.elites.points[self._draw(len(self.elites))]
        self._go(start)
        left = self.run.remaining_steps
        most = 1 << 40 if left is None else left
        self._count(self.planes.leave(self.memory.cost, most))
        if self.point.sums[BROKEN] > 0:
            self._go(start)

    def _sow(self) -> None:
        """Build a point up around a few random variables."""
        layout = self.layout
        base = layout.lower.copy()
        free = np.flatnonzero(layout.lower < layout.upper)
        for _ in range(1 + self._draw(MOST_SEEDS)):
            v = free[self._draw(len(free))]
            base[v] = layout.lower[v] + 1
        self._build(base, layout.upper, self._total)

    def _build(self, x: IntArray, upper: IntArray, total: IntArray) -> None:
        """Repair, fill up and polish a point within other upper bounds."""
        layout = self.layout._replace(upper=upper)
        self._go(x.copy())
        way_of = np.zeros(len(x), dtype=np.int64)
        tally = greedy.new_tally(False, False)
        chunk = max(1, CHUNK // (len(x) + len(layout.row_var) + 1))
        while tally[greedy.PHASE] != greedy.DONE and not self.run.should_stop():
            left = self.run.remaining_steps
            most = chunk if left is None else min(chunk, left)
            self._count(
                greedy.construct(
                    layout, self.point, total, self._scale, way_of, tally, most
                )
            )

    def _count(self, made: int) -> None:
        self.notes[notes_of.STEP] += made
        self.run.step(made)

    def _draw(self, below: int) -> int:
        return int(notes_of.draw(self.memory.seeds, below))
