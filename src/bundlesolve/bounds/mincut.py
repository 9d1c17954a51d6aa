"""A proved upper bound by minimum cuts: the Lagrangian of the tightest knapsack row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple
from weakref import ref

import numpy as np

from bundlesolve.bounds.closure import Closure, closure_of, halves
from bundlesolve.model.frozen import IntArray
from bundlesolve.model.program import Program

if TYPE_CHECKING:
    from bundlesolve.kernels.mincut import Network

LEAST_GAIN = 0.01
"""Steps go on while they take this share of the gap away."""
LEAST_TO_GUESS = 20_000
"""Nodes from which on cuts are dear enough to guess where to begin."""
GUESS = 1_024
"""Denominator of that multiplier."""
SECONDS_PER_PAIR = 1e-6
"""What a cut takes at most, about; it does not look at the clock."""
MOST_AGAIN = 500_000
"""Pairs up to which nobody minds a cut that somebody else has made before, or a look for
a better bound after it: beyond, either takes minutes."""

CHUNK = 10_000
"""Nodes whose arcs are looked at at a time."""

_latest: list[tuple[ref[Program], int]] = []


def remember(program: Program, bound: int) -> None:
    """Keep the final cut bound of a program for as long as that is in use."""
    _latest[:] = [(ref(program, lambda _: _latest.clear()), bound)]


def known_bound(program: Program) -> int | None:
    """Return the cut bound that was kept for this very program, None for none."""
    return next((bound for known, bound in _latest if known() is program), None)


class Breakpoint(NamedTuple):
    """A vertex of the concave hull of what sets weigh and are worth."""

    weight: int
    worth: int
    inside: IntArray


class Flow(NamedTuple):
    """What makes up a flow: what is left of the arcs to larger numbers, and the nodes'."""

    left: IntArray
    excess: IntArray
    label: IntArray


class CutBound:
    """The lowest Lagrangian bound of a closure problem, and the optimal sets there.

    Parameters
    ----------
    closure
        What is bounded.

    Attributes
    ----------
    small, large
        Smallest and largest optimal set of the last cut. Shape ``[m']`` each.
    """

    def __init__(self, closure: Closure) -> None:
        from bundlesolve.kernels import parametric
        from bundlesolve.kernels.copying import shared

        self._kernel = parametric
        self.closure = closure
        m = len(closure.node)
        self.worth, self.weight = shared(closure.worth), shared(closure.weight)
        self.is_large = closure.num_pairs > MOST_AGAIN
        pairs_worth, weight = closure.pairs_worth, int(self.weight.sum())
        most = int(self.worth.sum()) + pairs_worth
        self.size = int(np.abs(self.worth).sum()) + pairs_worth
        self.state = parametric.new_state(0, 1, most, weight, self.size)
        if self.is_large:
            # Without flow the network is loaded at scale 1.
            self.state[parametric.LOADED] = 1
        if m >= LEAST_TO_GUESS:
            unit = min(halves(closure)[1], 2.0**40)
            parametric.set_multiplier(self.state, int(unit * GUESS), GUESS)
        spare = np.zeros(m, dtype=np.int64)
        self._network: Network | None = self._new_network(spare, spare.copy())
        self._flow: Flow | None = None
        self.small, self.large = spare.copy(), spare.copy()

    def _new_network(self, excess: IntArray, label: IntArray) -> Network:
        """Return the network without flow; of a large one what is left tells the worth."""
        from bundlesolve.kernels.mincut import Network, build_among

        closure = self.closure
        start, head, back, worth = build_among(
            len(closure.node), closure.number, *closure.pairs
        )
        left = worth if self.is_large else worth.copy()
        worth = worth[:0].copy() if self.is_large else worth
        return Network(start, head, back, worth, left, excess, label)

    @property
    def network(self) -> Network:
        """The arcs and their flow, made again where they were set aside."""
        if self._flow is not None:
            flow, self._flow = self._flow, None
            network = self._new_network(flow.excess, flow.label)
            network.left[:] *= self.state[self._kernel.LOADED]
            at = 0
            for arcs in _ahead(network):
                end = at + len(arcs)
                network.left[network.back[arcs]] = (
                    2 * network.left[arcs] - flow.left[at:end]
                )
                network.left[arcs] = flow.left[at:end]
                at = end
            self._network = network
        assert self._network is not None
        return self._network

    def set_aside(self) -> None:
        """Keep the flow only, a quarter of the memory, until the network is asked for."""
        if self._network is None or not self.is_large:
            return
        network, self._network = self._network, None
        left, excess, label = network.left, network.excess, network.label
        at = 0
        for arcs in _ahead(network):
            # In place: none of these has been looked at later than it is overwritten.
            left[at : at + len(arcs)] = left[arcs]
            at += len(arcs)
        del network
        self._flow = Flow(left[:at].copy(), excess, label)

    @property
    def is_done(self) -> bool:
        """True once the multiplier is the best there is."""
        return bool(self.state[self._kernel.DONE])

    @property
    def bound(self) -> int | None:
        """Proved bound on every point of the program; None before the first cut."""
        value = int(self.state[self._kernel.BOUND])
        return None if value == self._kernel.UNBOUNDED else self.closure.constant + value

    @property
    def multiplier(self) -> tuple[int, int]:
        """Worth of a unit of the row, as numerator and denominator."""
        return int(self.state[self._kernel.P]), int(self.state[self._kernel.Q])

    def step(self) -> None:
        """Make one cut and choose the next multiplier."""
        self._kernel.newton_step(
            self.network,
            self.worth,
            self.weight,
            self.closure.room,
            self.state,
            self.small,
            self.large,
        )

    @property
    def seconds(self) -> float:
        """How long one cut may take, about."""
        return SECONDS_PER_PAIR * self.closure.num_pairs

    def run(self, keep_going: Callable[[], bool]) -> bool:
        """Cut until the multiplier is the best; return False where time ran out."""
        while not self.is_done and keep_going():
            self.step()
        return self.is_done

    def sides(self, objective: int) -> IntArray:
        """Return 1 for nodes that every better point has, -1 for those that none has.

        0 for all others. To be asked when `is_done`. Shape ``[m']``.

        Parameters
        ----------
        objective
            Of the known point, the program's constant included.
        """
        from bundlesolve.kernels.cut_sides import MOST_LOOKS, settle_sides

        kernel, state = self._kernel, self.state
        p, q = self.multiplier
        # Twice Q times: bound at this multiplier, and one more than the objective.
        bound = int(state[kernel.TWICE]) + 2 * p * self.closure.room
        better = 2 * q * (objective - self.closure.constant + 1)
        side = np.zeros(len(self.worth), dtype=np.int64)
        need = bound - better + 1
        # Beyond what any excess can be, nothing can be shown.
        if 0 < need < self._kernel.LARGEST_TERM:
            settle_sides(self.network, need, MOST_LOOKS, self.small, side)
        return side

    def tighten(
        self, objective: int, keep_going: Callable[[], bool], steps: int = 100
    ) -> None:
        """Lower the bound by the row times each node; see `bundlesolve.kernels.products`.

        Subgradient steps towards the known objective, until they gain too little. To be
        called when `is_done`; `sides` and the two sets stay those of the row alone. Nothing
        is done where a variable takes more than two values.
        """
        from bundlesolve.kernels import products as kernel

        closure = self.closure
        if np.any(closure.top[closure.node] - closure.base[closure.node] > 1):
            # A product with a variable between its bounds is not what the kernel takes.
            return
        target = objective - closure.constant
        scale = kernel.scale_for(self.size)
        problem = kernel.new_products(self._copy(), self.worth, self.weight)
        enough = scale * (target + 1) - 1
        factor, idle, done = 1.0, 0, 0
        p, q = self.multiplier
        loaded = 0
        while done < steps and idle < 4 and keep_going():
            state = kernel.tighten(
                problem, closure.room, scale, enough, factor, 2, p, q, loaded
            )
            done += 2
            p, q = int(state[self._kernel.P]), int(state[self._kernel.Q])
            loaded = int(state[self._kernel.LOADED])
            was = int(self.state[self._kernel.BOUND])
            now = min(was, int(state[self._kernel.BOUND]) // scale)
            self.state[self._kernel.BOUND] = now
            if was - now <= LEAST_GAIN * (now - target):
                factor, idle = 0.5 * factor, idle + 1
            else:
                idle = 0
            if now <= target:
                return

    def breakpoints(
        self, most_cuts: int, keep_going: Callable[[], bool]
    ) -> list[Breakpoint]:
        """Return vertices of the hull of weight and worth, lightest first, sets nested.

        All of them where ``most_cuts`` allows, by bisection: the multiplier at which two
        known sets are worth the same either gives a set between them or proves that there
        is none. One list serves every capacity. The bound's own state is left alone.
        """
        kernel, m = self._kernel, len(self.worth)
        state = kernel.new_state(0, 1, 0, int(self.weight.sum()), self.size)
        small, large = np.zeros(m, dtype=np.int64), np.zeros(m, dtype=np.int64)
        problem = (self._copy(), self.worth, self.weight, 0, state, small, large)
        kernel.cut_at(*problem)
        top = _vertex(state[kernel.SMALL_WEIGHT], state[kernel.SMALL_WORTH], small)
        bottom = Breakpoint(0, 0, np.zeros(m, dtype=np.int64))
        found, open_, cuts = [top], [(bottom, top)], 1
        while open_ and cuts < most_cuts and keep_going():
            below, above = open_.pop()
            p, q = above.worth - below.worth, above.weight - below.weight
            if p <= 0 or q <= 0 or not kernel.set_multiplier(state, p, q):
                continue
            kernel.cut_at(*problem)
            cuts += 1
            on_line = 2 * (q * above.worth - p * above.weight)
            if state[kernel.Q] == q and state[kernel.TWICE] == on_line:
                continue
            between = [
                _vertex(state[kernel.SMALL_WEIGHT], state[kernel.SMALL_WORTH], small),
                _vertex(state[kernel.LARGE_WEIGHT], state[kernel.LARGE_WORTH], large),
            ]
            if between[0].weight == between[1].weight:
                between.pop()
            between = [v for v in between if below.weight < v.weight < above.weight]
            if between:
                found += between
                open_ += [(below, between[0]), (between[-1], above)]
        if all(vertex.weight > 0 for vertex in found):
            found.append(bottom)
        return sorted(found, key=lambda vertex: (vertex.weight, vertex.worth))

    def _copy(self) -> Network:
        """Return a copy of what changes of the network, and of the worth of its arcs."""
        network = self.network
        worth = network.worth.copy()
        if self.is_large:
            both = network.left + network.left[network.back]
            worth = both // (2 * self.state[self._kernel.LOADED])
        return network._replace(
            worth=worth,
            left=network.left.copy(),
            excess=network.excess.copy(),
            label=network.label.copy(),
        )


def _ahead(network: Network) -> Iterator[IntArray]:
    """Yield the arcs to larger numbers, ascending: one of each pair, some at a time."""
    start, m = network.start, len(network.excess)
    for begin in range(0, m, CHUNK):
        stop = min(begin + CHUNK, m)
        tail = np.repeat(np.arange(begin, stop), np.diff(start[begin : stop + 1]))
        ahead = network.head[start[begin] : start[stop]] > tail
        yield start[begin] + np.flatnonzero(ahead)


def _vertex(weight: int, worth: int, inside: IntArray) -> Breakpoint:
    return Breakpoint(int(weight), int(worth), inside.copy())


def mincut_bound(
    program: Program, objective: int | None, keep_going: Callable[[], bool]
) -> int | None:
    """Return the bound ``min over t >= 0 of max {objective - t a.x} + t b``.

    The row ``a.x <= b`` is the program's tightest knapsack; the inner maximum is a minimum
    cut (Rhys, Balinski, both Management Science 17, 1970; Picard 1976), the outer minimum
    takes about ten of them (see `bundlesolve.kernels.parametric`). Then the row times each
    variable lowers it further (see `bundlesolve.kernels.products`). Computed in whole
    numbers and rounded down, so it is a proof as it stands.

    Parameters
    ----------
    program
        What is bounded.
    objective
        Objective of the best known point, the target of the second part; None for none,
        which leaves it out.
    keep_going
        Asked every few cuts; False ends the search with what is there.

    Returns
    -------
    int | None
        The bound; None where `closure_of` finds nothing to cut, or no time was left.
    """
    known = known_bound(program)
    if known is not None:
        return known
    closure = closure_of(program)
    if closure is None:
        return None
    cut = CutBound(closure)
    if cut.run(keep_going) and objective is not None and cut.bound != objective:
        cut.tighten(objective, keep_going)
    return cut.bound


def warm_up() -> None:
    """Compile the kernels."""
    from bundlesolve.kernels.products import warm_up as compile_kernels

    compile_kernels()
